"""What an arrangement is likely to cost, and which slot prices prove most of it: from a flow."""

from __future__ import annotations

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray
from planner.optimize.priced_units import slot_prices
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped


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
