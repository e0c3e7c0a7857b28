"""Cages that several fabrics want: each cage goes to one run of one fabric."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import CageRef, Fabric, PeerFabric, TierFabric, WiredUnitRef
from planner.model.sites import cage_group

Device = tuple[str, int]
"""A device by its rack's address and its lowest U."""


def share_cages(catalog: Catalog, fabrics: tuple[Fabric, ...]) -> tuple[Fabric, ...]:
    """Give each fabric cages of its own on devices that several use, in the order of the fabrics.

    Raises
    ------
    InfeasibleError
        A rack has fewer cages than its fabrics need.
    """
    wanted = [_cages_wanted(fabric) for fabric in fabrics]
    users: dict[Device, int] = defaultdict(int)
    for cages in wanted:
        for device in cages:
            users[device] += 1
    taken: dict[Device, set[int]] = defaultdict(set)
    short: set[str] = set()
    shared: list[Fabric] = []
    for fabric in fabrics:
        if isinstance(fabric, PeerFabric):
            short |= _take_peer_cages(fabric, taken)
            shared.append(fabric)
            continue
        units = []
        for unit in fabric.lower_units:
            device = (unit.rack, unit.u)
            free = tuple(cage for cage in unit.cages if cage not in taken[device])
            if len(free) < fabric.uplinks:
                short.add(unit.rack)
            own = free[: fabric.uplinks] if users[device] > 1 else free
            taken[device].update(own)
            units.append(replace(unit, cages=own))
        shared.append(replace(fabric, lower_units=tuple(units)))
    if short:
        raise InfeasibleError(_shortages(catalog, fabrics, wanted, short))
    return tuple(shared)


def _take_peer_cages(fabric: PeerFabric, taken: dict[Device, set[int]]) -> set[str]:
    """Take the cages of all runs and return the racks where one was taken already."""
    short = set()
    for end in (end for run in fabric.runs for end in run):
        if end.cage in taken[end.rack, end.u]:
            short.add(end.rack)
        taken[end.rack, end.u].add(end.cage)
    return short


def _cages_wanted(fabric: Fabric) -> dict[Device, int]:
    wanted: dict[Device, int] = defaultdict(int)
    runs_each = fabric.uplinks if isinstance(fabric, TierFabric) else 1
    for end in _ends(fabric):
        wanted[end.rack, end.u] += runs_each
    return wanted


def _ends(fabric: Fabric) -> tuple[WiredUnitRef | CageRef, ...]:
    if isinstance(fabric, TierFabric):
        return fabric.lower_units
    return tuple(end for run in fabric.runs for end in run)


def _shortages(
    catalog: Catalog, fabrics: tuple[Fabric, ...], wanted: list[dict[Device, int]], short: set[str]
) -> list[Finding]:
    """Return one finding for each different sum, naming all racks where it fails.

    It is placed at the last fabric that takes cages there: the one that gets too few.
    """
    racks_by_sum: dict[tuple[str, str, int, int], list[str]] = defaultdict(list)
    for rack in sorted(short):
        all_needs = {
            fabric.name: sum(count for (of, _), count in cages.items() if of == rack)
            for fabric, cages in zip(fabrics, wanted, strict=True)
        }
        needs = {name: count for name, count in all_needs.items() if count}
        parts = " + ".join(f"{count} for '{name}'" for name, count in needs.items())
        total, there = sum(needs.values()), _cages_there(catalog, fabrics, rack)
        racks_by_sum[list(needs)[-1], parts, total, there].append(rack)
    return [
        Finding(
            code="cages-short",
            message=f"{parts} = {total} cages a rack are needed, {there} are there, in {', '.join(racks)}; "
            f"possible: one of these fabrics alone, or all of them within {there} cages a rack",
            where=Where(file="", path=f"fabrics.{last}"),
        )
        for (last, parts, total, there), racks in racks_by_sum.items()
    ]


def _cages_there(catalog: Catalog, fabrics: tuple[Fabric, ...], rack: str) -> int:
    """Count the cages in that rack of all groups that the fabrics use."""
    groups = {
        (end.u, end.device, fabric.cages) for fabric in fabrics for end in _ends(fabric) if end.rack == rack
    }
    return sum(cage_group(catalog.device_types[device], cages).count for _, device, cages in groups)
