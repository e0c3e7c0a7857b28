"""Build a fabric of two tiers: lower units, planes, spread and the upper devices it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import positions
from planner.topology.cage_pair import cage_pair
from planner.topology.chain import planes_above, provisional_places, units_above_all
from planner.topology.pins import pinned_devices
from planner.topology.planes import (
    Planes,
    planes_by_keys,
    planes_in_turn,
    refuse_missing_labels,
    refuse_unequal_planes,
    refuse_unequal_racks,
)
from planner.topology.racks import gpus_of, joining_racks, standing_rack_type
from planner.topology.refusal import refusal
from planner.topology.run_pins import pinned_runs
from planner.topology.spread import SpreadDesign, design_spread, upper_load
from planner.topology.sums import TierSums, oversubscription, tier_sums
from planner.topology.wired_units import units_of_device, units_of_racks
from planner.topology.wishes import slots_message, spread_message, wish_of
from planner.units import ceil_div


class _LowerTier(NamedTuple):
    """Lower units by planes, how many of a plane are in each rack (None: differs), and GPUs."""

    planes: Planes
    units_per_rack: int | None
    gpus: int


def build_tiers(
    layout: Layout, catalog: Catalog, spec: TiersSpec, below: Sequence[TierFabric] = ()
) -> TierFabric:
    """Build the logical fabric of a ``tiers`` description.

    Where its lower tier is the upper one of the fabrics ``below``, lower units get provisional places:
    see ``planner.topology.chain``.

    Raises
    ------
    InfeasibleError
        The wish is impossible; the finding says which sum fails and what is possible.
    """
    lower = _stacked_tier(layout, catalog, spec, below) if below else _racked_tier(layout, catalog, spec)
    cage_pair(catalog, spec)
    standing = len(lower.planes.members[0])
    _refuse_short_size(spec, standing)
    size = (spec.sized_for or standing, len(lower.planes.members))
    one_below = below[0] if below else None
    sums = tier_sums(catalog, spec, one_below, size, lower.units_per_rack)
    wish = wish_of(layout, catalog, spec, sums)
    design = design_spread(spec.spread, sums.lower_units, sums.uplinks, sums.upper_ports)
    if design is None:
        raise refusal("spread-impossible", spread_message(spec, wish), f"fabrics.{spec.name}")
    devices = ceil_div(sums.planes * design.upper_units, sums.upper_units_per_device)
    if devices > wish.slots:
        message = slots_message(layout, catalog, spec, wish, devices)
        raise refusal("slots-short", message, f"fabrics.{spec.name}.upper.rack")
    ratio = oversubscription(catalog, spec, one_below, sums.uplinks)
    fabric = replace(
        _assemble(catalog, spec, lower, sums, design, ratio), below=tuple(one.name for one in below)
    )
    fabric = replace(fabric, upper_load=upper_load(standing, sums.uplinks, design.upper_units))
    runs = pinned_runs(catalog, spec, fabric)
    return replace(fabric, pinned=pinned_devices(layout, spec, fabric, runs), pinned_runs=runs)


def _refuse_short_size(spec: TiersSpec, standing: int) -> None:
    """Refuse a fabric that is sized for fewer lower units than stand."""
    if spec.sized_for is not None and spec.sized_for < standing:
        raise refusal(
            "sized-short",
            f"fabric '{spec.name}' is sized for {spec.sized_for} lower units a plane, but {standing} stand;"
            f" possible: {standing} or more",
            f"fabrics.{spec.name}.sized_for",
        )


def _racked_tier(layout: Layout, catalog: Catalog, spec: TiersSpec) -> _LowerTier:
    """Return the lower tier that racks bring along."""
    racks = joining_racks(layout, catalog, spec)
    units, indices = units_of_racks(layout, catalog, spec, racks)
    gpus = sum(gpus_of(catalog, standing_rack_type(catalog, rack)) for rack in racks)
    if spec.plane_keys:
        refuse_missing_labels(spec, units)
        planes = planes_by_keys(units, spec.plane_keys)
        refuse_unequal_planes(spec, planes)
        return _LowerTier(planes, None, gpus)
    refuse_unequal_racks(spec, units)
    count = spec.planes or len(units) // len(racks)
    planes = planes_in_turn(units, indices, count)
    alike = len(set(Counter(unit.rack for unit in units).values())) == 1
    return _LowerTier(planes, len(planes.members[0]) // len(racks) if alike else None, gpus)


def _stacked_tier(
    layout: Layout, catalog: Catalog, spec: TiersSpec, below: Sequence[TierFabric]
) -> _LowerTier:
    """Return the lower tier that consists of the upper devices of the fabrics below."""
    by_device = units_of_device(catalog.device_types[spec.lower.device], spec.lower, spec.granularity)
    placed = [(one, provisional_places(layout, catalog, one)) for one in below]
    rank = {one.address: number for number, one in enumerate(positions(layout))}
    units = units_above_all(placed, by_device, rank)
    refuse_missing_labels(spec, units)
    planes = planes_above(units, spec.plane_keys, spec.planes or 1)
    refuse_unequal_planes(spec, planes)
    return _LowerTier(planes, None, sum(one.gpus for one in below))


def _assemble(
    catalog: Catalog,
    spec: TiersSpec,
    lower: _LowerTier,
    sums: TierSums,
    design: SpreadDesign,
    ratio: tuple[int, int],
) -> TierFabric:
    pair = cage_pair(catalog, spec)
    return TierFabric(
        name=spec.name,
        lower_device=spec.lower.device,
        upper_device=spec.upper.device,
        upper_rack_type=spec.upper_rack_type,
        lower_units=lower.planes.units,
        planes=lower.planes.members,
        plane_names=lower.planes.names,
        uplinks=sums.uplinks,
        upper_per_plane=design.upper_units,
        upper_ports=sums.upper_ports,
        pair_runs=design.pair_runs,
        upper_load=design.upper_load,
        sized_for=sums.lower_units,
        upper_units_per_device=sums.upper_units_per_device,
        upper_devices=ceil_div(sums.planes * design.upper_units, sums.upper_units_per_device),
        oversubscription=ratio,
        gpus=lower.gpus,
        rate_gbps=pair.rate_gbps,
        links_per_run=pair.links_per_run,
        cages=spec.lower.cages,
        upper_cages=spec.upper.cages,
        plane_keys=spec.plane_keys,
        within=spec.within,
        runs_per_cage=pair.runs_per_cage,
    )
