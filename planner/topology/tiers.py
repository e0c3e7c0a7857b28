"""Build a fabric of two tiers: lower units, planes, spread and the upper devices it needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric, WiredUnitRef
from planner.model.layout import Layout, Spread, TiersSpec, WiredUnit
from planner.model.sites import cage_group, candidate_racks, rack_capacity
from planner.topology.nearest import NO_DESIGN, Wish, nearest_designs
from planner.topology.spread import SpreadDesign, design_spread
from planner.topology.wired_units import (
    TierSums,
    gpus_of,
    joining_racks,
    lower_units,
    refusal,
    standing_rack_type,
    tier_sums,
    unit_downlink_gbps,
)
from planner.units import ceil_div


def build_tiers(layout: Layout, catalog: Catalog, spec: TiersSpec) -> TierFabric:
    """Build the logical fabric of a ``tiers`` description.

    Raises
    ------
    InfeasibleError
        The wish is impossible; the finding says which sum fails and what is possible.
    """
    racks = joining_racks(layout, catalog, spec)
    _refuse_unlike_cages(catalog, spec)
    units = lower_units(catalog, spec, racks)
    planes = spec.planes or len(units) // len(racks)
    members = len(units) // planes
    alike = len(set(Counter(unit.rack for unit in units).values())) == 1
    sums = tier_sums(catalog, spec, members, planes, members // len(racks) if alike else None)
    wish = Wish(
        sums=sums,
        spread=spec.spread,
        slots=_slots(layout, catalog, spec),
        upper_device=spec.upper.device,
        other_units=_by_device(catalog, spec, sums),
    )
    design = design_spread(spec.spread, sums.lower_units, sums.uplinks, sums.upper_ports)
    if design is None:
        raise refusal("spread-impossible", _spread_message(spec, wish), f"fabrics.{spec.name}")
    devices = ceil_div(planes * design.upper_units, sums.upper_units_per_device)
    if devices > wish.slots:
        message = _slots_message(layout, catalog, spec, wish, devices)
        raise refusal("slots-short", message, f"fabrics.{spec.name}.upper.rack")
    gpus = sum(gpus_of(catalog, standing_rack_type(catalog, rack)) for rack in racks)
    return _assemble(catalog, spec, units, sums, design, devices, gpus)


def _assemble(
    catalog: Catalog,
    spec: TiersSpec,
    units: tuple[WiredUnitRef, ...],
    sums: TierSums,
    design: SpreadDesign,
    devices: int,
    gpus: int,
) -> TierFabric:
    group = cage_group(catalog.device_types[spec.lower.device], spec.lower.cages)
    return TierFabric(
        name=spec.name,
        lower_device=spec.lower.device,
        upper_device=spec.upper.device,
        upper_rack_type=spec.upper_rack_type,
        lower_units=units,
        planes=tuple(
            tuple(index for index, unit in enumerate(units) if unit.plane == plane)
            for plane in range(sums.planes)
        ),
        uplinks=sums.uplinks,
        upper_per_plane=design.upper_units,
        upper_ports=sums.upper_ports,
        pair_runs=design.pair_runs,
        upper_load=design.upper_load,
        upper_units_per_device=sums.upper_units_per_device,
        upper_devices=devices,
        oversubscription=_oversubscription(catalog, spec, sums.uplinks),
        gpus=gpus,
        rate_gbps=group.rate_gbps,
        links_per_run=group.links,
        cages=spec.lower.cages,
        upper_cages=spec.upper.cages,
    )


def _oversubscription(catalog: Catalog, spec: TiersSpec, uplinks: int) -> tuple[int, int]:
    device = catalog.device_types[spec.lower.device]
    downlink = unit_downlink_gbps(device, spec.lower.unit)
    if not downlink:
        return (0, 0)
    ratio = Fraction(downlink, uplinks * cage_group(device, spec.lower.cages).rate_gbps)
    return ratio.numerator, ratio.denominator


def _refuse_unlike_cages(catalog: Catalog, spec: TiersSpec) -> None:
    lower = cage_group(catalog.device_types[spec.lower.device], spec.lower.cages)
    upper = cage_group(catalog.device_types[spec.upper.device], spec.upper.cages)
    both = [
        f"{group.protocol} at {group.lanes} x {group.lane_rate_gbps} Gb/s in {group.connector.form}"
        for group in (lower, upper)
    ]
    if both[0] != both[1]:
        raise refusal(
            "cages-unlike",
            f"fabric '{spec.name}': a run joins cages of one kind, but '{spec.lower.cages}' of "
            f"'{spec.lower.device}' is {both[0]} and '{spec.upper.cages}' of '{spec.upper.device}' "
            f"is {both[1]}",
            f"fabrics.{spec.name}.upper.cages",
        )


def _slots(layout: Layout, catalog: Catalog, spec: TiersSpec) -> int:
    rack_type = catalog.rack_types[spec.upper_rack_type]
    device = catalog.device_types[spec.upper.device]
    if device.height_u > rack_type.slot_height_u:
        return 0
    return len(candidate_racks(layout, spec.upper_rack_type)) * rack_capacity(rack_type, device)


def _by_device(catalog: Catalog, spec: TiersSpec, sums: TierSums) -> tuple[tuple[str, TierSums], ...]:
    """Return the sums with whole devices wired instead of ASICs, where that is another design."""
    if spec.lower.unit is WiredUnit.DEVICE and spec.upper.unit is WiredUnit.DEVICE:
        return ()
    by_device = replace(
        spec,
        lower=replace(spec.lower, unit=WiredUnit.DEVICE),
        upper=replace(spec.upper, unit=WiredUnit.DEVICE),
    )
    asics = catalog.device_types[spec.lower.device].asics if spec.lower.unit is WiredUnit.ASIC else 1
    per_rack = sums.units_per_rack
    lower_units, planes = sums.lower_units, sums.planes // asics
    if spec.planes:
        if per_rack is None or per_rack % asics:
            return ()
        lower_units, planes, per_rack = lower_units // asics, sums.planes, per_rack // asics
    try:
        other = tier_sums(catalog, by_device, lower_units, planes, per_rack)
    except InfeasibleError:
        return ()
    return (("wired by device instead of ASIC in both tiers", other),)


def _spread_message(spec: TiersSpec, wish: Wish) -> str:
    sums = wish.sums
    runs = sums.lower_units * sums.uplinks
    fewest = ceil_div(runs, sums.upper_ports)
    need = (
        f"fabric '{spec.name}', {sums.size_text}, {spec.spread.value}: {sums.lower_units} lower "
        f"units x {sums.uplinks} uplinks = {runs} runs a plane need {fewest} upper units of "
        f"{sums.upper_ports} cages, but "
    )
    if spec.spread is Spread.BALANCED:
        why = f"a lower unit has {sums.uplinks} uplinks: a pair would get none"
    else:
        why = f"no divisor of {sums.uplinks} uplinks is that large"
    return f"{need}{why}; possible: {nearest_designs(wish)}"


def _slots_message(layout: Layout, catalog: Catalog, spec: TiersSpec, wish: Wish, devices: int) -> str:
    rack_type = catalog.rack_types[spec.upper_rack_type]
    device = catalog.device_types[spec.upper.device]
    racks = len(candidate_racks(layout, rack_type.id))
    need = f"fabric '{spec.name}' needs {devices} x '{device.id}', but "
    if device.height_u > rack_type.slot_height_u:
        slot_u = rack_type.slot_height_u
        return f"{need}it is {device.height_u}U high and '{rack_type.id}' has slots of {slot_u}U"
    capacity = rack_capacity(rack_type, device)
    racks_text = "1 rack" if racks == 1 else f"{racks} racks"
    sum_text = f"{racks_text} of '{rack_type.id}' x {capacity} a rack = {wish.slots} places"
    designs = nearest_designs(wish)
    if not capacity:
        return f"{need}{sum_text}; possible: {designs}"
    wanted = ceil_div(devices, capacity)
    more = f"{wanted} position{'s' if wanted > 1 else ''} for '{rack_type.id}' instead of {racks}"
    return f"{need}{sum_text}; possible: {more}{'' if designs == NO_DESIGN else '; ' + designs}"
