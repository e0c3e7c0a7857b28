"""Plans of several layouts at once: read back where they are finished, made side by side where not."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process, resource_tracker
from pathlib import Path
from threading import Thread
from typing import TypeVar

from planner.errors import Finding, InputError, PlannerError, Where
from planner.inputs.shipped import find_layout
from planner.model.names import printable
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.outputs.plan_json import FILE_NAME, read_plan
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch

NamedPlan = tuple[str, Plan]
Result = TypeVar("Result")
_WARNINGS = "PYTHONWARNINGS"


def read_finished(path: Path) -> Plan:
    """Read a finished plan back.

    Parameters
    ----------
    path
        The folder that it was written to, or its plan.json.

    Raises
    ------
    InputError
        There is no plan, or what is there is none.
    """
    file = path if path.name == FILE_NAME else path / FILE_NAME
    if not file.is_file():
        message = f"no plan is here, expected a folder that a plan was written to, or its {FILE_NAME}"
        raise InputError([Finding(code="no-plan", message=message, where=Where(file=str(path)))])
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start}"
        raise InputError(
            [Finding(code="damaged-plan", message=message, where=Where(file=str(file)))]
        ) from None
    return read_plan(text, str(file))


def plans_of(words: Sequence[str], progress: Callable[[str], None]) -> list[NamedPlan]:
    """Return a plan for each word, in order: a folder of a finished plan, or a layout to be planned.

    Layouts are planned in as many processes as there are cores; that changes no plan. A plan is
    called by its layout's name where that tells it from the others, else by the word.

    Raises
    ------
    PlannerError
        With the findings about all words.
    """
    found: list[Plan | Path | PlannerError] = [_looked_up(word) for word in words]
    layouts = list(dict.fromkeys(one for one in found if isinstance(one, Path)))
    _raise_if_any(found)
    made = dict(zip(layouts, _planned_side_by_side(layouts, progress), strict=True))
    _raise_if_any(list(made.values()))
    plans = [made[one] if isinstance(one, Path) else one for one in found]
    ready = [plan for plan in plans if isinstance(plan, Plan)]
    shared = Counter(plan.layout.name for plan in ready)
    names = [
        printable(plan.layout.name if shared[plan.layout.name] == 1 else word)
        for word, plan in zip(words, ready, strict=True)
    ]
    return list(zip(names, ready, strict=True))


def _looked_up(word: str) -> Plan | Path | PlannerError:
    path = Path(word)
    try:
        return read_finished(path) if path.is_dir() or path.name == FILE_NAME else find_layout(word)
    except PlannerError as error:
        return error


def _raise_if_any(found: Sequence[object]) -> None:
    findings = [finding for one in found if isinstance(one, PlannerError) for finding in one.findings]
    if findings:
        raise PlannerError(findings)


def _planned_side_by_side(
    layouts: Sequence[Path], progress: Callable[[str], None]
) -> list[Plan | PlannerError]:
    if layouts:
        progress(f"planning {len(layouts)} layouts")
    results = side_by_side([partial(_findings_or_plan, layout) for layout in layouts])
    return [one if isinstance(one, Plan) else PlannerError(one) for one in results]


def side_by_side(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Return what each task gives, in order; they run in as many processes as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(tasks))
    if workers < 2:
        return [task() for task in tasks]
    _start_tracker()
    # Fresh processes: the calling one may have threads, which a fork would leave behind half-way.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def _start_tracker() -> None:
    """Start the process that takes away what processes share, and keep it from complaining.

    An interrupt ends the planner at once (see ``interrupts``): what is then left is taken away all the same,
    but Python would warn of it.
    """
    earlier = os.environ.get(_WARNINGS)
    os.environ[_WARNINGS] = "ignore::UserWarning:multiprocessing.resource_tracker"
    try:
        resource_tracker.ensure_running()
    finally:
        if earlier is None:
            del os.environ[_WARNINGS]
        else:
            os.environ[_WARNINGS] = earlier


def _planned(layout: Path) -> Plan | PlannerError:
    try:
        return make_plan(layout, SolveOptions(), Stopwatch())
    except PlannerError as error:
        return error


def _findings_or_plan(layout: Path) -> Plan | tuple[Finding, ...]:
    """Plan in a process of its own; findings travel as they are, which an error would not."""
    made = _planned(layout)
    return made.findings if isinstance(made, PlannerError) else made


def _end_with_parent() -> None:
    """Leave interrupts to the parent, and end when it does, however that comes about."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()
