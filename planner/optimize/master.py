"""Chooses among whole planes, each placed and wired, so that they share slots and racks.

The relaxation prices slots, so that better planes can be looked for; with whole numbers, its answer is
a placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS, add_devices
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem

_WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class PlaneColumn:
    """A way to place and wire a plane of a class: units in each slot (S,), cost (of 100 cents)."""

    group: int
    units: FloatArray
    cost: float

    @property
    def is_whole(self) -> bool:
        """Whether it can be built: a relaxation may take parts of units."""
        return bool((np.abs(self.units - np.rint(self.units)) < _WHOLE).all())

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
    """The choice among columns within the racks of one case."""

    def __init__(self, problem: PlacementProblem, is_open: IntArray, is_closed: IntArray) -> None:
        self._problem = problem
        self._is_open = is_open
        self._is_closed = is_closed

    def relax(
        self,
        columns: Sequence[PlaneColumn],
        over: FloatArray,
        short: FloatArray,
        taken: FloatArray | None = None,
    ) -> MasterAnswer | None:
        """Take shares of columns at least cost.

        Parameters
        ----------
        columns
            The columns.
        over, short
            Cost of a unit beyond and short of what a slot's devices hold (S,), below 0 for a gain.
        taken
            How often each column is taken at least (C,).
        """
        problem = self._problem
        model = LinearModel()
        slots = len(problem.slots)
        least = np.zeros(len(columns)) if taken is None else taken
        stands = np.zeros(slots) if taken is None else (sum_units(columns, least) > 0).astype(float)
        shares, opened, class_rows, slot_rows = self._build(model, columns, least, stands, integer=False)
        surplus, shortage = model.variables((slots,), np.inf, over), model.variables((slots,), np.inf, short)
        model.add(slot_rows, surplus, -1)
        model.add(slot_rows, shortage, 1)
        solution = model.solve_relaxation()
        if solution is None:
            return None
        return MasterAnswer(
            shares=solution.values[shares],
            opening=solution.values[opened],
            slot_prices=np.rint(-solution.duals[slot_rows] * CENTS * MILLI).astype(np.int64),
            class_costs=solution.duals[class_rows],
            cost=solution.objective + problem.given_cents / CENTS,
            missing=float(solution.values[surplus].sum() + solution.values[shortage].sum()),
        )

    def _build(
        self,
        model: LinearModel,
        columns: Sequence[PlaneColumn],
        least: FloatArray,
        stands: FloatArray,
        *,
        integer: bool,
    ) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Add everything; returns shares and openings, and the rows of classes and of slots."""
        problem = self._problem
        group = np.array([column.group for column in columns], dtype=np.int64)
        cost = np.array([column.cost for column in columns])
        shares = model.variables(cost.shape, np.inf, cost, lower=least, integer=integer)
        stands = np.maximum(stands, problem.fewest_units > 0)
        devices = model.variables(stands.shape, 1, 0, lower=stands, integer=integer)
        opened = model.variables(
            self._is_open.shape,
            1 - self._is_closed,
            problem.opening_cents / CENTS,
            lower=self._is_open,
            integer=integer,
        )
        planes = model.rows(
            problem.planes_per_class.shape, problem.planes_per_class, problem.planes_per_class
        )
        model.add(planes[group], shares, 1)
        slot_rows = add_devices(problem, model, devices, opened)
        units = np.stack([column.units for column in columns])
        column, slot = np.nonzero(units)
        model.add(slot_rows[slot], shares[column], units[column, slot])
        return shares, opened, planes, slot_rows


def sum_units(columns: Sequence[PlaneColumn], taken: FloatArray) -> FloatArray:
    """Return the units in each slot (S,) when the columns are taken so often (C,)."""
    return np.asarray(taken @ np.stack([column.units for column in columns]))
