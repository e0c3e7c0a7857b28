"""Explanations of racks that may move: other arrangements cost what layouts with racks fixed so cost."""

from __future__ import annotations

import re

import pytest

from planner.model.arrangement import chosen_of
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.pipeline import plan_prepared
from planner.prepare import prepare_inputs
from planner.second_look import explain, planned_again
from planner.stopwatch import Stopwatch
from planner.what_if import sensitivity_of
from planner.without_rules import rule_costs_of
from tests.halls import make_hall
from tests.open_halls import make_open_hall, open_inputs

PARTS = {"lower_cages": 2, "upper_cages": 4, "slots_per_rack": 2}


def planned(words: tuple[str, ...], needed: int, **rules: object) -> Plan:
    hall = make_open_hall(words, needed, **PARTS, **rules)
    return plan_prepared(prepare_inputs(open_inputs(hall), Stopwatch()), SolveOptions(), Stopwatch())


def moves(what: str) -> tuple[set[str], set[str]]:
    """Read from the words of a choice where racks leave and where they go."""
    left, _, taken = what.removeprefix("lower-rack of ").partition(" to ")
    return {*left.split(" and ")}, {*taken.split(" and ")}


@pytest.mark.parametrize(("words", "needed"), [(("OOOOO",), 2), (("OOO", "OO"), 2)])
def test_other_arrangements_cost_what_fixed_racks_cost(words: tuple[str, ...], needed: int) -> None:
    plan = planned(words, needed)
    chosen = set(chosen_of(plan.layout))
    looked_at = 0
    for row in plan.layout.rows:
        for position in row.positions:
            explanation = explain(plan, position.address)
            for choice in explanation.choices:
                if choice.is_chosen or not choice.what.startswith("lower-rack"):
                    continue
                left, taken = moves(choice.what)
                assert position.address in left | taken and left <= chosen and not taken & chosen
                standing = (chosen | taken) - left
                fixed = tuple(
                    "".join("L" if one.address in standing else "S" for one in each.positions)
                    for each in plan.layout.rows
                )
                apart = planned_again(*make_hall(fixed, **PARTS)).solve.objective_cents
                assert choice.cents == apart - plan.solve.objective_cents >= 0
                looked_at += 1
    assert looked_at >= 6


def test_it_says_that_the_planner_decided() -> None:
    plan = planned(("OOOOO",), 2)
    standing = chosen_of(plan.layout)[0]
    explanation = explain(plan, standing)
    assert (
        "open_racks: the planner decides where 2 x lower-rack stand among 5 open positions; it put one here"
        in (explanation.facts)
    )
    (count,) = [fact for fact in explanation.facts if "keep the layout's rules" in fact]
    assert count.startswith("10 arrangements") and count.endswith("that is proved")
    assert explanation.rule.startswith("cost: the planner chose this arrangement")
    (first,) = [choice for choice in explanation.choices if choice.is_chosen]
    assert first.what == "lower-rack here"
    empty = next(
        one.address for one in plan.layout.rows[0].positions if one.address not in chosen_of(plan.layout)
    )
    assert any(fact.endswith("it put none here") for fact in explain(plan, empty).facts)


def test_a_rack_that_the_layout_fixes_is_its_own() -> None:
    plan = planned(("LOOO",), 2)
    assert explain(plan, "A01").rule == "the layout: it puts lower-rack here"
    assert not any("open_racks" in fact for fact in explain(plan, "A01").facts)


def test_pairs_move_as_pairs() -> None:
    plan = planned(("OOOOOO",), 2, in_pairs=True)
    for address in chosen_of(plan.layout):
        others = [one.what for one in explain(plan, address).choices if not one.is_chosen]
        assert others
        for what in others:
            left, taken = moves(what)
            after = sorted(({*chosen_of(plan.layout)} | taken) - left)
            first, second = (int(re.sub("[A-Z]", "", one)) for one in after)
            assert second == first + 1


def test_nowhere_else_to_go() -> None:
    plan = planned(("OOS",), 2)
    explanation = explain(plan, "A01")
    assert explanation.rule.startswith("the layout's rules for racks that may move")


def test_what_is_planned_again_says_that_racks_stay() -> None:
    plan = planned(("OOOO",), 2)
    (caution,) = rule_costs_of("hall", plan, lambda _: None).cautions
    assert "lower-rack that may move (open_racks) stays where it is" in caution
    assert sensitivity_of("hall", plan, ["optics"], 300, lambda _: None).cautions == (caution,)
    fixed = planned_again(*make_hall(("LLS",), **PARTS))
    assert rule_costs_of("hall", fixed, lambda _: None).cautions == ()
