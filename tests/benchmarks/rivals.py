"""What one integer program over everything reaches in the same time: HiGHS, and CP-SAT with 8 workers."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.benchmarks.table import dollars, gap_percent, written
from tests.reference.answer import CP_SAT, HIGHS, Answer, Solver
from tests.reference.crowded import least_cents_within_limits
from tests.reference.floors import Hall
from tests.reference.monolith import solve_monolith
from tests.reference.plain import plain_problem

RIVALS = (HIGHS, CP_SAT)
HEADER = tuple(
    f"{rival.name}: {word}" for rival in RIVALS for word in ("cost, USD", "bound, USD", "gap, %", "s")
)
ROUTES = 4
"""Routes of a pair where fill binds: more make their models larger than they solve."""


def on_whole_fabric(hall: Hall, limit_s: float) -> list[str]:
    """Placement and spread at ASIC level, planes told apart, without regard to fill."""
    problem = plain_problem(hall)
    return _cells(lambda rival: solve_monolith(problem, time_limit_s=limit_s, solver=rival))


def within_limits(hall: Hall, limit_s: float) -> list[str]:
    """Placement, spread, routes, media and stock lengths within every pathway and supply limit."""
    return _cells(
        lambda rival: least_cents_within_limits(hall, time_limit_s=limit_s, solver=rival, routes=ROUTES)
    )


def _cells(solve: Callable[[Solver], Answer]) -> list[str]:
    """Cost, bound, gap, and wall seconds with the building of the model; the limit is on solving alone."""
    cells = []
    for rival in RIVALS:
        begin = time.perf_counter()
        answer = solve(rival)
        taken = time.perf_counter() - begin
        cost, bound = answer.cost_cents, answer.bound_cents
        gap = "-" if cost is None else written(gap_percent(cost, bound))
        cells += [dollars(cost), dollars(bound), gap, f"{taken:.1f}"]
    return cells
