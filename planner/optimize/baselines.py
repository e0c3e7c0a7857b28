"""Three honest other ways to wire the same fabric, to compare the plan with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.optimize.placement import Placement, make_placement, plane_groups, price_placement, rank
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.wiring import rotate_plane


def place_at_once(problem: PlacementProblem) -> Placement | None:
    """Return the cheaper of the placements that need no search; None where neither keeps all rules."""
    made = [one for one in (nearest_slot(problem), first_fit(problem)) if one is not None]
    return min((one for one in made if problem.may_hold(problem.held(one.slots))), key=rank, default=None)


def first_fit(problem: PlacementProblem) -> Placement | None:
    """Wire as by hand: racks and slots in address order, planes in order, doubled runs in rotation.

    Slots that some class does not reach are passed over, and those that would have a plane lose more
    with one rack or power feed than it may.
    """
    order = _slots_in_order(problem)
    planes = plane_groups(problem)
    count = problem.units_per_plane
    slots: Sequence[IntArray] | None
    if problem.rules or problem.pins:
        slots = _in_turn(problem, [order] * len(planes))
    elif len(order) < problem.devices:
        return None
    else:  # the same units, without asking slot by slot
        units = np.repeat(order[: problem.devices], problem.units_per_device)
        slots = [np.sort(units[p * count : (p + 1) * count]) for p in range(len(planes))]
    if slots is None:
        return None
    wirings = [rotate_plane(problem, group, slots[plane]) for plane, group in enumerate(planes)]
    if any(wiring is None for wiring in wirings):
        return None
    return make_placement(problem, tuple(slots), tuple(wiring for wiring in wirings if wiring is not None))


def _slots_in_order(problem: PlacementProblem) -> IntArray:
    """Slots that all classes reach, in address order, no more in a rack than it can hold."""
    reached = np.flatnonzero(problem.is_allowed.all(axis=0))
    stands = problem.fewest_units > 0
    held = np.bincount(problem.slot_rack[stands], minlength=len(problem.rack_names))
    order = []
    for slot in reached:
        more = held if stands[slot] else _with_one_more(held, problem.slot_rack[slot])
        if problem.may_hold(more):
            held = more
            order.append(slot)
    return np.array(order, dtype=np.int64)


def _with_one_more(held: IntArray, rack: int) -> IntArray:
    more = held.copy()
    more[rack] += 1
    return more


def nearest_slot(problem: PlacementProblem) -> Placement | None:
    """Give each plane in turn the free units that are nearest in money, then wire it at best.

    A new device is opened only while fewer than the fabric's number stand.
    """
    orders = []
    for group in plane_groups(problem):
        order = np.argsort(problem.base_cents[group], kind="stable")
        orders.append(order[problem.is_allowed[group][order]])
    slots = _in_turn(problem, orders)
    return None if slots is None else price_placement(problem, tuple(slots))


def _in_turn(problem: PlacementProblem, orders: Sequence[IntArray]) -> list[IntArray] | None:
    """Give each plane in turn the first free units in an order of slots of its own that it may take."""
    room = np.zeros(len(problem.slots), dtype=np.int64)
    stands = problem.fewest_units > 0
    room[stands] = problem.units_per_device
    if problem.pins:
        room -= problem.pins.units.sum(axis=0)
    held = np.bincount(problem.slot_rack[stands], minlength=len(problem.rack_names))
    slots = []
    for group, order in zip(plane_groups(problem), orders, strict=True):
        pinned = problem.pinned(group)
        chosen = np.repeat(np.arange(len(pinned)), pinned).tolist()
        for slot in order:
            while len(chosen) < problem.units_per_plane and _may_take(problem, chosen, int(slot)):
                more = _with_one_more(held, problem.slot_rack[slot])
                if not stands[slot] and stands.sum() < problem.devices and problem.may_hold(more):
                    stands[slot], room[slot] = True, problem.units_per_device
                    held = more
                if not room[slot]:
                    break
                room[slot] -= 1
                chosen.append(int(slot))
        if len(chosen) < problem.units_per_plane:
            return None
        slots.append(np.sort(np.array(chosen, dtype=np.int64)))
    return slots


def _may_take(problem: PlacementProblem, chosen: Sequence[int], slot: int) -> bool:
    """Tell whether a plane with units in the chosen slots may have one in this slot as well."""
    if not problem.rules:
        return True
    by_rack = problem.units_by_rack(np.array(chosen, dtype=np.int64))
    left = problem.units_per_plane - len(chosen) - 1
    return problem.rules.may_add(by_rack, int(problem.slot_rack[slot]), left)
