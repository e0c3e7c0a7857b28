"""Tiers that stack: the upper devices of a fabric are the lower devices of the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric, WiredUnitRef
from planner.model.layout import Layout
from planner.model.sites import upper_slots
from planner.model.solution import PlacedDevice
from planner.topology.planes import INDEX, Planes, planes_by_keys, planes_in_turn
from planner.topology.wired_units import UnitOfDevice

_NO_PLANE = -1


def provisional_places(layout: Layout, catalog: Catalog, below: TierFabric) -> tuple[PlacedDevice, ...]:
    """Put the fabric's upper devices into its first slots, planes in order: counts, before a choice."""
    planes = [plane for plane in range(len(below.planes)) for _ in range(below.upper_per_plane)]
    share = below.upper_units_per_device
    planes += [_NO_PLANE] * (below.upper_devices * share - len(planes))
    slots = islice(upper_slots(layout, catalog, below), below.upper_devices)
    return tuple(
        PlacedDevice(rack=slot.rack, u=slot.u, planes=tuple(planes[index * share : (index + 1) * share]))
        for index, slot in enumerate(slots)
    )


def units_above(
    below: TierFabric, placed: Iterable[PlacedDevice], by_device: Sequence[UnitOfDevice]
) -> tuple[WiredUnitRef, ...]:
    """Return the upper devices of a fabric as lower units of the next, in canonical order.

    Parameters
    ----------
    below, placed
        The fabric and its upper devices, in canonical order. What serves no plane is left out.
    by_device
        The wired units of one device in the tier above.
    """
    inherited = [_shared_labels(below, members) for members in below.planes]
    of_whole_device = _shared_labels(below, range(len(below.lower_units)))
    has_parts = below.upper_units_per_device > 1
    ranks: dict[int, int] = defaultdict(int)
    units = []
    for device in placed:
        labels: list[dict[str, str]] = []
        for plane in device.planes:
            labels.append({**inherited[plane], INDEX: str(ranks[plane])} if plane != _NO_PLANE else {})
            ranks[plane] += 1
        for unit in by_device:
            part = unit.asic - 1 if has_parts else 0
            if part >= 0 and device.planes[part] == _NO_PLANE:
                continue
            units.append(
                WiredUnitRef(
                    rack=device.rack,
                    u=device.u,
                    device=below.upper_device,
                    asic=unit.asic,
                    sockets=unit.sockets,
                    plane=0,
                    labels=labels[part] if part >= 0 else of_whole_device,
                )
            )
    return tuple(units)


def units_above_all(
    placed: Sequence[tuple[TierFabric, Iterable[PlacedDevice]]],
    by_device: Sequence[UnitOfDevice],
    rank: Mapping[str, int],
) -> tuple[WiredUnitRef, ...]:
    """Return the upper devices of fabrics as lower units of the next, in canonical order.

    Parameters
    ----------
    placed
        Each fabric with its upper devices in canonical order.
    by_device
        The wired units of one device in the tier above.
    rank
        The canonical rank of every rack; of no account where there is one fabric.
    """
    units = [unit for below, devices in placed for unit in units_above(below, devices, by_device)]
    if len(placed) > 1:
        units.sort(key=lambda unit: (rank[unit.rack], unit.u))
    return tuple(units)


def planes_above(units: Sequence[WiredUnitRef], keys: Sequence[str], planes: int) -> Planes:
    """Divide the lower units of a tier of a fabric below into planes: by keys, else in turn."""
    return planes_by_keys(units, keys) if keys else planes_in_turn(units, range(len(units)), planes)


def bind_lower(
    fabric: TierFabric,
    placed: Sequence[tuple[TierFabric, Sequence[PlacedDevice]]],
    rank: Mapping[str, int] = MappingProxyType({}),
) -> TierFabric:
    """Return the fabric with its lower units where the fabrics below have placed them.

    Parameters
    ----------
    fabric
        A fabric whose lower units are upper devices of others, on provisional places.
    placed
        These other fabrics, each with its upper devices in canonical order.
    rank
        The canonical rank of every rack, where there are several.

    Raises
    ------
    InfeasibleError
        Planes came out otherwise than on the provisional places.
    """
    first = fabric.lower_units[0]
    by_device = [
        UnitOfDevice(unit.asic, unit.sockets)
        for unit in fabric.lower_units
        if (unit.rack, unit.u) == (first.rack, first.u)
    ]
    units = units_above_all(placed, by_device, rank)
    planes = planes_above(units, fabric.plane_keys, len(fabric.planes))
    if [len(plane) for plane in planes.members] != [len(plane) for plane in fabric.planes]:
        raise InfeasibleError([_other_planes(fabric)])
    return replace(fabric, lower_units=planes.units, planes=planes.members)


def _shared_labels(below: TierFabric, members: Iterable[int]) -> dict[str, str]:
    """Return the labels that all these lower units have and agree in."""
    shared: set[tuple[str, str]] | None = None
    for index in members:
        labels = below.lower_units[index].labels.items()
        shared = set(labels) if shared is None else shared & labels
    return dict(sorted(shared or ()))


def _other_planes(fabric: TierFabric) -> Finding:
    return Finding(
        code="planes-unequal",
        message=(
            f"fabric '{fabric.name}': where '{fabric.below[0]}' placed its upper devices, the planes have "
            "other sizes than planned; possible: the wired unit of that fabric as the lower unit of this one"
        ),
        where=Where(file="", path=f"fabrics.{fabric.name}.lower"),
    )
