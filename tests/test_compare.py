"""``planner compare``: plans side by side, through the command and the comparison itself."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner.cli import main
from planner.compare.compare import compare_plans
from planner.errors import InputError
from planner.model.comparison import ComparedFigure, Comparison
from planner.model.plan import Plan
from planner.outputs.comparison_page import comparison_page
from tests.conftest import Planner, PlanOf, ShippedPlan


@pytest.fixture(scope="module")
def pairs(plan_of: PlanOf) -> Comparison:
    """One floor, two media profiles."""
    return compare_plans([(name, plan_of(name)) for name in ("nvl36x2", "nvl36x2-listed")])


def figure(comparison: Comparison, key: str) -> ComparedFigure:
    return next(one for one in comparison.figures if one.key == key)


def test_figures_follow_from_the_plans(plan_of: PlanOf, pairs: Comparison) -> None:
    """Counted here again, from the runs alone."""
    plans = [plan_of(name) for name in pairs.names]
    costs = [plan.solve.objective_cents for plan in plans]
    assert [100 * value for value in figure(pairs, "cost").values if value is not None] == costs
    assert figure(pairs, "cost").is_best == tuple(cost == min(costs) for cost in costs)
    assert figure(pairs, "cost_per_gpu").values == tuple(Fraction(cost, 7200) for cost in costs)
    per_tbps = tuple(Fraction(cost, 100) / Fraction(162 * 1600, 1000) for cost in costs)
    assert figure(pairs, "cost_per_tbps").values == per_tbps
    for n, plan in enumerate(plans):
        assert figure(pairs, "longest_run").values[n] == Fraction(
            max(run.routed_mm for run in plan.runs), 1000
        )
        margin = min(run.reach_mm - run.routed_mm - run.slack_mm for run in plan.runs)
        assert figure(pairs, "reach_margin").values[n] == Fraction(margin, 1000)
        shares = [one.values[n] for one in pairs.figures if one.key.startswith("share_")]
        assert 100 * sum(value for value in shares if value is not None) == plan.totals.capex_cents
    assert figure(pairs, "dac_runs").values == (162, 0)
    assert figure(pairs, "acc_runs").values == (0, 162)
    assert figure(pairs, "optics_ends").values == (0, 0)
    assert figure(pairs, "lost_with_a_rack").values == (None, None), "a pair has no switch rack"
    hours = tuple(Fraction(sum(run.minutes for run in plan.runs), 60) for plan in plans)
    assert figure(pairs, "install_hours").values == hours
    assert hours[0] == hours[1] and not any(figure(pairs, "install_hours").is_best), "alike: none is best"


EVERY_FIGURE = (
    *("cost", "cost_per_gpu", "cost_per_tbps", "lower_bound", "dac_runs", "dac_meters", "optics_ends"),
    *("power", "energy", "parts", "bundle_types", "longest_run", "reach_margin", "fullest_segment", "racks"),
    *("floor_area", "install_hours", "lost_with_a_rack"),
)


def test_every_figure_is_there(pairs: Comparison) -> None:
    keys = [one.key for one in pairs.figures]
    assert set(EVERY_FIGURE) <= set(keys) and len(set(keys)) == len(keys)


def test_other_minutes_are_told(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    pace = replace(plan.layout.installation, minutes_per_run=plan.layout.installation.minutes_per_run + 1)
    other = replace(plan, layout=replace(plan.layout, installation=pace))
    cautions = compare_plans([("a", plan), ("b", other)]).cautions
    assert any("minutes a run" in caution for caution in cautions)


def test_what_one_switch_rack_takes_down(plan_of: PlanOf) -> None:
    """nvl144 has one; of several the one with most runs counts."""
    compared = compare_plans([(name, plan_of(name)) for name in ("nvl144", "nvl288")])
    small, large = figure(compared, "lost_with_a_rack").values
    assert small == 100
    plan = plan_of("nvl288")
    per_rack = [sum(run.b.rack == rack for run in plan.runs) for rack in plan.opened_racks]
    assert large == Fraction(100 * max(per_rack), len(plan.runs))
    assert any("not of one system" in caution for caution in compared.cautions)


def test_differences_add_up(plan_of: PlanOf, pairs: Comparison) -> None:
    (sentence,) = pairs.differences
    head, _, rest = sentence.partition(" = ")
    gap = plan_of("nvl36x2-listed").solve.objective_cents - plan_of("nvl36x2").solve.objective_cents
    assert head == f"nvl36x2-listed against nvl36x2: +{gap / 100:,.2f} USD"
    said = [part.split(" for ")[0] for part in rest.split("; ")]
    assert sum(round(100 * float(one.replace(",", ""))) for one in said) == gap
    assert "-162 x dac-1600g-flat 1 m" in rest and "+162 x mca4k00 1.1 m" in rest


def with_bound(plan: Plan, cost: int, bound: int) -> Plan:
    return replace(plan, solve=replace(plan.solve, objective_cents=cost, lower_bound_cents=bound))


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (10_100, "a is cheaper than b for sure, by 1.00 USD or more"),
        (10_000, "a is 2.00 USD cheaper than b as planned, but not for sure: the lower bound of b equals"),
        (9_900, "not for sure: the lower bound of b is 1.00 USD under that cost"),
    ],
)
def test_what_is_sure(plan_of: PlanOf, bound: int, said: str) -> None:
    plan = plan_of("nvl36x2")
    plans = [("b", with_bound(plan, 10_200, bound)), ("a", with_bound(plan, 10_000, 1))]
    (verdict,) = compare_plans(plans).verdicts
    assert said in verdict


def test_a_chain_of_sure_differences_is_told_once(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    sure = [(name, with_bound(plan, cost, cost)) for name, cost in (("a", 1), ("b", 2), ("c", 3))]
    assert len(compare_plans(sure).verdicts) == 2
    loose = [*sure[:2], ("c", with_bound(plan, 3, 1))]
    assert [one.split(" is ")[0] for one in compare_plans(loose).verdicts] == ["a", "a", "b"]


def test_money_of_two_kinds_is_refused(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    economics = replace(plan.layout.economics, currency="EUR")
    other = replace(plan, layout=replace(plan.layout, economics=economics))
    with pytest.raises(InputError, match="different currencies \\(a in USD, b in EUR\\)"):
        compare_plans([("a", plan), ("b", other)])


def test_sums_of_two_kinds_are_not_ranked(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    other = replace(plan, solve=replace(plan.solve, objective="tco", objective_cents=1))
    compared = compare_plans([("a", plan), ("b", other)])
    assert not any(figure(compared, "cost").is_best) and not compared.verdicts and not compared.differences
    assert any("minimize different sums (a capex, b tco)" in caution for caution in compared.cautions)


def test_other_prices_are_told(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    line = plan.bom[0]
    dearer = replace(line, unit_price_cents=line.unit_price_cents + 1)
    compared = compare_plans([("a", plan), ("b", replace(plan, bom=(dearer,)))])
    assert any(f"prices differ between the plans: {line.part}" in caution for caution in compared.cautions)


class Page(HTMLParser):
    """Tags, and what a page loads from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_needs_nothing_and_shows_names_as_they_are(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    name, title = '<script>alert("1")</script>', "שלום & <b>,\n=1+1"
    shown = replace(plan, layout=replace(plan.layout, title=title))
    text = comparison_page(compare_plans([(name, shown), ("other", plan)]))
    page = Page(text)
    assert not page.loads and "script" not in page.tags
    assert "url(" not in text and "@import" not in text
    assert "<bdi>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</bdi>" in text
    assert "<bdi>שלום &amp; &lt;b&gt;,\n=1+1</bdi>" in text


def test_layouts_and_finished_plans_give_the_same(
    planner: Planner, shipped_plan: ShippedPlan, tmp_path: Path
) -> None:
    """Planned on the fly in processes of their own, or read back: the same words and files."""
    files = ("--csv", tmp_path / "a.csv", "--html", tmp_path / "a.html")
    made = planner("compare", "nvl36x2", "nvl36x2-listed", *files)
    assert made.returncode == 0, made.stderr
    folders = [shipped_plan("nvl36x2"), shipped_plan("nvl36x2-listed") / "plan.json"]
    read = planner("compare", *folders, "--csv", tmp_path / "b.csv", "--html", tmp_path / "b.html")
    assert (read.stdout, read.stderr) == (made.stdout, "")
    for suffix in ("csv", "html"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert "dac runs" in read.stdout and "nvl36x2 is cheaper than nvl36x2-listed for sure" in read.stdout


def test_json_and_csv_say_the_same(
    shipped_plan: ShippedPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(shipped_plan(name)) for name in ("nvl36x2", "nvl36x2-listed")]
    path = tmp_path / "table.csv"
    assert main(["compare", *folders, "--json", "--csv", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [plan["name"] for plan in told["plans"]] == ["nvl36x2", "nvl36x2-listed"]
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["figure"] for row in rows] == [one["key"] for one in told["figures"]]
    for row, one in zip(rows, told["figures"], strict=True):
        cells = [row["1: nvl36x2"], row["2: nvl36x2-listed"]]
        assert [float(cell) if cell else None for cell in cells] == one["values"]


def test_all_words_that_name_nothing_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["compare", "nvl36x", str(tmp_path), "nvl36x2"]) == 1
    told = capsys.readouterr().err
    assert "did you mean 'nvl36x2'" in told and "[no-plan]" in told
    assert main(["compare", "nvl36x2"]) == 1
    assert "[nothing-to-compare]" in capsys.readouterr().err


def test_damaged_plans_are_told(
    capsys: pytest.CaptureFixture[str], shipped_plan: ShippedPlan, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_bytes(b"\xff")
    assert main(["compare", str(tmp_path), str(shipped_plan("nvl36x2"))]) == 1
    assert "not UTF-8" in capsys.readouterr().err
