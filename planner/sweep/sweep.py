"""Plans every scenario of a study that has no result yet, and writes what came out."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from planner.errors import Finding, PlannerError
from planner.inputs.scenarios import Scenario, resolve_scenarios
from planner.inputs.study import read_study
from planner.model.names import printable
from planner.outputs.csv_text import csv_text
from planner.sweep.drive import drive
from planner.sweep.executors import Work, Workers
from planner.sweep.journal import FILE_NAME, Journal
from planner.sweep.page import page_text
from planner.sweep.results import Row, best_numbers, column_names, row_fields
from planner.sweep.task import Record, Status, Task, make_task, plan_task, refused

TABLE_NAME, PAGE_NAME = "scenarios.csv", "sweep.html"
_SHOWN_NAMES = 3


class _Listed:
    """A scenario of the study without its inputs, which are heavy: only the key that finds its record."""

    def __init__(self, scenario: Scenario, key: str) -> None:
        point = scenario.point
        self.number, self.layout, self.name = point.number, printable(point.layout.stem), point.name
        self.values, self.key = scenario.values, key
        self.refusals = scenario.refusals

    def row(self, records: dict[str, Record]) -> Row:
        record = refused("", self.refusals) if self.refusals else records[self.key]
        return Row(number=self.number, layout=self.layout, name=self.name, values=self.values, record=record)


def sweep_study(
    study_path: Path,
    folder: Path,
    start: Callable[[], Workers],
    progress: Callable[[str], None],
    *,
    seed: int = 1,
    may_retry: bool = False,
    work: Work = plan_task,
) -> list[Row]:
    """Plan a study's scenarios and write the folder; returns the rows in canonical order.

    Parameters
    ----------
    study_path, folder
        The study, and where the journal, the table and the page go.
    start
        Starts the workers; not called where every scenario has a result.
    progress
        Called with a line now and then.
    seed, may_retry
        Seed of the search; whether scenarios that killed their worker earlier are tried again.
    work
        Plans one scenario.

    Raises
    ------
    PlannerError
        The study is wrong (then nothing is planned), or the folder or workers cannot be used.
    """
    study = read_study(study_path)
    progress(f"reading {study.size:,} scenarios")
    listed: list[_Listed] = []
    tasks: dict[str, Task] = {}
    for scenario in resolve_scenarios(study):
        task = make_task(scenario.inputs, seed) if scenario.inputs else None
        listed.append(_Listed(scenario, task.key if task else ""))
        if task:
            tasks.setdefault(task.key, task)
    _prepare_folder(folder)
    with Journal(folder) as journal:
        waiting = [task for task in tasks.values() if _is_open(journal.records.get(task.key), may_retry)]
        if waiting:
            workers = start()
            try:
                drive(_hall_by_hall(waiting), workers, work, _finisher(journal, len(waiting), progress))
            finally:
                workers.close()
        rows = [one.row(journal.records) for one in listed]
        best = best_numbers(rows)
        rows = [replace(row, is_best=row.number in best) for row in rows]
        _write(folder, study.title, rows, study.paths)
    return rows


def _is_open(record: Record | None, may_retry: bool) -> bool:
    return record is None or (may_retry and record.status is Status.KILLED)


def _hall_by_hall(tasks: Sequence[Task]) -> list[Task]:
    """Order tasks so that those which share routes follow each other."""
    halls = {hall: number for number, hall in enumerate(dict.fromkeys(task.hall for task in tasks))}
    return sorted(tasks, key=lambda task: halls[task.hall])


def _finisher(journal: Journal, count: int, progress: Callable[[str], None]) -> Callable[[Record], None]:
    begin = told = time.monotonic()
    done = 0
    progress(f"planning {count:,} scenarios")

    def finish(record: Record) -> None:
        nonlocal done, told
        journal.add(record)
        done += 1
        now = time.monotonic()
        if now - told >= 1 or done == count:
            told = now
            left = (now - begin) / done * (count - done)
            progress(f"{done:,} of {count:,} scenarios, {_duration(left)} left")

    return finish


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _prepare_folder(folder: Path) -> None:
    """Make the folder; refuse one that holds what is no sweep's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise _folder_error(folder, f"cannot be used: {error.strerror}") from error
    if names and FILE_NAME not in names:
        shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
        raise _folder_error(folder, f"holds files that are no sweep's ({shown}); name another folder")


def _write(folder: Path, title: str, rows: Sequence[Row], paths: Sequence[str]) -> None:
    table = csv_text(column_names(paths), (row_fields(row, paths) for row in rows))
    for name, text in ((TABLE_NAME, table), (PAGE_NAME, page_text(title, rows, paths))):
        with _replacing(folder / name) as path, path.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a place for a file's new content, and swap it in when it is whole."""
    fresh = path.with_name(f".{path.name}.new-{secrets.token_hex(4)}")
    try:
        yield fresh
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        message = f"'{path}' cannot be written: {error.strerror}; all results are kept in {FILE_NAME}"
        raise PlannerError([Finding(code="not-written", message=message)]) from error


def _folder_error(folder: Path, message: str) -> PlannerError:
    return PlannerError([Finding(code="foreign-files", message=f"output folder '{folder}' {message}")])
