"""Limits on devices in sets of racks, as rows of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.model.solution import DeviceLimit
from planner.optimize.class_model import CENTS, ClassModel
from planner.optimize.fill.case_bounds import has_racks
from planner.optimize.linear_model import FloatArray
from planner.optimize.problem import PlacementProblem

_TOO_MANY = 1e5
"""Cost of a unit beyond a limit, in the models' money: dearer than any place elsewhere."""


class DeviceRows:
    """Rows of a model that keep limits on devices; each may be exceeded, at a price."""

    def __init__(self, problem: PlacementProblem, built: ClassModel, limits: Sequence[DeviceLimit]) -> None:
        """Add a row for each of the limits."""
        model, self._problem = built.model, problem
        most = np.array([one.most for one in limits], dtype=np.int64) * problem.units_per_device
        self.rows = model.rows((len(limits),), -np.inf, most)
        self.beyond = model.variables((len(limits),), np.inf, _TOO_MANY)
        model.add(self.rows, self.beyond, -1)
        shape = len(limits), len(problem.rack_names)
        self._racks = np.array([has_racks(problem, one) for one in limits], dtype=bool).reshape(shape)
        row, unit = np.nonzero(self._racks[:, problem.slot_rack[built.slot]])
        model.add(self.rows[row], built.units[unit], 1)

    def unit_duals(self, duals: FloatArray) -> FloatArray:
        """Return what the model's duals of the limits come to for one unit in each slot (S,): at most 0."""
        return np.asarray((duals[self.rows] @ self._racks)[self._problem.slot_rack])

    def prices_cents(self, duals: FloatArray) -> list[int]:
        """Return what a run pays for each of the limits, given the model's duals."""
        per_run = np.maximum(0, -duals[self.rows]) * CENTS / self._problem.upper_load[1]
        return [int(price) for price in np.rint(per_run)]
