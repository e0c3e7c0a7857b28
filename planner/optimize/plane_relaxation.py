"""The relaxation of one plane in one division of its units among racks, at given slot prices.

It is nearly always whole: its corner is then a plane that can be built. Its duals are the prices of extra
runs that prove most for the division. Planes that differ in costs alone share a model: building it takes
longer than solving it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

_WHOLE = 1e-6
_MORE_SLOTS = 1
"""Slots offered in a rack beyond those that its units fill: whole, the cheapest at known prices suffice."""


@dataclass(frozen=True, slots=True, eq=False)
class RelaxedPlane:
    """Units in each slot (S,), what they and their runs cost (of 100 cents), and uplink prices (N,)."""

    units: FloatArray
    cost: float
    uplink_prices: IntArray


def cheapest_slots(problem: PlacementProblem, way: IntArray, costs: IntArray) -> BoolArray:
    """Tell which slots (S,) a division needs at most if a unit costs so much in each (S,)."""
    offered = np.zeros(len(problem.slots), dtype=bool)
    for rack in np.flatnonzero(way):
        inside = np.flatnonzero(problem.slot_rack == rack)
        most = ceil_div(int(way[rack]), problem.units_per_device) + _MORE_SLOTS
        offered[inside[np.argsort(costs[inside], kind="stable")[:most]]] = True
    return offered


class PlaneRelaxations:
    """The relaxations of planes of one problem."""

    def __init__(self, problem: PlacementProblem) -> None:
        self._problem = problem
        self._models: dict[tuple[bytes, bytes], _PlaneModel] = {}

    def relax(
        self, group: int, way: IntArray, offered: BoolArray, slot_prices: IntArray
    ) -> RelaxedPlane | None:
        """Solve the relaxation of a plane of a class; None where it has no solution.

        Parameters
        ----------
        group
            The plane's class.
        way
            Units in each rack (Q,).
        offered
            Which slots units may stand in (S,).
        slot_prices
            Price of a unit in each slot, in thousandths of a cent (S,).
        """
        slots = np.flatnonzero(offered & self._problem.is_allowed[group])
        racks = np.flatnonzero(way)
        inside = self._problem.slot_rack[slots] == racks[:, None]
        shape = way[racks].tobytes(), inside.tobytes()
        if shape not in self._models:
            self._models[shape] = _PlaneModel(self._problem, way[racks], inside)
        return self._models[shape].relax(group, slots, slot_prices)


class _PlaneModel:
    """The model of all planes with so many units in racks (R,) that have such slots (R, S)."""

    def __init__(self, problem: PlacementProblem, counts: IntArray, inside: BoolArray) -> None:
        self._problem = problem
        self._model = model = LinearModel()
        slots, lowers = inside.shape[1], problem.cents.shape[1]
        self._units = model.variables((slots,), problem.units_per_device, 0)
        for count, marks in zip(counts, inside, strict=True):
            model.add(model.rows((1,), count, count), self._units[marks], 1)
        self._extra = model.variables((lowers, slots), np.inf, 0)
        self._variables = np.concatenate([self._units, self._extra.ravel()])
        self._most = np.repeat([float(problem.units_per_device), np.inf], [slots, lowers * slots])
        self._uplinks = model.rows((lowers,), problem.extra_per_lower, problem.extra_per_lower)
        model.add(self._uplinks[:, None], self._extra, 1)
        fewest, most = problem.extra_per_upper
        loads: list[tuple[float, float, int]] = [(-np.inf, 0, most), (0, np.inf, fewest)]
        if fewest == most:
            loads = [(0, 0, most)]
        for low, high, share in loads:
            load = model.rows((slots,), low, high)
            model.add(load, self._extra, 1)
            model.add(load, self._units, -share)
        pair = model.rows((lowers, slots), -np.inf, 0)
        model.add(pair, self._extra, 1)
        model.add(pair, self._units, -problem.extra_per_pair)

    def relax(self, group: int, slots: IntArray, slot_prices: IntArray) -> RelaxedPlane | None:
        """Solve with a plane's costs in these slots."""
        problem = self._problem
        priced = problem.base_cents[group][slots] / CENTS + slot_prices[slots] / (CENTS * MILLI)
        runs = problem.cents[group][:, slots] / CENTS
        self._model.reprice(self._variables, np.concatenate([priced, runs.ravel()]))
        if problem.pins is not None:
            self._pin(group, slots)
        solution = self._model.solve_by_simplex()
        if solution is None:
            return None
        units = solution.values[self._units]
        whole = np.rint(units)
        is_near = np.abs(units - whole) < _WHOLE
        stands = np.zeros(len(problem.slots))
        stands[slots] = np.where(is_near, whole, units)
        cost = solution.objective - float(stands @ slot_prices) / (CENTS * MILLI)
        prices = np.rint(solution.duals[self._uplinks] * CENTS * MILLI).astype(np.int64)
        # Runs of whole units are whole as well, and so are the cents they cost.
        return RelaxedPlane(stands, round(cost * CENTS) / CENTS if is_near.all() else cost, prices)

    def _pin(self, group: int, slots: IntArray) -> None:
        """Keep the units and runs that a class has pinned."""
        problem = self._problem
        pinned = np.zeros(self._extra.shape)
        for one in problem.pins.extra if problem.pins else ():
            if one.group == group:
                pinned[one.lower, slots == one.slot] += 1
        fewest = np.concatenate([problem.pinned(group)[slots], pinned.ravel()]).astype(float)
        self._model.rebound(self._variables, fewest, self._most)
