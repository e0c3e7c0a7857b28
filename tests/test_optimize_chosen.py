"""The choice among known planes takes those of a better plan, and builds what it takes."""

from __future__ import annotations

import pytest

from planner.optimize.baselines import first_fit
from planner.optimize.bound import CaseTree
from planner.optimize.certify import certify
from planner.optimize.chosen_planes import choose_planes
from planner.optimize.local_search import search
from planner.optimize.master import PlaneColumn
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, plane_groups, price_placement
from planner.optimize.plane_relaxation import PlaneRelaxations
from planner.optimize.problem import PlacementProblem
from planner.optimize.sharpen import Sharpened, sharpen
from planner.optimize.wiring import Wirer
from tests.test_optimize_search import PROBLEMS

SHARE_LEFT = 8
"""Within this part of what the plan to start from costs beyond the bound, any choice will do."""


def sharpened_case(problem: PlacementProblem) -> Sharpened:
    found = sharpen(problem, CaseTree(problem).weakest.case, 60, PlaneRelaxations(problem))
    assert found is not None
    return found


def columns(problem: PlacementProblem, placement: Placement) -> list[PlaneColumn]:
    planes = zip(plane_groups(problem), placement.slots, placement.wirings, strict=True)
    return [PlaneColumn.wired(problem, *plane) for plane in planes]


@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_planes_of_a_better_plan_are_taken(number: int) -> None:
    problem = PROBLEMS[number]
    start = first_fit(problem)
    assert start is not None
    better = search(problem, start, 0, Wirer(problem, 10**6))
    assert better.cents < start.cents
    sharpened = sharpened_case(problem)
    slots = choose_planes(problem, sharpened, columns(problem, better), start, SolveOptions())
    assert slots is not None
    chosen = price_placement(problem, slots)
    assert chosen is not None
    assert problem.may_hold(problem.held(slots))
    bound = certify(problem, sharpened.multipliers, sharpened.is_open, sharpened.is_closed)
    assert bound <= chosen.cents <= better.cents + (start.cents - bound) // SHARE_LEFT


def test_nothing_is_chosen_where_no_plan_can_be_better() -> None:
    problem = PROBLEMS[0]
    start = first_fit(problem)
    assert start is not None
    sharpened = sharpened_case(problem)
    bound = certify(problem, sharpened.multipliers, sharpened.is_open, sharpened.is_closed)
    proved = Placement(start.slots, start.wirings, bound, start.routed_mm)
    assert choose_planes(problem, sharpened, columns(problem, start), proved, SolveOptions()) is None
