"""What an arrangement is likely to cost: first from mean costs between positions, then from a flow."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from planner.model.arrangement import Arrangement
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray
from planner.optimize.priced_units import slot_prices
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.units import ceil_div

_SETS = 100_000
"""Most choices of switch racks that are tried one by one."""
_STARTS = 24
_KEPT = 4
_FAR = 1e15


def mean_costs(open_problem: OpenProblem) -> FloatArray:
    """Return the mean cost of a run from each open position to the slots of each candidate rack (P, Q)."""
    problem = open_problem.problem
    cents = np.minimum(problem.cents, UNREACHABLE_CENTS).astype(float)
    racks = range(len(problem.rack_names))
    by_rack = np.stack([cents[:, :, problem.slot_rack == rack].mean(axis=2) for rack in racks], axis=2)
    weights = problem.planes_per_class / problem.planes_per_class.sum()
    means = np.zeros((len(open_problem.positions), len(problem.rack_names)))
    for group, weight in enumerate(weights):
        np.add.at(means, open_problem.unit_position[group].clip(0), weight * by_rack[group])
    return means


class Ranking:
    """Arrangements in the order in which mean costs make them look good."""

    def __init__(self, open_problem: OpenProblem) -> None:
        self._open = open_problem
        problem = open_problem.problem
        self._means = mean_costs(open_problem)
        self._rack_position = np.array([open_problem.index_of.get(name, -1) for name in problem.rack_names])
        self._fixed = np.flatnonzero(problem.is_fixed)
        most = int(problem.capacity.max())
        spare = problem.devices - int(problem.capacity[self._fixed].sum())
        self._more = max(0, ceil_div(spare, most))

    def best(self, count: int) -> list[Arrangement]:
        """Return so many of the arrangements that look best, none that the rules forbid."""
        free = [rack for rack in range(len(self._rack_position)) if rack not in self._fixed]
        if comb(len(free), min(self._more, len(free))) <= _SETS:
            sets = np.array(list(combinations(free, min(self._more, len(free)))), dtype=np.int64)
            found = self._cheapest_of(sets.reshape(len(sets), -1))
        else:
            found = self._climb(free)
        ranked = sorted(found.items(), key=lambda each: (each[1], each[0]))
        return [self._named(taken) for taken, _ in ranked[:count]]

    def _cheapest_of(self, sets: IntArray) -> dict[tuple[int, ...], float]:
        """Return, for each choice of switch racks, the cheapest positions for what moves."""
        found: dict[tuple[int, ...], float] = {}
        values, order = self._cheapest(sets)
        for taken, value in zip(np.sort(order, axis=1).tolist(), values.tolist(), strict=True):
            key = tuple(taken)
            if value < found.get(key, _FAR) and self._open.rules.allow(self._named(key)):
                found[key] = value
        return found

    def _cheapest(self, sets: IntArray) -> tuple[FloatArray, IntArray]:
        """Return what each choice of switch racks costs at best, and the positions that are best then."""
        fixed = self._means[:, self._fixed].sum(axis=1)
        cost = np.array(fixed + self._means[:, sets].sum(axis=2).T)
        for column in range(sets.shape[1]):
            at = self._rack_position[sets[:, column]]
            cost[np.flatnonzero(at >= 0), at[at >= 0]] = _FAR
        order = np.argsort(cost, axis=1, kind="stable")[:, : self._open.moving]
        return np.take_along_axis(cost, order, axis=1).sum(axis=1), order

    def _climb(self, free: list[int]) -> dict[tuple[int, ...], float]:
        """Exchange one switch rack at a time, from several starts; keep all that was seen."""
        found: dict[tuple[int, ...], float] = {}
        for start in range(_STARTS):
            if found and is_stopped():
                break
            spread = np.linspace(start % len(free), start % len(free) + len(free), self._more, endpoint=False)
            now = sorted({free[int(at) % len(free)] for at in spread})
            now = (now + [rack for rack in free if rack not in now])[: self._more]
            value = _FAR
            while True:
                swaps = [(out, into) for out in now for into in free if into not in now]
                sets = np.array([sorted({*now} - {out} | {into}) for out, into in swaps] or [now])
                values, _ = self._cheapest(sets)
                order = np.argsort(values, kind="stable")
                found.update(self._cheapest_of(sets[order[:_KEPT]]))
                if values[order[0]] >= value:
                    break
                value, now = float(values[order[0]]), sets[order[0]].tolist()
        return found

    def _named(self, taken: tuple[int, ...]) -> Arrangement:
        return tuple(self._open.positions[index] for index in taken)


def spread_evenly(problem: PlacementProblem) -> FloatArray:
    """Return what an upper unit of each class costs in each slot, did every pair get equal parts of runs."""
    return np.asarray(problem.cents.sum(axis=1) * problem.uplinks / problem.units_per_plane)


def flow_cents(problem: PlacementProblem) -> float:
    """Return what placing costs with equal parts of runs, units and racks divisible.

    Infinite where it is impossible, or the search is to end.
    """
    objective, _ = _flow(problem, spread_evenly(problem) / CENTS)
    return CENTS * objective + problem.given_cents


def flow_prices(problem: PlacementProblem, unit_millicents: IntArray) -> IntArray | None:
    """Return the slot prices that prove most at these costs of units (G, S); None where nothing fits."""
    _, prices = _flow(problem, unit_millicents / (CENTS * MILLI))
    return prices


def _flow(problem: PlacementProblem, unit_cost: FloatArray) -> tuple[float, IntArray | None]:
    if is_stopped():
        return float("inf"), None
    fixed = np.array(problem.is_fixed, dtype=np.int64)
    model = build_class_model(problem, (fixed, np.ones_like(fixed)), unit_cost=unit_cost)
    solution = model.model.solve_relaxation()
    if solution is None:
        return float("inf"), None
    return solution.objective, slot_prices(problem, solution.duals[model.slot_rows])
