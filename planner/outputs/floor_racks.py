"""Racks on the floor picture: what stands on each position, and where fronts look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from enum import Enum
from typing import NamedTuple

from planner.model.layout import RackPosition, Row, RowTray, Side
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.model.sites import positions
from planner.outputs.floor_canvas import Canvas, points
from planner.outputs.markup import FAINT, INK, count, short_kw, text

_LETTERS_A_LINE = 11
_LINE_PT, _ADDRESS_PT = 9, 18
_FRONT_MM, _GAP_MM, _LATERALS_MM, _LINE_MM = 45, 40, 300, 80


_RESERVED_WORD = "reserved"


class Standing(Enum):
    """What a position holds in the plan: words of the legend, fill, outline, line style."""

    OPENED = ("holds devices the planner placed", "#c7dcf5", "#1d4e89", "filled,bold")
    JOINED = ("joins a fabric", "#e5e7eb", "#4b5563", "filled")
    STANDING = ("stands there, in no fabric", "#f5f0e1", "#9a8c5c", "filled")
    LEFT_EMPTY = ("candidate, left empty", "#ffffff", "#4b5563", "filled,dashed")
    RESERVED = ("reserved, nothing of this plan", "#eceef1", "#8b929c", "filled,dashed")
    EMPTY = ("empty position", "#ffffff", "#b0b5bd", "filled,dotted")

    def __init__(self, words: str, fill: str, outline: str, style: str) -> None:
        self.words, self.fill, self.outline, self.style = words, fill, outline, style


_NO_RACK = (Standing.LEFT_EMPTY, Standing.RESERVED, Standing.EMPTY)


class _Footprint(NamedTuple):
    low_mm: tuple[int, int]
    high_mm: tuple[int, int]


def standing(plan: Plan, position: RackPosition, joined: Collection[str]) -> Standing:
    """Return what the position holds in the plan; ``joined`` are the racks with devices of it."""
    if position.address in plan.opened_racks:
        return Standing.OPENED
    if position.address in joined:
        return Standing.JOINED
    if position.is_decided:
        return Standing.STANDING
    if position.is_reserved:
        return Standing.RESERVED
    return Standing.LEFT_EMPTY if position.choices else Standing.EMPTY


def draw_racks(canvas: Canvas, plan: Plan) -> None:
    """Draw footprints and row names."""
    joined = joined_racks(plan)
    for row in plan.layout.rows:
        for position in row.positions:
            kind, (low, high) = standing(plan, position, joined), footprint(plan, row, position)
            style = {"style": kind.style, "fillcolor": kind.fill, "color": kind.outline}
            canvas.box(position.address, low, high, **style)
        _draw_row_name(canvas, plan, row)


def draw_fronts(canvas: Canvas, plan: Plan) -> None:
    """Mark the front edge of every rack; after the cable trays, which run over it."""
    joined = joined_racks(plan)
    for row in plan.layout.rows:
        for position in row.positions:
            if standing(plan, position, joined) not in _NO_RACK:
                _draw_front(canvas, row, position, *footprint(plan, row, position))


def draw_rack_words(canvas: Canvas, plan: Plan) -> None:
    """Write each rack's address where no tray covers it; its content below that, or behind the rack."""
    runs = Counter(end.rack for run in plan.runs for end in (run.a, run.b))
    devices = Counter(rack for rack, _ in {(device.rack, device.u) for device in plan.devices})
    laterals = (fill.segment for fill in plan.segments if fill.segment.kind is SegmentKind.LATERAL)
    lateral_ys = {segment.a.y_mm for segment in laterals}
    for row in plan.layout.rows:
        trays = [tray for tray in plan.layout.pathways.row_trays if tray.row == row.name]
        for position in row.positions:
            address, corners = position.address, footprint(plan, row, position)
            lines = _type_lines(plan, position)
            if address in plan.rack_power_milliwatts:
                lines.append(short_kw(plan.rack_power_milliwatts[address]))
            if runs[address]:
                lines += [count(devices[address], "device"), count(runs[address], "run")]
            low, high = _free_band(row, corners, trays)
            x = (corners.low_mm[0] + corners.high_mm[0]) / 2
            inside = lines if points(high - low) >= _ADDRESS_PT + _LINE_PT * len(lines) else []
            canvas.words(f"{address} address", (x, (low + high) / 2), _words(inside, address))
            if lines and not inside:
                y = _behind(row, corners, len(lines), lateral_ys)
                canvas.words(f"{address} content", (x, y), _words(lines))


def footprint(plan: Plan, row: Row, position: RackPosition) -> _Footprint:
    """Return the corners of what stands on the position, or of the largest that may."""
    chosen = plan.opened_racks.get(position.address)
    kinds = [plan.catalog.rack_types[kind] for kind in ([chosen] if chosen else position.choices)]
    every = plan.catalog.rack_types.values()
    width = max((kind.width_mm for kind in kinds), default=row.pitch_mm)
    depth = max((kind.depth_mm for kind in kinds or every), default=row.pitch_mm)
    low = (position.x_mm, position.y_mm)
    return _Footprint(low, (low[0] + width, low[1] + depth))


def _draw_front(
    canvas: Canvas, row: Row, position: RackPosition, low: tuple[int, int], high: tuple[int, int]
) -> None:
    south = row.front is Side.SOUTH
    y1, y2 = (low[1], low[1] + _FRONT_MM) if south else (high[1] - _FRONT_MM, high[1])
    ink = {"style": "filled", "fillcolor": INK, "color": INK, "penwidth": "0"}
    canvas.box(f"{position.address} front", (low[0] + 30, y1), (high[0] - 30, y2), **ink)


def _draw_row_name(canvas: Canvas, plan: Plan, row: Row) -> None:
    low, high = footprint(plan, row, row.positions[0])
    arrow = "\N{DOWNWARDS ARROW}" if row.front is Side.SOUTH else "\N{UPWARDS ARROW}"
    markup = "<BR/>".join(
        [
            text(row.name, 20),
            text(f"front {arrow}", 9, FAINT),
            *(text(line, 7, FAINT) for line in _power(plan, row)),
        ]
    )
    canvas.words(f"row {row.name}", (low[0] - 330, (low[1] + high[1]) / 2), markup)


def _power(plan: Plan, row: Row) -> list[str]:
    """Say what a row draws with all plugs, and what it may draw."""
    drawn = sum(plan.rack_power_milliwatts.get(position.address, 0) for position in row.positions)
    limit = row.power_limit_milliwatts
    return [short_kw(drawn)] if limit is None else [short_kw(drawn), f"of {limit / 10**6:,g} kW"]


def _type_lines(plan: Plan, position: RackPosition) -> list[str]:
    chosen = plan.opened_racks.get(position.address)
    if position.is_reserved and not chosen:
        return [_RESERVED_WORD]
    kinds = [chosen] if chosen else list(position.choices)
    lines: list[str] = []
    for kind in kinds:
        start = len(lines)
        for part in kind.split("-"):
            if len(lines) > start and len(lines[-1]) + 1 + len(part) <= _LETTERS_A_LINE:
                lines[-1] += f"-{part}"
            else:
                lines.append(part)
    return lines


def _free_band(row: Row, corners: _Footprint, trays: list[RowTray]) -> tuple[int, int]:
    """Return the widest band (low y, high y) of a rack that front mark and trays leave free."""
    low, high = corners.low_mm[1], corners.high_mm[1]
    if row.front is Side.SOUTH:
        low += _FRONT_MM
    else:
        high -= _FRONT_MM
    halves = [(tray, tray.section.width_mm // 2) for tray in trays]
    taken = sorted((max(tray.y_mm - half, low), min(tray.y_mm + half, high)) for tray, half in halves)
    free, at = [], low
    for start, end in (*taken, (high, high)):
        free.append((at, start))
        at = max(at, end)
    return max(free, key=lambda band: (band[1] - band[0], band[1]))


def joined_racks(plan: Plan) -> frozenset[str]:
    """Return the racks that hold devices of the plan."""
    return frozenset(device.rack for device in plan.devices)


def _behind(row: Row, corners: _Footprint, lines: int, lateral_ys: Collection[int]) -> float:
    """Return y of the middle of lines behind a rack, beyond what is drawn along that face."""
    south = row.front is Side.SOUTH
    rear = corners.high_mm[1] if south else corners.low_mm[1]
    away = (_LATERALS_MM if rear in lateral_ys else _GAP_MM) + lines * _LINE_MM / 2
    return rear + away if south else rear - away


def _words(lines: list[str], address: str = "") -> str:
    parts = [text(address, 13)] if address else []
    return "<BR/>".join([*parts, *(text(line, 7, FAINT) for line in lines)])


def standings_in_use(plan: Plan) -> list[Standing]:
    """Return what the legend must explain, in its order."""
    joined = joined_racks(plan)
    used = {standing(plan, position, joined) for position in positions(plan.layout)}
    return [kind for kind in Standing if kind in used]
