"""``planner diff``: from one plan to another, and the change order."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import Outcome
from planner.commands.tables import align
from planner.many_plans import plans_of
from planner.model.revision import Action, BillChange, Revision
from planner.outputs.change_order import change_order_text, revision_json
from planner.revision.diff import diff_plans
from planner.units import money


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Show what changes, and write the change order where that is asked for."""
    revision = run_interruptibly(lambda: _revision(arguments, progress))
    if arguments.csv:
        arguments.csv.write_bytes(change_order_text(revision).encode())
    return Outcome(revision_json(revision) if arguments.json else "\n".join(_summary(revision)))


def _revision(arguments: Namespace, progress: Callable[[str], None]) -> Revision:
    (one, before), (two, after) = plans_of([arguments.before, arguments.after], progress)
    return diff_plans((one, two), before, after)


def _summary(revision: Revision) -> Iterator[str]:
    before, after = revision.objective_cents
    yield f"from {revision.names[0]} to {revision.names[1]}"
    yield ""
    yield from align([(fate.value, f"{count:,} runs") for fate, count in revision.fates.items()], right=(1,))
    yield ""
    if revision.bill:
        yield from _bill(revision)
    yield f"parts {_signed(revision.parts_cents)} {revision.currency}"
    yield f"cost {money(before)} to {money(after)} {revision.currency}: {_signed(after - before)}"
    counts = Counter(step.action for step in revision.steps)
    yield ""
    listed = ", ".join(f"{counts[action]:,} x {action.value}" for action in Action if counts[action])
    yield f"change order: {len(revision.steps):,} steps" + (f" ({listed})" if listed else "")
    yield from (f"mind: {caution}" for caution in revision.cautions)


def _bill(revision: Revision) -> Iterator[str]:
    header = ("part", "length", "before", "after", "change", revision.currency)
    yield from align([header, *map(_bill_row, revision.bill)], right=range(1, 6))
    yield ""


def _bill_row(change: BillChange) -> tuple[str, ...]:
    return (
        change.part,
        "" if change.stock_length_mm is None else f"{change.stock_length_mm / 1000:g} m",
        f"{change.before:,}",
        f"{change.after:,}",
        f"{change.after - change.before:+,}",
        _signed(change.cents),
    )


def _signed(cents: int) -> str:
    return money(cents) if cents < 0 else f"+{money(cents)}"
