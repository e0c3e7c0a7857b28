"""Limits on what one rack or power feed takes of a plane, against every placement of tiny problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.plane_rules import PartRule, PlaneRules
from planner.optimize.problem import PlacementProblem
from tests.reference.checks import check_placement
from tests.reference.exhaustive import keeps_rules, least_cents
from tests.reference.problems import problems, solve

MAX_EXCESS = 0.005
MIN_SHARE_AT_OPTIMUM = 0.97

tried = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def ruled_problems(draw: st.DrawFn) -> PlacementProblem:
    """Problems in which racks, or pairs of racks on a feed, may take only some of a plane."""
    problem = draw(problems().filter(lambda one: one.units_per_plane > 1 and len(one.rack_names) > 1))
    racks, units = len(problem.rack_names), problem.units_per_plane
    rules = [draw(part_rules(np.arange(racks), units))]
    if draw(st.booleans()):
        rules.append(draw(part_rules(np.minimum(np.arange(racks), 1), units)))
    return replace(problem, rules=PlaneRules(tuple(rules)))


@st.composite
def part_rules(draw: st.DrawFn, part_of_rack: np.ndarray, units: int) -> PartRule:
    """A rule about parts of the racks; as fabrics make them, the count lowers the most."""
    parts = int(part_of_rack.max()) + 1
    fewest = draw(st.integers(1, min(parts, units)))
    most = draw(st.integers(max(1, -(-units // parts)), units))
    return PartRule(part_of_rack, min(most, units - fewest + 1), fewest)


def test_tiny_problems_reach_the_optimum_within_the_rules() -> None:
    reached: list[bool] = []
    impossible: list[bool] = []

    @settings(tried, max_examples=400)
    @given(problem=ruled_problems())
    def one(problem: PlacementProblem) -> None:
        best = least_cents(problem)
        placement, bound = solve(problem)
        if best is None:
            assert placement is None
            impossible.append(True)
            return
        assert placement is not None
        check_placement(problem, placement)
        assert bound <= best <= placement.cents
        assert placement.cents <= (1 + MAX_EXCESS) * best
        reached.append(placement.cents == best)
        for baseline in (first_fit(problem), nearest_slot(problem)):
            if baseline is not None:
                assert all(keeps_rules(problem, tuple(slots.tolist())) for slots in baseline.slots)
                assert baseline.cents >= best

    one()
    assert len(reached) >= 150
    assert len(impossible) >= 20
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)


@settings(tried, max_examples=200)
@given(problem=ruled_problems())
def test_the_rules_only_raise_cost_and_bound(problem: PlacementProblem) -> None:
    """Without the rules the optimum is no dearer; where a plane needs two racks, it often is cheaper."""
    free = replace(problem, rules=PlaneRules())
    best, best_free = least_cents(problem), least_cents(free)
    if best is not None:
        assert best_free is not None
        assert best_free <= best
