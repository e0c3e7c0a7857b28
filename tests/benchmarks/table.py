"""How the benchmarks print: rows of a Markdown table, money and gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence

SMALLEST_PERCENT = 0.0001


def written(percent: float) -> str:
    """A gap in percent; 0 only where there is none."""
    if 0 < percent < SMALLEST_PERCENT:
        return f"<{SMALLEST_PERCENT}"
    return f"{percent:.4f}" if percent else "0"


def gap_percent(cost_cents: float, bound_cents: float) -> float:
    return 100 * (cost_cents - bound_cents) / cost_cents


def dollars(cents: float | None) -> str:
    """An amount; ``-`` where there is none."""
    return "-" if cents is None or not math.isfinite(cents) else f"{cents / 100:,.2f}"


def print_row(cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def print_header(cells: Sequence[str]) -> None:
    print_row(cells)
    print(f"|{'---|' * len(cells)}", flush=True)
