"""The report page without a browser: sums, sentences, sizes, and that it needs nothing from outside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from planner.model.plan import Plan
from planner.outputs.markup import MEDIUM_COLOR, WORDS_ON_MEDIUM
from planner.outputs.plan_json import read_plan
from planner.outputs.report import columns
from planner.outputs.report.columns import Columns, grouped_runs
from planner.outputs.report.page import json_in_page, report_text
from planner.outputs.report.shares import media_shares, money_by_part, power_by_part
from planner.outputs.report.words import percent, proof_sentences, whole_money
from planner.outputs.vendor import license_text, vendored
from planner.outputs.workbook_summary import gap_in_words
from tests.conftest import ShippedPlan
from tests.faults.plans import base_plan
from tests.sample_plan import big_plan, small_plan

LAYOUTS = ("nvl144", "superpod-h100-1su", "ethernet-h200")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


@pytest.mark.parametrize("layout", LAYOUTS)
def test_shares_add_up_to_the_totals(shipped_plan: ShippedPlan, layout: str) -> None:
    plan = read_plan((shipped_plan(layout) / "plan.json").read_text(encoding="utf-8"))
    assert sum(share.amount for share in money_by_part(plan)) == plan.totals.capex_cents
    assert (
        sum(share.amount for share in power_by_part(plan, media_shares(plan))) == plan.totals.power_milliwatts
    )
    assert all(share.amount > 0 for share in (*money_by_part(plan), *power_by_part(plan, media_shares(plan))))
    by_medium = media_shares(plan)
    assert sum(one.labor_cents for one in by_medium) == plan.totals.labor_cents
    assert {one.medium.value: one.runs for one in by_medium} == plan.totals.runs_by_medium
    in_runs = {"cable", "transceiver", "cord"}
    parts = sum(line.extended_price_cents for line in plan.bom if line.category in in_runs)
    assert sum(one.parts_cents for one in by_medium) == parts


def test_page_names_no_other_file(plan: Plan) -> None:
    page = report_text(plan)
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?!data:)", page)
    assert "sourceMappingURL" not in page
    assert not re.findall(r"url\((?!#)", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))


def test_page_carries_its_libraries_with_their_licenses(plan: Plan) -> None:
    page = report_text(plan)
    for name in ("leaflet.js", "tabulator.min.js", "leaflet.css"):
        assert vendored(name) in page
    assert "BSD 2-Clause" in license_text("leaflet") and "MIT License" in license_text("tabulator")
    assert page.count("IN NO EVENT SHALL") >= 2


def test_page_has_the_same_bytes_whatever_the_order_of_the_plan(plan: Plan) -> None:
    turned = replace(plan, segments=tuple(reversed(plan.segments)))
    assert report_text(turned) == report_text(plan) == report_text(small_plan())


def test_no_text_leaves_its_script() -> None:
    hostile = "</script><!--<script>\u2028"
    written = json_in_page([hostile])
    assert "<" not in written and "\u2028" not in written
    assert json.loads(written) == [hostile]


def test_big_plan_is_small() -> None:
    assert len(report_text(big_plan()).encode()) < 4_000_000


def test_columns_hold_every_run(plan: Plan) -> None:
    data = data_of(report_text(plan))
    runs = data["runs"]
    assert isinstance(runs, dict)
    held = runs["columns"]
    in_order = sorted(plan.runs, key=lambda run: run.install_order)
    assert held["id"] == [run.cable_id for run in in_order]
    assert held["stock"] == [run.stock_length_mm for run in in_order]
    assert held["cost"] == [run.cost_cents for run in in_order]


def test_runs_are_gathered_by_racks_then_by_rows(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = len({(run.a.rack, run.b.rack, run.medium) for run in plan.runs})
    for limit, by in ((len(plan.runs), "run"), (pairs, "rack"), (pairs - 1, "row")):
        monkeypatch.setattr(columns, "MOST_LINES", limit)
        shown = grouped_runs(plan.runs)
        assert shown.by == by
        assert sorted(run.cable_id for group in shown.groups for run in group) == sorted(
            run.cable_id for run in plan.runs
        )


def test_of_too_many_segments_the_busiest_stay(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_SEGMENTS", 5)
    monkeypatch.setattr("planner.outputs.report.page.MOST_SEGMENTS", 5)
    fills = Columns(plan).fills
    assert len(fills) == 5
    assert sorted(fill.runs for fill in fills) == sorted(fill.runs for fill in plan.segments)[-5:]
    assert f"The {len(plan.segments) - 5} segments with the fewest runs are left out" in report_text(plan)


def test_proof_is_told_in_money(plan: Plan) -> None:
    solve = replace(
        plan.solve, objective_cents=1_000_050, lower_bound_cents=990_000, geometric_floor_cents=890_000
    )
    told = proof_sentences(replace(plan, solve=solve))
    assert "costs 10,001 USD" in told[0] and "100.50 USD, 1.00 % of the cost" in told[0]
    assert "The 1,000 USD up to the proved bound only another floor could save." in told[2]
    proved = proof_sentences(replace(plan, solve=replace(solve, lower_bound_cents=1_000_050)))
    assert "it is proved that none costs less" in proved[0] and "given" not in proved[0]


def test_a_proof_that_takes_lower_fabrics_as_given_says_so() -> None:
    plan = base_plan("ports/rails")
    for told in (proof_sentences(plan)[0], gap_in_words(plan)):
        assert "each fabric given what earlier ones placed" in told


def test_what_the_layout_rules_out_is_not_laid_to_the_floor() -> None:
    """Pieces that cannot be had raise the bound on any floor, and so do pins and resilience."""
    for name in ("short", "pinned", "resilient"):
        *_, beyond = proof_sentences(base_plan(name))
        assert "only another floor or other rules than the layout's could save" in beyond
    *_, beyond = proof_sentences(base_plan("tiers"))
    assert "only another floor could save" in beyond


def test_words_on_each_medium_can_be_read() -> None:
    def brightness(color: str) -> float:
        shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for medium, color in MEDIUM_COLOR.items():
        dark, light = sorted((brightness(color), brightness(WORDS_ON_MEDIUM[medium])))
        assert (light + 0.05) / (dark + 0.05) >= 4.45, medium


def test_amounts_and_shares() -> None:
    assert (whole_money(149), whole_money(150), whole_money(-150), whole_money(0)) == ("1", "2", "-2", "0")
    assert (percent(1, 3), percent(0, 3), percent(-1, 4)) == ("33.33 %", "0 %", "-25.00 %")
    assert percent(1, 10**9) == "under 0.01 %"


def test_findings_come_the_heaviest_first(shipped_plan: ShippedPlan) -> None:
    page = (shipped_plan("nvl144") / "report.html").read_text(encoding="utf-8")
    plan = read_plan((shipped_plan("nvl144") / "plan.json").read_text(encoding="utf-8"))
    listed = page[page.index('id="findings-table"') :]
    assert all(finding.code in listed for finding in plan.findings)


def test_folder_is_replaced_with_its_new_files(small_plan: Path) -> None:
    from planner.outputs.files import is_own_name

    assert all(is_own_name(path.name) for path in small_plan.iterdir())
