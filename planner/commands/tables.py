"""Plain-text tables and numbers for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planner.units import money, round_half_up


def align(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lay rows out in columns two spaces apart; columns named in ``right`` align right."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def cost_line(name: str, cost_cents: int, bound_cents: int, currency: str) -> str:
    """Say what a plan costs and how far its lower bound is under that: the head of a listing."""
    return f"{name}: {money(cost_cents)} {currency}, lower bound {money(cost_cents - bound_cents)} under that"


def percent(part: int, whole: int) -> str:
    """Share of a whole with two decimals and a sign, for reading: "+12.34 %"."""
    return f"{100 * part / whole:+.2f} %" if whole else "-"


def oversubscription(ratio: tuple[int, int]) -> str:
    """End of a line on a fabric of which something is below: ", oversubscription 2:1"."""
    down, up = ratio
    return f", oversubscription {down}:{up}" if down else ""


def number(value: Fraction | int) -> str:
    """Write a number for reading, with at most two decimals: 9, 28.8, 7.11."""
    rounded = round_half_up(Fraction(value) * 100)
    whole, rest = divmod(abs(rounded), 100)
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:02d}".rstrip("0") if rest else "")
