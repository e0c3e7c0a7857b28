"""``planner compare``: layouts or finished plans side by side."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import Outcome
from planner.commands.tables import align
from planner.compare.compare import compare_plans
from planner.errors import Finding, InputError
from planner.many_plans import plans_of
from planner.model.comparison import ComparedFigure, Comparison
from planner.outputs.comparison import comparison_csv, comparison_json
from planner.outputs.comparison_page import comparison_page, shown_value

BEST = "*"


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Plan what is not planned yet, compare, show the table, and write what is asked for."""
    if len(arguments.plans) < 2:
        message = "one plan alone cannot be compared: name two or more layouts or folders of plans"
        raise InputError([Finding(code="nothing-to-compare", message=message)])
    comparison = run_interruptibly(lambda: compare_plans(plans_of(arguments.plans, progress)))
    _write(arguments.csv, comparison_csv, comparison)
    _write(arguments.html, comparison_page, comparison)
    if arguments.json:
        return Outcome(comparison_json(comparison))
    return Outcome("\n".join(_table(comparison)))


def _write(path: Path | None, text_of: Callable[[Comparison], str], comparison: Comparison) -> None:
    if path:
        path.write_bytes(text_of(comparison).encode())


def _table(comparison: Comparison) -> Iterator[str]:
    for name, title in zip(comparison.names, comparison.titles, strict=True):
        yield f"{name}: {title}"
    yield ""
    rows = [("", "", *comparison.names), *(_row(figure) for figure in comparison.figures)]
    yield from align(rows, right=range(2, len(rows[0])))
    yield f"{BEST} the best of its row"
    for heading, sentences in (
        ("what is sure", comparison.verdicts),
        ("what makes the difference", comparison.differences),
        ("mind", comparison.cautions),
    ):
        if sentences:
            yield ""
            yield f"{heading}:"
            yield from (f"  {sentence}" for sentence in sentences)


def _row(figure: ComparedFigure) -> tuple[str, ...]:
    cells = (
        shown_value(value, figure.decimals) + (f" {BEST}" if is_best else "  ")
        for value, is_best in zip(figure.values, figure.is_best, strict=True)
    )
    return figure.label, figure.unit, *cells
