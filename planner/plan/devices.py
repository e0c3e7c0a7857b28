"""Devices with cages in use: those the racks bring along, and those the planner placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.model.catalog import Catalog
from planner.model.fabric import CageRef, PeerFabric, TierFabric
from planner.model.layout import Layout, TiersSpec, WiredUnit
from planner.model.plan import PlanDevice
from planner.model.solution import FabricSolution
from planner.plan.racks import rack_order
from planner.plan.solved import SolvedFabric

LOWER_TIER = 1
UPPER_TIER = 2
NO_PLANE = -1


def device_name(rack: str, u: int) -> str:
    """Return the name of a device: its rack and the lowest U it takes, two digits."""
    return f"{rack}-U{u:02d}"


def build_devices(layout: Layout, catalog: Catalog, solved: Iterable[SolvedFabric]) -> tuple[PlanDevice, ...]:
    """List the devices of all fabrics: by fabric, tier, rack in canonical order, then U."""
    rank = rack_order(layout)
    devices: list[PlanDevice] = []
    for one in solved:
        if isinstance(one.fabric, PeerFabric):
            found = _peer_devices(catalog, one.fabric)
        else:
            found = [*_lower_devices(layout, catalog, one.fabric), *_upper_devices(one.fabric, one.solution)]
        devices += sorted(found, key=lambda device: (device.tier, rank[device.rack], device.u))
    return tuple(devices)


def _peer_devices(catalog: Catalog, fabric: PeerFabric) -> list[PlanDevice]:
    plane_of: dict[CageRef, int] = {}
    for ends, plane in zip(fabric.runs, fabric.planes, strict=True):
        plane_of.update(dict.fromkeys(ends, plane))
    planes_by_place: dict[tuple[str, int, str], list[int]] = {}
    for end, plane in plane_of.items():
        unused = [NO_PLANE] * max(1, catalog.device_types[end.device].asics)
        planes_by_place.setdefault((end.rack, end.u, end.device), unused)[max(0, end.asic - 1)] = plane
    return _brought(fabric.name, planes_by_place)


def _lower_devices(layout: Layout, catalog: Catalog, fabric: TierFabric) -> list[PlanDevice]:
    wired = next(
        one.lower.unit for one in layout.fabrics if isinstance(one, TiersSpec) and one.name == fabric.name
    )
    unused = [NO_PLANE] * catalog.device_types[fabric.lower_device].asics
    planes_by_place: dict[tuple[str, int, str], list[int]] = {}
    for unit in fabric.lower_units:  # canonical order: the units of one device ascend
        place = unit.rack, unit.u, unit.device
        if wired is WiredUnit.ASIC:
            planes_by_place.setdefault(place, [*unused])[unit.asic - 1] = unit.plane
        else:
            planes_by_place.setdefault(place, []).append(unit.plane)
    return _brought(fabric.name, planes_by_place)


def _brought(fabric: str, planes_by_place: Mapping[tuple[str, int, str], list[int]]) -> list[PlanDevice]:
    """Return the devices at these places (rack, U, device), which racks bring along."""
    return [
        PlanDevice(
            name=device_name(rack, u),
            fabric=fabric,
            tier=LOWER_TIER,
            rack=rack,
            u=u,
            device=device,
            planes=tuple(planes),
            is_placed=False,
        )
        for (rack, u, device), planes in planes_by_place.items()
    ]


def _upper_devices(fabric: TierFabric, solution: FabricSolution) -> list[PlanDevice]:
    return [
        PlanDevice(
            name=device_name(placed.rack, placed.u),
            fabric=fabric.name,
            tier=UPPER_TIER,
            rack=placed.rack,
            u=placed.u,
            device=fabric.upper_device,
            planes=placed.planes,
            is_placed=True,
        )
        for placed in solution.placed
    ]
