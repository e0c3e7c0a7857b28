"""Every placement of a tiny problem, tried one by one: what is cheapest is the optimum.

Only numbers are shared with the optimizer (the tables of a ``PlacementProblem``), no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import numpy as np

from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.problem import PlacementProblem

Loads = tuple[int, ...]


def run_rows(problem: PlacementProblem, uppers: int) -> Iterator[Loads]:
    """Every way to spread one lower unit's runs over the upper units of its plane."""
    low, high = problem.pair_runs
    for counts in product(range(low, high + 1), repeat=uppers):
        if sum(counts) == problem.uplinks:
            yield counts


def run_matrices(problem: PlacementProblem, uppers: int) -> Iterator[tuple[Loads, ...]]:
    """Every integer matrix of runs (lower by upper) that keeps the spread's rules."""
    least, most = problem.upper_load
    for rows in product(tuple(run_rows(problem, uppers)), repeat=problem.cents.shape[1]):
        if all(least <= sum(column) <= most for column in zip(*rows, strict=True)):
            yield rows


def cheapest_wiring(problem: PlacementProblem, group: int, slots: tuple[int, ...]) -> int | None:
    """Least cost of one plane over all matrices of runs; None where a slot is not reached.

    Rows are added one by one, and of all ways to the same loads only the cheapest is kept.
    """
    cents = problem.cents[group][:, list(slots)]
    if (cents >= UNREACHABLE_CENTS).any():
        return None
    rows = tuple(run_rows(problem, len(slots)))
    best: dict[Loads, int] = {(0,) * len(slots): 0}
    for lower, costs in enumerate(cents.tolist()):
        found: dict[Loads, int] = {}
        allowed = [counts for counts in rows if _keeps_extra(problem, (group, lower), slots, counts)]
        for loads, total in best.items():
            for counts in allowed:
                key = tuple(a + b for a, b in zip(loads, counts, strict=True))
                cost = total + sum(a * b for a, b in zip(counts, costs, strict=True))
                found[key] = min(found.get(key, cost), cost)
        best = found
    least, most = problem.upper_load
    fitting = [cost for loads, cost in best.items() if all(least <= load <= most for load in loads)]
    return min(fitting, default=None)


def _keeps_extra(
    problem: PlacementProblem, unit: tuple[int, int], slots: tuple[int, ...], counts: Loads
) -> bool:
    """Tell whether a lower unit sends the runs beyond the fewest that are pinned; slots are ascending."""
    pinned = [0] * len(slots)
    for one in problem.pins.extra if problem.pins else ():
        if (one.group, one.lower) == unit:
            if one.slot not in slots:
                return False
            pinned[slots.index(one.slot) + one.number] += 1
    return all(
        count >= problem.pair_runs[0] + more for count, more in zip(counts, pinned, strict=True) if more
    )


def device_places(problem: PlacementProblem) -> Iterator[tuple[int, ...]]:
    """Every set of slots that the devices may take within what racks can hold."""
    for places in combinations(range(len(problem.slots)), problem.devices):
        held = np.bincount(problem.slot_rack[list(places)], minlength=len(problem.rack_names))
        is_kept = problem.pins is None or set(np.flatnonzero(problem.pins.fewest)) <= set(places)
        if (held <= problem.capacity).all() and is_kept and keeps_rows(problem, held.tolist()):
            yield places


def keeps_rows(problem: PlacementProblem, held: list[int]) -> bool:
    """Tell whether rows have what racks that hold so many devices, and these, take of their limits."""
    for row in problem.row_power:
        taken = 0
        for devices, is_in_row, rack in zip(held, row.is_in_row, row.rack_milliwatts.tolist(), strict=True):
            if is_in_row and devices:
                taken += rack + devices * row.device_milliwatts
        if taken > row.left_milliwatts:
            return False
    return True


def keeps_rules(problem: PlacementProblem, slots: tuple[int, ...]) -> bool:
    """Tell whether no part of the racks holds too much of a plane, and enough parts hold some."""
    for rule in problem.rules.rules:
        parts = [int(rule.part_of_rack[problem.slot_rack[slot]]) for slot in slots]
        if len(set(parts)) < rule.fewest or any(parts.count(part) > rule.most for part in parts):
            return False
    return True


def keeps_pins(problem: PlacementProblem, group: int, slots: tuple[int, ...]) -> bool:
    """Tell whether a plane of a class has its pinned units where they are to be."""
    if problem.pins is None:
        return True
    return all(slots.count(slot) >= least for slot, least in enumerate(problem.pins.units[group].tolist()))


def least_cents(problem: PlacementProblem) -> int | None:
    """Cost of the cheapest placement, None where there is none."""
    group_of = {plane: group for group, members in enumerate(problem.classes) for plane in members}
    groups = [group_of[plane] for plane in range(len(group_of))]

    @cache
    def wiring(group: int, slots: tuple[int, ...]) -> int | None:
        return cheapest_wiring(problem, group, slots)

    @cache
    def rest(plane: int, room: tuple[tuple[int, int], ...]) -> int | None:
        """Least cost of this plane and those after it in the room that is left."""
        if plane == len(groups):
            return 0
        best = None
        free = dict(room)
        for slots in combinations_with_replacement(sorted(free), problem.units_per_plane):
            taken = {slot: free[slot] - slots.count(slot) for slot in free}
            if min(taken.values()) < 0 or not keeps_rules(problem, slots):
                continue
            if not keeps_pins(problem, groups[plane], slots):
                continue
            here = wiring(groups[plane], slots)
            after = None if here is None else rest(plane + 1, tuple(sorted(taken.items())))
            if here is not None and after is not None and (best is None or here + after < best):
                best = here + after
        return best

    best = None
    for places in device_places(problem):
        racks = {int(problem.slot_rack[slot]) for slot in places}
        racks |= {rack for rack, fixed in enumerate(problem.is_fixed) if fixed}
        fixed_cents = problem.devices * problem.device_cents
        fixed_cents += sum(int(problem.opening_cents[rack]) for rack in racks)
        runs = rest(0, tuple((slot, problem.units_per_device) for slot in places))
        if runs is not None and (best is None or fixed_cents + runs < best):
            best = fixed_cents + runs
    return best
