"""Places upper units where every pair gets the same runs: then a unit in a slot has one price.

What is left to decide is which class of planes has a unit in which slot: a flow from classes over slots
and racks. Its shortest paths are the prices that prove it least.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from planner.optimize.certify import FORBIDDEN, MILLI
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem

NOWHERE_MILLICENTS = 9 * 10**12
"""Price of a unit that stands nowhere: more than any place, within what a certificate may hold."""

_LARGEST_FLOW_COST = 2**61
"""Cost of one arc times nodes that the flow's own arithmetic can hold."""

_MOST_LENGTH_SCALE = 2**34
"""Money comes first: one cent outweighs the detours of all runs together."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitFlow:
    """Where units stand: the class of the unit in each slot, -1 where there is none (S,)."""

    group_of_slot: IntArray
    missing: int

    @property
    def used(self) -> IntArray:
        """Slots in use."""
        return np.flatnonzero(self.group_of_slot >= 0)


def is_even(problem: PlacementProblem) -> bool:
    """Tell whether units have prices of their own, one unit a device, and only racks limit them."""
    return (
        not problem.extra_per_lower
        and problem.units_per_device == 1
        and not problem.row_limits
        and not problem.rules
        and problem.pins is None
    )


def place_units(
    problem: PlacementProblem, rack_millicents: IntArray, is_closed: IntArray, *, by_length: bool = False
) -> UnitFlow:
    """Place all units at least cost; those without a place are counted as missing.

    Parameters
    ----------
    problem
        An even problem (``is_even``).
    rack_millicents
        What a unit in a slot of each rack costs besides its runs (Q,).
    is_closed
        0 or 1 for each rack (Q,): closed ones hold nothing.
    by_length
        Whether ties go to the shorter routed length, as far as numbers are large enough to say so;
        rack prices then do not count.
    """
    groups, slots, racks = len(problem.classes), len(problem.slots), len(problem.rack_names)
    is_free = is_closed[problem.slot_rack] == 0
    group, slot = np.nonzero(problem.is_allowed & is_free)
    cost = MILLI * problem.base_cents[group, slot] + rack_millicents[problem.slot_rack[slot]]
    if by_length:
        cost = _by_length(problem, group, slot)
    open_slots, open_racks = np.flatnonzero(is_free), np.flatnonzero(is_closed == 0)
    slot_node, rack_node, sink = groups, groups + slots, groups + slots + racks
    supplies = problem.planes_per_class * problem.units_per_plane
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        group, slot_node + slot, np.ones(len(group), np.int64), cost
    )
    none = np.zeros(len(open_slots), np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        slot_node + open_slots, rack_node + problem.slot_rack[open_slots], none + 1, none
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        rack_node + open_racks,
        np.full(len(open_racks), sink),
        problem.capacity[open_racks],
        np.zeros(len(open_racks), np.int64),
    )
    past = flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(groups),
        np.full(groups, sink),
        supplies * (not by_length),
        np.full(groups, NOWHERE_MILLICENTS),
    )
    flow.set_nodes_supplies(np.arange(groups), supplies)
    flow.set_node_supply(sink, -int(supplies.sum()))
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError(f"{supplies.sum()} upper units have no flow")
    taken = np.flatnonzero(flow.flows(pairs))
    group_of_slot = np.full(slots, -1, dtype=np.int64)
    group_of_slot[slot[taken]] = group[taken]
    return UnitFlow(group_of_slot, int(flow.flows(past).sum()))


def _by_length(problem: PlacementProblem, group: IntArray, slot: IntArray) -> IntArray:
    """Return costs in which money counts first and length second."""
    cents = problem.base_cents[group, slot]
    least = np.full(len(problem.classes), cents.max(initial=0))
    np.minimum.at(least, group, cents)
    cents = cents - least[group]  # all units of a class are placed, so that only differences count
    nodes = sum(problem.is_allowed.shape) + len(problem.rack_names) + 1
    room = _LARGEST_FLOW_COST // nodes // (int(cents.max(initial=0)) + 2)
    routed = problem.pair_runs[0] * problem.routed_mm.sum(axis=1)[group, slot]
    return np.asarray(cents * min(_MOST_LENGTH_SCALE, room) + routed)


def slot_prices(
    problem: PlacementProblem, found: UnitFlow, rack_millicents: IntArray, is_closed: IntArray
) -> IntArray:
    """Return the price of one unit in each slot that proves the flow least (S,).

    That is what one unit more in the slot would cost the others: the shortest way on to a place that
    is free, by moving units from slot to slot. Each rack's own price is added.
    """
    rack = problem.slot_rack
    cost = MILLI * problem.base_cents + rack_millicents[rack]
    cost = np.where(problem.is_allowed & (is_closed[rack] == 0), cost, FORBIDDEN)
    used = found.used
    user = found.group_of_slot[used]
    held = np.bincount(rack[used], minlength=len(problem.rack_names))
    is_full = held >= problem.capacity
    price = np.where(is_full[rack], NOWHERE_MILLICENTS, 0)
    price[used] = NOWHERE_MILLICENTS
    while True:
        least = np.minimum(NOWHERE_MILLICENTS, (cost + price).min(axis=1))
        after = price.copy()
        after[used] = np.minimum(price[used], np.maximum(0, least[user] - cost[user, used]))
        rack_price = np.full(len(problem.rack_names), NOWHERE_MILLICENTS)
        np.minimum.at(rack_price, rack[used], after[used])
        free = np.setdiff1d(np.flatnonzero(is_full[rack]), used)
        after[free] = np.minimum(price[free], rack_price[rack[free]])
        if (after == price).all():
            break
        price = after
    return np.where(is_closed[rack] > 0, 0, price + rack_millicents[rack])
