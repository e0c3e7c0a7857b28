"""Chooses among whole planes, each placed and wired, so that they share slots and racks.

The relaxation prices slots, so that better planes can be looked for; with whole numbers, its answer is
a placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS, add_devices, add_row_power
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.warm_model import WarmModel
from planner.optimize.wiring import PlaneWiring

_MOST_ITERATIONS = 1000
"""Where prices hardly differ any more, many corners cost the same: starting from nothing is then faster."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneColumn:
    """A way to place and wire a plane of a class: units in each slot (S,), cost (of 100 cents)."""

    group: int
    units: FloatArray
    cost: float

    @classmethod
    def wired(
        cls, problem: PlacementProblem, group: int, slots: ArrayLike, wiring: PlaneWiring
    ) -> PlaneColumn:
        """Return a plane whose units stand in these slots, a slot once per unit in it, as it is wired."""
        units = np.bincount(np.asarray(slots, dtype=np.int64), minlength=len(problem.slots)).astype(float)
        return cls(group, units, wiring.cents / CENTS)

    @property
    def is_whole(self) -> bool:
        """Whether it can be built: a relaxation may take parts of units."""
        return bool((self.units == np.rint(self.units)).all())

    @property
    def slots(self) -> tuple[int, ...]:
        """Slots of its units, ascending, a slot once per unit in it."""
        counts = np.rint(self.units).astype(np.int64)
        return tuple(np.repeat(np.arange(len(counts)), counts).tolist())


@dataclass(frozen=True, slots=True, eq=False)
class MasterAnswer:
    """How often each column is taken (C,) and each rack opened (Q,), the prices, and what it costs.

    ``slot_prices`` (S,) are thousandths of a cent, ``class_costs`` (G,) money of 100 cents: what a plane of
    the class costs at these prices. ``missing`` counts units beyond or short of what the slots hold.
    """

    shares: FloatArray
    opening: FloatArray
    slot_prices: IntArray
    class_costs: FloatArray
    cost: float
    missing: float


class Master:
    """The choice among columns within the racks of one case, solved again as columns and prices change.

    Columns cost what they differ from a usual one of their class: a solver's tolerances go by size.
    """

    def __init__(self, problem: PlacementProblem, is_open: IntArray, is_closed: IntArray) -> None:
        self._problem = problem
        slots = problem.base_cents.shape[1]
        model = LinearModel()
        self._devices = model.variables((slots,), 1, 0, lower=problem.fewest_units > 0)
        self._opened = model.variables(
            is_open.shape, 1 - is_closed, problem.opening_cents / CENTS, lower=is_open
        )
        planes = problem.planes_per_class
        self._class_rows = model.rows(planes.shape, planes, planes)
        self._slot_rows = add_devices(problem, model, self._devices, self._opened)
        add_row_power(problem, model, self._devices, self._opened)
        self._surplus = model.variables((slots,), np.inf, 0)
        self._shortage = model.variables((slots,), np.inf, 0)
        model.add(self._slot_rows, self._surplus, -1)
        model.add(self._slot_rows, self._shortage, 1)
        self._model = WarmModel(model, _MOST_ITERATIONS)
        self._shares = np.zeros(0, dtype=np.int64)
        self._usual = np.zeros(len(planes))

    def add(self, columns: Sequence[PlaneColumn]) -> None:
        """Add columns to choose among."""
        if not columns:
            return
        group = np.array([column.group for column in columns], dtype=np.int64)
        units = np.stack([column.units for column in columns])
        cost = np.array([column.cost for column in columns])
        if not len(self._shares):
            np.maximum.at(self._usual, group, cost)
        column, slot = np.nonzero(units)
        added = self._model.add_columns(
            cost - self._usual[group],
            np.concatenate([np.arange(len(columns)), column]),
            np.concatenate([self._class_rows[group], self._slot_rows[slot]]),
            np.concatenate([np.ones(len(columns)), units[column, slot]]),
        )
        self._shares = np.concatenate([self._shares, added])

    def price_misfits(self, over: FloatArray, short: FloatArray) -> None:
        """Let a unit beyond and short of what a slot's devices hold cost so much (S,), below 0 for a gain."""
        self._model.reprice(self._surplus, over)
        self._model.reprice(self._shortage, short)

    def keep(self, taken: FloatArray, units: IntArray) -> None:
        """Take each column at least so often (C,), and keep devices where these have units (S,)."""
        stands = (units > 0) | (self._problem.fewest_units > 0)
        self._model.rebound(
            np.concatenate([self._devices, self._shares]),
            np.concatenate([stands.astype(float), taken]),
            np.concatenate([np.ones(len(stands)), np.full(len(taken), np.inf)]),
        )

    def relax(self) -> MasterAnswer | None:
        """Take shares of columns at least cost; None where that has no solution."""
        solution = self._model.solve()
        if solution is None:
            return None
        planes = self._problem.planes_per_class
        missing = solution.values[self._surplus].sum() + solution.values[self._shortage].sum()
        return MasterAnswer(
            shares=solution.values[self._shares],
            opening=solution.values[self._opened],
            slot_prices=np.rint(-solution.duals[self._slot_rows] * CENTS * MILLI).astype(np.int64),
            class_costs=solution.duals[self._class_rows] + self._usual,
            cost=solution.objective + float(planes @ self._usual) + self._problem.given_cents / CENTS,
            missing=float(missing),
        )
