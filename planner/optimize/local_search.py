"""Improves a placement by exchanging upper units between planes and moving devices to free slots.

Each candidate is first bounded from below with whole arrays (base cost exactly, each lower unit's
extra runs at its cheapest upper unit); only those that may gain are wired exactly, most promising
first. The number of wirings is the budget, so that the result does not depend on the clock.
"""

from __future__ import annotations

import numpy as np

from planner.optimize.placement import (
    Placement,
    make_placement,
    plane_groups,
    rank,
)
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.optimize.wiring import Wirer


def search(
    problem: PlacementProblem,
    placement: Placement,
    enough_cents: int,
    wirer: Wirer,
) -> Placement:
    """Improve until the cost is low enough, nothing gains, the budget is spent, or the search is to end."""
    groups = np.array(plane_groups(problem))
    while wirer.budget > 0 and placement.cents > enough_cents and not is_stopped():
        moved = _best_move(problem, placement, groups, wirer)
        if moved is None:
            break
        placement = moved
    return placement


def _best_move(
    problem: PlacementProblem, placement: Placement, groups: IntArray, wirer: Wirer
) -> Placement | None:
    """Return the first candidate, most promising first, that really gains; None if none does."""
    least = _plane_bounds(problem, placement, groups)
    now = np.array([wiring.cents for wiring in placement.wirings])
    slots = np.stack(placement.slots)
    exchanges = _exchanges(slots, least, now)
    moves = _device_moves(problem, placement, slots, least, now)
    for _, changes in sorted(exchanges + moves):
        if wirer.budget <= 0 or is_stopped():
            break
        found = _apply(problem, placement, groups, changes, wirer)
        if found is not None and rank(found) < rank(placement):
            return found
    return None


_MOST_EXCHANGES = 2000
"""Exchanges looked at before the next step, most promising first."""

_Changes = tuple[tuple[int, int, int], ...]
"""Moves of upper units: (plane, position in its slots, new slot)."""


def _plane_bounds(problem: PlacementProblem, placement: Placement, groups: IntArray) -> IntArray:
    """Bound each plane's cost from below if its k-th unit moved to slot s, shape (P, K, S)."""
    planes, units = len(placement.slots), problem.units_per_plane
    result = np.empty((planes, units, len(problem.slots)), dtype=np.int64)
    for plane, group in enumerate(groups):
        cents = problem.cents[group]
        chosen = cents[:, placement.slots[plane]]
        base = problem.base_cents[group]
        kept = base[placement.slots[plane]].sum() - base[placement.slots[plane]]
        result[plane] = kept[:, None] + base[None, :]
        if problem.extra_per_lower:
            for k in range(units):
                others = np.delete(chosen, k, axis=1).min(axis=1) if units > 1 else cents.max(axis=1)
                cheapest = np.minimum(others[:, None], cents)
                result[plane, k] += problem.extra_per_lower * cheapest.sum(axis=0)
        result[plane][:, ~problem.is_allowed[group]] = UNREACHABLE_CENTS
    return result


def _exchanges(slots: IntArray, least: IntArray, now: IntArray) -> list[tuple[int, _Changes]]:
    """Return exchanges of two units of different planes that may gain most, with their bounds."""
    planes, units = slots.shape
    flat = slots.ravel()
    owner = np.repeat(np.arange(planes), units)
    moved = least.reshape(planes * units, -1)[:, flat]
    delta = moved + moved.T - now[owner][:, None] - now[owner][None, :]
    may_gain = (delta < 0) & (owner[:, None] < owner[None, :]) & (flat[:, None] != flat[None, :])
    pairs = np.argwhere(may_gain)
    return [
        (
            int(delta[a, b]),
            (
                (int(owner[a]), int(a % units), int(flat[b])),
                (int(owner[b]), int(b % units), int(flat[a])),
            ),
        )
        for a, b in pairs[np.argsort(delta[may_gain], kind="stable")[:_MOST_EXCHANGES]]
    ]


def _device_moves(
    problem: PlacementProblem,
    placement: Placement,
    slots: IntArray,
    least: IntArray,
    now: IntArray,
) -> list[tuple[int, _Changes]]:
    """Return moves of a whole device to a free slot of an open rack with room that may gain."""
    used = np.unique(slots)
    held = np.bincount(problem.slot_rack[used], minlength=len(problem.rack_names))
    is_open = (held > 0) | np.array(problem.is_fixed)
    open_slot = is_open[problem.slot_rack]
    free = np.setdiff1d(np.flatnonzero(open_slot), used)
    moves = []
    for slot in used[problem.fewest_units[used] == 0]:
        members = np.argwhere(slots == slot)
        if len({int(plane) for plane, _ in members}) < len(members):
            continue  # two units of one plane: its bound for one move does not cover both
        gain = sum(least[plane, k] - now[plane] for plane, k in members)
        for target in free:
            if gain[target] < 0 and problem.may_hold(_moved(problem, held, int(slot), int(target))):
                changes = tuple((int(plane), int(k), int(target)) for plane, k in members)
                moves.append((int(gain[target]), changes))
    return moves


def _moved(problem: PlacementProblem, held: IntArray, slot: int, target: int) -> IntArray:
    """Return how many devices each rack holds when the one in a slot moves."""
    after = held.copy()
    after[problem.slot_rack[slot]] -= 1
    after[problem.slot_rack[target]] += 1
    return after


def _apply(
    problem: PlacementProblem, placement: Placement, groups: IntArray, changes: _Changes, wirer: Wirer
) -> Placement | None:
    """Carry changes out and wire the planes they touch; None where something does not reach."""
    slots, wirings = list(placement.slots), list(placement.wirings)
    for plane, k, target in changes:
        moved = slots[plane].copy()
        moved[k] = target
        slots[plane] = np.sort(moved)
    for plane in {plane for plane, _, _ in changes}:
        if not problem.may_stand(int(groups[plane]), slots[plane]):
            return None
        wiring = wirer.wire(int(groups[plane]), slots[plane])
        if wiring is None:
            return None
        wirings[plane] = wiring
    return make_placement(problem, tuple(slots), tuple(wirings))
