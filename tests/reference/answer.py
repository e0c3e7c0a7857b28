"""How models of the references are solved: by which solver, for how long, and what it answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from ortools.math_opt.python import mathopt

USD = 100
"""The models count dollars: cents would leave HiGHS with numbers too far apart."""


class Solver(NamedTuple):
    """A solver of integer programs; as many threads as it likes where ``threads`` is None."""

    name: str
    kind: mathopt.SolverType
    threads: int | None = None


HIGHS = Solver("HiGHS", mathopt.SolverType.HIGHS)
CP_SAT = Solver("CP-SAT, 8 workers", mathopt.SolverType.CP_SAT, 8)


@dataclass(frozen=True, slots=True)
class Answer:
    """Cost of the best solution found (None: none) and the proved bound, in cents."""

    cost_cents: float | None
    bound_cents: float


def solve_model(
    model: mathopt.Model, solver: Solver, *, time_limit_s: float, relative_gap: float = 0.0
) -> Answer:
    """Solve a model whose objective is in dollars, as far as the solver gets in the time."""
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=time_limit_s),
        relative_gap_tolerance=relative_gap,
        absolute_gap_tolerance=0.0,
        threads=solver.threads,
    )
    result = mathopt.solve(model, solver.kind, params=parameters)
    cost = USD * result.objective_value() if result.has_primal_feasible_solution() else None
    bound = result.dual_bound()
    return Answer(cost, USD * bound if math.isfinite(bound) else -math.inf)
