"""Problems of even spread, solved by flows: against all placements, and their bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.optimize.certify import Multipliers, certify
from planner.optimize.even_flow import is_even, place_units, slot_prices
from planner.optimize.even_spread import decide_evenly
from planner.optimize.options import SolveOptions
from planner.optimize.problem import PlacementProblem
from tests.reference.checks import check_placement
from tests.reference.exhaustive import least_cents
from tests.reference.problems import problems

tried = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def even_problems(draw: st.DrawFn) -> PlacementProblem:
    """Problems in which every pair gets the same runs and a unit is a device."""
    problem = draw(problems())
    uppers = problem.units_per_plane
    pair = problem.pair_runs[0] or 1
    planes = sum(len(members) for members in problem.classes)
    assume(planes * uppers <= len(problem.slots))
    load = problem.cents.shape[1] * pair
    problem = replace(
        problem,
        uplinks=pair * uppers,
        pair_runs=(pair, pair),
        upper_load=(load, load),
        units_per_device=1,
        devices=planes * uppers,
        constant_cents=draw(st.integers(0, 9)),
    )
    assert is_even(problem)
    return problem


def test_flows_reach_the_optimum_and_prove_it() -> None:
    reached: list[bool] = []
    proved: list[bool] = []

    @settings(tried, max_examples=300)
    @given(problem=even_problems())
    def one(problem: PlacementProblem) -> None:
        best = least_cents(problem)
        decision = decide_evenly(problem, SolveOptions())
        if best is None:
            assert decision is None
            return
        best += problem.constant_cents
        assert decision is not None
        placement = decision.placement
        check_placement(problem, replace(placement, cents=placement.cents - problem.constant_cents))
        assert decision.bound_cents <= best <= decision.placement.cents
        reached.append(decision.placement.cents == best)
        proved.append(decision.bound_cents == best)

    one()
    assert len(reached) >= 50
    assert sum(reached) >= 0.98 * len(reached)
    assert sum(proved) >= 0.95 * len(proved)


@settings(tried, max_examples=200)
@given(problem=even_problems())
def test_prices_of_a_flow_prove_it_where_racks_stand_anyway(problem: PlacementProblem) -> None:
    """Strong duality, in integers: nothing is lost between the flow and the certificate's sums."""
    racks = len(problem.rack_names)
    problem = replace(problem, is_fixed=(True,) * racks)
    nothing = np.zeros(racks, dtype=np.int64)
    found = place_units(problem, nothing, nothing)
    assume(not found.missing)
    prices = slot_prices(problem, found, nothing, nothing)
    uplinks = tuple(np.zeros((1, 0), dtype=np.int64) for _ in problem.classes)
    bound = certify(problem, Multipliers(prices, uplinks), nothing + 1, nothing)
    best = least_cents(problem)
    assert best is not None
    assert bound == best + problem.constant_cents
