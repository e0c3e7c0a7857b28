"""Runs of one plane between its lower units and upper units that stand somewhere: an exact flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from ortools.graph.python import min_cost_flow

from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem

LENGTH_SCALE = 2**24
"""Money comes first: one cent outweighs the longest detour of all runs of a plane together."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneWiring:
    """Runs of each pair (N, K), in the order of the upper units' slots, and what they cost."""

    runs: IntArray
    cents: int
    routed_mm: int


@dataclass(slots=True, eq=False)
class Wirer:
    """Wires planes, remembers all it wired, and counts down a budget of wirings.

    ``known`` holds wirings by class and slots, ascending; None where something does not reach.
    """

    problem: PlacementProblem
    budget: int
    known: dict[tuple[int, tuple[int, ...]], PlaneWiring | None] = field(default_factory=dict)

    def wire(self, group: int, slots: IntArray) -> PlaneWiring | None:
        """Return the cheapest wiring of a plane of a class whose units stand in the slots, ascending."""
        key = (group, tuple(slots.tolist()))
        if key not in self.known:
            self.budget -= 1
            self.known[key] = wire_plane(self.problem, group, slots)
        return self.known[key]


def wire_plane(problem: PlacementProblem, group: int, slots: IntArray) -> PlaneWiring | None:
    """Spread a plane's runs at least cost, then least length.

    Parameters
    ----------
    problem
        The placement problem.
    group
        The plane's class.
    slots
        Slot of each of the K upper units, ascending.

    Returns
    -------
    PlaneWiring or None
        None where some lower unit does not reach some slot.
    """
    cents = problem.cents[group][:, slots]
    routed_mm = problem.routed_mm[group][:, slots]
    if cents.max() >= UNREACHABLE_CENTS:
        return None
    runs = np.full(cents.shape, problem.pair_runs[0], dtype=np.int64)
    if problem.extra_per_lower:
        extra = _extra_runs(problem, cents, routed_mm, pinned_extra(problem, group, slots))
        if extra is None:
            return None
        runs += extra
    return PlaneWiring(runs, int((runs * cents).sum()), int((runs * routed_mm).sum()))


def pinned_extra(problem: PlacementProblem, group: int, slots: IntArray) -> IntArray:
    """Return how many extra runs of each pair (N, K) are pinned, with units in those slots, ascending."""
    pinned = np.zeros((problem.cents.shape[1], len(slots)), dtype=np.int64)
    for one in problem.pins.extra if problem.pins else ():
        if one.group == group:
            pinned[one.lower, np.searchsorted(slots, one.slot) + one.number] += 1
    return pinned


def _extra_runs(
    problem: PlacementProblem, cents: IntArray, routed_mm: IntArray, pinned: IntArray
) -> IntArray | None:
    """Spread the runs beyond the fewest per pair: lower units -> upper units -> spare -> sink.

    Every upper unit passes its fewest extra runs straight to the sink and the rest over a common
    spare node, so that loads stay between their limits. Pinned ones are there from the start: what a
    lower unit has of them it does not send any more. None where these leave no spread.
    """
    lowers, uppers = cents.shape
    fewest, most = problem.extra_per_upper
    spare = lowers * problem.extra_per_lower - uppers * fewest
    pairs = lowers * uppers
    capacities, costs = np.full(pairs + uppers, most - fewest), np.zeros(pairs + uppers, dtype=np.int64)
    capacities[:pairs] = problem.extra_per_pair - pinned.ravel()
    costs[:pairs] = (cents * LENGTH_SCALE + routed_mm).ravel()
    supplies = np.zeros(lowers + uppers + 2, dtype=np.int64)
    supplies[:lowers] = problem.extra_per_lower - pinned.sum(axis=1)
    supplies[lowers:-2] = pinned.sum(axis=0) - fewest
    supplies[-1] = -spare
    flow = min_cost_flow.SimpleMinCostFlow()
    nodes, tails, heads = _network(lowers, uppers)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_nodes_supplies(nodes, supplies)
    if flow.solve() != flow.OPTIMAL:
        if pinned.any():
            return None
        raise ArithmeticError(f"a plane of {lowers} lower and {uppers} upper units has no spread")
    return pinned + np.asarray(flow.flows(arcs[:pairs]), dtype=np.int64).reshape(cents.shape)


@lru_cache(maxsize=8)
def _network(lowers: int, uppers: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return the nodes, and where arcs begin and end: from lower to upper units, from these to the spare."""
    nodes = np.arange(lowers + uppers + 2)
    upper_nodes = nodes[lowers:-2]
    tails = np.concatenate([np.repeat(nodes[:lowers], uppers), upper_nodes])
    heads = np.concatenate([np.tile(upper_nodes, lowers), np.full(uppers, nodes[-1])])
    return nodes, tails, heads


def rotate_plane(problem: PlacementProblem, group: int, slots: IntArray) -> PlaneWiring | None:
    """Spread a plane's runs as by hand: the doubled runs rotate through the upper units in order.

    Where some of them are pinned, the others are spread at least cost.
    """
    if pinned_extra(problem, group, slots).any():
        return wire_plane(problem, group, slots)
    cents = problem.cents[group][:, slots]
    if (cents >= UNREACHABLE_CENTS).any():
        return None
    lowers, uppers = cents.shape
    runs = np.full(cents.shape, problem.pair_runs[0], dtype=np.int64)
    order = np.arange(lowers * problem.extra_per_lower)
    np.add.at(runs, (order // max(1, problem.extra_per_lower), order % uppers), 1)
    return PlaneWiring(
        runs, int((runs * cents).sum()), int((runs * problem.routed_mm[group][:, slots]).sum())
    )
