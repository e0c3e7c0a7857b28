"""Cages that several fabrics want: each cage goes to one fabric."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from planner.errors import Finding, InfeasibleError, Where
from planner.model.fabric import CageRef, Fabric, TierFabric, WiredUnitRef


class Device(NamedTuple):
    """A device by its rack's address and its lowest U; any one of those that fabrics ``below`` place."""

    below: str
    rack: str = ""
    u: int = 0


Cages = dict[Device, dict[int, None]]
"""Cages by device, in order."""


def share_cages(fabrics: tuple[Fabric, ...]) -> tuple[Fabric, ...]:
    """Give each fabric cages of its own on devices that several use, in the order of the fabrics.

    Raises
    ------
    InfeasibleError
        A rack has fewer cages than its fabrics need.
    """
    wanted = {fabric.name: _cages_wanted(fabric) for fabric in fabrics}
    users: dict[Device, int] = defaultdict(int)
    for cages in wanted.values():
        for device in cages:
            users[device] += 1
    taken: dict[Device, set[int]] = defaultdict(set)
    short: dict[tuple[str, str], None] = {}
    shared: list[Fabric] = []
    for fabric in fabrics:
        if isinstance(fabric, TierFabric):
            units = tuple(_with_own_sockets(fabric, unit, users, taken) for unit in fabric.lower_units)
            fabric = replace(fabric, lower_units=units)
        shared.append(fabric)
        short |= _take(fabric, taken)
    if short:
        raise InfeasibleError(_shortages(fabrics, wanted, short))
    return tuple(shared)


def _with_own_sockets(
    fabric: TierFabric, unit: WiredUnitRef, users: dict[Device, int], taken: dict[Device, set[int]]
) -> WiredUnitRef:
    """Leave the unit the sockets of free cages: the first that it needs, where others need some too."""
    device = _device(fabric, unit)
    if users[device] == 1:
        return unit
    free = tuple(socket for socket in unit.sockets if socket.cage not in taken[device])
    return replace(unit, sockets=free[: fabric.uplinks])


def _take(fabric: Fabric, taken: dict[Device, set[int]]) -> dict[tuple[str, str], None]:
    """Take the fabric's cages, and return where they do not suffice: the fabric below, and the rack."""
    short: dict[tuple[str, str], None] = {}
    own: dict[Device, set[int]] = defaultdict(set)
    for end in _ends(fabric):
        device = _device(fabric, end)
        if isinstance(end, CageRef):
            is_short = end.cage in taken[device]
            own[device].add(end.cage)
        else:
            is_short = isinstance(fabric, TierFabric) and len(end.sockets) < fabric.uplinks
            own[device].update(socket.cage for socket in end.sockets)
        if is_short:
            short[device.below, device.rack] = None
    for device, cages in own.items():
        taken[device] |= cages
    return short


def _device(fabric: Fabric, end: WiredUnitRef | CageRef) -> Device:
    if isinstance(fabric, TierFabric) and fabric.below:
        return Device(" and ".join(fabric.below))
    return Device("", end.rack, end.u)


def _cages_wanted(fabric: Fabric) -> Cages:
    """Return the cages that the fabric would use if it were alone."""
    wanted: Cages = defaultdict(dict)
    for end in _ends(fabric):
        cages = wanted[_device(fabric, end)]
        if isinstance(fabric, TierFabric) and isinstance(end, WiredUnitRef):
            cages.update(dict.fromkeys(socket.cage for socket in end.sockets[: fabric.uplinks]))
        elif isinstance(end, CageRef):
            cages[end.cage] = None
    return wanted


def _ends(fabric: Fabric) -> tuple[WiredUnitRef | CageRef, ...]:
    if isinstance(fabric, TierFabric):
        return fabric.lower_units
    return tuple(end for run in fabric.runs for end in run)


def _shortages(
    fabrics: tuple[Fabric, ...], wanted: dict[str, Cages], short: dict[tuple[str, str], None]
) -> list[Finding]:
    """Return one finding for each different sum, naming all racks where it fails.

    It is placed at the last fabric that takes cages there: the one that gets too few.
    """
    racks_by_sum: dict[tuple[str, str, int, int, str], list[str]] = defaultdict(list)
    for below, rack in sorted(short):
        all_needs = {
            name: sum(len(cages) for of, cages in by_device.items() if (of.below, of.rack) == (below, rack))
            for name, by_device in wanted.items()
        }
        needs = {name: count for name, count in all_needs.items() if count}
        parts = " + ".join(f"{count} for '{name}'" for name, count in needs.items())
        there = len(_cages_there(fabrics, below, rack))
        racks_by_sum[list(needs)[-1], parts, sum(needs.values()), there, below].append(rack)
    findings = []
    for (last, parts, total, there, below), racks in racks_by_sum.items():
        holder = "device" if below else "rack"
        place = f"each that '{below}' places" if below else f"in {', '.join(racks)}"
        message = (
            f"{parts} = {total} cages a {holder} are needed, {there} are there, {place}; possible: one of "
            f"these fabrics alone, or all of them within {there} cages a {holder}"
        )
        where = Where(file="", path=f"fabrics.{last}")
        findings.append(Finding(code="cages-short", message=message, where=where))
    return findings


def _cages_there(fabrics: tuple[Fabric, ...], below: str, rack: str) -> set[tuple[int, int]]:
    """Return the cages (U of the device, number) in that rack that the fabrics may use."""
    there: set[tuple[int, int]] = set()
    for fabric in fabrics:
        for end in _ends(fabric):
            device = _device(fabric, end)
            if (device.below, device.rack) == (below, rack):
                cages = [end.cage] if isinstance(end, CageRef) else [s.cage for s in end.sockets]
                there.update((device.u, cage) for cage in cages)
    return there
