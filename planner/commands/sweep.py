"""``planner sweep``: plan all scenarios of a study and compare them."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from planner.commands.outcome import BLOCKED, EXIT_CODES, GOOD, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from planner.sweep.results import Row

_SHOWN = 10


def add_sweep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's words."""
    sweep = commands.add_parser(
        "sweep",
        help="plan every variation of a study and compare them",
        description="Plan every scenario of a study, journal each, and compare them."
        " The same command goes on where an earlier one stopped.",
        epilog=f"{EXIT_CODES}; sweep: 3 where scenarios failed or killed their process",
    )
    sweep.add_argument(
        "study", metavar="STUDY", help="a study file, or the name of a study that comes with the planner"
    )
    sweep.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="folder for journal, table and page"
    )
    where = sweep.add_mutually_exclusive_group()
    where.add_argument("--workers", metavar="N", type=_count, help="processes (default: all cores)")
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:PORT; needs planner[sweep]"
    )
    sweep.add_argument("--seed", metavar="N", type=int, default=1, help="seed of the search (default 1)")
    sweep.add_argument(
        "--retry", action="store_true", help="plan scenarios again that killed their process earlier"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError("expected 1 to 1024 processes")
    return number


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Sweep, and say what came out."""
    from planner.inputs.shipped import find_study
    from planner.interrupts import say_on_interrupt
    from planner.sweep.executors import DaskWorkers, LocalWorkers, Workers
    from planner.sweep.sweep import sweep_study
    from planner.sweep.task import Status

    def start() -> Workers:
        return DaskWorkers(arguments.scheduler) if arguments.scheduler else LocalWorkers(arguments.workers)

    say_on_interrupt("interrupted; finished scenarios are kept, the same command goes on")
    rows = sweep_study(
        find_study(arguments.study),
        arguments.output,
        start,
        progress,
        seed=arguments.seed,
        may_retry=arguments.retry,
    )
    is_bad = any(row.record.status in (Status.FAILED, Status.KILLED) for row in rows)
    return Outcome(_summary(rows, arguments.output), BLOCKED if is_bad else GOOD)


def _summary(rows: list[Row], folder: Path) -> str:
    from planner.commands.tables import align
    from planner.sweep.page import counts_text
    from planner.sweep.task import Status
    from planner.units import money

    lines = [counts_text(rows), ""]
    best = sorted((row for row in rows if row.is_best), key=lambda row: (row.axes, row.number))
    table = [("scenario", "cost", "", "kW", "m", "lost", "what is set")]
    table += [
        (
            str(row.number),
            money(row.number_of("cost_cents")),
            row.text_of("currency"),
            f"{row.number_of('power_milliwatts') / 10**6:,.1f}",
            f"{row.number_of('routed_mm') / 1000:,.0f}",
            f"{row.number_of('lost_with_a_rack') / 100:.1f} %",
            "; ".join([row.name or row.layout, *(f"{path}: {value}" for path, value in row.values.items())]),
        )
        for row in best[:_SHOWN]
    ]
    if best:
        lines += align(table, right=(0, 1, 3, 4, 5))
        lines += [f"and {len(best) - _SHOWN:,} more"] if len(best) > _SHOWN else []
        lines.append("")
    troubled = [row for row in rows if row.record.status is not Status.PLANNED]
    lines += [
        f"scenario {row.number} {row.record.status.value}: {row.record.message}" for row in troubled[:_SHOWN]
    ]
    lines += [f"and {len(troubled) - _SHOWN:,} more in scenarios.csv"] if len(troubled) > _SHOWN else []
    return "\n".join([*lines, f"written to {folder}: journal.jsonl, scenarios.csv, sweep.html"])
