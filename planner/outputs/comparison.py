"""A comparison for programs and spreadsheets: JSON and CSV."""

from __future__ import annotations

import json
from fractions import Fraction

from planner.model.comparison import ComparedFigure, Comparison
from planner.outputs.csv_text import csv_text
from planner.units import round_half_up


def decimal_text(value: Fraction | None, decimals: int) -> str:
    """Write a value with so many places, rounded half up; "" where there is none."""
    if value is None:
        return ""
    scaled = round_half_up(abs(value) * 10**decimals)
    sign = "-" if value < 0 and scaled else ""
    whole, rest = divmod(scaled, 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def comparison_json(comparison: Comparison) -> str:
    """Return the comparison as JSON; values are rounded as people see them."""
    told = {
        "plans": [
            {"name": name, "title": title}
            for name, title in zip(comparison.names, comparison.titles, strict=True)
        ],
        "currency": comparison.currency,
        "figures": [_figure(comparison, figure) for figure in comparison.figures],
        "verdicts": comparison.verdicts,
        "differences": comparison.differences,
        "cautions": comparison.cautions,
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _figure(comparison: Comparison, figure: ComparedFigure) -> dict[str, object]:
    return {
        "key": figure.key,
        "label": figure.label,
        "unit": figure.unit,
        "values": [
            None if value is None else json.loads(decimal_text(value, figure.decimals))
            for value in figure.values
        ],
        "notes": figure.notes,
        "best": [name for name, is_best in zip(comparison.names, figure.is_best, strict=True) if is_best],
    }


def comparison_csv(comparison: Comparison) -> str:
    """Return one row a figure: its words and unit, each plan's value and note, and which are best.

    Plans are numbered in the header, so that no name begins a cell and is taken for a formula.
    """
    numbered = [f"{number}: {name}" for number, name in enumerate(comparison.names, start=1)]
    columns = ["figure", "label", "unit"]
    columns += [column for plan in numbered for column in (plan, f"note {plan}")]
    rows: list[list[str]] = []
    for figure in comparison.figures:
        cells = [
            cell
            for value, note in zip(figure.values, figure.notes, strict=True)
            for cell in (decimal_text(value, figure.decimals), note)
        ]
        best = " ".join(str(number) for number, one in enumerate(figure.is_best, start=1) if one)
        rows.append([figure.key, figure.label, figure.unit, *cells, best])
    return csv_text([*columns, "best"], rows)
