"""``planner sensitivity``: every limit is held against plans made just there and just beyond."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from planner.cli import main
from planner.errors import InputError
from planner.model.catalog import Catalog
from planner.model.evidence import Price
from planner.model.layout import Layout
from planner.model.media import MediaOption
from planner.model.plan import Plan
from planner.model.sensitivity import PriceSensitivity, Sensitivity
from planner.second_look import planned_again
from planner.what_if import sensitivity_of
from tests.conftest import ShippedPlan
from tests.halls import make_hall


def scaled(catalog: Catalog, parts: tuple[str, ...], permille: int) -> Catalog:
    """Scale prices, written apart from the code under test."""

    def price(one: Price) -> Price:
        return replace(one, cents=(one.cents * permille + 500) // 1000)

    def option(one: MediaOption) -> MediaOption:
        stock, plugs = one.cable.stock, []
        if one.cable.id in parts:
            stock = tuple(replace(item, price=price(item.price)) for item in stock)
        for plug in one.plugs:
            module = plug.transceiver
            if module and module.id in parts:
                module = replace(module, price=price(module.price))
            plugs.append(replace(plug, transceiver=module))
        return replace(one, cable=replace(one.cable, stock=stock), plugs=(plugs[0], plugs[1]))

    return replace(catalog, media=tuple(option(one) for one in catalog.media))


def floor() -> tuple[Layout, Catalog]:
    """Copper near the switch racks, optics far from them, and not much dearer than long active copper."""
    layout, catalog = make_hall(
        ("LLL.SS.LLL",), max_positions=4, lower_cages=8, upper_cages=16, slots_per_rack=6
    )
    return layout, scaled(catalog, ("transceiver",), 500)


FLOOR = floor()


@pytest.fixture(scope="module")
def plan() -> Plan:
    made = planned_again(*FLOOR)
    assert set(made.totals.runs_by_medium) >= {"aec", "optics"} and made.solve.status == "proved"
    return made


@pytest.fixture(scope="module")
def found(plan: Plan) -> Sensitivity:
    return sensitivity_of("floor", plan, [], 300, lambda _: None)


def fixed_cost(plan: Plan, catalog: Catalog) -> int:
    """What the plan, as it is, costs at a catalog's prices."""
    prices = {
        (option.cable.id, item.length_mm): item.price.cents
        for option in catalog.media
        for item in option.cable.stock
    }
    modules = {
        (plug.transceiver.id, None): plug.transceiver.price.cents
        for option in catalog.media
        for plug in option.plugs
        if plug.transceiver
    }
    change = 0
    for line in plan.bom:
        key = line.part, line.stock_length_mm
        if key in prices or key in modules:
            now = prices[key] if key in prices else modules[line.part, None]
            change += line.quantity * (now - line.unit_price_cents)
    return plan.solve.objective_cents + change


def costs(plan: Plan, one: PriceSensitivity, permille: int) -> tuple[int, int]:
    """The plan's cost where the family is priced so, and that of a plan made anew."""
    layout, catalog = FLOOR
    changed = scaled(catalog, one.family.parts, permille)
    return fixed_cost(plan, changed), planned_again(layout, changed).solve.objective_cents


def test_prices_hold_to_the_limit_and_not_beyond(plan: Plan, found: Sensitivity) -> None:
    limits = 0
    for one in found.prices:
        for limit, way in ((one.lower, -1), (one.upper, 1)):
            own, anew = costs(plan, one, limit.permille)
            assert own <= anew and own - limit.gap_cents <= anew, one.family.name
            if limit.is_open:
                assert limit.permille == (500, 2000)[way > 0]
                continue
            limits += 1
            own, anew = costs(plan, one, limit.permille + way)
            assert own - anew >= limit.saved_cents > 0
            middle = (limit.permille + 1000) // 2
            own, anew = costs(plan, one, middle)
            assert own <= anew, "within the range nothing is cheaper"
    assert limits >= 3


def test_wrong_prices_cost_what_plans_say(plan: Plan, found: Sensitivity) -> None:
    for one in found.prices:
        assert [wrong.permille for wrong in one.wrong] == [700, 1300]
        for wrong in one.wrong:
            own, anew = costs(plan, one, wrong.permille)
            assert (wrong.cost_cents, wrong.replanned_cents) == (own, min(own, anew))
            assert wrong.bound_cents <= wrong.replanned_cents
            assert sum(wrong.runs_by_medium.values()) == len(plan.runs)
    assert any(wrong.cost_cents > wrong.replanned_cents for one in found.prices for wrong in one.wrong)


def test_the_ratio_at_which_optics_change(plan: Plan, found: Sensitivity) -> None:
    layout, catalog = FLOOR
    (one,) = [one for one in found.prices if one.family.name == "active copper"]
    active = [run.cost_cents for run in plan.runs if run.medium == "aec"]
    light = [run.cost_cents for run in plan.runs if run.medium == "optics"]
    assert one.ratio is not None
    assert one.ratio == pytest.approx(sum(active) / len(active) / (sum(light) / len(light)))
    assert one.flips
    stated = plan.totals.runs_by_medium["optics"]
    for flip in one.flips:
        nearer = flip.permille + (10 if flip.permille < 1000 else -10)
        for permille, expected in ((flip.permille, flip.optics_runs), (nearer, stated)):
            made = planned_again(layout, scaled(catalog, one.family.parts, permille))
            own, anew = costs(plan, one, permille)
            count = made.totals.runs_by_medium.get("optics", 0) if anew < own else stated
            assert count == expected
        assert flip.optics_runs != stated


def with_slack(layout: Layout, change_mm: int) -> Layout:
    ways = layout.pathways
    lateral, overhead, underfloor = (
        replace(one, per_end_mm=max(0, one.per_end_mm + change_mm))
        for one in (ways.lateral_slack, ways.overhead_slack, ways.underfloor_slack)
    )
    changed = replace(ways, lateral_slack=lateral, overhead_slack=overhead, underfloor_slack=underfloor)
    return replace(layout, pathways=changed)


def test_slack_holds_to_the_limit_and_not_beyond(plan: Plan, found: Sensitivity) -> None:
    layout, catalog = FLOOR
    slack = found.slack
    assert slack is not None and slack.saved_cents > 0

    def cost(change_mm: int) -> int:
        return planned_again(with_slack(layout, change_mm), catalog).solve.objective_cents

    stated = plan.solve.objective_cents
    assert cost(slack.more_mm) == stated == cost(-slack.less_mm)
    assert cost(-slack.less_mm - 1) == stated - slack.saved_cents
    assert any(
        run.routed_mm + run.slack_mm + 2 * (slack.more_mm + 1) > run.stock_length_mm for run in plan.runs
    )


def test_reach_holds_to_the_limit(plan: Plan, found: Sensitivity) -> None:
    layout, catalog = FLOOR

    def cost(option: str, reach_mm: int) -> int:
        media = [replace(one, reach_mm=reach_mm) if one.id == option else one for one in catalog.media]
        return planned_again(layout, replace(catalog, media=tuple(media))).solve.objective_cents

    assert {one.option for one in found.reach} == {run.option for run in plan.runs}
    for one in found.reach:
        assert cost(one.option, one.least_mm) == plan.solve.objective_cents
        assert any(run.stock_length_mm == one.least_mm for run in plan.runs if run.option == one.option)
        if one.cheaper_from_mm:
            assert cost(one.option, one.cheaper_from_mm) == plan.solve.objective_cents - one.saved_cents


def test_more_reach_pays_where_longer_copper_is_stocked() -> None:
    """Active copper stocked to 3 m, but used to 2 m only: from the next length on it saves optics."""
    layout, catalog = FLOOR
    media = [replace(one, reach_mm=2000) if one.id == "aec" else one for one in catalog.media]
    short = planned_again(layout, replace(catalog, media=tuple(media)))
    found = sensitivity_of("short", short, [], 300, lambda _: None)
    (aec,) = [one for one in found.reach if one.option == "aec"]
    assert aec.cheaper_from_mm in (2500, 3000) and aec.saved_cents > 0


def test_unknown_parts_name_the_nearest(plan: Plan) -> None:
    with pytest.raises(InputError, match="did you mean 'fiber-cord'"):
        sensitivity_of("floor", plan, ["fibre-cord"], 300, lambda _: None)


def test_the_command(shipped_plan: ShippedPlan, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(shipped_plan("nvl36x2"))
    words = ["sensitivity", folder, "--part", "mca4k00", "--wrong", "20 %"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "mca4k00 at 82.6 %: another plan (162 acc) is 48.60 USD cheaper" in shown
    assert main(words) == 0 and capsys.readouterr().out == shown
    assert main([*words, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["prices"]
    assert one["lower"]["permille"] == 827 and [wrong["permille"] for wrong in one["wrong"]] == [800, 1200]
    assert main(["sensitivity", folder, "--part", "mca4k01"]) == 1
    assert "did you mean 'mca4k00'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["sensitivity", folder, "--wrong", "100 %"])
