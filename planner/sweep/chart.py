"""Scatter charts as SVG, drawn with plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 520, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 16, 14, 46
_TICKS = 5


class Dot(NamedTuple):
    """A scenario in a chart: where it lies, what it is called, and whether nothing beats it."""

    number: int
    x: float
    y: float
    title: str
    kind: str


class Scale(NamedTuple):
    """A range of values that spans pixels."""

    low: float
    high: float
    first: float
    last: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)


def scatter(dots: Sequence[Dot], x_label: str, y_label: str) -> str:
    """Return a chart; every dot leads to the row of its scenario."""
    across = _scale([dot.x for dot in dots], _LEFT, WIDTH - _RIGHT)
    up = _scale([dot.y for dot in dots], HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(f"{y_label} over {x_label}")}">'
    ]
    parts += _grid(across, up)
    middle_x, middle_y = (_LEFT + WIDTH - _RIGHT) / 2, (_TOP + HEIGHT - _BOTTOM) / 2
    parts.append(f'<text class="label" x="{middle_x:.0f}" y="{HEIGHT - 8}">{escape(x_label)}</text>')
    turn = f'transform="rotate(-90 14 {middle_y:.0f})"'
    parts.append(f'<text class="label" x="14" y="{middle_y:.0f}" {turn}>{escape(y_label)}</text>')
    for dot in sorted(dots, key=lambda one: (one.kind == "best", one.number)):  # the best ones on top
        x, y = across.place(dot.x), up.place(dot.y)
        parts.append(
            f'<a href="#s{dot.number}"><circle class="{dot.kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5">'
            f"<title>{escape(dot.title)}</title></circle></a>"
        )
    return "\n".join([*parts, "</svg>"])


def _scale(values: Sequence[float], first: float, last: float) -> Scale:
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    return Scale(max(0.0, low - room) if low >= 0 else low - room, high + room, first, last)


def _grid(across: Scale, up: Scale) -> list[str]:
    lines = []
    for n in range(_TICKS):
        share = n / (_TICKS - 1)
        x_value, y_value = (scale.low + share * (scale.high - scale.low) for scale in (across, up))
        x, y = across.place(x_value), up.place(y_value)
        lines.append(f'<line x1="{x:.1f}" y1="{up.last:.1f}" x2="{x:.1f}" y2="{up.first:.1f}"/>')
        lines.append(f'<line x1="{across.first:.1f}" y1="{y:.1f}" x2="{across.last:.1f}" y2="{y:.1f}"/>')
        lines.append(
            f'<text class="x" x="{x:.1f}" y="{HEIGHT - _BOTTOM + 16}">{_number(x_value, across)}</text>'
        )
        lines.append(f'<text class="y" x="{_LEFT - 6}" y="{y + 4:.1f}">{_number(y_value, up)}</text>')
    return lines


def _number(value: float, scale: Scale) -> str:
    span = scale.high - scale.low
    places = 0 if span >= 10 else 1 if span >= 1 else 2
    return f"{value:,.{places}f}"
