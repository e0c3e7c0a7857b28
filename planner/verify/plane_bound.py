"""The least that one plane can cost when slots and extra runs have prices; in integers, no solver.

A plane's upper units stand in some number of slots of each rack. For one such division and one set of
uplink prices the least cost is a sum of the cheapest places, rack by rack. Any set of prices gives a
valid least cost, so for each division the best set counts, and the plane costs at least the least
over all divisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from planner.model.solution import MAX_DIVISIONS
from planner.verify.costs import UNREACHABLE_CENTS, Cents
from planner.verify.wiring import Tiers

PER_CENT = 1000
NOWHERE = 2**52
"""Priced cost of a place that does not exist or is out of reach: more than any plan's."""


def least_plane_cost(
    tiers: Tiers,
    cost: Cents,
    price_sets: Sequence[Sequence[int]],
    slot_prices: Cents,
    rack_is_closed: Sequence[bool],
) -> int:
    """Return a valid least priced cost of one plane, in thousandths of a cent.

    Parameters
    ----------
    tiers
        What the fabric must look like.
    cost
        Least cost of a run from each lower unit of the plane (rows) to each slot, rack by rack.
    price_sets
        Sets of prices of extra runs, one price a lower unit.
    slot_prices
        Price of one upper unit in each slot.
    rack_is_closed
        For each rack, whether nothing may stand in it.
    """
    racks = len(rack_is_closed)
    closed = np.repeat(np.array(rack_is_closed), len(slot_prices) // racks)
    sums = []
    for prices in price_sets:
        places = unit_values(tiers, cost, np.array(prices, dtype=np.int64)) + slot_prices
        places = np.where(closed, NOWHERE, places)
        given = tiers.extra_per_lower * sum(prices)
        sums.append((given, _cheapest_sums(tiers, places.reshape(racks, -1))))
    open_racks = racks - sum(rack_is_closed)
    units = tiers.upper_per_plane
    if open_racks and comb(units + open_racks - 1, units) <= MAX_DIVISIONS:
        division = _divisions(units, tuple(rack_is_closed))
        each = [given + table[np.arange(racks), division].sum(axis=1) for given, table in sums]
        return int(np.maximum.reduce(each).min())
    return max(given + _least_over_all(units, table) for given, table in sums)


@cache
def _divisions(units: int, rack_is_closed: tuple[bool, ...]) -> Cents:
    """Return every way to divide units among the racks that are not closed (ways, racks).

    A way is given by bars between units laid out in a line: which of the units + racks - 1 places
    hold bars.
    """
    free = [rack for rack, closed in enumerate(rack_is_closed) if not closed]
    held = list(combinations(range(units + len(free) - 1), len(free) - 1))
    bars = np.array(held, dtype=np.int64).reshape(len(held), len(free) - 1)
    edges = np.pad(bars, ((0, 0), (1, 0)), constant_values=-1)
    edges = np.pad(edges, ((0, 0), (0, 1)), constant_values=units + len(free) - 1)
    ways = np.zeros((len(bars), len(rack_is_closed)), dtype=np.int64)
    ways[:, free] = np.diff(edges, axis=1) - 1
    return ways


def _cheapest_sums(tiers: Tiers, places: Cents) -> Cents:
    """Return the sum of the 0, 1, .. K cheapest units of each rack, shape (racks, K + 1)."""
    units = tiers.upper_per_plane
    each = np.sort(np.repeat(places, tiers.units_per_device, axis=1), axis=1)[:, :units]
    short = units - each.shape[1]
    each = np.pad(each, ((0, 0), (0, max(0, short))), constant_values=NOWHERE)
    return np.pad(np.cumsum(np.minimum(each, NOWHERE), axis=1), ((0, 0), (1, 0)))


def _least_over_all(units: int, table: Cents) -> int:
    """Return the sum of the cheapest units whichever racks they stand in."""
    return int(np.sort(np.diff(table, axis=1), axis=None)[:units].sum())


def unit_values(tiers: Tiers, cost: Cents, uplink_prices: Cents) -> Cents:
    """Return the least priced cost of one upper unit at each slot, in thousandths of a cent.

    Every lower unit gets the fewest runs per pair; which of them get more is chosen by reduced cost,
    as many as the upper unit's load allows. Slots that a lower unit does not reach cost ``NOWHERE``.
    """
    members = len(cost)
    base = PER_CENT * tiers.fewest_per_pair * cost.sum(axis=0)
    out_of_reach = (cost >= UNREACHABLE_CENTS).any(axis=0)
    if tiers.extra_per_lower:
        spare = tiers.most_per_pair - tiers.fewest_per_pair
        least = max(0, tiers.fewest_per_upper - tiers.fewest_per_pair * members)
        most = max(least, tiers.most_per_upper - tiers.fewest_per_pair * members)
        reduced = np.repeat(np.sort(PER_CENT * cost - uplink_prices[:, None], axis=0), spare, axis=0)
        base = base + reduced[:least].sum(axis=0) + np.minimum(reduced[least:most], 0).sum(axis=0)
    return np.asarray(np.where(out_of_reach, NOWHERE, base), dtype=np.int64)
