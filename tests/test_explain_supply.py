"""``planner explain`` where parts run out: the limit is named, and so many more pieces change the plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.model.explanation import FlipKind
from planner.model.plan import CableRun, Plan
from planner.model.supply import SupplyLimit
from planner.second_look import explain, planned_again
from tests.faults.plans import hall_with_ways_round
from tests.halls import make_hall
from tests.test_explain import flips

PAIR = make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, lower_cages=24)
PLENTY = planned_again(*PAIR)
(USED,) = {(run.option, run.stock_length_mm) for run in PLENTY.runs}
(PART,) = {one.cable.id for one in PAIR[1].media if one.id == USED[0]}
(ORDERED,) = [line.order_quantity for line in PLENTY.bom if line.part == PART]


def limited(most: int, *, of_length: bool) -> Plan:
    """The pair with so many pieces of what it is made of, or of that length of it alone."""
    limit = SupplyLimit(part=PART, stock_length_mm=USED[1] if of_length else None, most_pieces=most)
    return planned_again(replace(PAIR[0], supply=(limit,)), PAIR[1])


def made_otherwise(plan: Plan) -> list[CableRun]:
    return [run for run in plan.runs if (run.option, run.stock_length_mm) != USED]


@pytest.mark.parametrize("of_length", [False, True])
@pytest.mark.parametrize("short", [4, 5, 6])
def test_more_pieces_let_a_run_be_made_cheaper(short: int, of_length: bool) -> None:
    """Spares are ordered for every so many pieces: the amount counts them."""
    most = ORDERED - short
    plan = limited(most, of_length=of_length)
    run = made_otherwise(plan)[0]
    told = explain(plan, run.cable_id)
    (flip,) = flips(told, FlipKind.MORE_SUPPLY)
    assert told.rule == f"supply: {flip.sentence}"
    after = limited(most + flip.amount, of_length=of_length)
    assert len(made_otherwise(after)) == len(made_otherwise(plan)) - 1
    saved = plan.solve.objective_cents - after.solve.objective_cents
    assert saved > 0 and f"saves {saved / 100:,.2f} USD" in flip.sentence
    less = limited(most + flip.amount - 1, of_length=of_length)
    assert less.solve.objective_cents == plan.solve.objective_cents


def test_a_longer_piece_is_a_choice_at_its_own_price() -> None:
    """Pieces of one length run out: longer ones stand in, and each says what it costs and what it lacks."""
    layout, catalog = hall_with_ways_round()
    lengths = Counter(
        run.stock_length_mm for run in planned_again(layout, catalog).runs if run.option == "aec"
    )
    shortest = min(lengths)
    limit = SupplyLimit(part="active", stock_length_mm=shortest, most_pieces=lengths[shortest] // 3)
    plan = planned_again(replace(layout, supply=(limit,)), catalog)
    run = next(run for run in plan.runs if run.routed_mm + run.slack_mm <= shortest < run.stock_length_mm)
    told = explain(plan, run.cable_id)
    (chosen,) = [one for one in told.choices if one.is_chosen]
    (usual,) = [one for one in told.choices if not one.is_chosen and one.what == chosen.what]
    assert chosen.reason == f"stock length {run.stock_length_mm / 1000:g} m"
    assert usual.reason == f"stock length {shortest / 1000:g} m"
    (cable,) = {one.cable for one in catalog.media if one.id == run.option}
    price_of = {item.length_mm: item.price.cents for item in cable.stock}
    assert chosen.cents is not None and usual.cents is not None
    assert chosen.cents - usual.cents == price_of[run.stock_length_mm] - price_of[shortest] > 0
    assert told.rule.startswith("supply: ") and f"more of active of {shortest} mm" in told.rule


def test_what_has_run_out_is_no_choice_for_a_shorter_run() -> None:
    """Without any of the cheapest cable, no change of length or price makes a run of it."""
    none_left = limited(0, of_length=False)
    told = explain(none_left, none_left.runs[0].cable_id)
    assert told.flips
    assert USED[0] not in {flip.to for flip in told.flips if flip.kind is not FlipKind.MORE_SUPPLY}


def test_runs_that_are_made_as_they_would_be_anyway_have_no_such_flip() -> None:
    plan = limited(ORDERED - 5, of_length=False)
    kept = next(run for run in plan.runs if (run.option, run.stock_length_mm) == USED)
    told = explain(plan, kept.cable_id)
    assert not flips(told, FlipKind.MORE_SUPPLY)
    assert not told.rule.startswith("supply")


def test_reach_is_told_of_a_part_that_can_be_had() -> None:
    """A run too long for a cable that has run out would not be of it, however short it were."""
    layout, catalog = hall_with_ways_round()
    limit = SupplyLimit(part="active", stock_length_mm=None, most_pieces=0)
    named = []
    for plan in (planned_again(layout, catalog), planned_again(replace(layout, supply=(limit,)), catalog)):
        told = [explain(plan, run.cable_id) for run in plan.runs if run.option == "optics"]
        one = next(one for one in told if one.rule.startswith("reach"))
        (flip,) = flips(one, FlipKind.LESS_LENGTH)
        assert one.rule.startswith(f"reach: {flip.to} would cost less")
        named.append(flip.to)
    assert named == ["aec", "dac"]
