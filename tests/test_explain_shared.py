"""``planner explain`` where runs share plugs or cables, held against plans of the flipped cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from planner.model.catalog import Catalog
from planner.model.explanation import Explanation, Flip, FlipKind
from planner.model.layout import Laterals, Layout
from planner.model.media import MediaOption
from planner.model.plan import Plan
from planner.second_look import explain, planned_again
from tests.halls import make_hall
from tests.shared_parts import by_ports, split_media, twin_media
from tests.test_explain import with_slack


def one_place(
    words: Sequence[str] = ("L.DL",), media: Sequence[MediaOption] | None = None
) -> tuple[Layout, Catalog]:
    """A hall with one slot for its one switch tray: nothing is decided but what runs are made of."""
    hall = make_hall(words, slots_per_rack=1, lower_asics=1, lower_cages=2, upper_asics=1, upper_cages=4)
    return by_ports(*hall, twin_media() if media is None else media)


def made_of(plan: Plan) -> str:
    (option,) = {run.option for run in plan.runs}
    return option


def told(plan: Plan, kind: FlipKind) -> list[Flip]:
    explanation = explain(plan, plan.runs[0].cable_id)
    return [flip for flip in explanation.flips if flip.kind is kind]


def parts_and_work_cents(plan: Plan) -> int:
    """What the plan pays for runs: all but switches and their racks."""
    sites = sum(line.extended_price_cents for line in plan.bom if line.category in ("device", "rack"))
    return plan.solve.objective_cents - sites


def chosen_cents(explanation: Explanation) -> int:
    (chosen,) = [one for one in explanation.choices if one.is_chosen]
    assert chosen.cents is not None
    return chosen.cents


@pytest.mark.parametrize("media", [twin_media(), split_media(), (*twin_media(), *split_media())])
def test_what_all_runs_cost_together_is_what_the_plan_pays(media: Sequence[MediaOption]) -> None:
    hall = by_ports(*make_hall(("LSL",), slots_per_rack=4), media)
    if len(media) == 1:
        lower = hall[1].device_types["lower-tray"]
        (group,) = lower.cages
        alone = replace(lower, cages=(replace(group, ports=1, links=2, lanes=4),))
        hall = hall[0], replace(hall[1], device_types={**hall[1].device_types, "lower-tray": alone})
    plan = planned_again(*hall)
    for run in plan.runs[:: max(1, len(plan.runs) // 3)]:
        explanation = explain(plan, run.cable_id)
        assert chosen_cents(explanation) == parts_and_work_cents(plan)
        assert "share plugs or cables" in explanation.rule


def test_less_length_flips_all_runs() -> None:
    """What is cheaper is too short for the farther rack: with so much less it does, with 2 mm more not."""
    layout, catalog = one_place(("L..D.L",))
    plan = planned_again(layout, catalog)
    assert made_of(plan) == "twin-dear"
    (flip,) = told(plan, FlipKind.LESS_LENGTH)
    assert f"reach: {flip.to} would cost less" in explain(plan, plan.runs[0].cable_id).rule
    amount = flip.amount + flip.amount % 2
    assert made_of(planned_again(with_slack(layout, -amount), catalog)) == flip.to
    assert made_of(planned_again(with_slack(layout, -(amount - 2)), catalog)) == made_of(plan)


def test_more_length_flips_all_runs() -> None:
    layout, catalog = one_place(("LDL",))
    plan = planned_again(layout, catalog)
    (flip,) = told(plan, FlipKind.MORE_LENGTH)
    amount = flip.amount + flip.amount % 2
    assert made_of(plan) == "twin-copper" != flip.to
    assert made_of(planned_again(with_slack(layout, amount), catalog)) == flip.to
    assert made_of(planned_again(with_slack(layout, amount - 2), catalog)) == "twin-copper"


def cheaper(catalog: Catalog, option: str, cents: int) -> Catalog:
    """Lower every stocked price of an option."""

    def changed(one: MediaOption) -> MediaOption:
        if one.id != option:
            return one
        stock = [
            replace(item, price=replace(item.price, cents=item.price.cents - cents))
            for item in one.cable.stock
        ]
        return replace(one, cable=replace(one.cable, stock=tuple(stock)))

    return replace(catalog, media=tuple(changed(one) for one in catalog.media))


def test_a_price_flips_all_runs() -> None:
    layout, catalog = one_place(("LDL",))
    for option in catalog.media:  # so that prices have where to fall from
        catalog = cheaper(catalog, option.id, -200_000)
    plan = planned_again(layout, catalog)
    flips = told(plan, FlipKind.CHEAPER)
    assert {flip.to for flip in flips} == {one.id for one in catalog.media} - {made_of(plan)}
    for flip in flips:
        assert made_of(planned_again(layout, cheaper(catalog, flip.to, flip.amount))) == flip.to
        kept = planned_again(layout, cheaper(catalog, flip.to, flip.amount - 1))
        assert kept.solve.objective_cents == plan.solve.objective_cents


def test_a_lateral_flips_all_runs() -> None:
    layout, catalog = one_place(("L...D",))
    plan = planned_again(layout, catalog)
    assert plan.runs[0].route_kind == "overhead"
    (flip,) = told(plan, FlipKind.LATERAL)

    def opened(positions: int) -> Plan:
        laterals = Laterals(max_positions=positions, section=layout.pathways.risers)
        return planned_again(replace(layout, pathways=replace(layout.pathways, laterals=laterals)), catalog)

    after = opened(flip.amount)
    assert (after.runs[0].route_kind, made_of(after)) == ("lateral", flip.to)
    saved = plan.solve.objective_cents - after.solve.objective_cents
    assert saved > 0 and f"saves {saved / 100:,.2f} USD" in flip.sentence
    assert opened(flip.amount - 1).runs[0].route_kind == "overhead"


Hall = Callable[[str], tuple[Layout, Catalog]]


def split_floor(word: str) -> tuple[Layout, Catalog]:
    layout, catalog = by_ports(
        *make_hall((word,), slots_per_rack=1, lower_asics=1, lower_cages=2, upper_asics=1, upper_cages=4),
        split_media(),
    )
    lower = catalog.device_types["lower-tray"]
    (group,) = lower.cages
    alone = replace(lower, cages=(replace(group, ports=1, links=2, lanes=4),))
    return layout, replace(catalog, device_types={**catalog.device_types, "lower-tray": alone})


@pytest.mark.parametrize("floor", [split_floor, lambda word: one_place((word,))], ids=["cables", "plugs"])
def test_another_slot_costs_what_a_plan_there_costs(floor: Hall) -> None:
    free, catalog = floor("LSSL")
    plan = planned_again(free, catalog)
    (rack,) = plan.opened_racks
    other = "A03" if rack == "A02" else "A02"
    (move,) = [one for one in explain(plan, rack).choices if not one.is_chosen]
    assert f"to {other}" in move.what
    fixed, _ = floor("L.SL" if other == "A03" else "LS.L")
    assert move.cents == planned_again(fixed, catalog).solve.objective_cents - plan.solve.objective_cents
