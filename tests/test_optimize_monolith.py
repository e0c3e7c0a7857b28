"""The optimizer against one integer program over everything, at ASIC level, on floors that ship."""

from __future__ import annotations

import math

import pytest

from planner.inputs.load import find_layout
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from tests.reference.checks import check_solution
from tests.reference.floors import read_hall
from tests.reference.monolith import solve_monolith
from tests.reference.plain import plain_problem

TIME_LIMIT_S = 60
"""A limit only: the comparison holds for whatever the monolithic model proves by then."""
ROUNDING = 1e-6
"""HiGHS calls a solution optimal that is this much off, relative; it computes in floating point."""


@pytest.mark.parametrize("layout", ["nvl144", "nvl288", "nvl576"])
def test_the_monolithic_model_brackets_the_optimizer(layout: str) -> None:
    hall = read_hall(find_layout(layout))
    solution = solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())
    check_solution(hall, solution)
    cost, bound = solution.objective_cents, solution.certificate.bound_cents
    monolith = solve_monolith(plain_problem(hall), time_limit_s=TIME_LIMIT_S)
    assert cost >= monolith.bound_cents * (1 - ROUNDING)
    if monolith.cost_cents is not None:
        assert bound <= monolith.cost_cents * (1 + ROUNDING)
    assert math.isfinite(monolith.bound_cents) or monolith.cost_cents is not None
