"""Studies and workers for the tests of ``planner sweep``; importable by the workers' processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from planner.sweep import task as planned
from planner.sweep.task import Record, Status, Task, plan_task
from tests.conftest import Planner

FILES = ("scenarios.csv", "sweep.html")

SMALL = """\
title: a small sweep
layout: nvl36x2
vary:
  grid:
    rows.A.pitch: [600 mm, 610 mm, 620 mm, 630 mm]
    economics.labor.per_run: [25 USD, 30 USD, 35 USD]
"""
SMALL_SIZE = 12


def write_study(folder: Path, text: str = SMALL) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def sweep_command(study: Path, folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "planner", "sweep", str(study), "-o", str(folder), *words]


def keys_in(journal: Path) -> list[str]:
    lines = journal.read_text().splitlines()[1:] if journal.exists() else []
    return [json.loads(line)["key"] for line in lines]


def wait_for_lines(journal: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while not journal.exists() or journal.read_bytes().count(b"\n") < count + 1:
        assert process.poll() is None, "the sweep ended too early"
        time.sleep(0.005)


def sweep_here(folder: Path, planner: Planner) -> Path:
    """Sweep the small study in one process without interruption; returns the folder of results."""
    run = planner("sweep", write_study(folder), "-o", folder / "out", "--workers", "1")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""  # quiet where nobody watches
    return folder / "out"


def assert_same_results(folder: Path, reference: Path) -> None:
    for name in FILES:
        assert (folder / name).read_bytes() == (reference / name).read_bytes()
    assert max(Counter(keys_in(folder / "journal.jsonl")).values()) == 1
    assert sorted(keys_in(folder / "journal.jsonl")) == sorted(keys_in(reference / "journal.jsonl"))


def tiny(task: Task) -> Record:
    """Stand in for planning: what comes out depends on the key alone."""
    return Record(key=task.key, status=Status.INFEASIBLE, message=f"from {task.key[:8]}", figures={})


def poison(task: Task) -> Record:
    """Kill the process for one of the halls."""
    if task.hall == os.environ["POISON_HALL"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return tiny(task)


def raises_once(task: Task) -> Record:
    """Kill the process the first time only."""
    mark = Path(os.environ["KILLED_ONCE"])
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return tiny(task)
    os.kill(os.getpid(), signal.SIGKILL)
    return tiny(task)


def waits_to_be_killed(task: Task) -> Record:
    """Tell the number of its process and wait, the first time; plan what comes after."""
    told = Path(os.environ["TO_BE_KILLED"])
    fresh = told.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(os.getpid()))
    try:
        os.link(fresh, told)  # whole or not at all, and only once
    except FileExistsError:
        return plan_task(task)
    time.sleep(120)
    raise AssertionError("nobody killed this process")


def dask_setup(_worker: object) -> None:
    """Let a Dask worker note each scenario that it begins, and die of the one that is poison."""
    plan = planned.plan_task

    def noted(task: Task) -> Record:
        with Path(os.environ["SCENARIOS_BEGUN"]).open("a") as file:
            file.write(f"{task.key}\n")
        if task.key == Path(os.environ["POISON_KEY"]).read_text():
            os.kill(os.getpid(), signal.SIGKILL)
        return plan(task)

    planned.plan_task = noted
