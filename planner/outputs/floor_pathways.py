"""Pathways on the floor picture: trays, laterals and risers, colored by how full they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planner.model.layout import CrossSection, CrossTray, Layout, Level, RowTray
from planner.model.plan import Plan, SegmentFill
from planner.model.routes import SegmentKind
from planner.model.sites import positions
from planner.outputs.floor_canvas import Canvas, points
from planner.outputs.floor_racks import footprint
from planner.outputs.markup import FAINT, INK, PAPER, text

FILL_COLORS = (
    (25, "#d9ecd4"),
    (50, "#a3d39c"),
    (75, "#f3d36b"),
    (100, "#f0953f"),
)
OVERFULL_COLOR = "#c62828"
_UNUSED_COLOR = "#9ca3af"
_LATERAL_OUT_MM, _LATERAL_MAX_MM = 60, 110
_RISER_MM, _RISER_IN_MM = 65, 50
_LABEL_WIDTH_PT, _LINE_PT = 26, 11
_TOUCHING_MM = 45

_Line = tuple[tuple[int, int], tuple[int, int]]
_Corners = tuple[tuple[float, float], tuple[float, float]]


class _TrayPiece(NamedTuple):
    """A segment of a tray in use, and its corners."""

    fill: SegmentFill
    low_mm: tuple[float, float]
    high_mm: tuple[float, float]

    @property
    def name(self) -> str:
        return f"{self.fill.segment.id}: {self.fill.runs} runs, {fill_percent(self.fill)} %"


class _Use(NamedTuple):
    """The fullest of some segments, and the most runs in one of them."""

    percent: int
    runs: int


def fill_color(percent: int) -> str:
    """Return the color of a share of the permitted fill."""
    return next((color for limit, color in FILL_COLORS if percent <= limit), OVERFULL_COLOR)


def fill_percent(fill: SegmentFill) -> int:
    """Return used : usable in percent, rounded up so that 101 always means overfull."""
    usable = fill.segment.usable_um2
    return -(-fill.used_um2 * 100 // usable) if usable else 0


def draw_trays(canvas: Canvas, plan: Plan) -> None:
    """Draw cable trays to scale: unused ones as outlines, pieces in use filled."""
    for tray, (a, b) in _tray_lines(plan):
        _outline(canvas, tray.name, a, b, tray.section, tray.level)
    pieces = _tray_pieces(plan)
    for kind in (SegmentKind.CROSS_TRAY, SegmentKind.ROW_TRAY):
        for piece in pieces:
            if piece.fill.segment.kind is kind:
                canvas.box(piece.name, piece.low_mm, piece.high_mm, **_filled(fill_percent(piece.fill)))


def tray_spans(plan: Plan) -> list[_Corners]:
    """Return the corners of every cable tray, in use or not."""
    return [_corners(a, b, tray.section) for tray, (a, b) in _tray_lines(plan)]


def _tray_lines(plan: Plan) -> Iterator[tuple[RowTray | CrossTray, _Line]]:
    """Yield every cable tray with the ends of its middle line; none for one that joins nothing."""
    trays = plan.layout.pathways
    for tray in trays.row_trays:
        x1, x2 = _row_span(plan, tray.row, tray.level)
        yield tray, ((x1, tray.y_mm), (x2, tray.y_mm))
    for cross in trays.cross_trays:
        ys = [one.y_mm for one in trays.row_trays if _joins(one.row, one.level, cross.rows, cross.level)]
        if ys:
            yield cross, ((cross.x_mm, min(ys)), (cross.x_mm, max(ys)))


def draw_tray_words(canvas: Canvas, plan: Plan) -> None:
    """Write fill, and runs where two lines have room, on each piece of a tray that is large enough."""
    for piece in _tray_pieces(plan):
        (x1, y1), (x2, y2) = piece.low_mm, piece.high_mm
        if points(x2 - x1) >= _LABEL_WIDTH_PT and points(y2 - y1) >= _LINE_PT:
            percent = fill_percent(piece.fill)
            color = PAPER if percent > 100 else INK
            markup = text(f"{percent} %", 8, color)
            if points(y2 - y1) >= 2 * _LINE_PT:
                markup += "<BR/>" + text(f"{piece.fill.runs:,}", 7, color)
            canvas.words(f"{piece.name} words", ((x1 + x2) / 2, (y1 + y2) / 2), markup)


def draw_laterals(canvas: Canvas, plan: Plan) -> None:
    """Draw what passes along each face: as wide as runs are many, over all heights together."""
    passing: dict[tuple[int, int, int], list[SegmentFill]] = {}
    for fill in plan.segments:
        if fill.segment.kind is SegmentKind.LATERAL:
            x1, x2 = sorted((fill.segment.a.x_mm, fill.segment.b.x_mm))
            passing.setdefault((fill.segment.a.y_mm, x1, x2), []).append(fill)
    most = max((sum(fill.runs for fill in fills) for fills in passing.values()), default=1)
    low_faces = {position.y_mm for position in positions(plan.layout)}
    for (y, x1, x2), fills in sorted(passing.items()):
        runs, percent = sum(fill.runs for fill in fills), max(map(fill_percent, fills))
        out = -1 if y in low_faces else 1
        near, thick = y + out * _LATERAL_OUT_MM, max(12, _LATERAL_MAX_MM * runs // most)
        low, high = sorted((near, near + out * thick))
        if x1 == x2:  # from riser to touching riser: no way to go, but a place that fills
            x1, x2 = x1 - _TOUCHING_MM, x2 + _TOUCHING_MM
        name = f"lateral {x1}-{x2} at y {y}: {runs} runs, fullest height {percent} %"
        canvas.box(name, (x1, low), (x2, high), **_filled(percent))
        at = ((x1 + x2) / 2, near + out * (thick + 55))
        canvas.words(f"{name} words", at, text(f"{runs:,}", 7, FAINT))


def draw_risers(canvas: Canvas, plan: Plan) -> None:
    """Mark each riser in use inside its rack's corner, by its fullest piece."""
    corners = {
        position.address: footprint(plan, row, position)
        for row in plan.layout.rows
        for position in row.positions
    }
    fills: dict[str, list[SegmentFill]] = {}
    for fill in plan.segments:
        if fill.segment.kind is SegmentKind.RISER:
            fills.setdefault(fill.segment.id.split(":")[0], []).append(fill)
    for riser, pieces in sorted(fills.items()):
        corner = corners[riser.rpartition("-")[0]]
        spot, use = pieces[0].segment.a, _fullest(pieces)
        is_low_x, is_low_y = spot.x_mm == corner.low_mm[0], spot.y_mm == corner.low_mm[1]
        x1 = spot.x_mm if is_low_x else spot.x_mm - _RISER_MM
        y1 = spot.y_mm + _RISER_IN_MM if is_low_y else spot.y_mm - _RISER_IN_MM - _RISER_MM
        name = f"riser {riser}: {use.runs} runs, {use.percent} %"
        canvas.box(name, (x1, y1), (x1 + _RISER_MM, y1 + _RISER_MM), **_filled(use.percent))


def _tray_pieces(plan: Plan) -> list[_TrayPiece]:
    """Return every piece of a cable tray that runs use, as wide as the tray."""
    sections = _sections(plan.layout)
    pieces = []
    for fill in plan.segments:
        segment = fill.segment
        if segment.kind not in (SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY) or not segment.length_mm:
            continue
        half = sections[segment.id.split(":")[0]].width_mm / 2
        across = (0.0, half) if segment.kind is SegmentKind.ROW_TRAY else (half, 0.0)
        (x1, x2), (y1, y2) = (sorted(ends) for ends in zip(segment.a[:2], segment.b[:2], strict=True))
        low, high = (x1 - across[0], y1 - across[1]), (x2 + across[0], y2 + across[1])
        pieces.append(_TrayPiece(fill, low, high))
    return pieces


def _filled(percent: int) -> dict[str, str]:
    return {"style": "filled", "fillcolor": fill_color(percent), "color": FAINT, "penwidth": "0.4"}


def _outline(
    canvas: Canvas,
    name: str,
    a: tuple[int, int],
    b: tuple[int, int],
    section: CrossSection,
    level: Level,
) -> None:
    low, high = _corners(a, b, section)
    style = "solid" if level is Level.OVERHEAD else "dashed"
    canvas.box(f"{name} ({level.value})", low, high, style=style, color=_UNUSED_COLOR)


def _corners(a: tuple[int, int], b: tuple[int, int], section: CrossSection) -> _Corners:
    half = section.width_mm / 2
    across = (0.0, half) if a[1] == b[1] else (half, 0.0)
    return (a[0] - across[0], a[1] - across[1]), (b[0] + across[0], b[1] + across[1])


def _row_span(plan: Plan, name: str, level: Level) -> tuple[int, int]:
    """Return where a row tray begins and ends: over its positions, out to the cross trays."""
    row = next(row for row in plan.layout.rows if row.name == name)
    xs = [position.x_mm for position in row.positions]
    joined = [
        cross.x_mm
        for cross in plan.layout.pathways.cross_trays
        if _joins(name, level, cross.rows, cross.level)
    ]
    ends = [xs[0], max(footprint(plan, row, row.positions[-1]).high_mm[0], xs[-1]), *joined]
    return min(ends), max(ends)


def _joins(row: str, level: Level, rows: Iterable[str], other: Level) -> bool:
    return level is other and row in rows


def _sections(layout: Layout) -> dict[str, CrossSection]:
    sections = {tray.name: tray.section for tray in layout.pathways.row_trays}
    return sections | {cross.name: cross.section for cross in layout.pathways.cross_trays}


def _fullest(fills: Iterable[SegmentFill]) -> _Use:
    pieces = list(fills)
    return _Use(max(map(fill_percent, pieces)), max(piece.runs for piece in pieces))
