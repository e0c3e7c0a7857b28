"""``planner explain``: each explanation is held against a plan of the flipped case."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.cli import main
from planner.errors import InputError
from planner.model.catalog import Catalog
from planner.model.explanation import Explanation, Flip, FlipKind
from planner.model.layout import Laterals, Layout, Row
from planner.model.media import MediaOption
from planner.model.plan import CableRun, Plan
from planner.second_look import explain, planned_again
from tests.conftest import ShippedPlan
from tests.halls import make_hall

PAIR = ("L....L",)
"""Two racks too far apart for laterals past two positions."""


def pair(words: tuple[str, ...] = PAIR) -> tuple[Layout, Catalog]:
    last = f"A{len(words[0]):02d}"
    return make_hall(words, peers=[("A01", last)], with_tiers=False, lower_cages=4, routes_per_pair=2)


def flips(explanation: Explanation, kind: FlipKind) -> list[Flip]:
    return [flip for flip in explanation.flips if flip.kind is kind]


def with_slack(layout: Layout, change_mm: int) -> Layout:
    """Change the required length of every run by changing the slack alone."""
    ways = layout.pathways

    def changed(per_end_mm: int) -> int:
        assert change_mm % 2 == 0
        return per_end_mm + change_mm // 2

    return replace(
        layout,
        pathways=replace(
            ways,
            lateral_slack=replace(ways.lateral_slack, per_end_mm=changed(ways.lateral_slack.per_end_mm)),
            overhead_slack=replace(ways.overhead_slack, per_end_mm=changed(ways.overhead_slack.per_end_mm)),
        ),
    )


def with_media(catalog: Catalog, change: Callable[[MediaOption], MediaOption]) -> Catalog:
    return replace(catalog, media=tuple(change(option) for option in catalog.media))


def cheaper(option: MediaOption, cents: int) -> MediaOption:
    """Lower the price of every stock length."""
    stock = tuple(
        replace(item, price=replace(item.price, cents=item.price.cents - cents // option.cables_per_run))
        for item in option.cable.stock
    )
    return replace(option, cable=replace(option.cable, stock=stock))


def first(plan: Plan) -> CableRun:
    return plan.runs[0]


def test_less_length_flips_the_medium() -> None:
    """Optics over trays: with so much less it is copper, with 2 mm less than that not yet."""
    layout, catalog = pair(("L...L",))
    plan = planned_again(layout, catalog)
    assert first(plan).medium == "optics"
    (flip,) = flips(explain(plan, first(plan).cable_id), FlipKind.LESS_LENGTH)
    amount = flip.amount + flip.amount % 2
    assert first(planned_again(with_slack(layout, -amount), catalog)).option == flip.to == "aec"
    assert first(planned_again(with_slack(layout, -(amount - 2)), catalog)).option == "optics"
    assert "reach: aec would cost less" in explain(plan, first(plan).cable_id).rule


def test_more_length_flips_the_medium() -> None:
    layout, catalog = pair(("L.L",))
    plan = planned_again(layout, catalog)
    (flip,) = flips(explain(plan, first(plan).cable_id), FlipKind.MORE_LENGTH)
    amount = flip.amount + flip.amount % 2
    assert first(planned_again(with_slack(layout, amount), catalog)).option == flip.to
    assert first(plan).option != flip.to
    if amount > 2:
        assert first(planned_again(with_slack(layout, amount - 2), catalog)).option == first(plan).option


@pytest.mark.parametrize("words", [("LL",), ("L.L",)])
def test_a_price_flips_the_medium(words: tuple[str, ...]) -> None:
    """The stated amount off flips it; two cents less do not (two cords a run of optics)."""
    layout, catalog = pair(words)
    plan = planned_again(layout, catalog)
    told = flips(explain(plan, first(plan).cable_id), FlipKind.CHEAPER)
    assert told
    for flip in told:
        cents = flip.amount + flip.amount % 2

        def off(option: MediaOption, cents: int = cents, to: str = flip.to) -> MediaOption:
            return cheaper(option, cents) if option.id == to else option

        assert first(planned_again(layout, with_media(catalog, off))).option == flip.to
        kept = with_media(catalog, lambda option, off=off, flip=flip: off(option, flip.amount - 2))  # type: ignore[misc]
        assert first(planned_again(layout, kept)).option == first(plan).option


def test_a_lateral_flips_route_and_medium() -> None:
    layout, catalog = pair()
    plan = planned_again(layout, catalog)
    run = first(plan)
    assert run.route_kind == "overhead"
    (flip,) = flips(explain(plan, run.cable_id), FlipKind.LATERAL)
    assert layout.pathways.laterals is not None
    assert flip.amount == 5 > layout.pathways.laterals.max_positions

    def opened(positions: int) -> Layout:
        section = layout.pathways.risers
        laterals = Laterals(max_positions=positions, section=section)
        return replace(layout, pathways=replace(layout.pathways, laterals=laterals))

    after = planned_again(opened(flip.amount), catalog)
    assert (first(after).route_kind, first(after).option) == ("lateral", flip.to)
    assert first(planned_again(opened(flip.amount - 1), catalog)).route_kind == "overhead"
    saved = plan.solve.objective_cents - after.solve.objective_cents
    assert saved > 0
    if len({run.routed_mm for run in plan.runs}) == 1:
        assert f"saves {saved / len(plan.runs) / 100:,.2f} USD" in flip.sentence


def test_choices_hold_the_plans_own() -> None:
    """In a plan of a whole fabric every run is one of its choices, at the price that the plan pays."""
    layout, catalog = make_hall(("LSL",))
    plan = planned_again(layout, catalog)
    total = 0
    for run in plan.runs:
        (chosen,) = [one for one in explain(plan, run.cable_id).choices if one.is_chosen]
        assert chosen.cents is not None and run.option in chosen.what
        total += chosen.cents
    sites = sum(line.extended_price_cents for line in plan.bom if line.category in ("device", "rack"))
    assert total + sites == plan.solve.objective_cents


def small_floor(word: str) -> tuple[Layout, Catalog]:
    return make_hall((word,), slots_per_rack=1, lower_cages=2, upper_cages=4)


def test_another_slot_costs_what_a_plan_there_costs() -> None:
    """One device, two positions that may hold it: the move's price is the difference of two plans."""
    free, catalog = small_floor("LSSL")
    plan = planned_again(free, catalog)
    assert len(plan.opened_racks) == 1
    (rack,) = plan.opened_racks
    other = "A03" if rack == "A02" else "A02"
    told = explain(plan, rack)
    (move,) = [one for one in told.choices if not one.is_chosen]
    assert f"to {other}" in move.what
    fixed, _ = small_floor("L.SL" if other == "A03" else "LS.L")
    assert move.cents == planned_again(fixed, catalog).solve.objective_cents - plan.solve.objective_cents
    assert "cost" in told.rule


def test_a_cheaper_rack_is_opened() -> None:
    """Two devices share a rack; where a second rack costs so much less, one of them moves in."""
    layout, catalog = make_hall(("LSSSSL",), slots_per_rack=4, lower_cages=4, upper_cages=4, trays_per_rack=2)
    plan = planned_again(layout, catalog)
    empty = [one for one in ("A02", "A03", "A04", "A05") if one not in plan.opened_racks]
    told = [flip for rack in empty for flip in flips(explain(plan, rack), FlipKind.CHEAPER_RACK)]
    assert told, "the floor is chosen so that a nearer rack would save runs"
    flip = min(told, key=lambda flip: flip.amount)
    kind = catalog.rack_types["switch-rack"]
    assert kind.price is not None
    price = replace(kind.price, cents=kind.price.cents - flip.amount)
    types = {**catalog.rack_types, kind.id: replace(kind, price=price)}
    after = planned_again(layout, replace(catalog, rack_types=types))
    stays = plan.solve.objective_cents - flip.amount * len(plan.opened_racks)
    assert after.solve.objective_cents < stays
    assert len(after.opened_racks) > len(plan.opened_racks)


def test_going_round_costs_what_a_plan_without_the_tray_costs() -> None:
    """Two cross trays: closing the one that is used costs what the explanation says."""
    layout, catalog = make_hall(
        ("LS", "LS"),
        cross_x_mm=(600, 2400),
        routes_per_pair=12,
        max_positions=None,
        lower_cages=2,
        upper_cages=4,
        slots_per_rack=1,
    )
    layout = replace(layout, rows=(layout.rows[0], _without_switch_racks(layout)))
    plan = planned_again(layout, catalog)
    crossing = [fill for fill in plan.segments if fill.segment.id.startswith("X")]
    (used,) = {fill.segment.id.split("-")[0] for fill in crossing}
    explanation = explain(plan, crossing[0].segment.id)
    extra = sum(one.cents or 0 for one in explanation.choices)
    kept = tuple(tray for tray in layout.pathways.cross_trays if not tray.name.startswith(used))
    without = replace(layout, pathways=replace(layout.pathways, cross_trays=kept))
    assert extra == planned_again(without, catalog).solve.objective_cents - plan.solve.objective_cents > 0


def _without_switch_racks(layout: Layout) -> Row:
    row = layout.rows[1]
    return replace(
        row, positions=tuple(one if one.is_decided else replace(one, choices=()) for one in row.positions)
    )


def test_unknown_ids_name_the_nearest() -> None:
    plan = planned_again(*pair(("LL",)))
    with pytest.raises(InputError, match="did you mean 'A02'"):
        explain(plan, "A20")
    with pytest.raises(InputError, match=f"did you mean '{first(plan).cable_id}'"):
        explain(plan, first(plan).cable_id + "x")


def test_the_command(shipped_plan: ShippedPlan, capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind of subject, in words and for programs; the same at every call."""
    folder = shipped_plan("nvl144")
    rows = (folder / "cut-sheet.csv").read_text(encoding="utf-8").splitlines()
    cable = rows[1].split(",")[0]
    shown = []
    for subject in (cable, "A03", "A01", "A06"):
        assert main(["explain", str(folder), subject]) == 0
        text = capsys.readouterr().out
        assert subject in text and "what binds: " in text
        shown.append(text)
        assert main(["explain", str(folder), subject, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["subject"] == subject
    assert main(["explain", str(folder), cable]) == 0
    assert capsys.readouterr().out == shown[0]
    assert main(["explain", str(folder), "nothing-like-it"]) == 1
    assert "[unknown-id]" in capsys.readouterr().err
