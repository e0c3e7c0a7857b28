"""``planner rules``: what rules cost is held against plans made without them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from planner.cli import main
from planner.commands.summary import summarize
from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout, TiersSpec
from planner.model.media import Medium
from planner.model.pins import DevicePin, Pins
from planner.model.plan import Plan
from planner.model.rule_costs import RuleCosts
from planner.model.segment_worth import segment_worths
from planner.model.supply import SupplyLimit
from planner.outputs.report.page import report_text
from planner.rule_costs.relax import without_each_rule
from planner.second_look import planned_again
from planner.without_rules import rule_costs_of
from tests.conftest import ShippedPlan
from tests.faults.plans import base_plan, hall_with_ways_round, resilient_hall


def _silent(message: str) -> None:
    pass


def strict_hall() -> tuple[Layout, Catalog]:
    """A hall with every kind of rule."""
    layout, catalog = resilient_hall()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    u = catalog.rack_types["switch-rack"].tray_slots_u[-1]
    pins = Pins(devices=(DevicePin(rack="B02", u=u, planes=("0",)),))
    layout = replace(layout, fabrics=(replace(spec, pins=pins),))
    weight_g = 4 * catalog.device_types["upper-tray"].weight_g
    rack = replace(catalog.rack_types["switch-rack"], max_added_weight_g=weight_g)
    rows = tuple(
        replace(row, power_limit_milliwatts=10**9, weight_limit_g=10**9, cooling_limit_milliwatts=10**9)
        for row in layout.rows
    )
    catalog = replace(catalog, rack_types={**catalog.rack_types, "switch-rack": rack})
    supply = (SupplyLimit(part="active", stock_length_mm=None, most_pieces=12),)
    return replace(layout, rows=rows, supply=supply), catalog


@pytest.fixture(scope="module")
def strict_plan() -> Plan:
    return planned_again(*strict_hall())


@pytest.fixture(scope="module")
def costs(strict_plan: Plan) -> RuleCosts:
    return rule_costs_of("strict", strict_plan, _silent)


def test_every_rule_of_the_layout_is_left_out_once(costs: RuleCosts) -> None:
    names = [rule.rule for rule in costs.rules]
    active = [o.id for o in strict_hall()[1].media if o.medium in (Medium.ACC, Medium.AEC)]
    assert active
    assert names == [
        "pathway fill",
        "price of switch-rack",
        "power and weight added to switch-rack",
        *(f"reach of {option}" for option in active),
        "resilience of tiers",
        "pins of tiers",
        "supply of active",
        "balanced spread of tiers",
        "power limits of rows",
        "weight limits of rows",
        "cooling limits of rows",
    ]


def test_costs_are_those_of_plans_made_without(strict_plan: Plan, costs: RuleCosts) -> None:
    layout, catalog = strict_hall()
    for rule, without in zip(costs.rules, without_each_rule(layout, catalog), strict=True):
        if rule.rule.startswith(("resilience", "balanced")):
            made = planned_again(without.layout, without.catalog)
            assert (rule.cost_cents, rule.bound_cents) == (
                made.solve.objective_cents,
                made.solve.lower_bound_cents,
            )
        assert rule.cost_cents is not None and rule.least_cents is not None and rule.most_cents is not None
        assert rule.least_cents <= strict_plan.solve.objective_cents - rule.cost_cents <= rule.most_cents
        assert not rule.is_relaxed or rule.least_cents >= 0
    resilience = next(rule for rule in costs.rules if rule.rule == "resilience of tiers")
    assert resilience.is_sure


def test_only_the_rule_itself_is_left_out() -> None:
    layout, catalog = strict_hall()
    for without in without_each_rule(layout, catalog):
        changed = [
            name
            for name, before, after in (
                ("pathways", layout.pathways, without.layout.pathways),
                ("fabrics", layout.fabrics, without.layout.fabrics),
                ("rows", layout.rows, without.layout.rows),
                ("supply", layout.supply, without.layout.supply),
                ("media", catalog.media, without.catalog.media),
                ("racks", catalog.rack_types, without.catalog.rack_types),
            )
            if before != after
        ]
        assert len(changed) == 1, (without.rule, changed)


def test_longer_reach_is_stocked_and_priced_as_the_last_two_lengths_go_on() -> None:
    layout, catalog = strict_hall()
    for without in without_each_rule(layout, catalog):
        if not without.rule.startswith("reach of "):
            continue
        name = without.rule.removeprefix("reach of ")
        before, after = (
            next(one for one in media if one.id == name) for media in (catalog.media, without.catalog.media)
        )
        assert after.reach_mm == before.reach_mm + 500
        usable = [item for item in after.cable.stock if item.length_mm <= after.reach_mm]
        assert usable[-1].length_mm > before.reach_mm
        assert [item.length_mm for item in after.cable.stock] == sorted(
            {item.length_mm for item in after.cable.stock}
        )
        *_, one, two, three = usable
        slopes = [
            (b.price.cents - a.price.cents) / (b.length_mm - a.length_mm)
            for a, b in ((one, two), (two, three))
        ]
        assert slopes[0] == pytest.approx(slopes[1], rel=0.01)


def test_room_in_full_segments_is_worth_no_more_than_stated() -> None:
    """A hall with wider laterals costs at least the bound less the room's worth: what prices promise."""
    plan = base_plan("crowded")
    worths = segment_worths(plan)
    assert worths and all(one.kind == "lateral" for one in worths)
    assert [one.cents_per_100_mm2 for one in worths] == sorted(
        (one.cents_per_100_mm2 for one in worths), reverse=True
    )
    added_mm2 = 40
    layout, catalog = hall_with_ways_round()
    assert layout.pathways.laterals is not None
    wide = CrossSection(width_mm=101 + added_mm2, depth_mm=1, fill_permille=1000)
    laterals = replace(layout.pathways.laterals, section=wide)
    made = planned_again(replace(layout, pathways=replace(layout.pathways, laterals=laterals)), catalog)
    prices = [price.price for one in plan.solve.certificates for price in one.segment_prices]
    worth = sum(price * added_mm2 for price in prices) // 1000
    assert made.solve.objective_cents >= plan.solve.lower_bound_cents - worth
    assert made.solve.objective_cents < plan.solve.objective_cents
    page = report_text(plan)
    assert worths[0].segment in page and "What more room in full pathways is worth" in page
    assert any(worths[0].segment in line for line in summarize(plan))


def test_a_segment_that_fabrics_share_is_told_once() -> None:
    plan = base_plan("shared")
    priced = [
        (certificate.fabric, one.segment.id)
        for certificate in plan.solve.certificates
        for one in certificate.segment_prices
        if one.price
    ]
    worths = segment_worths(plan)
    assert len(priced) > len({segment for _, segment in priced}) == len(worths)
    assert {(fabric, one.segment) for one in worths for fabric in one.fabrics} == set(priced)


def test_a_plan_that_fits_has_no_shadow_prices(strict_plan: Plan) -> None:
    assert segment_worths(strict_plan) == ()
    assert "What more room" not in report_text(strict_plan)


def test_a_rule_that_is_not_kept_has_no_known_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned_again(*resilient_hall())
    segment = replace(plan.segments[0].segment, usable_um2=1)
    plan = replace(plan, segments=(replace(plan.segments[0], segment=segment), *plan.segments[1:]))
    monkeypatch.setattr("planner.without_rules.side_by_side", lambda tasks: [task() for task in tasks[:1]])
    (fill,) = rule_costs_of("overfull", plan, _silent).rules
    assert fill.rule == "pathway fill"
    assert (fill.least_cents, fill.most_cents) == (None, None)
    assert "does not keep" in fill.refusal


def test_the_command_shows_and_prints_rows(
    shipped_plan: ShippedPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    """nvl144 has one switch rack, bought; nothing else binds there but copper's reach."""
    folder = str(shipped_plan("nvl144"))
    assert main(["rules", folder, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cost_cents"] == found["bound_cents"]
    by_rule = {rule["rule"]: rule for rule in found["rules"]}
    racks = by_rule["price of nvswitch-rack"]
    assert racks["is_sure"] and racks["least_cents"] == racks["most_cents"] > 0
    assert by_rule["pathway fill"]["most_cents"] == 0
    spread = by_rule["balanced spread of l2"]
    assert not spread["is_relaxed"]
    assert found["segments"] == []


def test_a_fabric_that_cannot_be_without_a_rule_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layout, catalog = resilient_hall()
    rack = catalog.rack_types["switch-rack"]
    few = replace(rack, tray_slots_u=rack.tray_slots_u[:2])
    catalog = replace(catalog, rack_types={**catalog.rack_types, "switch-rack": few})
    small = planned_again(layout, catalog)
    monkeypatch.setattr("planner.commands.rules.plans_of", lambda words, progress: [("hall", small)])
    assert main(["rules", "hall"]) == 0
    shown = capsys.readouterr().out
    assert "cannot be" in shown and "balanced spread of tiers: fabric 'tiers' needs" in shown
