"""Sockets of upper devices that are kept for lower units which come later."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from planner.model.fabric import Socket
from planner.model.layout import TiersSpec, WiredUnit
from planner.model.plan import FabricSummary, Plan, PlanDevice
from planner.model.sites import cage_group, cage_sockets, first_cage, runs_per_cage

Reserved = dict[tuple[str, int], dict[Socket, str]]
"""By rack and lowest U of a device, the fabric that each reserved socket of it is kept for."""


def reserved_ports(plan: Plan) -> Reserved:
    """Return which sockets of which upper devices are kept.

    Runs to come fill the upper units of a plane evenly: those that are fullest today get one more than the
    others in the end. Each unit keeps its first free sockets.
    """
    specs = {spec.name: spec for spec in plan.layout.fabrics if isinstance(spec, TiersSpec)}
    reserved: Reserved = defaultdict(dict)
    for summary in plan.fabrics:
        if summary.ports_reserved:
            for place, socket in _of_fabric(plan, specs[summary.name], summary):
                reserved[place][socket] = summary.name
    return reserved


def _of_fabric(
    plan: Plan, spec: TiersSpec, summary: FabricSummary
) -> Iterator[tuple[tuple[str, int], Socket]]:
    used: dict[tuple[str, int], set[Socket]] = defaultdict(set)
    per_plane: Counter[int] = Counter()
    for run in plan.runs:
        if run.fabric == spec.name:
            used[run.b.rack, run.b.u].add(Socket(run.b.cage, run.b.port))
            per_plane[run.plane] += 1
    for plane in range(summary.planes):
        units = [
            (device, _sockets(plan, spec, device, unit))
            for device in plan.devices
            if device.fabric == spec.name and device.is_placed
            for unit, served in enumerate(device.planes)
            if served == plane
        ]
        loads = [len(used[device.rack, device.u].intersection(sockets)) for device, sockets in units]
        when_full = per_plane[plane] + summary.ports_reserved // summary.planes
        least, more = divmod(when_full, len(units))
        fullest = sorted(range(len(units)), key=lambda at: (-loads[at], at))[:more]
        for at, (device, sockets) in enumerate(units):
            place = device.rack, device.u
            free = [socket for socket in sockets if socket not in used[place]]
            for socket in free[: least + (at in fullest) - loads[at]]:
                yield place, socket


def _sockets(plan: Plan, spec: TiersSpec, device: PlanDevice, unit: int) -> tuple[Socket, ...]:
    """Return the sockets of one unit of an upper device, in the order in which runs fill them."""
    kind = plan.catalog.device_types[device.device]
    group, first = cage_group(kind, spec.upper.cages), first_cage(kind, spec.upper.cages)
    by_asic = spec.upper.unit is WiredUnit.ASIC
    cages = [
        cage
        for cage, asic in enumerate(group.asic_of_cage, start=first)
        if (not by_asic or asic == unit + 1) and (spec.upper.numbers is None or cage in spec.upper.numbers)
    ]
    return cage_sockets(cages, runs_per_cage(group, spec.granularity))
