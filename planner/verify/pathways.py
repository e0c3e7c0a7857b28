"""Pathway segments: each must lie on a pathway that the embedded layout declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from planner.errors import Finding
from planner.model.cages import Face
from planner.model.catalog import RackType
from planner.model.layout import CrossSection, CrossTray, Level, Row, RowTray
from planner.model.routes import PathwaySegment, SegmentKind
from planner.verify.ground import Ground, Place, fault, plane_y_mm

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
    """What the layout declares, indexed by where it runs (millimeters).

    ``edges`` are the faces of racks that begin or end at (x, y), where their risers are; ``troughs`` the
    least and largest x of each row's faces at y; ``trays_of`` the row trays of each row; ``row_trays`` those
    at (y, z) with the x from and to which they run; ``cross_trays`` those at (x, z) with the least and the
    largest y of what they join; ``joints`` the cross trays with the row trays that they join at (x, y).
    """

    ground: Ground
    edges: dict[tuple[int, int], list[Edge]]
    troughs: dict[int, dict[str, tuple[int, int]]]
    trays_of: dict[str, list[RowTray]] = field(default_factory=lambda: defaultdict(list))
    row_trays: dict[tuple[int, int], list[tuple[RowTray, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    cross_trays: dict[tuple[int, int], list[tuple[CrossTray, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    joints: dict[tuple[int, int], list[tuple[CrossTray, RowTray]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def risers(self, x_mm: int, y_mm: int) -> tuple[Row, ...]:
        """Return the rows that have a riser there."""
        return tuple(edge.row for edge in self.edges.get((x_mm, y_mm), ()))


def declared_ways(ground: Ground, *, with_candidates: bool = False) -> Ways:
    """Index the declared pathways of a plan's layout, of racks that might stand as well if asked."""
    edges: dict[tuple[int, int], list[Edge]] = defaultdict(list)
    troughs: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for place, rack_type in _racks(ground, with_candidates):
        low, high = place.position.x_mm, place.position.x_mm + rack_type.width_mm
        for face in Face:
            y = plane_y_mm(place, rack_type, face)
            for x in {low, high}:
                edges[x, y].append(Edge(place.row, low, high))
            first, last = troughs[y].get(place.row.name, (low, high))
            troughs[y][place.row.name] = min(first, low), max(last, high)
    ways = Ways(ground, edges, troughs)
    _add_trays(ways)
    return ways


def _racks(ground: Ground, with_candidates: bool) -> list[tuple[Place, RackType]]:
    racks = [(ground.places[address], rack_type) for address, rack_type in ground.racks.items()]
    if with_candidates:
        types = ground.plan.catalog.rack_types
        racks += [
            (place, types[choice])
            for address, place in ground.places.items()
            for choice in place.position.choices
            if address not in ground.racks and choice in types
        ]
    return racks


def _add_trays(ways: Ways) -> None:
    """Index row trays, cross trays and what joins them."""
    layout = ways.ground.plan.layout
    met: dict[int, list[int]] = defaultdict(list)
    for cross in layout.pathways.cross_trays:
        joined = _joined(layout.pathways.row_trays, cross)
        for tray in joined:
            met[id(tray)].append(cross.x_mm)
            ways.joints[cross.x_mm, tray.y_mm].append((cross, tray))
        if joined:
            ys = [tray.y_mm for tray in joined]
            ways.cross_trays[cross.x_mm, cross.z_mm].append((cross, min(ys), max(ys)))
    rows = {row.name: row for row in layout.rows}
    widest = max([kind.width_mm for kind in ways.ground.plan.catalog.rack_types.values()], default=0)
    for tray in layout.pathways.row_trays:
        ends = _tray_range(rows.get(tray.row), widest, met[id(tray)])
        ways.trays_of[tray.row].append(tray)
        ways.row_trays[tray.y_mm, tray.z_mm].append((tray, *ends))


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
    y = segment.a.y_mm
    beginning = [edge for edge in ways.edges.get((low, y), ()) if edge.low_x_mm == low]
    ending = [edge for edge in ways.edges.get((high, y), ()) if edge.high_x_mm == high]
    for edge in (*beginning, *(edge for edge in ending if edge.low_x_mm < low)):
        if high <= edge.high_x_mm:
            yield Bed((edge.row.name,), None, None)


def _riser_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    for row in ways.risers(segment.a.x_mm, segment.a.y_mm):
        yield Bed((row.name,), None, ways.ground.plan.layout.pathways.risers)


def _lateral_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    laterals = ways.ground.plan.layout.pathways.laterals
    if laterals is None:
        return
    low, high = _span(segment.a.x_mm, segment.b.x_mm)
    for row, (first, last) in ways.troughs.get(segment.a.y_mm, {}).items():
        if first <= low and high <= last:
            yield Bed((row,), None, laterals.section)


def _entry_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    for riser, top in ((segment.a, segment.b), (segment.b, segment.a)):
        for name in dict.fromkeys(row.name for row in ways.risers(riser.x_mm, riser.y_mm)):
            for tray in ways.trays_of.get(name, ()):
                if (tray.y_mm, tray.z_mm) == (top.y_mm, top.z_mm):
                    yield Bed((tray.row,), tray.level, None)


def _row_tray_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    low, high = _span(segment.a.x_mm, segment.b.x_mm)
    for tray, first, last in ways.row_trays.get((segment.a.y_mm, segment.a.z_mm), ()):
        if first <= low and high <= last:
            yield Bed((tray.row,), tray.level, tray.section)


def _cross_tray_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    low, high = _span(segment.a.y_mm, segment.b.y_mm)
    for cross, first, last in ways.cross_trays.get((segment.a.x_mm, segment.a.z_mm), ()):
        if first <= low and high <= last:
            yield Bed(cross.rows, cross.level, cross.section)


def _joint_beds(ways: Ways, segment: PathwaySegment) -> Iterator[Bed]:
    heights = _span(segment.a.z_mm, segment.b.z_mm)
    for cross, tray in ways.joints.get((segment.a.x_mm, segment.a.y_mm), ()):
        if heights == _span(cross.z_mm, tray.z_mm):
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


def torn(beds: tuple[list[Bed], list[Bed]], segments: tuple[PathwaySegment, PathwaySegment]) -> str | None:
    """Say that a route goes from one cable tray to another that does not join it; None: it does not."""
    trays = (SegmentKind.ENTRY, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY, SegmentKind.JOINT)
    one, other = segments
    if one.kind not in trays or other.kind not in trays:
        return None
    if any(set(a.rows) & set(b.rows) and a.level == b.level for a in beds[0] for b in beds[1]):
        return None
    return f"{one.id} and {other.id} touch, but no declared pathway joins them"
