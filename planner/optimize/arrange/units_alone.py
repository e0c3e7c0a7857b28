"""Bounds all arrangements together: racks that move stand wherever that suits each upper unit best.

An upper unit's runs cost least with the racks that move at the positions nearest to it. If every unit may
have an arrangement of its own, nothing but slots and racks ties units together, and what is left is a
placement problem in which a unit in a slot has one price. No plan costs less, whatever its arrangement.
Positions of racks that are open for sure hold none that moves, nor does that of a unit's own rack; rules of
rows, pairs and spacing are left out. All in integers, at any multipliers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.solution import RackCase
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.certify import FORBIDDEN, MILLI
from planner.optimize.plane_rules import NO_RULES
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

LARGEST_PRICE = 10**13
"""Largest multiplier given: no plan costs as much, and with larger ones a verifier's sums might wrap."""


class UnitsAlone:
    """Prices upper units, each with an arrangement of its own.

    G classes, N lower units in each plane over all places, P open positions, S slots, Q candidate racks.
    """

    def __init__(self, open_problem: OpenProblem) -> None:
        self._open = open_problem
        problem = self._problem = open_problem.problem
        self._rack_position = open_problem.rack_position
        at = open_problem.unit_position
        own = (at[:, :, None] == open_problem.slot_position) & (at[:, :, None] >= 0)
        self._cents = np.where(own, UNREACHABLE_CENTS, np.minimum(problem.cents, UNREACHABLE_CENTS))
        groups, _, slots = problem.cents.shape
        by_position = np.zeros((groups, len(open_problem.positions) + 1, slots), dtype=np.int64)
        for group, positions in enumerate(at):
            np.add.at(by_position[group], positions, self._cents[group])
        by_position = np.minimum(by_position, UNREACHABLE_CENTS)
        self._moving, self._standing = by_position[:, :-1], by_position[:, -1]
        counts = np.bincount(at[0] + 1, minlength=2)
        self._members = int(counts[0] + open_problem.moving * counts[1:].max())
        base = problem.pair_runs[0] * self._members
        self._extra = max(0, problem.upper_load[0] - base), max(0, problem.upper_load[1] - base)
        self.run_prices = self._find_run_prices()

    @property
    def stands(self) -> BoolArray:
        """Which candidate racks stand in any case (Q,): at an open position one may have to make room."""
        return np.array(self._problem.is_fixed, dtype=np.bool_) & (self._rack_position < 0)

    @property
    def cells(self) -> int:
        """Costs of runs that are sorted to price all units once."""
        return self._cents.size

    def priced_problem(self) -> PlacementProblem:
        """Return a problem of the same slots and racks in which a unit's cost stands for all its runs."""
        groups, _, slots = self._cents.shape
        nothing = np.zeros((groups, 1, slots), dtype=np.int64)
        return replace(
            self._problem,
            cents=nothing,
            routed_mm=nothing,
            pair_runs=(1, 1),
            uplinks=self._problem.units_per_plane,
            upper_load=(1, 1),
            row_power=(),
            rules=NO_RULES,
            pins=None,
        )

    def costs(self, is_open: IntArray) -> IntArray:
        """Return the least that a unit's runs cost (G, S), thousandths of a cent, with racks open (Q,)."""
        taken = self._taken(is_open)
        free = np.setdiff1d(np.arange(len(self._open.positions)), taken)
        needed = self._open.moving
        if needed > len(free):
            return np.full(self._standing.shape, FORBIDDEN, dtype=np.int64)
        nearest = np.partition(self._moving[:, free], needed - 1, axis=1)[:, :needed] if needed else 0
        base = self._standing + np.sum(nearest, axis=1)
        cost = MILLI * self._problem.pair_runs[0] * base + self._extra_cost(taken)
        return np.where(base >= UNREACHABLE_CENTS, FORBIDDEN, np.minimum(cost, FORBIDDEN))

    def _taken(self, is_open: IntArray) -> IntArray:
        """Return the open positions that open racks take, in order."""
        return np.unique(self._rack_position[(is_open > 0) & (self._rack_position >= 0)])

    def _extra_cost(self, taken: IntArray) -> IntArray:
        """Return what a unit's extra runs cost at least, priced (G, S)."""
        fewest, most = self._extra
        if not self._problem.extra_per_lower or not most:
            return np.zeros(self._standing.shape, dtype=np.int64)
        cheapest = self._cheapest_runs(taken, most)
        reduced = MILLI * cheapest - np.array(self.run_prices)[:, None, None]
        return np.asarray(reduced[:, :fewest].sum(axis=1) + np.minimum(reduced[:, fewest:], 0).sum(axis=1))

    def _cheapest_runs(self, taken: IntArray, count: int) -> IntArray:
        """Return the costs of so many of a unit's cheapest extra runs, in order (G, runs, S)."""
        times = self._problem.extra_per_pair
        lowers = min(ceil_div(count, times), self._cents.shape[1])
        if len(taken):
            gone = np.isin(self._open.unit_position, taken)[:, :, None]
            cents = np.where(gone, UNREACHABLE_CENTS, self._cents)
        else:
            cents = self._cents
        least = np.sort(np.partition(cents, lowers - 1, axis=1)[:, :lowers], axis=1)
        return np.asarray(np.repeat(least, times, axis=1)[:, :count])

    def _find_run_prices(self) -> tuple[int, ...]:
        """Return what an extra run of each class costs at least where units need not have it.

        Units that take no more than the fewest leave runs over: those cost as much somewhere.
        """
        problem, fewest = self._problem, self._extra[0]
        if not problem.extra_per_lower:
            return ()
        left = problem.extra_per_lower * self._members - fewest * problem.units_per_plane
        if left <= 0 or self._extra[1] <= fewest:
            return (0,) * len(problem.classes)
        none = np.zeros(0, dtype=np.int64)
        next_run = self._cheapest_runs(none, fewest + 1)[:, -1]
        return tuple(np.minimum(MILLI * next_run.min(axis=1), LARGEST_PRICE).tolist())

    def lacks_room(self, is_open: IntArray, is_closed: IntArray) -> bool:
        """Tell whether racks not closed hold too few devices, or open ones leave too few positions."""
        taken = self._taken(is_open)
        room = int(self._problem.capacity[is_closed == 0].sum())
        few = len(self._open.positions) - len(taken) < self._open.moving
        return few or room < self._problem.devices

    def bound_cents(
        self, costs: IntArray, slot_prices: IntArray, is_open: IntArray, is_closed: IntArray
    ) -> int:
        """Return what slot prices (S,) prove of all arrangements with these racks open and closed."""
        problem = self._problem
        per_device, units = problem.units_per_device, problem.units_per_plane
        is_barred = is_closed[problem.slot_rack] > 0
        priced = np.where(is_barred, FORBIDDEN, np.minimum(costs + slot_prices, FORBIDDEN))
        least = np.sort(np.repeat(priced, per_device, axis=1), axis=1)[:, :units]
        planes = least.sum(axis=1) + (units - least.shape[1]) * FORBIDDEN
        if self.run_prices:
            planes += problem.extra_per_lower * self._members * np.array(self.run_prices)
        total = MILLI * problem.given_cents + int((problem.planes_per_class * planes).sum())
        is_sure = (is_open > 0) | self.stands
        for rack in np.flatnonzero(is_closed == 0).tolist():
            dearest = np.sort(slot_prices[problem.slot_rack == rack])[::-1][: problem.capacity[rack]]
            value = MILLI * int(problem.opening_cents[rack]) - per_device * int(dearest.sum())
            total += value if is_sure[rack] else min(0, value)
        return ceil_div(total, MILLI)

    def case(self, is_open: IntArray, is_closed: IntArray, slot_prices: IntArray) -> RackCase:
        """Write a case down for a certificate."""
        names = self._problem.rack_names
        return RackCase(
            open_racks=tuple(name for name, mark in zip(names, is_open, strict=True) if mark),
            closed_racks=tuple(name for name, mark in zip(names, is_closed, strict=True) if mark),
            slot_prices_millicents=tuple(slot_prices.tolist()),
            run_prices_millicents=self.run_prices,
        )
