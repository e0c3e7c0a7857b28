"""Gives upper devices their order, and their units the planes that they serve."""

from __future__ import annotations

from collections.abc import Container, Sequence

from planner.model.pins import PinnedDevice
from planner.model.solution import PlacedDevice
from planner.optimize.placement import Placement
from planner.optimize.problem import PlacementProblem


def place_devices(
    problem: PlacementProblem, placement: Placement, pinned: Sequence[PinnedDevice] = ()
) -> tuple[tuple[PlacedDevice, ...], list[list[tuple[int, int]]]]:
    """Give the devices their order and their ASICs to planes: as pinned, the others ascending.

    Returns
    -------
    devices
        Placed devices in slot order.
    units
        For each plane, (device, ASIC) of its upper units in the order of ``placement.slots``; the
        ASIC is 0 where the device is the unit.
    """
    used = sorted({int(slot) for plane in placement.slots for slot in plane})
    device_of = {slot: index for index, slot in enumerate(used)}
    given = {(one.rack, one.u): one.planes for one in pinned}
    planes = [list(given.get(problem.slots[slot], (-1,) * problem.units_per_device)) for slot in used]
    taken: list[set[int]] = [set() for _ in used]
    units: list[list[tuple[int, int]]] = []
    whole = problem.units_per_device == 1
    for plane, slots in enumerate(placement.slots):
        units.append([])
        for slot in slots:
            device = device_of[int(slot)]
            unit = _next_unit(planes[device], taken[device], plane)
            planes[device][unit] = plane
            taken[device].add(unit)
            units[plane].append((device, 0 if whole else unit + 1))
    devices = tuple(
        PlacedDevice(rack=problem.slots[slot].rack, u=problem.slots[slot].u, planes=tuple(planes[index]))
        for index, slot in enumerate(used)
    )
    return devices, units


def _next_unit(planes: Sequence[int], taken: Container[int], plane: int) -> int:
    """Return the first unit of a device that is pinned to the plane, else the first that is free."""
    own = [unit for unit, served in enumerate(planes) if served == plane and unit not in taken]
    return own[0] if own else list(planes).index(-1)
