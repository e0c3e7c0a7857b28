"""Runs of one plane between its lower units and upper units that stand somewhere: an exact flow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python import min_cost_flow

from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem

_LENGTH_SCALE = 2**24
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
    if (cents >= UNREACHABLE_CENTS).any():
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
    pairs = np.indices(cents.shape).reshape(2, -1)
    upper_nodes = lowers + np.arange(uppers)
    sink, overflow = lowers + uppers, lowers + uppers + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([pairs[0], upper_nodes]),
        np.concatenate([lowers + pairs[1], np.full(uppers, overflow)]),
        np.concatenate([problem.extra_per_pair - pinned.ravel(), np.full(uppers, most - fewest)]),
        np.concatenate([(cents * _LENGTH_SCALE + routed_mm).ravel(), np.zeros(uppers, np.int64)]),
    )
    flow.set_nodes_supplies(np.arange(lowers), problem.extra_per_lower - pinned.sum(axis=1))
    flow.set_nodes_supplies(upper_nodes, pinned.sum(axis=0) - fewest)
    flow.set_node_supply(sink, 0)
    flow.set_node_supply(overflow, -spare)
    if flow.solve() != flow.OPTIMAL:
        if pinned.any():
            return None
        raise ArithmeticError(f"a plane of {lowers} lower and {uppers} upper units has no spread")
    return pinned + np.asarray(flow.flows(arcs[: pairs.shape[1]]), dtype=np.int64).reshape(cents.shape)


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
