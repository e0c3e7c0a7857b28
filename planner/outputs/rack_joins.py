"""One rack and what it is joined to: its devices left, the other racks right, a line a medium and length.

A rack of more lines than can be followed is a matrix of its devices and the other racks instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from planner.model.media import Medium
from planner.model.plan import CableEnd, CableRun, Plan
from planner.model.sites import positions
from planner.outputs.amount import drawn_at_most
from planner.outputs.markup import (
    FAINT,
    HEADER,
    MEDIUM_COLOR,
    cell,
    count,
    heading,
    html_label,
    media_legend,
    new_graph,
    number,
    pin,
    short_m,
    stacked,
    table,
    text,
)
from planner.outputs.matrix import Head, make_matrix, matrix_picture
from planner.outputs.revision import title_block

MOST_PICTURES = 32
"""Most racks that are drawn: those with devices that the plan placed first, then by address."""

_MOST_LINES = 90
_ROW_PT, _HEADER_PT, _NOTE_PT, _GAP_PT = 16, 22, 12, 12
_NAME_PT, _WHAT_PT = 92, 150
_BOX_PT, _BETWEEN_PT = _NAME_PT + _WHAT_PT, 420
_WIDEST_PT = 4


class _Join(NamedTuple):
    """Runs of a device of the rack to another rack, alike in medium."""

    device: str
    far: str
    medium: Medium
    lengths: tuple[int, int]
    runs: int


class _Box(NamedTuple):
    """A device or a rack, and the joins that end in it."""

    node: str
    note: str
    joins: tuple[_Join, ...]

    @property
    def height_pt(self) -> int:
        return self.header_pt + _ROW_PT * len(self.joins)

    @property
    def header_pt(self) -> int:
        return _HEADER_PT + (_NOTE_PT if self.note else 0)


def rack_sources(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield file stem, DOT source and layout engine of each rack's picture."""
    ends: dict[str, list[tuple[CableEnd, CableEnd, CableRun]]] = {}
    for run in plan.runs:
        for near, far in ((run.a, run.b), (run.b, run.a)):
            ends.setdefault(near.rack, []).append((near, far, run))
    placed = {device.rack for device in plan.devices if device.is_placed}
    rank = {position.address: n for n, position in enumerate(positions(plan.layout))}
    most = drawn_at_most(plan, MOST_PICTURES)
    racks = sorted(ends, key=lambda rack: (rack not in placed, rank[rack]))[:most]
    note = "" if len(racks) == len(ends) else f"One of {len(racks)} racks drawn, of {len(ends):,} with runs."
    for rack in sorted(racks, key=lambda one: rank[one]):
        joins = _joins(ends[rack], rank)
        if len(joins) <= _MOST_LINES:
            yield f"rack-{rack}", _lines_source(plan, rack, joins, note), "neato"
        else:
            yield f"rack-{rack}", _matrix_source(plan, rack, ends[rack], note), "dot"


def _joins(ends: Sequence[tuple[CableEnd, CableEnd, CableRun]], rank: Mapping[str, int]) -> list[_Join]:
    found: dict[tuple[int, int, Medium], list[CableRun]] = {}
    addresses = {rank[far.rack]: far.rack for _, far, _ in ends}
    rack = ends[0][0].rack
    for near, far, run in ends:
        found.setdefault((-near.u, rank[far.rack], run.medium), []).append(run)
    joins = []
    for (minus_u, far_rank, medium), runs in sorted(found.items(), key=lambda item: item[0]):
        stock = [run.stock_length_mm for run in runs]
        near_name = f"{rack}-U{-minus_u:02d}"
        joins.append(_Join(near_name, addresses[far_rank], medium, (min(stock), max(stock)), len(runs)))
    return joins


def _lines_source(plan: Plan, rack: str, joins: Sequence[_Join], note: str) -> str:
    name = f"rack-{rack}"
    graph = new_graph(name, splines="line", outputorder="edgesfirst")
    media: Counter[Medium] = Counter()
    for join in joins:
        media[join.medium] += join.runs
    lines = [
        f"{count(media.total(), 'run end')}: devices of the rack (left, the highest first), racks joined to"
        " (right). Runs, stock lengths.",
        *([note] if note else []),
        title_block(plan),
    ]
    graph.attr(
        labelloc="t",
        labeljust="l",
        label=html_label(stacked(heading(f"Rack {rack}", *lines), media_legend(media))),
    )
    kinds = {device.name: device.device for device in plan.devices}
    devices = [_box(join.device, kinds[join.device], joins) for join in joins]
    racks = [_box(join.far, "", joins) for join in sorted(joins, key=lambda join: _order(plan, join))]
    near, far = list(dict.fromkeys(devices)), list(dict.fromkeys(racks))
    tallest = max(_column_height(near), _column_height(far))
    for boxes, x, is_near in ((near, 0, True), (far, _BOX_PT + _BETWEEN_PT, False)):
        for box, y in _spread(boxes, tallest):
            graph.node(box.node, label=html_label(_markup(box, is_near)), pos=pin(x, y), runs=str(_sum(box)))
    most = max(join.runs for join in joins)
    for join in joins:
        near_port, far_port = f"{join.far}-{join.medium.value}", f"{join.device}-{join.medium.value}"
        graph.edge(
            f"{join.device}:{near_port}:e",
            f"{join.far}:{far_port}:w",
            color=MEDIUM_COLOR[join.medium],
            penwidth=number(max(1.0, _WIDEST_PT * join.runs / most)),
            id=f"{join.device}-{join.far}-{join.medium.value}",
            runs=str(join.runs),
            medium=join.medium.value,
        )
    source: str = graph.source
    return source


def _order(plan: Plan, join: _Join) -> tuple[int, str]:
    position = plan.layout.position(join.far)
    rows = [row.name for row in plan.layout.rows]
    return rows.index(position.row) * 10_000 + position.number, join.far


def _box(node: str, note: str, joins: Sequence[_Join]) -> _Box:
    return _Box(node, note, tuple(join for join in joins if node in (join.device, join.far)))


def _sum(box: _Box) -> int:
    return sum(join.runs for join in box.joins)


def _column_height(boxes: Sequence[_Box]) -> int:
    return sum(box.height_pt + _GAP_PT for box in boxes) - _GAP_PT


def _spread(boxes: Sequence[_Box], tallest: int) -> Iterator[tuple[_Box, float]]:
    """Yield each box with the y of its middle, the column filling the height from the top."""
    gap = _GAP_PT + (tallest - _column_height(boxes)) / len(boxes)
    top = tallest - (gap - _GAP_PT) / 2
    for box in boxes:
        yield box, top - box.height_pt / 2
        top -= box.height_pt + gap


def _markup(box: _Box, is_near: bool) -> str:
    header = text(box.node, 12) + text(f"   {count(_sum(box), 'run')}", 9, FAINT)
    if box.note:
        header += "<BR/>" + text(box.note, 9, FAINT)
    rows = [cell(header, COLSPAN=2, BGCOLOR=HEADER, HEIGHT=box.header_pt, WIDTH=_BOX_PT, FIXEDSIZE="TRUE")]
    for join in box.joins:
        other = join.far if is_near else join.device
        size: dict[str, str | int] = {"HEIGHT": _ROW_PT, "FIXEDSIZE": "TRUE"}
        port = f"{other}-{join.medium.value}"
        what = text(_what(join), 9, MEDIUM_COLOR[join.medium])
        cells = [cell(what, WIDTH=_WHAT_PT, **size), cell(text(other, 9), WIDTH=_NAME_PT, PORT=port, **size)]
        rows.append("".join(cells if is_near else reversed(cells)))
    return table(rows, BORDER=1, CELLBORDER=0, CELLSPACING=0, CELLPADDING=0, COLOR=FAINT, BGCOLOR="white")


def _what(join: _Join) -> str:
    low, high = join.lengths
    span = short_m(low) if low == high else f"{short_m(low).removesuffix(' m')}\N{EN DASH}{short_m(high)}"
    return f"{join.runs:,} {join.medium.value} {span}"


def _matrix_source(
    plan: Plan, rack: str, ends: Sequence[tuple[CableEnd, CableEnd, CableRun]], note: str
) -> str:
    rank = {position.address: n for n, position in enumerate(positions(plan.layout))}
    kinds = {device.name: device.device for device in plan.devices}

    def head_of(end: CableEnd) -> Head:
        if end.rack == rack:
            name = f"{rack}-U{end.u:02d}"
            return Head((-end.u,), name, kinds[name])
        return Head((rank[end.rack],), end.rack, end.row)

    turned = [run if run.a.rack == rack else _turned(run) for run in dict.fromkeys(run for _, _, run in ends)]
    lines = [
        f"{count(len(turned), 'run')}. Down: devices of the rack, the highest first. Across: racks joined.",
        *([note] if note else []),
        title_block(plan),
    ]
    return matrix_picture(f"rack-{rack}", f"Rack {rack}", lines, make_matrix(turned, head_of))


def _turned(run: CableRun) -> CableRun:
    return replace(run, a=run.b, b=run.a)
