"""Pathway segments: each must lie on a pathway that the embedded layout declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from planner.errors import Finding
from planner.model.cages import Face
from planner.model.layout import CrossSection, CrossTray, Level, Row, RowTray
from planner.model.routes import PathwaySegment, Point, SegmentKind
from planner.verify.ground import Ground, fault, plane_y_mm

AXIS_OF = {
    SegmentKind.FACE: "x",
    SegmentKind.RISER: "z",
    SegmentKind.LATERAL: "x",
    SegmentKind.ENTRY: "y",
    SegmentKind.ROW_TRAY: "x",
    SegmentKind.CROSS_TRAY: "y",
    SegmentKind.JOINT: "z",
}
UNLIMITED = (SegmentKind.FACE, SegmentKind.ENTRY)


class Bed(NamedTuple):
    """One declared pathway that a segment lies on: rows it serves, level of a tray, section."""

    rows: tuple[str, ...]
    level: Level | None
    section: CrossSection | None


class Edge(NamedTuple):
    """One face of one standing rack."""

    row: Row
    low_x_mm: int
    high_x_mm: int


@dataclass(frozen=True, slots=True)
class Ways:
    """What the layout declares, indexed by where it runs.

    ``joins`` are the row trays that each cross tray joins, in the order of ``cross_trays``; ``ranges`` the x
    from which and to which each row tray runs, in the order of ``row_trays``.
    """

    ground: Ground
    faces: dict[int, tuple[Edge, ...]]
    row_trays: tuple[RowTray, ...]
    cross_trays: tuple[CrossTray, ...]
    joins: tuple[tuple[RowTray, ...], ...]
    ranges: tuple[tuple[int, int], ...]

    def risers(self, x_mm: int, y_mm: int) -> list[Row]:
        """Return the rows that have a riser there."""
        return [edge.row for edge in self.faces.get(y_mm, ()) if x_mm in (edge.low_x_mm, edge.high_x_mm)]


def declared_ways(ground: Ground, *, with_candidates: bool = False) -> Ways:
    """Index the declared pathways of a plan's layout, of racks that might stand as well if asked."""
    faces: dict[int, list[Edge]] = defaultdict(list)
    racks = [(ground.places[address], rack_type) for address, rack_type in ground.racks.items()]
    if with_candidates:
        types = ground.plan.catalog.rack_types
        racks += [
            (place, types[choice])
            for address, place in ground.places.items()
            for choice in place.position.choices
            if address not in ground.racks and choice in types
        ]
    for place, rack_type in racks:
        low = place.position.x_mm
        for face in Face:
            y = plane_y_mm(place, rack_type, face)
            faces[y].append(Edge(place.row, low, low + rack_type.width_mm))
    pathways = ground.plan.layout.pathways
    joins = tuple(_joined(pathways.row_trays, cross) for cross in pathways.cross_trays)
    met: dict[int, list[int]] = defaultdict(list)
    for cross, trays in zip(pathways.cross_trays, joins, strict=True):
        for tray in trays:
            met[id(tray)].append(cross.x_mm)
    rows = {row.name: row for row in ground.plan.layout.rows}
    widest = max([kind.width_mm for kind in ground.plan.catalog.rack_types.values()], default=0)
    return Ways(
        ground,
        {y: tuple(edges) for y, edges in faces.items()},
        pathways.row_trays,
        pathways.cross_trays,
        joins,
        tuple(_tray_range(rows.get(tray.row), widest, met[id(tray)]) for tray in pathways.row_trays),
    )


def _joined(trays: tuple[RowTray, ...], cross: CrossTray) -> tuple[RowTray, ...]:
    """Return the row trays that a cross tray joins."""
    rows = frozenset(cross.rows)
    return tuple(tray for tray in trays if tray.level == cross.level and tray.row in rows)


def _tray_range(row: Row | None, widest_mm: int, met_x_mm: list[int]) -> tuple[int, int]:
    """Return the x range of a row tray: all positions of its row and every cross tray that joins it."""
    if row is None or not row.positions:
        return 0, -1
    last = max(position.x_mm for position in row.positions) + max(row.pitch_mm, widest_mm)
    return min([row.x_mm, last, *met_x_mm]), max([row.x_mm, last, *met_x_mm])


def check_segment(ways: Ways, segment: PathwaySegment) -> tuple[list[Bed], list[Finding]]:
    """Find the declared pathways that a segment lies on, and what is wrong with it."""
    what = f"segment {segment.id}"
    moved = [axis for axis, a, b in zip("xyz", segment.a, segment.b, strict=True) if a != b]
    if moved not in ([], [AXIS_OF[segment.kind]]):
        text = f"{what}: a {segment.kind} runs along {AXIS_OF[segment.kind]}, this one along {moved}"
        return [], [fault("segment-not-straight", text)]
    beds = list(_BEDS[segment.kind](ways, segment))
    if not beds:
        text = f"{what}: no declared {segment.kind} runs from {tuple(segment.a)} to {tuple(segment.b)} mm"
        return [], [fault("segment-off-pathway", text)]
    allowed = {_usable_um2(bed.section) for bed in beds}
    if segment.usable_um2 not in allowed:
        text = (
            f"{what}: usable {segment.usable_um2} um2, the declared section gives"
            f" {', '.join(sorted(map(str, allowed)))}"
        )
        return beds, [fault("wrong-section", text)]
    return beds, []


def _usable_um2(section: CrossSection | None) -> int | None:
    if section is None:
        return None
    # mm x mm x permille = 10^6 um2 / 10^3
    return section.width_mm * section.depth_mm * section.fill_permille * 1000


def _span(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)


def _face_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    low, high = _span(segment.a.x_mm, segment.b.x_mm)
    for edge in ways.faces.get(segment.a.y_mm, ()):
        at_riser = edge.low_x_mm == low or edge.high_x_mm == high
        if at_riser and edge.low_x_mm <= low and high <= edge.high_x_mm:
            yield Bed((edge.row.name,), None, None)


def _riser_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    for row in ways.risers(segment.a.x_mm, segment.a.y_mm):
        yield Bed((row.name,), None, ways.ground.plan.layout.pathways.risers)


def _lateral_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    laterals = ways.ground.plan.layout.pathways.laterals
    if laterals is None:
        return
    low, high = _span(segment.a.x_mm, segment.b.x_mm)
    edges = ways.faces.get(segment.a.y_mm, ())
    for row in dict.fromkeys(edge.row.name for edge in edges):
        own = [edge for edge in edges if edge.row.name == row]
        if min(edge.low_x_mm for edge in own) <= low and high <= max(edge.high_x_mm for edge in own):
            yield Bed((row,), None, laterals.section)


def _entry_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    for riser, top in ((segment.a, segment.b), (segment.b, segment.a)):
        rows = {row.name for row in ways.risers(riser.x_mm, riser.y_mm)}
        for tray in ways.row_trays:
            if tray.row in rows and (tray.y_mm, tray.z_mm) == (top.y_mm, top.z_mm):
                yield Bed((tray.row,), tray.level, None)


def _row_tray_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    low, high = _span(segment.a.x_mm, segment.b.x_mm)
    for tray, (first, last) in zip(ways.row_trays, ways.ranges, strict=True):
        if (tray.y_mm, tray.z_mm) == (segment.a.y_mm, segment.a.z_mm) and first <= low and high <= last:
            yield Bed((tray.row,), tray.level, tray.section)


def _cross_tray_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    low, high = _span(segment.a.y_mm, segment.b.y_mm)
    for cross, joined in zip(ways.cross_trays, ways.joins, strict=True):
        if (cross.x_mm, cross.z_mm) == (segment.a.x_mm, segment.a.z_mm):
            ys = [tray.y_mm for tray in joined]
            if ys and min(ys) <= low and high <= max(ys):
                yield Bed(cross.rows, cross.level, cross.section)


def _joint_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    at, heights = (segment.a.x_mm, segment.a.y_mm), _span(segment.a.z_mm, segment.b.z_mm)
    for cross, joined in zip(ways.cross_trays, ways.joins, strict=True):
        for tray in joined:
            if at == (cross.x_mm, tray.y_mm) and heights == _span(cross.z_mm, tray.z_mm):
                yield Bed((tray.row,), tray.level, cross.section)


_BEDS = {
    SegmentKind.FACE: _face_beds,
    SegmentKind.RISER: _riser_beds,
    SegmentKind.LATERAL: _lateral_beds,
    SegmentKind.ENTRY: _entry_beds,
    SegmentKind.ROW_TRAY: _row_tray_beds,
    SegmentKind.CROSS_TRAY: _cross_tray_beds,
    SegmentKind.JOINT: _joint_beds,
}


def walk(start: Point, segments: list[PathwaySegment]) -> Point | int:
    """Follow segments from a point; return where they lead, or the index of the first that is off."""
    here = start
    for index, segment in enumerate(segments):
        if here not in (segment.a, segment.b):
            return index
        here = segment.b if here == segment.a else segment.a
    return here


def torn(beds: tuple[list[Bed], list[Bed]], segments: tuple[PathwaySegment, PathwaySegment]) -> str | None:
    """Say that a route goes from one cable tray to another that does not join it; None: it does not."""
    trays = (SegmentKind.ENTRY, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY, SegmentKind.JOINT)
    one, other = segments
    if one.kind not in trays or other.kind not in trays:
        return None
    if any(set(a.rows) & set(b.rows) and a.level == b.level for a in beds[0] for b in beds[1]):
        return None
    return f"{one.id} and {other.id} touch, but no declared pathway joins them"
