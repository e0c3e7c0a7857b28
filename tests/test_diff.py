"""``planner diff``: what becomes of every cable, and a change order that leads from one plan to the other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planner.cli import main
from planner.errors import InputError
from planner.model.plan import CableRun, Plan
from planner.model.revision import Action, Fate, Revision
from planner.outputs.change_order import change_order_text
from planner.revision.diff import diff_plans
from tests.change_orders import Site
from tests.conftest import PlanOf, ShippedPlan


def revised(before: Plan, after: Plan) -> Revision:
    """Compare two plans, and see that the change order leads from one to the other."""
    revision = diff_plans(("before", "after"), before, after)
    site, goal = Site(before), Site(after)
    site.carry_out(change_order_text(revision))
    assert (site.racks, site.devices, site.cables) == (goal.racks, goal.devices, goal.cables)
    fates = revision.fates
    shared = fates[Fate.KEPT] + fates[Fate.MOVED] + fates[Fate.RETERMINATED]
    assert shared + fates[Fate.REMOVED] == len(before.runs)
    assert shared + fates[Fate.ADDED] == len(after.runs)
    return revision


def with_runs(plan: Plan, *changed: CableRun) -> Plan:
    """Replace runs by others of the same id."""
    by_id = {run.cable_id: run for run in changed}
    return replace(plan, runs=tuple(by_id.get(run.cable_id, run) for run in plan.runs))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("nvl36x2", "nvl36x2-listed"),
        ("nvl36x2", "nvl144"),
        ("nvl144", "nvl36x2"),
        ("nvl144", "nvl288"),
        ("nvl288", "nvl144"),
        ("nvl144", "nvl144-scale-out"),
    ],
)
def test_the_change_order_leads_from_plan_to_plan(plan_of: PlanOf, before: str, after: str) -> None:
    """Other media, other racks, other fabrics: each step can be taken, and the end is the other plan."""
    revision = revised(plan_of(before), plan_of(after))
    assert revision.steps
    actions = [list(Action).index(step.action) for step in revision.steps]
    assert actions == sorted(actions)


def test_nothing_to_do_between_equal_plans(plan_of: PlanOf) -> None:
    plan = plan_of("nvl144")
    revision = revised(plan, plan)
    assert revision.fates == {**dict.fromkeys(Fate, 0), Fate.KEPT: 648}
    assert (revision.steps, revision.bill, revision.parts_cents) == ((), (), 0)


def test_another_route_alone_is_a_move(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    run = plan.runs[0]
    revision = revised(plan, with_runs(plan, replace(run, segments=run.segments[::-1])))
    assert (revision.fates[Fate.MOVED], revision.fates[Fate.KEPT]) == (1, 161)
    assert [(step.action, step.subject) for step in revision.steps] == [(Action.MOVE, run.cable_id)]
    lower = revised(plan, with_runs(plan, replace(run, routed_mm=run.routed_mm + 1)))
    assert lower.fates[Fate.MOVED] == 1, "the same segments at another length lie elsewhere"


def test_cables_that_change_places_are_all_unplugged_first(plan_of: PlanOf) -> None:
    """Three cables of one make hand their far ends round: none finds its socket taken."""
    plan = plan_of("nvl36x2")
    first = plan.runs[0]
    ring = [run for run in plan.runs if run.stock_length_mm == first.stock_length_mm][:3]
    turned = [
        replace(run, b=other.b, label_b=other.label_b)
        for run, other in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    revision = revised(plan, with_runs(plan, *turned))
    assert (revision.fates[Fate.RETERMINATED], revision.fates[Fate.ADDED]) == (3, 0)
    assert [step.action for step in revision.steps] == [Action.UNPLUG] * 3 + [Action.PLUG_IN] * 3


def test_another_length_is_removed_and_added(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    run = plan.runs[0]
    revision = revised(plan, with_runs(plan, replace(run, stock_length_mm=run.stock_length_mm + 1)))
    assert (revision.fates[Fate.REMOVED], revision.fates[Fate.ADDED]) == (1, 1)


def test_a_rack_that_stands_elsewhere_keeps_no_cable(plan_of: PlanOf) -> None:
    """The same address at another place: what was plugged in there is plugged in anew."""
    plan = plan_of("nvl36x2")
    (row,) = plan.layout.rows
    shifted = replace(row, positions=tuple(replace(one, x_mm=one.x_mm + 1) for one in row.positions))
    revision = revised(plan, replace(plan, layout=replace(plan.layout, rows=(shifted,))))
    assert revision.fates[Fate.KEPT] == 0
    racks = [step for step in revision.steps if step.action in (Action.TAKE_AWAY_RACK, Action.SET_UP_RACK)]
    assert len(racks) == 4


def test_the_bill_is_the_difference_of_the_bills(plan_of: PlanOf) -> None:
    before, after = plan_of("nvl144"), plan_of("nvl288")
    revision = diff_plans(("a", "b"), before, after)
    assert revision.parts_cents == after.totals.parts_cents - before.totals.parts_cents
    counts = {(line.part, line.stock_length_mm): -line.quantity for line in before.bom}
    for line in after.bom:
        key = line.part, line.stock_length_mm
        counts[key] = counts.get(key, 0) + line.quantity
    told = {(one.part, one.stock_length_mm): one.after - one.before for one in revision.bill}
    assert told == {key: count for key, count in counts.items() if count}


def test_money_of_two_kinds_is_refused(plan_of: PlanOf) -> None:
    plan = plan_of("nvl36x2")
    economics = replace(plan.layout.economics, currency="EUR")
    with pytest.raises(InputError, match="different currencies"):
        diff_plans(("a", "b"), plan, replace(plan, layout=replace(plan.layout, economics=economics)))


def test_the_command(shipped_plan: ShippedPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(shipped_plan(name)) for name in ("nvl36x2", "nvl36x2-listed")]
    assert main(["diff", *folders, "-o", str(tmp_path / "order.csv")]) == 0
    shown = capsys.readouterr().out
    assert "from nvl36x2 to nvl36x2-listed" in shown and "162 x add cable" in shown
    assert (tmp_path / "order.csv").read_text(encoding="utf-8").count("\n") == 325
    assert main(["diff", *folders, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == {"kept": 0, "moved": 0, "re-terminated": 0, "removed": 162, "added": 162}
    assert len(told["steps"]) == 324
    assert main(["diff", folders[0], str(tmp_path)]) == 1
    assert "[no-plan]" in capsys.readouterr().err
