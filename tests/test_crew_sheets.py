"""Installation sheets: each crew's work of a phase, in order, bundle by bundle, with its time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.inputs.labels import read_labels
from planner.model.plan import CableRun, Plan
from planner.outputs.crew_sheet import crew_sheets_pdf
from planner.outputs.crew_work import crew_works, transceiver_words
from planner.outputs.plan_json import read_plan
from planner.outputs.route_words import RouteWords
from planner.outputs.workbook_installation import crew_sheets
from tests.conftest import Planner, ShippedPlan
from tests.pdf_text import hostile, page_lines, reader

PLAIN = read_labels(None).schemes["rack-u-cage"]


@pytest.fixture(scope="module")
def plan(shipped_plan: ShippedPlan) -> Plan:
    """A plan of laterals within and between racks, overhead routes, copper and optics."""
    return read_plan((shipped_plan("nvl144-scale-out") / "plan.json").read_text(encoding="utf-8"))


def test_every_run_is_on_the_sheet_of_its_crew_in_order(plan: Plan) -> None:
    content, sheets, pages = crew_sheets_pdf(plan, PLAIN)
    texts = page_lines(content)
    assert len(texts) == pages
    said: dict[str, list[str]] = {}
    for lines in texts:
        title = next(line for line in lines if line.startswith("Phase "))
        said.setdefault(title, []).extend(lines)
    work: dict[tuple[int, int], list[CableRun]] = {}
    for run in sorted(plan.runs, key=lambda run: run.install_order):
        work.setdefault((run.phase, run.crew), []).append(run)
    assert sheets == len(work) == len(said)
    for (phase, crew), runs in work.items():
        lines = said[f"Phase {phase} crew {crew}"]
        assert [line for line in lines if line in {run.cable_id for run in plan.runs}] == [
            run.cable_id for run in runs
        ]
        minutes = sum(run.minutes for run in runs)
        assert f"{minutes // 60}:{minutes % 60:02d}" in lines  # the time when the last one is laid
        for run in runs:
            near, far = run.label_a.split(" / ")
            assert lines[lines.index(near) + 1] == f"→ {far}"
    assert [entry["/Title"] for entry in reader(content).outline] == sorted(said)


def test_a_bundle_stands_under_one_heading_with_its_way(plan: Plan) -> None:
    lines = [line for page in page_lines(crew_sheets_pdf(plan, PLAIN)[0]) for line in page]
    headings = [line for line in lines if re.match(r"B\d{4}: ", line) and "(continued)" not in line]
    assert len(headings) == len({run.bundle for run in plan.runs})
    words = RouteWords(plan)
    ways = {run.bundle: words.of(run, from_a=True) for run in plan.runs}
    assert all(line.endswith(f", {ways[line.split(':')[0]]}") for line in headings)


def test_work_adds_up(plan: Plan) -> None:
    works = list(crew_works(plan))
    assert sum(work.minutes for work in works) == plan.totals.install_minutes
    for work in works:
        assert all(1 <= task.number <= task.of_bundle for task in work.tasks)
    sheets = crew_sheets(plan)
    assert [(sheet.name, sheet.count) for sheet in sheets] == [(work.name, len(work.tasks)) for work in works]
    assert [row[-1] for row in sheets[-1].rows()] == [task.run.cable_id for task in works[-1].tasks]


def test_transceivers_are_named_once_where_alike(plan: Plan) -> None:
    said = {(run.a.transceiver, run.b.transceiver): transceiver_words(run) for run in plan.runs}
    assert said["", ""] == ""
    for (a, b), words in said.items():
        assert words == (a if a == b else f"{a or 'none'} / {b or 'none'}")


def test_any_name_is_shown_and_harmless(plan: Plan) -> None:
    content, _, pages = crew_sheets_pdf(hostile(plan), PLAIN)
    texts = page_lines(content)
    assert len(texts) == pages
    assert any("<b>bold</b>, =1+1" in line for line in texts[0])


def test_command(planner_here: Planner, small_plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "x.pdf"
    run = planner_here("sheets", small_plan, "-o", output, "--by", "crew")
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(
        rf"written to {re.escape(str(output))}: 2 sheets, one a phase and crew, on \d+ pages, A4 across\n",
        run.stdout,
    )
    assert planner_here("sheets", small_plan, "-o", output, "--by", "crew", "--rack", "A01").returncode == 2
