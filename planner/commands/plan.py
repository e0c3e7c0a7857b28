"""``planner plan``: plan a layout and write the folder."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import BLOCKED, GOOD, Outcome
from planner.commands.summary import summarize
from planner.errors import Finding, InputError, Severity
from planner.garbage import no_search_for_cycles
from planner.inputs.shipped import find_layout
from planner.interrupts import finish_on_interrupt
from planner.optimize.options import SolveOptions
from planner.optimize.stop import Stop
from planner.outputs.write import require_replaceable, write_plan
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch

FINISHING = "interrupted; the best plan so far is finished and written; another interrupt ends the planner"


@no_search_for_cycles()
def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Plan, verify, write, and show the summary."""
    stopwatch = Stopwatch(progress)
    layout_path = find_layout(arguments.layout)
    require_replaceable(arguments.output)
    if arguments.timings:
        _require_timings_outside(arguments.timings, arguments.output)
    stop = _stop(arguments)
    options = SolveOptions(seed=arguments.seed, progress=progress, stop=stop)
    plan = run_interruptibly(lambda: make_plan(layout_path, options, stopwatch))
    with stopwatch.stage("outputs"):
        write_plan(plan, arguments.output)
    if arguments.timings:
        stopwatch.write(arguments.timings)
    text = "\n".join([*summarize(plan), "", _written(arguments.output)])
    is_blocked = any(finding.severity is Severity.BLOCKING for finding in plan.findings)
    return Outcome(text, BLOCKED if is_blocked else GOOD)


def _stop(arguments: Namespace) -> Stop:
    """Say what may end the search early, and let an interrupt do so where that is wished."""
    limit = arguments.time_limit
    stop = Stop(
        limit.milliseconds / 1000 if limit else None,
        f"a time limit of {limit.words}" if limit else "",
        by_interrupt=arguments.keep_best,
    )
    if arguments.keep_best:
        finish_on_interrupt(partial(stop.ask, "an interrupt"), FINISHING)
    return stop


def _written(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    pictures = [name for name in names if name.endswith(".svg")]
    tables = [name for name in names if not name.endswith((".svg", ".gv"))]
    return f"written to {folder}: {', '.join(tables)}, {len(pictures)} pictures (.svg), graphs (.gv)"


def _require_timings_outside(timings: Path, folder: Path) -> None:
    """Seconds differ from run to run, and the folder must not."""
    if timings.resolve().is_relative_to(folder.resolve()):
        message = f"'{timings}' lies in the output folder, which holds nothing that changes from run to run"
        raise InputError([Finding(code="timings-in-folder", message=f"timings: {message}")])
    is_there = timings.exists()
    timings.open("a").close()  # fails now rather than after the planning
    if not is_there:
        timings.unlink()
