"""What all pictures share: graphs with the shipped font, table cells, colors of media, legends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Final

import graphviz

from planner.model.media import Medium
from planner.outputs.fonts import FAMILY
from planner.units import ceil_div, format_m

INK, FAINT, PAPER = "#1b1f24", "#6b7280", "#ffffff"
HEADER = "#e5e7eb"

# Distinct for the color-blind, and dark enough to be told apart as thin lines.
MEDIUM_COLOR = {
    Medium.DAC: "#117733",
    Medium.ACC: "#0072b2",
    Medium.AEC: "#4aa8e0",
    Medium.AOC: "#aa4499",
    Medium.OPTICS: "#d06a00",
}
WORDS_ON_MEDIUM = {medium: INK if medium in (Medium.AEC, Medium.OPTICS) else PAPER for medium in Medium}
POINTS_PER_INCH = 72
_PLAIN: Final[dict[str, str | int]] = {"ALIGN": "LEFT", "BORDER": 0, "CELLBORDER": 0, "CELLSPACING": 0}


def new_graph(name: str, **attributes: str) -> graphviz.Graph:
    """Return an empty graph whose text all has the shipped font."""
    font = {"fontname": FAMILY, "fontcolor": INK}
    graph: graphviz.Graph = graphviz.Graph(
        name,
        graph_attr={"bgcolor": PAPER, "pad": "0.2", **font, **attributes},
        node_attr={"shape": "plain", **font},
        edge_attr=font,
    )
    return graph


def pin(x: float, y: float) -> str:
    """Return a position in points that the layout engine must keep."""
    return f"{number(x / POINTS_PER_INCH)},{number(y / POINTS_PER_INCH)}!"


def number(value: float) -> str:
    """Write a number for DOT: four decimals at most, no trailing zeros, no negative zero."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text(words: str, size: int, color: str = INK) -> str:
    """Return escaped words in a size and color, as markup."""
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{escape(words)}</FONT>'


def cell(markup: str, **attributes: str | int) -> str:
    """Return a table cell; attributes are written as given."""
    return f"<TD{_attributes(attributes)}>{markup}</TD>"


def table(rows: Iterable[str], **attributes: str | int) -> str:
    """Return a table of rows, each the cells of one line."""
    lines = "".join(f"<TR>{row}</TR>" for row in rows)
    return f"<TABLE{_attributes(attributes)}>{lines}</TABLE>"


def html_label(markup: str) -> str:
    """Return markup as a label value."""
    return f"<{markup}>"


def heading(title: str, *lines: str) -> str:
    """Return a table of a title and smaller lines, left-aligned."""
    rows = [cell(text(title, 18), ALIGN="LEFT")]
    rows += [cell(text(line, 11, FAINT), ALIGN="LEFT") for line in lines]
    return table(rows, **_PLAIN, CELLPADDING=2)


def stacked(*tables: str) -> str:
    """Return tables one above the other, left-aligned."""
    return table([cell(one, ALIGN="LEFT") for one in tables], **_PLAIN, CELLPADDING=0)


def media_legend(runs_by_medium: Mapping[Medium, int]) -> str:
    """Return one line that names the color of each medium in use, with its runs."""
    line = "".join(
        swatch(MEDIUM_COLOR[medium], f"{medium.value}: {count(runs, 'run')}")
        for medium, runs in in_listing_order(runs_by_medium).items()
    )
    return table([cell(line, ALIGN="LEFT")], **_PLAIN, CELLPADDING=3)


def swatch(color: str, words: str) -> str:
    """Return a square of the color and what it stands for, followed by space."""
    return text("\N{BLACK SQUARE}", 16, color) + text(f" {words}      ", 11)


def in_listing_order(runs_by_medium: Mapping[Medium, int]) -> dict[Medium, int]:
    """Return the media in use in the order that all outputs list them."""
    return {medium: runs_by_medium[medium] for medium in Medium if runs_by_medium.get(medium)}


def short_m(length_mm: int) -> str:
    """Return millimeters as meters without needless zeros: ``1.5 m``, ``20 m``."""
    return format_m(length_mm).rstrip("0").rstrip(".") + " m"


def short_kw(milliwatts: int) -> str:
    """Write a power in kilowatts to one decimal, rounded up."""
    tenths = ceil_div(milliwatts, 100_000)
    return f"{tenths // 10:,}.{tenths % 10} kW"


def count(quantity: int, noun: str) -> str:
    """Return a quantity with its noun: ``1 run``, ``2,592 runs``."""
    return f"{quantity:,} {noun}" if quantity == 1 else f"{quantity:,} {noun}s"


def _attributes(attributes: Mapping[str, str | int]) -> str:
    return _written(tuple(attributes.items()))


@lru_cache(maxsize=4096)
def _written(attributes: tuple[tuple[str, str | int], ...]) -> str:
    return "".join(f' {key}="{escape(str(value))}"' for key, value in attributes)
