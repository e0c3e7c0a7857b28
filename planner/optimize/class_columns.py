"""Relaxes the model by class through columns: an upper unit of a class in a slot with its extra runs.

There are far fewer columns that matter than pairs of lower units and slots. A master takes shares of
them and prices extra runs; at its prices each unit is asked for its cheapest runs, which is a sort, and
those cheaper than the master knows join it. Uplink prices stay within a box around the best ones
so far, since they are wild while columns are few. The master serves all cases of racks of a problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray, LinearSolution
from planner.optimize.priced_units import (
    UNIT,
    PlacedUnits,
    certify_prices,
    extra_runs,
    milli,
    slot_prices,
    unit_costs,
)
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.optimize.uplink_ascent import Ascent
from planner.optimize.warm_model import WarmModel

_LARGEST_BOX = 0.01
_BOX_BY_AIM = 20
"""The first box as a share of the range of prices of a run: so many times the ascent's aim."""

_WIDER = 4
_ROUNDS = 80
_LEAST_GAIN_MILLICENTS = MILLI // 2
_SOME = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A relaxation of one case: bound, prices, openings of racks (Q,), units in slots (G, S).

    ``relaxed_cents`` is its value as the solver has it; ``bound_cents`` what the prices prove.
    """

    bound_cents: int
    relaxed_cents: float
    uplinks: IntArray
    slots: IntArray
    opening: FloatArray
    units: FloatArray


class ClassColumns:
    """The master of one problem and its columns."""

    def __init__(self, problem: PlacementProblem) -> None:
        self._problem = problem
        none = np.zeros(len(problem.rack_names), dtype=np.int64)
        built = build_class_model(problem, (none, none + 1), unit_cost=np.zeros(problem.base_cents.shape))
        model = built.model
        self._built = built
        needed = np.broadcast_to(
            (problem.planes_per_class * problem.extra_per_lower)[:, None], problem.cents.shape[:2]
        )
        self._uplink_rows = model.rows(needed.shape, needed, needed)
        self._over = model.variables(needed.shape, np.inf, 0)
        self._short = model.variables(needed.shape, np.inf, 0)
        model.add(self._uplink_rows, self._over, -1)
        model.add(self._uplink_rows, self._short, 1)
        if problem.pins is not None:
            pinned = problem.pins.units[built.group, built.slot]
            fewest = pinned[pinned > 0]
            model.add(model.rows(fewest.shape, fewest, np.inf), built.units[pinned > 0], 1)
        # Units themselves carry no runs: a column stands in their rows instead of them.
        entry, self._entry_row, self._entry_value = model.column_entries(built.units)
        order = np.argsort(entry, kind="stable")
        self._entry_row, self._entry_value = self._entry_row[order], self._entry_value[order]
        self._entries_from = np.searchsorted(entry[order], np.arange(len(built.units) + 1))
        model.rebound(built.units, np.zeros(len(built.units)), np.zeros(len(built.units)))
        self._cell = np.full(problem.base_cents.shape, -1)
        self._cell[built.group, built.slot] = np.arange(len(built.units))
        self._model = WarmModel(model)
        self._column = np.zeros(0, dtype=np.int64)
        self._cell_of_column = np.zeros(0, dtype=np.int64)
        reached = problem.cents[problem.cents < UNREACHABLE_CENTS]
        self._range = MILLI * float(np.ptp(reached))
        self.rounds = 0

    def relax(
        self, is_open: IntArray, is_closed: IntArray, start: Ascent, *, within_cents: int
    ) -> Relaxed | None:
        """Relax within the racks of a case (Q,), until prices prove all but so many cents of it.

        None where units find no room.
        """
        self._model.rebound(self._built.open, is_open.astype(float), (1 - is_closed).astype(float))
        self._begin(start)
        best: Relaxed | None = None
        center, box = start.uplinks, 1 + self._range * min(_LARGEST_BOX, _BOX_BY_AIM * start.aim)
        for _ in range(_ROUNDS):
            if is_stopped():
                return best
            self._model.reprice(self._over.ravel(), (box - center.ravel()) / UNIT)
            self._model.reprice(self._short.ravel(), (box + center.ravel()) / UNIT)
            solution = self._model.solve()
            if solution is None:
                return best
            self.rounds += 1
            found = self._read(solution, is_open, is_closed)
            if best is None or found.bound_cents > best.bound_cents:
                best, center = found, found.uplinks
            is_whole = self._missed(solution) < _SOME
            if is_whole and found.relaxed_cents - best.bound_cents <= within_cents:
                return _best_prices(found, best)
            if not self._price(solution, found, is_closed):
                if is_whole:
                    return _best_prices(found, best)
                box *= _WIDER
        return best

    def _begin(self, start: Ascent) -> None:
        """Add the units of an ascent, and before all one for each class and slot."""
        built = self._built
        if not len(self._column):
            runs = extra_runs(self._problem, start.uplinks, built.group, built.slot)
            self._add(np.arange(len(built.group)), runs)
        if start.units:
            cells = np.array([self._cell[group, slot] for group, slot, _ in start.units])
            self._add(cells, np.stack(list(start.units.values())))

    def _add(self, cells: IntArray, runs: IntArray) -> None:
        """Add columns: cells (n,) of a class and a slot, and their extra runs (n, N)."""
        problem, built = self._problem, self._built
        group, slot = built.group[cells], built.slot[cells]
        cents = problem.base_cents[group, slot] + (runs * problem.cents[group, :, slot]).sum(axis=1)
        first, count = self._entries_from[cells], np.diff(self._entries_from)[cells]
        column = np.repeat(np.arange(len(cells)), count)
        entry = np.arange(len(column)) + np.repeat(first - (np.cumsum(count) - count), count)
        sender, lower = np.nonzero(runs)
        added = self._model.add_columns(
            cents / CENTS,
            np.concatenate([column, sender]),
            np.concatenate([self._entry_row[entry], self._uplink_rows[group[sender], lower]]),
            np.concatenate([self._entry_value[entry], runs[sender, lower].astype(float)]),
        )
        self._column = np.concatenate([self._column, added])
        self._cell_of_column = np.concatenate([self._cell_of_column, cells])

    def _read(self, solution: LinearSolution, is_open: IntArray, is_closed: IntArray) -> Relaxed:
        problem, built = self._problem, self._built
        uplinks = milli(solution.duals[self._uplink_rows])
        slots = slot_prices(problem, solution.duals[built.slot_rows])
        units = np.zeros(len(built.units))
        np.add.at(units, self._cell_of_column, np.maximum(0, solution.values[self._column]))
        spread = np.zeros(problem.base_cents.shape)
        spread[built.group, built.slot] = units
        return Relaxed(
            bound_cents=certify_prices(problem, uplinks, slots, is_open, is_closed),
            relaxed_cents=CENTS * solution.objective + problem.given_cents,
            uplinks=uplinks,
            slots=slots,
            opening=solution.values[built.open],
            units=spread,
        )

    def _missed(self, solution: LinearSolution) -> float:
        """Return the extra runs that lower units have too many or too few."""
        return float(solution.values[self._over].sum() + solution.values[self._short].sum())

    def _price(self, solution: LinearSolution, found: Relaxed, is_closed: IntArray) -> bool:
        """Add the units that are cheaper than the master knows; whether there are any."""
        problem, built = self._problem, self._built
        costs = unit_costs(problem, found.uplinks)[built.group, built.slot]
        entry = np.repeat(np.arange(len(built.units)), np.diff(self._entries_from))
        earned = np.bincount(
            entry, self._entry_value * solution.duals[self._entry_row], minlength=len(built.units)
        )
        gains = costs - earned * UNIT < -_LEAST_GAIN_MILLICENTS
        cells = np.flatnonzero(gains & (is_closed[problem.slot_rack[built.slot]] == 0))
        if len(cells):
            runs = extra_runs(problem, found.uplinks, built.group[cells], built.slot[cells])
            self._add(cells, runs)
        return bool(len(cells))


def _best_prices(found: Relaxed, best: Relaxed) -> Relaxed:
    """Return the relaxation as it was last solved, with the prices that prove most."""
    return replace(found, bound_cents=best.bound_cents, uplinks=best.uplinks, slots=best.slots)


def offered_cells(problem: PlacementProblem, relaxed: Relaxed) -> BoolArray:
    """Tell which slots of open racks each class may need (G, S): those it uses, and what costs no more."""
    costs = unit_costs(problem, relaxed.uplinks) + relaxed.slots
    used = relaxed.units > _SOME
    most = np.where(used, costs, 0).max(axis=1)
    is_open = relaxed.opening[problem.slot_rack] > _SOME
    return np.asarray((used | (costs <= most[:, None])) & is_open)


def relaxed_evenly(
    problem: PlacementProblem, placed: PlacedUnits, is_open: IntArray, is_closed: IntArray
) -> Relaxed:
    """Return what placing units proves where every pair gets the same runs: nothing else is to be priced."""
    none = np.zeros((len(problem.classes), 0), dtype=np.int64)
    return Relaxed(
        bound_cents=certify_prices(problem, none, placed.slot_prices, is_open, is_closed),
        relaxed_cents=placed.cost / MILLI + problem.given_cents,
        uplinks=none,
        slots=placed.slot_prices,
        opening=placed.opening,
        units=placed.units,
    )
