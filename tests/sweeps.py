"""Studies and workers for the tests of ``planner sweep``; importable by the workers' processes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from planner.sweep.task import Record, Status, Task, plan_task

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
