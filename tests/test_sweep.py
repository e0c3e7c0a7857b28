"""Sweeps: studies are strictly read, results are those of fresh plans, and nothing finished is lost."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import time
from fractions import Fraction
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest

from planner.errors import InputError
from planner.inputs.load import Inputs, read_inputs
from planner.inputs.scenarios import Scenario, resolve_scenarios
from planner.inputs.shipped import find_layout, shipped_folder, shipped_names
from planner.inputs.study import read_study
from planner.optimize.options import SolveOptions
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch
from planner.sweep.executors import LocalWorkers
from planner.sweep.figures import figures_of
from planner.sweep.results import Row, best_numbers
from planner.sweep.sweep import sweep_study
from planner.sweep.task import Record, Status, make_task, plan_task
from tests.conftest import ROOT, Planner
from tests.sweeps import (
    SMALL_SIZE,
    assert_same_results,
    keys_in,
    poison,
    raises_once,
    sweep_command,
    sweep_here,
    tiny,
    wait_for_lines,
    waits_to_be_killed,
    write_study,
)


def scenarios_of(path: Path) -> list[Scenario]:
    return list(resolve_scenarios(read_study(path)))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, planner: Planner) -> Path:
    """The folder of the small study, swept by one process without interruption."""
    return sweep_here(tmp_path_factory.mktemp("sweep"), planner)


def test_results_are_those_of_fresh_plans(reference: Path, tmp_path: Path) -> None:
    with (reference / "scenarios.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["scenario"] for row in rows] == [str(n) for n in range(1, SMALL_SIZE + 1)]
    row = rows[-1]
    text = find_layout("nvl36x2").read_text().replace("y: 1.2 m,", f"y: 1.2 m, pitch: {row['rows.A.pitch']},")
    layout = tmp_path / "nvl36x2.yaml"
    layout.write_text(
        f"{text}economics: {{labor: {{per_run: {row['economics.labor.per_run']}, per_meter: 2 USD}}}}\n"
    )
    plan = make_plan(layout, SolveOptions(), Stopwatch())
    lines = (reference / "journal.jsonl").read_text().splitlines()[1:]
    kept = {record["key"]: record["figures"] for record in map(json.loads, lines)}
    assert kept[row["key"]] == figures_of(plan)
    hours = Fraction(sum(run.minutes for run in plan.runs), 60)
    assert abs(Fraction(row["install_hours"]) - hours) <= Fraction(1, 20)
    assert Fraction(row["elapsed_hours"]) <= Fraction(row["install_hours"])


def test_shared_routes_change_nothing() -> None:
    inputs = read_inputs(find_layout("nvl144"))
    task = make_task(inputs, 1)
    first, again = plan_task(task), plan_task(task)
    fresh = figures_of(make_plan(find_layout("nvl144"), SolveOptions(), Stopwatch()))
    assert first.line() == again.line()
    assert first.figures == fresh


@pytest.mark.parametrize("name", shipped_names("layouts/studies"))
def test_shipped_studies_resolve(name: str) -> None:
    study = read_study(shipped_folder("layouts/studies") / f"{name}.yaml")
    scenarios = list(islice(resolve_scenarios(study), 40))  # every path of the study is in each of them
    assert scenarios
    assert all(scenario.inputs for scenario in scenarios)
    hashes = {make_task(scenario.inputs, 1).key for scenario in scenarios if scenario.inputs}
    assert len(hashes) > len(scenarios) / 2  # what is varied makes a difference


WRONG = """\
title: wrong
layout: nvl144
vary:
  grid:
    rows.A.pich: [600 mm]
    rows.B.pitch: [600 mm]
    row.A.x: [1 m]
    catalog.cables.aec-1600-flat.reach: [2 m]
    catalog.aec-1600g-flat.reach: [2 m]
    rows.*.front: [soth]
    rows.*.x: [1.2 m]
    rows.A.x: [1.3 m]
    pathways.row_trays[0].z: [2.5 m]
"""


def test_everything_wrong_is_told_at_its_place_in_the_study(tmp_path: Path, planner: Planner) -> None:
    path = write_study(tmp_path, WRONG)
    run = planner("sweep", path, "-o", tmp_path / "out")
    assert run.returncode == 1
    assert not (tmp_path / "out").exists()
    told = [line.removeprefix(f"{path}:") for line in run.stderr.splitlines()]
    assert [line.split(": ")[0] for line in told] == [
        *("5:5", "6:5", "7:5", "8:5", "9:5", "10:20", "12:5", "13:5")
    ]
    for line, part in zip(
        told,
        (
            "did you mean 'pitch'?",
            "unknown key 'B' in 'rows'; known: A",
            "did you mean 'rows'?",
            "did you mean 'aec-1600g-flat'?",
            "did you mean 'catalog.cables.aec-1600g-flat.reach'?",
            "found 'soth', expected one of",
            "two settings of one scenario are about 'rows.A.x'",
            "'pathways.row_trays' is no list",
        ),
        strict=True,
    ):
        assert part in line


def test_what_cannot_be_is_a_result(tmp_path: Path, planner: Planner) -> None:
    text = "title: t\nlayout: nvl36x2\nvary: {grid: {rows.A.pitch: [500 mm, 600 mm]}}\n"
    run = planner("sweep", write_study(tmp_path, text), "-o", tmp_path / "out", "--workers", "1")
    assert run.returncode == 0, run.stderr
    with (tmp_path / "out" / "scenarios.csv").open() as file:
        first, second = csv.DictReader(file)
    assert (first["status"], second["status"]) == ("infeasible", "planned")
    assert "[rack-overlap]" in first["finding"]


def test_hostile_names_are_shown_as_they_are(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>,\"'=1+1"
    text = f"title: '<b>&'\nlayout: nvl36x2\nvary: {{list: [{{name: {json.dumps(name)}}}]}}\n"
    sweep_study(
        write_study(tmp_path, text), tmp_path / "out", lambda: LocalWorkers(1), lambda _: None, work=tiny
    )
    page = (tmp_path / "out" / "sweep.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    with (tmp_path / "out" / "scenarios.csv").open() as file:
        assert next(csv.DictReader(file))["variation"] == name


def test_nothing_is_lost_when_the_driver_is_killed(tmp_path: Path, reference: Path) -> None:
    study, journal = write_study(tmp_path), tmp_path / "out" / "journal.jsonl"
    process = subprocess.Popen(sweep_command(study, tmp_path / "out", "--workers", "1"), cwd=ROOT)
    wait_for_lines(journal, 2, process)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    with journal.open("ab") as file:
        file.write(b'{"key":"torn')  # as a machine that lost its power leaves it
    before = [line for line in journal.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    assert len(before) < SMALL_SIZE + 1
    subprocess.run(sweep_command(study, tmp_path / "out", "--workers", "1"), cwd=ROOT, check=True)
    assert journal.read_bytes().splitlines(keepends=True)[: len(before)] == before
    assert_same_results(tmp_path / "out", reference)


def test_an_interrupt_leaves_the_journal_whole(tmp_path: Path, reference: Path) -> None:
    study, journal = write_study(tmp_path), tmp_path / "out" / "journal.jsonl"
    process = subprocess.Popen(
        sweep_command(study, tmp_path / "out", "--workers", "1"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait_for_lines(journal, 1, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers hear it too
    _, message = process.communicate()
    assert process.returncode == 130
    assert message == b"interrupted; finished scenarios are kept, the same command goes on\n"
    assert journal.read_bytes().endswith(b"\n")
    subprocess.run(sweep_command(study, tmp_path / "out"), cwd=ROOT, check=True)
    assert_same_results(tmp_path / "out", reference)


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path, reference: Path) -> None:
    study, limit = write_study(tmp_path), 2500
    run = subprocess.run(
        sweep_command(study, tmp_path / "out", "--workers", "1"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    assert run.returncode == 1
    assert "File too large" in run.stderr and "are kept; the same command goes on" in run.stderr
    assert "Traceback" not in run.stderr
    kept = keys_in(tmp_path / "out" / "journal.jsonl")
    assert 0 < len(kept) < SMALL_SIZE
    subprocess.run(sweep_command(study, tmp_path / "out", "--workers", "1"), cwd=ROOT, check=True)
    assert keys_in(tmp_path / "out" / "journal.jsonl")[: len(kept)] == kept
    assert_same_results(tmp_path / "out", reference)


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILLED_ONCE", str(tmp_path / "mark"))
    study = write_study(tmp_path)
    rows = sweep_study(study, tmp_path / "a", lambda: LocalWorkers(2), lambda _: None, work=raises_once)
    assert (tmp_path / "mark").exists()
    assert {row.record.message[:4] for row in rows} == {"from"}
    sweep_study(study, tmp_path / "b", lambda: LocalWorkers(1), lambda _: None, work=tiny)
    assert_same_results(tmp_path / "a", tmp_path / "b")


def test_a_worker_killed_from_outside_costs_nothing(
    tmp_path: Path, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an operator or a machine short of memory does it, in the middle of a scenario."""
    told = tmp_path / "to-be-killed"
    monkeypatch.setenv("TO_BE_KILLED", str(told))
    killed: list[int] = []

    def kill() -> None:
        while not told.exists():
            time.sleep(0.01)
        killed.append(int(told.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    killer = Thread(target=kill, daemon=True)
    killer.start()
    rows = sweep_study(
        write_study(tmp_path),
        tmp_path / "out",
        lambda: LocalWorkers(2),
        lambda _: None,
        work=waits_to_be_killed,
    )
    killer.join(timeout=10)
    assert killed and {row.record.status for row in rows} == {Status.PLANNED}
    assert_same_results(tmp_path / "out", reference)


def test_what_a_study_sets_says_so(tmp_path: Path) -> None:
    """A price of the study does not pass for the one that the catalog has a source for."""
    text = (
        "title: t\nlayout: nvl144\nvary: {list: [{}, {catalog.cables.aec-1600g-flat.reach: 2.5 m,"
        " catalog.transceivers.xcvr-1600g-2xdr4-flat.price: 850 USD},"
        " {catalog.transceivers.xcvr-1600g-2xdr4-flat.price: 900 USD,"
        " catalog.transceivers.xcvr-1600g-2xdr4-flat.provenance.price: [vendor, linkx, 2026-11]}]}\n"
    )
    plain, varied, sourced = (one.inputs for one in scenarios_of(write_study(tmp_path, text)))
    assert plain and varied and sourced

    def origins(inputs: Inputs) -> set[tuple[str, str, str]]:
        modules = {
            plug.transceiver.price
            for option in inputs.catalog.media
            for plug in option.plugs
            if plug.transceiver and plug.transceiver.id == "xcvr-1600g-2xdr4-flat"
        }
        told = {
            (record.basis.value, record.source, record.date)
            for record in inputs.catalog.provenance
            if (record.subject, record.field) == ("xcvr-1600g-2xdr4-flat", "price")
        }
        assert told == {(price.basis.value, price.source, price.date) for price in modules}
        return told

    assert origins(varied) == {("assumption", "set by the study", "")} != origins(plain)
    assert [(basis, date) for basis, _, date in origins(sourced)] == [("vendor", "2026-11")]
    (reach,) = [
        record
        for record in varied.catalog.provenance
        if (record.subject, record.field) == ("aec-1600g-flat", "reach")
    ]
    assert (reach.value, reach.source) == ("2.5 m", "set by the study")


def test_poison_is_reported_and_tried_again_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_study(
        tmp_path, "title: t\nlayout: nvl36x2\nvary: {grid: {rows.A.pitch: [600 mm, 610 mm, 620 mm]}}\n"
    )
    scenario = scenarios_of(study)[1]
    assert scenario.inputs is not None
    monkeypatch.setenv("POISON_HALL", make_task(scenario.inputs, 1).hall)

    def sweep(*, may_retry: bool) -> list[Status]:
        rows = sweep_study(
            study, tmp_path / "out", lambda: LocalWorkers(2), lambda _: None, may_retry=may_retry, work=poison
        )
        return [row.record.status for row in rows]

    good, bad = Status.INFEASIBLE, Status.KILLED
    assert sweep(may_retry=False) == [good, bad, good]
    before = (tmp_path / "out" / "journal.jsonl").read_bytes()
    assert sweep(may_retry=False) == [good, bad, good]
    assert (tmp_path / "out" / "journal.jsonl").read_bytes() == before
    monkeypatch.setenv("POISON_HALL", "none")
    assert sweep(may_retry=True) == [good, good, good]


def test_best_are_those_that_none_beats() -> None:
    def row(number: int, axes: tuple[int, int, int, int], blocking: int = 0, objective: str = "") -> Row:
        names = ("cost_cents", "power_milliwatts", "routed_mm", "lost_with_a_rack")
        figures: dict[str, int | str] = {**dict(zip(names, axes, strict=True)), "blocking": blocking}
        figures["objective"] = objective
        record = Record(key="", status=Status.PLANNED, message="", figures=figures)
        return Row(number=number, layout="", name="", values={}, record=record)

    rows = [
        row(1, (5, 5, 5, 5)),
        row(2, (5, 5, 5, 5)),  # as good as another in everything
        row(3, (5, 5, 6, 5)),  # beaten in one
        row(4, (9, 1, 9, 9)),  # best in one
        row(5, (1, 1, 1, 1), blocking=1),  # must not be built
        row(6, (8, 8, 8, 8), objective="tco"),  # dearer than all, but its cost counts energy too
    ]
    assert best_numbers(rows) == {1, 2, 4, 6}


def test_folder_of_something_else_is_refused(tmp_path: Path, planner: Planner) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("do not lose")
    run = planner("sweep", write_study(tmp_path), "-o", tmp_path / "out")
    assert run.returncode == 1 and "thesis.txt" in run.stderr
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "journal.jsonl").write_text("mine\n")
    run = planner("sweep", write_study(tmp_path), "-o", tmp_path / "other")
    assert run.returncode == 1 and "is no journal of a sweep" in run.stderr
    assert (tmp_path / "other" / "journal.jsonl").read_text() == "mine\n"


def test_a_study_that_varies_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_study(write_study(tmp_path, "title: t\nlayout: nvl36x2\nvary: {}\n"))
