"""Evaluates a lower bound in integers for any multipliers, so that a solver need not be trusted.

The bound prices two rules instead of keeping them: that a slot has only so many units (price beta),
and that each lower unit has its number of extra runs (price u). What is left falls apart: a plane
takes its upper units where base cost, extra runs above their price, and slot prices are least; a rack
opens if its slots' prices pay for it. A plane's units are divided among the racks in one of finitely
many ways, and each way may have prices u of its own; without that, a plane could take halves of units
in different racks, which is where a bound on classes of planes alone is weak. Multipliers are
thousandths of a cent: rounding them must not cost the cent between "proved" and "nearly".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from planner.model.solution import MAX_DIVISIONS
from planner.optimize.plane_rules import PlaneRules
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.row_limits import NOTHING
from planner.units import ceil_div

MILLI = 1000
FORBIDDEN = 2**52
"""Cost of a unit where none may stand, in thousandths of a cent: more than any plan's."""

_WANT_MILLICENTS = 10**13  # a hundred million of the currency for one unit


@dataclass(frozen=True, slots=True, eq=False)
class Multipliers:
    """Slot prices (S,) and, for each class, sets of uplink prices (sets, N), N = 0 without extras."""

    slots: IntArray
    uplinks: tuple[IntArray, ...]


def certify(
    problem: PlacementProblem, multipliers: Multipliers, is_open: IntArray, is_closed: IntArray
) -> int:
    """Return the lower bound in cents that the multipliers prove for one case of racks.

    Parameters
    ----------
    problem
        The placement problem.
    multipliers
        Any; the better they are, the higher the bound.
    is_open, is_closed
        0 or 1 for each candidate rack (Q,).
    """
    total = MILLI * problem.given_cents
    for group, planes in enumerate(problem.classes):
        total += len(planes) * least_plane_cost(problem, multipliers, group, is_closed)
    return ceil_div(total + racks_value(problem, multipliers.slots, is_open, is_closed), MILLI)


def racks_value(
    problem: PlacementProblem, slot_prices: IntArray, is_open: IntArray, is_closed: IntArray
) -> int:
    """Return the least that racks add when their slots earn their prices, in thousandths of a cent.

    Rows keep their limits. ``FORBIDDEN`` where one cannot hold the racks that are open.
    """
    fewest = problem.fewest_units
    insides = [problem.slot_rack == rack for rack in range(len(problem.rack_names))]
    worths = [
        _worths(problem, rack, slot_prices[inside], fewest[inside]) for rack, inside in enumerate(insides)
    ]
    total = 0
    limited = np.zeros(len(worths), dtype=bool)
    for row in problem.row_limits:
        limited[row.racks] = True
        best = row.most_worth([worths[rack] for rack in row.racks], is_open, is_closed)
        if best is None:
            return FORBIDDEN
        total -= best
    for rack in np.flatnonzero(~limited):
        most = int(worths[rack].max())
        if is_open[rack]:
            total -= most
        elif not is_closed[rack]:
            total -= max(0, most)
    return total


def _worths(problem: PlacementProblem, rack: int, prices: IntArray, fewest: IntArray) -> IntArray:
    """Return what a rack is worth, opened, with 0, 1, .. devices: what its units are, less its own cost.

    ``prices`` and ``fewest`` units are those of its slots.
    Pinned devices are among those that stand there; the fewest units they have count at prices below zero.
    """
    stands = fewest > 0
    pinned = int(stands.sum())
    free = np.sort(prices[~stands])[::-1][: max(0, int(problem.capacity[rack]) - pinned)]
    own = prices * np.where(prices < 0, fewest, problem.units_per_device)
    worths = np.full(pinned + len(free) + 1, NOTHING, dtype=np.int64)
    worths[pinned] = int(own[stands].sum()) - MILLI * int(problem.opening_cents[rack])
    worths[pinned + 1 :] = worths[pinned] + problem.units_per_device * np.cumsum(free)
    return worths


def least_plane_cost(
    problem: PlacementProblem, multipliers: Multipliers, group: int, is_closed: IntArray
) -> int:
    """Return the least priced cost of one plane of a class, in thousandths of a cent."""
    costs = division_costs(problem, multipliers, group, is_closed)
    return int(costs.max(axis=0).min())


def division_costs(
    problem: PlacementProblem, multipliers: Multipliers, group: int, is_closed: IntArray
) -> IntArray:
    """Return what each set of uplink prices proves for each division, shape (sets, divisions).

    The divisions are those of ``divisions``; where they are too many, or there is only one set and no
    rule about planes, there is one column, the least over all of them. No division keeps the rules: one
    column, forbidden.
    """
    # One set proves as much for all divisions together as for the cheapest of them.
    are_told_apart = len(multipliers.uplinks[group]) > 1 or bool(problem.rules)
    table = divisions(problem, is_closed) if are_told_apart else None
    sets = multipliers.uplinks[group]
    if table is not None and not len(table.ways):
        return np.full((len(sets), 1), FORBIDDEN, dtype=np.int64)
    costs = np.stack([unit_cost(problem, group, prices) for prices in sets]) + multipliers.slots
    costs = np.where(is_closed[problem.slot_rack] > 0, FORBIDDEN, costs)
    pinned = problem.pinned(group)
    given = problem.extra_per_lower * sets.sum(axis=1)
    given += [int(pinned_more(problem, group, prices).sum()) for prices in sets]
    if table is not None:
        room = np.full(len(pinned), problem.units_per_device)
        return np.asarray(given[:, None] + table.costs(rack_sums(problem, costs, pinned, room)).T)
    free = problem.units_per_device - pinned
    racks = np.repeat(problem.slot_rack, free)
    missing = problem.units_per_plane - int(pinned.sum())
    given += costs @ pinned
    least = [problem.rules.cheapest(np.repeat(cost, free), racks, missing) for cost in costs]
    return np.asarray(given[:, None] + np.array([[_sum(each, missing)] for each in least]))


def rack_sums(problem: PlacementProblem, costs: IntArray, pinned: IntArray, room: IntArray) -> IntArray:
    """Return the least sums of 0, 1, .. K units in each rack's slots (Q, K + 1, sets), pinned ones included.

    Parameters
    ----------
    problem
        The placement problem.
    costs
        What a unit costs in each slot with each set of prices (sets, S).
    pinned, room
        How many units of the plane are pinned in each slot, and how many it takes, these included (S,).
    """
    units = problem.units_per_plane
    sums = np.full((len(problem.rack_names), units + 1, len(costs)), FORBIDDEN, dtype=np.int64)
    for rack, each in enumerate(sums):
        inside = np.flatnonzero(problem.slot_rack == rack)
        given = int(pinned[inside].sum())
        free = np.repeat(inside, np.maximum(room[inside] - pinned[inside], 0))
        least = np.sort(costs[:, free], axis=1)[:, : units - given].T
        each[given] = costs[:, inside] @ pinned[inside]
        each[given + 1 : given + 1 + len(least)] = np.minimum(least, FORBIDDEN)
        each[given:] = np.cumsum(each[given:], axis=0)
    return sums


def wants(problem: PlacementProblem, known: Multipliers) -> list[Multipliers]:
    """Return multipliers that prove a case impossible where slots that units need are too few.

    A unit in one of them is worth more than any plan costs: in those that a class reaches, or in those
    beside a part of the racks, which may not hold a whole plane.
    """
    wanted = [*problem.is_allowed, *(racks[problem.slot_rack] for racks in problem.rules.outside_parts())]
    prices = [np.where(slots, _WANT_MILLICENTS, 0).astype(np.int64) for slots in wanted]
    return [Multipliers(each, known.uplinks) for each in prices]


def unit_cost(problem: PlacementProblem, group: int, uplink_prices: IntArray) -> IntArray:
    """Return the least priced cost of one upper unit of a class in each slot (S,)."""
    cost = MILLI * problem.base_cents[group]
    if problem.extra_per_lower:
        cost = cost + extra_cost(problem, MILLI * problem.cents[group] - uplink_prices[:, None])
    return np.where(problem.is_allowed[group], cost, FORBIDDEN)


def extra_cost(problem: PlacementProblem, reduced: IntArray) -> IntArray:
    """Return what a unit's extra runs cost at least in each slot (S,), given each run's cost (N, S)."""
    fewest, most = problem.extra_per_upper
    if fewest == most < len(reduced) and problem.extra_per_pair == 1:  # as below, without a full sort
        return np.asarray(np.partition(reduced, most, axis=0)[:most].sum(axis=0))
    reduced = np.repeat(np.sort(reduced, axis=0), problem.extra_per_pair, axis=0)
    sums = np.concatenate([np.zeros_like(reduced[:1]), np.cumsum(reduced, axis=0)])
    return np.asarray(sums[fewest : most + 1].min(axis=0))


def pinned_more(problem: PlacementProblem, group: int, uplink_prices: IntArray) -> IntArray:
    """Return what pinned extra runs make the pinned units of a class cost more, priced, in each slot (S,)."""
    more = np.zeros(len(problem.slots), dtype=np.int64)
    extra = [one for one in problem.pins.extra if one.group == group] if problem.pins else []
    if not extra:
        return more
    plain = unit_cost(problem, group, uplink_prices)
    fewest, most = problem.extra_per_upper
    for slot, number in {(one.slot, one.number) for one in extra}:
        if plain[slot] >= FORBIDDEN:
            continue
        own = [one.lower for one in extra if (one.slot, one.number) == (slot, number)]
        reduced = MILLI * problem.cents[group, :, slot] - uplink_prices
        others = np.sort(np.delete(reduced, own))
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(others)])
        least = int(sums[max(0, fewest - len(own)) : most - len(own) + 1].min())
        with_own = MILLI * int(problem.base_cents[group, slot]) + int(reduced[own].sum()) + least
        more[slot] += max(0, with_own - int(plain[slot]))
    return more


@dataclass(frozen=True, slots=True, eq=False)
class Divisions:
    """Ways to divide a plane's upper units among the racks (D, Q).

    ``halves`` are those of the first racks and of the others, (parts, racks), each once, and which of them
    each way is made of (D,): many ways share a half.
    """

    ways: IntArray
    halves: tuple[tuple[IntArray, IntArray], ...]

    def costs(self, sums: IntArray) -> IntArray:
        """Return what each way costs (D, sets), given sums of units in each rack (Q, K + 1, sets)."""
        rack = 0
        total = np.zeros((), dtype=np.int64)
        for parts, chosen in self.halves:
            racks = np.arange(rack, rack + parts.shape[1])
            total = total + sums[racks, parts].sum(axis=1)[chosen]
            rack += parts.shape[1]
        return total


def divisions(problem: PlacementProblem, is_closed: IntArray) -> Divisions | None:
    """Return all ways to divide a plane's upper units among the racks; None: too many.

    Only those that keep the rules of planes.
    """
    free = int((is_closed == 0).sum())
    units = problem.units_per_plane
    if not free or comb(units + free - 1, units) > MAX_DIVISIONS:
        return None
    return _keep(problem.rules, units, tuple((is_closed == 0).tolist()))


@lru_cache(maxsize=32)
def _keep(rules: PlaneRules, units: int, is_free: tuple[bool, ...]) -> Divisions:
    """Return the ways to divide units among racks that are free that keep the rules."""
    ways = _divide(units, is_free)
    if rules:
        ways = ways[rules.keep(ways)]
    middle = len(is_free) // 2
    halves = [np.unique(half, axis=0, return_inverse=True) for half in (ways[:, :middle], ways[:, middle:])]
    return Divisions(ways, tuple((parts, chosen.ravel()) for parts, chosen in halves))


@lru_cache(maxsize=8)
def _divide(units: int, is_free: tuple[bool, ...]) -> IntArray:
    """Return all ways to divide units among racks that are free (ways, racks)."""
    ways = np.zeros((1, 0), dtype=np.int64)
    for free in is_free:
        counts = np.arange(units + 1 if free else 1)
        ways = np.concatenate(
            [np.repeat(ways, len(counts), axis=0), np.tile(counts, len(ways))[:, None]], axis=1
        )
        ways = ways[ways.sum(axis=1) <= units]
    ways = ways[ways.sum(axis=1) == units]
    ways.flags.writeable = False
    return np.asarray(ways, dtype=np.int64)


def _sum(least: IntArray, units: int) -> int:
    """Sum the least unit costs; as many as are missing are forbidden."""
    return int(least.sum()) + (units - len(least)) * FORBIDDEN
