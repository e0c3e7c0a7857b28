"""Topology of one plane: lower units left, upper units right, every run from cage to cage.

A plane of more runs than can be followed is a matrix of units instead. Of many planes only the first
are drawn: all planes of a fabric are wired by one rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.model.media import Medium
from planner.model.plan import CableEnd, CableRun, FabricSummary, Plan
from planner.model.sites import positions
from planner.outputs.amount import drawn_at_most, drawn_fabrics
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
from planner.outputs.matrix import MOST_HEADS, Head, by_rack, by_row, make_matrix, matrix_picture
from planner.outputs.revision import title_block
from planner.units import format_m

_ROW_PT, _HEADER_PT, _GAP_PT = 15, 20, 14
_FAR_PT, _LENGTH_PT, _CAGE_PT = 96, 44, 34
_UNIT_PT = _FAR_PT + _LENGTH_PT + _CAGE_PT
_BETWEEN_PT = 760
_LINE_PT = 1.1
_MOST_LINES = 1000
_MOST_PICTURES = 72
_MOST_LINES_DRAWN = 8_000


class _Unit(NamedTuple):
    """One box: a device, or one ASIC of it (0: the device), where its rack stands in the rows."""

    rank: int
    rack: str
    u: int
    asic: int

    @property
    def node(self) -> str:
        return f"{self.rack}-U{self.u:02d}" + (f"-A{self.asic}" if self.asic else "")

    @property
    def title(self) -> str:
        return f"{self.rack}  U{self.u:02d}" + (f"  ASIC {self.asic}" if self.asic else "")


class _Naming(NamedTuple):
    """What boxes are called and how they are ordered, for one plan."""

    ranks: dict[str, int]
    whole_devices: frozenset[tuple[str, int]]

    def unit(self, end: CableEnd) -> _Unit:
        """Return the box that an end belongs to: its device where that is wired as one unit."""
        asic = 0 if (end.rack, end.u) in self.whole_devices else end.asic
        return _Unit(self.ranks[end.rack], end.rack, end.u, asic)


class _Port(NamedTuple):
    """One line of a box: a cage or a port of it, what leaves it and where that ends."""

    cage: int
    port: int
    far: str
    medium: Medium
    stock_length_mm: int


_Units = dict[_Unit, list[_Port]]


def plane_sources(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield file stem and DOT source (for ``neato``) of each plane of each fabric that is drawn."""
    for fabric in drawn_fabrics(plan):
        stem = "topology-plane" if len(plan.fabrics) == 1 else f"topology-{fabric.name}-plane"
        naming = _naming(plan, fabric.name)
        by_plane: dict[int, list[CableRun]] = {}
        for run in plan.runs:
            if run.fabric == fabric.name:
                by_plane.setdefault(run.plane, []).append(run)
        for plane in _drawn(plan, {plane: len(runs) for plane, runs in by_plane.items()}):
            name, title, runs = f"{stem}-{plane:02d}", _title(fabric, plane), by_plane[plane]
            if len(runs) <= _MOST_LINES:
                yield name, _plane_source(naming, name, (title, title_block(plan)), runs)
            else:
                yield name, _large_plane_source(plan, naming, name, title, runs)


def undrawn_planes(plan: Plan, runs: Iterable[CableRun]) -> tuple[str, ...]:
    """Return a line that says which planes of one fabric's runs have a picture; none where all have."""
    counts = Counter(run.plane for run in runs)
    drawn = _drawn(plan, counts)
    if len(drawn) == len(counts):
        return ()
    return (f"Pictures show the first {len(drawn)} of {len(counts)} planes: all are wired by one rule.",)


def _drawn(plan: Plan, runs_of_plane: Mapping[int, int]) -> list[int]:
    """Return the first planes of a fabric: so many as can be looked at, and drawn in a few seconds."""
    left = drawn_at_most(plan, _MOST_LINES_DRAWN) // len(drawn_fabrics(plan))
    drawn: list[int] = []
    for plane in sorted(runs_of_plane)[:_MOST_PICTURES]:
        left -= min(runs_of_plane[plane], _MOST_LINES)
        if left < 0 and drawn:
            break
        drawn.append(plane)
    return drawn


def _title(fabric: FabricSummary, plane: int) -> str:
    name = fabric.plane_names[plane]
    called = f": {name}" if name != str(plane) else ""
    return f"{fabric.name}, plane {plane}{called} (of {fabric.planes}, counted from 0)"


def _large_plane_source(plan: Plan, naming: _Naming, name: str, title: str, runs: Sequence[CableRun]) -> str:
    """Return a matrix of units, or of racks or rows where those are too many."""
    runs_of = Counter(naming.unit(end) for run in runs for end in (run.a, run.b))

    def head_of(end: CableEnd) -> Head:
        unit = naming.unit(end)
        return Head((unit.rank, unit.u, unit.asic), unit.node, count(runs_of[unit], "run"))

    units = make_matrix(runs, head_of)
    matrix, place = units, "unit"
    for coarser, of_what in ((by_rack, "rack"), (by_row, "row")):
        if matrix.heads > MOST_HEADS:
            matrix, place = coarser(plan, runs), of_what
    lines = (
        f"{count(len(runs), 'run')}: {count(len(units.lower), 'unit')} to {count(len(units.upper), 'unit')}.",
        f"Down: {place}s with end A. Across: {place}s with end B. A field: runs between them.",
        title_block(plan),
    )
    return matrix_picture(name, title, lines, matrix)


def _plane_source(naming: _Naming, name: str, titles: tuple[str, str], runs: Sequence[CableRun]) -> str:
    lower, upper = _units(naming, runs)
    by_medium = Counter(run.medium for run in runs)
    subtitle = _subtitle(runs, lower, upper)
    graph = new_graph(name, splines="line", outputorder="edgesfirst")
    graph.attr(
        labelloc="t",
        labeljust="l",
        label=html_label(stacked(heading(titles[0], subtitle, titles[1]), media_legend(by_medium))),
    )
    tallest = max(_column_height(lower), _column_height(upper))
    for units, x, is_lower in ((lower, 0, True), (upper, _UNIT_PT + _BETWEEN_PT, False)):
        for unit, y in _spread(units, tallest):
            graph.node(unit.node, label=html_label(_box(unit, units[unit], is_lower)), pos=pin(x, y))
    # The rarer medium last, so that it lies on top.
    for run in sorted(runs, key=lambda run: (-by_medium[run.medium], run.medium.value, run.cable_id)):
        a, b = naming.unit(run.a), naming.unit(run.b)
        graph.edge(
            f"{a.node}:{_anchor(run.a.cage, run.a.port)}:e",
            f"{b.node}:{_anchor(run.b.cage, run.b.port)}:w",
            color=MEDIUM_COLOR[run.medium],
            penwidth=number(_LINE_PT),
            id=run.cable_id,
            medium=run.medium.value,
            stock_m=format_m(run.stock_length_mm),
        )
    source: str = graph.source
    return source


def _subtitle(runs: Sequence[CableRun], lower: _Units, upper: _Units) -> str:
    lower_types = ", ".join(sorted({run.a.device for run in runs}))
    upper_types = ", ".join(sorted({run.b.device for run in runs}))
    ports = ", P: port of it" if any(run.a.port or run.b.port for run in runs) else ""
    return (
        f"{count(len(runs), 'run')}: {count(len(lower), 'unit')} of {lower_types} (left) to "
        f"{count(len(upper), 'unit')} of {upper_types} (right). C: cage{ports}. Stock lengths."
    )


def _units(naming: _Naming, runs: Iterable[CableRun]) -> tuple[_Units, _Units]:
    lower: _Units = {}
    upper: _Units = {}
    for run in runs:
        a, b = naming.unit(run.a), naming.unit(run.b)
        what = (run.medium, run.stock_length_mm)
        near, far = _socket(run.a.cage, run.a.port), _socket(run.b.cage, run.b.port)
        lower.setdefault(a, []).append(_Port(run.a.cage, run.a.port, f"{b.rack}-U{b.u:02d}-{far}", *what))
        upper.setdefault(b, []).append(_Port(run.b.cage, run.b.port, f"{a.rack}-U{a.u:02d}-{near}", *what))
    return _sorted(lower), _sorted(upper)


def _socket(cage: int, port: int) -> str:
    return f"C{cage:02d}" + (f"P{port}" if port else "")


def _anchor(cage: int, port: int) -> str:
    return f"c{cage}" + (f"p{port}" if port else "")


def _sorted(units: _Units) -> _Units:
    return {unit: sorted(units[unit]) for unit in sorted(units)}


def _naming(plan: Plan, fabric: str) -> _Naming:
    whole = frozenset(
        (device.rack, device.u)
        for device in plan.devices
        if device.fabric == fabric and len(device.planes) == 1
    )
    ranks = {position.address: rank for rank, position in enumerate(positions(plan.layout))}
    return _Naming(ranks, whole)


def _height(ports: Sequence[_Port]) -> int:
    return _HEADER_PT + _ROW_PT * len(ports)


def _column_height(units: _Units) -> int:
    return sum(_height(ports) + _GAP_PT for ports in units.values()) - _GAP_PT


def _spread(units: _Units, tallest: int) -> Iterator[tuple[_Unit, float]]:
    """Yield each unit with the y of its middle, the column filling the height from the top."""
    gap = _GAP_PT + (tallest - _column_height(units)) / len(units)
    top = tallest - (gap - _GAP_PT) / 2
    for unit, ports in units.items():
        yield unit, top - _height(ports) / 2
        top -= _height(ports) + gap


def _box(unit: _Unit, ports: Sequence[_Port], is_lower: bool) -> str:
    header = text(f"{unit.title}   ", 11) + text(count(len(ports), "run"), 9, FAINT)
    rows = [cell(header, COLSPAN=3, BGCOLOR=HEADER, HEIGHT=_HEADER_PT, WIDTH=_UNIT_PT, FIXEDSIZE="TRUE")]
    for port in ports:
        length = short_m(port.stock_length_mm)
        size: dict[str, str | int] = {"HEIGHT": _ROW_PT, "FIXEDSIZE": "TRUE"}
        cells = [
            cell(text(port.far, 9), WIDTH=_FAR_PT, **size),
            cell(text(length, 9, MEDIUM_COLOR[port.medium]), WIDTH=_LENGTH_PT, **size),
            cell(
                text(_socket(port.cage, port.port), 9),
                WIDTH=_CAGE_PT,
                PORT=_anchor(port.cage, port.port),
                **size,
            ),
        ]
        rows.append("".join(cells if is_lower else reversed(cells)))
    return table(rows, BORDER=1, CELLBORDER=0, CELLSPACING=0, CELLPADDING=0, COLOR=FAINT, BGCOLOR="white")
