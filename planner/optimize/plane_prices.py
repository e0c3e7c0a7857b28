"""Prices the planes of a class: what any plane costs at least, however its units are divided among racks.

Slots have prices, and so have extra runs: each set of uplink prices proves a least cost for every
division of a plane's upper units among the racks, and the greatest of these counts. The sets are
gathered one by one, where a division still looks cheaper than it is.
"""

from __future__ import annotations

import numpy as np

from planner.optimize.certify import FORBIDDEN, Divisions, pinned_more, rack_sums, unit_cost
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem

_MOST_SETS = 40
"""Sets of uplink prices kept for a class; beyond it those that prove nothing now are dropped."""


class PlanePrices:
    """What planes of one class cost at least when nothing may stand in the closed racks.

    Costs are thousandths of a cent; ``ways`` (D, Q) are the divisions of a plane's units among racks.
    """

    def __init__(
        self,
        problem: PlacementProblem,
        group: int,
        is_closed: IntArray,
        divisions: Divisions,
        uplink_sets: IntArray,
    ) -> None:
        self.group = group
        self.ways = divisions.ways
        self._divisions = divisions
        self._problem = problem
        self._is_closed = is_closed
        self._pinned = problem.pinned(group)
        self._slots_of = [np.flatnonzero(problem.slot_rack == rack) for rack in range(self.ways.shape[1])]
        self._sets: list[IntArray] = []
        self._units: list[IntArray] = []
        self._more: list[int] = []
        for prices in uplink_sets:
            self.learn(prices)

    @property
    def uplink_sets(self) -> IntArray:
        """The sets of uplink prices (sets, N)."""
        return np.stack(self._sets)

    def learn(self, uplink_prices: IntArray) -> None:
        """Add a set of uplink prices (N,)."""
        units = unit_cost(self._problem, self.group, uplink_prices)
        self._sets.append(uplink_prices)
        self._more.append(int(pinned_more(self._problem, self.group, uplink_prices).sum()))
        self._units.append(np.where(self._is_closed[self._problem.slot_rack] > 0, FORBIDDEN, units))

    def uplink_prices(self, number: int) -> IntArray:
        """Return one set of uplink prices (N,)."""
        return self._sets[number]

    def units(self, number: int) -> IntArray:
        """Return the least cost of a unit in each slot (S,) at one set, slots not priced."""
        return self._units[number]

    def costs(self, slot_prices: IntArray, left: IntArray, first: int = 0) -> IntArray:
        """Return what each set from the first on proves for each division, shape (sets, D).

        ``left`` (S,) is how many units each slot still takes.
        """
        problem = self._problem
        units = np.stack(self._units[first:]) + slot_prices
        given = np.array([problem.extra_per_lower * int(each.sum()) for each in self._sets[first:]])
        given += np.array(self._more[first:])
        return given[:, None] + self._divisions.costs(rack_sums(problem, units, self._pinned, left)).T

    def cheapest_slots(self, way: int, number: int, slot_prices: IntArray, left: IntArray) -> IntArray:
        """Return the slots (K,) where one set has the units of a division cheapest, ascending."""
        units = self._units[number] + slot_prices
        chosen = []
        for rack in np.flatnonzero(self.ways[way]):
            slots = self._slots_of[rack]
            pinned = np.repeat(slots, self._pinned[slots])
            free = np.repeat(slots, np.maximum(left[slots] - self._pinned[slots], 0))
            cheapest = free[np.argsort(units[free], kind="stable")]
            chosen += [pinned, cheapest[: self.ways[way, rack] - len(pinned)]]
        return np.sort(np.concatenate(chosen))

    def forget(self, costs: IntArray) -> bool:
        """Once sets are many, drop those that prove most for no division, given all costs; tell so."""
        is_full = len(self._sets) > _MOST_SETS
        if is_full:
            self._keep(np.unique(costs.argmax(axis=0)))
        return is_full

    def keep_enough(self, costs: IntArray) -> None:
        """Keep few sets that still prove the least cost of a plane for every division."""
        proves = costs >= costs.max(axis=0).min()
        missing = np.ones(costs.shape[1], dtype=bool)
        kept: list[int] = []
        while missing.any():
            kept.append(int(proves[:, missing].sum(axis=1).argmax()))
            missing &= ~proves[kept[-1]]
        self._keep(np.sort(np.array(kept, dtype=np.int64)))

    def _keep(self, numbers: IntArray) -> None:
        self._sets = [self._sets[number] for number in numbers]
        self._units = [self._units[number] for number in numbers]
        self._more = [self._more[number] for number in numbers]
