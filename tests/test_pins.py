"""``planner pins``: what a plan has goes into a layout and stays, whatever else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import main
from planner.inputs.load import find_layout, read_inputs
from planner.model.layout import TiersSpec
from planner.outputs.pins_text import pins_text
from planner.outputs.plan_json import read_plan
from planner.second_look import explain
from tests.conftest import ShippedPlan
from tests.faults.plans import base_plan, make_plan


def with_pins(text: str, tmp_path: Path, name: str = "nvl144") -> Path:
    """A layout that ships with what was printed for its one fabric."""
    layout = find_layout(name).read_text(encoding="utf-8")
    file = tmp_path / "layout.yaml"
    file.write_text(layout.rstrip() + "\n" + text[text.index("    pins:") :], encoding="utf-8")
    return file


def test_a_plan_is_pinned_whole_and_stays(
    shipped_plan: ShippedPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shipped_plan("nvl144")
    assert main(["pins", str(folder)]) == 0
    inputs = read_inputs(with_pins(capsys.readouterr().out, tmp_path))
    plan = read_plan((folder / "plan.json").read_text(encoding="utf-8"), "plan.json")
    again = make_plan(inputs.layout, inputs.catalog)
    assert again.solve.objective_cents == plan.solve.objective_cents
    assert {(run.a, run.b, run.option) for run in again.runs} == {
        (run.a, run.b, run.option) for run in plan.runs
    }


def test_only_the_devices_of_some_racks(
    shipped_plan: ShippedPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shipped_plan("nvl288")
    assert main(["pins", str(folder), "--rack", "A06", "--devices"]) == 0
    text = capsys.readouterr().out
    assert "runs:" not in text
    plan = read_plan((folder / "plan.json").read_text(encoding="utf-8"), "plan.json")
    there = [one for one in plan.devices if one.is_placed and one.rack == "A06"]
    assert text.count("{rack: A06, ") == text.count("{rack: ") == len(there) > 0


def test_racks_without_upper_devices_are_refused(
    shipped_plan: ShippedPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pins", str(shipped_plan("nvl144")), "--rack", "A01", "Z99"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert [line.split(";")[0] for line in errors] == [
        "error: no upper device stands at 'A01'",
        "error: no upper device stands at 'Z99'",
    ]


def test_racks_that_may_move_stand_where_pins_have_them(
    shipped_plan: ShippedPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pinned devices keep racks from their positions; with their runs all racks have their places."""
    folder = shipped_plan("nvl288-open")
    plan = read_plan((folder / "plan.json").read_text(encoding="utf-8"), "plan.json")
    held = {one.rack for one in plan.devices if one.is_placed}
    assert main(["pins", str(folder), "--devices"]) == 0
    by_devices = read_inputs(with_pins(capsys.readouterr().out, tmp_path, "nvl288-open")).layout
    assert by_devices.open_racks is not None
    positions = {f"A{number:02d}" for number in range(1, 12)}
    assert {one.address for one in by_devices.open_racks.positions} == positions - held
    assert main(["pins", str(folder)]) == 0
    whole = read_inputs(with_pins(capsys.readouterr().out, tmp_path, "nvl288-open")).layout
    assert whole.open_racks is None
    assert whole.rows == plan.layout.rows


def test_it_says_why_runs_are_left_out() -> None:
    plan = base_plan("ports/rails")
    text = pins_text(plan, (), with_runs=True)
    assert "runs:" not in text
    assert "of another fabric cannot be pinned" in text
    assert "share plugs or cables cannot be pinned" in text
    assert [spec.name for spec in plan.layout.fabrics if isinstance(spec, TiersSpec)] == ["leaf", "spine"]


def test_explanations_say_what_is_pinned() -> None:
    plan = base_plan("pinned")
    run = next(run for run in plan.runs if run.stock_length_mm == 30_000)
    told = explain(plan, run.cable_id)
    assert told.rule == "the layout: it pins a run from A01-U19-C01 to A05-U13-C08, made of optics of 30 m"
    rack = explain(plan, "A05")
    assert "pinned, so that they stay: A05-U13" in rack.facts
    assert not any(choice.what.startswith("A05-U13 ") and not choice.is_chosen for choice in rack.choices)
