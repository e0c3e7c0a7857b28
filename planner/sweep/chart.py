"""Scatter charts as SVG, drawn with plain arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 520, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 28, 14, 46
_STEPS = (1, 2, 5, 10)
_LEAST_STEPS = 3
"""Steps of the grid between the ends of an axis, at least; at most about three times as many."""


class Dot(NamedTuple):
    """A scenario in a chart: where it lies, what it is called, and whether nothing beats it."""

    number: int
    x: float
    y: float
    title: str
    kind: str


class Scale(NamedTuple):
    """A range of values that spans pixels, with lines of the grid ``step`` apart."""

    low: float
    high: float
    step: float
    first: float
    last: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)

    def ticks(self) -> list[float]:
        """Return the values that have a line."""
        return [self.low + n * self.step for n in range(round((self.high - self.low) / self.step) + 1)]


def scatter(dots: Sequence[Dot], x_label: str, y_label: str) -> str:
    """Return a chart; every dot leads to the row of its scenario."""
    across = _scale([dot.x for dot in dots], _LEFT, WIDTH - _RIGHT)
    up = _scale([dot.y for dot in dots], HEIGHT - _BOTTOM, _TOP)
    label = escape(f"{y_label} over {x_label}")
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{label}">']
    parts += _grid(across, up)
    middle_x, middle_y = (_LEFT + WIDTH - _RIGHT) / 2, (_TOP + HEIGHT - _BOTTOM) / 2
    parts.append(f'<text class="label" x="{middle_x:.0f}" y="{HEIGHT - 8}">{escape(x_label)}</text>')
    turn = f'transform="rotate(-90 14 {middle_y:.0f})"'
    parts.append(f'<text class="label" x="14" y="{middle_y:.0f}" {turn}>{escape(y_label)}</text>')
    for dot in sorted(dots, key=lambda one: (one.kind == "best", one.number)):  # the best ones on top
        x, y = across.place(dot.x), up.place(dot.y)
        parts.append(
            f'<a href="#s{dot.number}"><title>{escape(dot.title)}</title>'
            f'<circle class="{dot.kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/></a>'
        )
    return "\n".join([*parts, "</svg>"])


def _scale(values: Sequence[float], first: float, last: float) -> Scale:
    """Return a range that holds all values and begins and ends with a line of its grid."""
    low, high = min(values), max(values)
    room = (high - low) * 0.03 or abs(high) * 0.05 or 1.0
    step = _step(high - low + 2 * room)
    lowest = math.floor((max(0.0, low - room) if low >= 0 else low - room) / step)
    return Scale(lowest * step, math.ceil((high + room) / step) * step, step, first, last)


def _step(span: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that goes into a span often enough."""
    power = 10.0 ** math.floor(math.log10(span / _LEAST_STEPS))
    return max(step * power for step in _STEPS if step * power * _LEAST_STEPS <= span * (1 + 1e-9))


def _grid(across: Scale, up: Scale) -> list[str]:
    lines = []
    for value in across.ticks():
        x = across.place(value)
        lines.append(f'<line x1="{x:.1f}" y1="{up.last:.1f}" x2="{x:.1f}" y2="{up.first:.1f}"/>')
        lines.append(
            f'<text class="x" x="{x:.1f}" y="{HEIGHT - _BOTTOM + 16}">{_number(value, across)}</text>'
        )
    for value in up.ticks():
        y = up.place(value)
        lines.append(f'<line x1="{across.first:.1f}" y1="{y:.1f}" x2="{across.last:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="y" x="{_LEFT - 6}" y="{y + 4:.1f}">{_number(value, up)}</text>')
    return lines


def _number(value: float, scale: Scale) -> str:
    return f"{value:,.{max(0, -math.floor(math.log10(scale.step)))}f}"
