"""Limits on what one rack or power feed takes of a plane, against every placement of tiny problems."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.model.layout import TiersSpec
from planner.model.losses import losses
from planner.model.rules import Resilience
from planner.model.solution import MAX_DIVISIONS
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.plane_rules import PartRule, PlaneRules
from planner.optimize.problem import PlacementProblem
from planner.verify.check import verify_plan
from tests.faults.plans import BASES, base_plan, make_plan, resilient_hall
from tests.reference.exhaustive import keeps_rules
from tests.reference.optimum import compare
from tests.reference.problems import problems

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
        compared = compare(problem)
        if compared is None:
            impossible.append(True)
            return
        reached.append(compared.is_reached)
        for baseline in (first_fit(problem), nearest_slot(problem)):
            if baseline is not None:
                assert all(keeps_rules(problem, tuple(slots.tolist())) for slots in baseline.slots)
                assert baseline.cents >= compared.best_cents

    one()
    assert len(reached) >= 50
    assert len(impossible) >= 10
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)


@pytest.mark.parametrize("most_divisions", [MAX_DIVISIONS, 1])
def test_a_bound_within_the_rules_is_proved_again(
    most_divisions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where planes may be divided among racks in too many ways to look at each."""
    for module in ("planner.optimize.certify", "planner.verify.plane_bound"):
        monkeypatch.setattr(f"{module}.MAX_DIVISIONS", most_divisions)
    plan = make_plan(*resilient_hall())
    assert verify_plan(plan) == ()
    gap = plan.solve.objective_cents - plan.solve.lower_bound_cents
    assert gap * 200 <= plan.solve.objective_cents


def test_rules_hold_where_pathways_are_crowded() -> None:
    """Runs that must go to two racks and do not fit everywhere: placed, spread and routed within both."""
    layout, catalog = BASES["crowded"]()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    asked = Resilience(racks_per_plane=2, share_per_rack_permille=500)
    plan = make_plan(replace(layout, fabrics=(replace(spec, resilience=asked),)), catalog)
    free = base_plan("crowded")
    assert verify_plan(plan) == ()
    assert plan.solve.lower_bound_cents > free.solve.lower_bound_cents
    (loss,) = losses(plan)
    assert loss.plane_share == Fraction(1, 3)  # half of three units is one
    assert not losses(free)


def test_three_racks_a_plane() -> None:
    """More than two parts are counted, not only limited."""
    layout, catalog = resilient_hall()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    plan = make_plan(
        replace(layout, fabrics=(replace(spec, resilience=Resilience(racks_per_plane=3)),)), catalog
    )
    assert verify_plan(plan) == ()
    assert [loss.plane_share for loss in losses(plan)] == [Fraction(1, 3)]
