"""Write a route out as pathway segments, each cut where other routes may join or leave."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from planner.geometry.pathways import TrayNetwork
from planner.geometry.positions import Exit, Riser
from planner.geometry.routes import Choice
from planner.geometry.tray_ways import Channel
from planner.geometry.troughs import Troughs
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import Layout, PeersSpec, TierSpec
from planner.model.routes import Attachment, PathwaySegment, Point, SegmentKind
from planner.model.sites import cage_group, candidate_racks, device_z_mm, fabrics_below, positions


class SegmentWriter:
    """Makes segments; cuts depend on the layout alone, so every fabric's routes share them."""

    def __init__(self, layout: Layout, catalog: Catalog) -> None:
        self._troughs = Troughs(layout, catalog)
        self._pathways = layout.pathways
        self._section = {tray.name: tray.section.usable_um2 for tray in layout.pathways.row_trays}
        self._section |= {tray.name: tray.section.usable_um2 for tray in layout.pathways.cross_trays}
        self._riser_cuts = _riser_cuts(layout, catalog)
        self._tray_cuts = _tray_cuts(layout, catalog)
        self._made: dict[tuple[str, tuple[Point, Point]], PathwaySegment] = {}
        # Thousands of routes share these: the way up a riser, and from one crossing to the next.
        self._climbed: dict[tuple[Riser, int, int], tuple[PathwaySegment, ...]] = {}
        self._on_riser: dict[Riser, dict[tuple[int, int], PathwaySegment]] = defaultdict(dict)
        self._laid: dict[tuple[str, Point, str, Point], tuple[PathwaySegment, ...]] = {}

    def leave(self, way_out: Exit, attachment: Attachment, z_mm: int) -> Iterator[PathwaySegment]:
        """Yield what leads from an attachment to a height of its riser."""
        yield self._face(way_out, attachment)
        yield from self.climb(way_out.riser, attachment.z_mm, z_mm)

    def enter(self, way_in: Exit, attachment: Attachment, z_mm: int) -> Iterator[PathwaySegment]:
        """Yield what leads to an attachment from a height of its riser."""
        yield from self.climb(way_in.riser, z_mm, attachment.z_mm)
        yield self._face(way_in, attachment)

    def along_trays(self, channel: Channel, choice: Choice) -> Iterator[PathwaySegment]:
        """Yield what lies between the risers of a route through cable trays."""
        route = channel.routes[choice.route]
        riser_a, riser_b = choice.exit_a.riser, choice.exit_b.riser
        tray_a, tray_b = (channel.network.row_trays[name] for name in (route.tray_a, route.tray_b))
        yield self._entry(riser_a, tray_a.name, tray_a.y_mm, channel.z_a_mm)
        start = (tray_a.name, Point(riser_a.x_mm, tray_a.y_mm, tray_a.z_mm))
        end = (tray_b.name, Point(riser_b.x_mm, tray_b.y_mm, tray_b.z_mm))
        yield from self._trays(channel.network, [start, *_stops(channel, route.way.crossings), end])
        yield self._entry(riser_b, tray_b.name, tray_b.y_mm, channel.z_b_mm)

    def _trays(self, network: TrayNetwork, stops: list[tuple[str, Point]]) -> Iterator[PathwaySegment]:
        for (tray_a, a), (tray_b, b) in pairwise(stops):
            key = tray_a, a, tray_b, b
            if key not in self._laid:
                if tray_a == tray_b:
                    self._laid[key] = tuple(self._tray(network, tray_a, a, b))
                else:
                    self._laid[key] = (self._joint(network, tray_a, tray_b, a, b),) if a != b else ()
            yield from self._laid[key]

    def _tray(self, network: TrayNetwork, tray: str, a: Point, b: Point) -> Iterator[PathwaySegment]:
        """Yield the pieces of one tray from point to point."""
        is_row = tray in network.row_trays
        start, end = (a.x_mm, b.x_mm) if is_row else (a.y_mm, b.y_mm)
        kind = SegmentKind.ROW_TRAY if is_row else SegmentKind.CROSS_TRAY
        for low, high in self._pieces(start, end, self._tray_cuts[tray]):
            ends = (
                (a._replace(x_mm=low), a._replace(x_mm=high))
                if is_row
                else (a._replace(y_mm=low), a._replace(y_mm=high))
            )
            yield self._make(f"{tray}:{low}-{high}", kind, ends, self._section[tray])

    def _joint(self, network: TrayNetwork, tray_a: str, tray_b: str, a: Point, b: Point) -> PathwaySegment:
        cross, row = (tray_b, tray_a) if tray_a in network.row_trays else (tray_a, tray_b)
        ends = (a, b) if a.z_mm < b.z_mm else (b, a)
        return self._make(f"{cross}/{row}", SegmentKind.JOINT, ends, self._section[cross])

    def _entry(self, riser: Riser, tray: str, tray_y_mm: int, z_mm: int) -> PathwaySegment:
        ends = Point(riser.x_mm, riser.y_mm, z_mm), Point(riser.x_mm, tray_y_mm, z_mm)
        return self._make(f"{riser.name}:{tray}", SegmentKind.ENTRY, ends, None)

    def _face(self, way_out: Exit, attachment: Attachment) -> PathwaySegment:
        riser, z = way_out.riser, attachment.z_mm
        offset = "" if attachment.offset_mm is None else f"+{attachment.offset_mm}"
        ends = Point(way_out.cage_x_mm, riser.y_mm, z), Point(riser.x_mm, riser.y_mm, z)
        return self._make(f"{riser.name}:face{z}{offset}", SegmentKind.FACE, ends, None)

    def climb(self, riser: Riser, z_from: int, z_to: int) -> tuple[PathwaySegment, ...]:
        """Return the pieces of a riser from height to height."""
        key = riser, z_from, z_to
        if key not in self._climbed:
            known = self._on_riser[riser]
            pieces = self._pieces(z_from, z_to, self._riser_cuts[riser.row, riser.face])
            for low, high in pieces:
                if (low, high) not in known:
                    known[low, high] = self._riser(riser, low, high)
            self._climbed[key] = tuple(map(known.__getitem__, pieces))
        return self._climbed[key]

    def _riser(self, riser: Riser, low: int, high: int) -> PathwaySegment:
        """Return the piece of a riser between two heights."""
        ends = Point(riser.x_mm, riser.y_mm, low), Point(riser.x_mm, riser.y_mm, high)
        return self._make(
            f"{riser.name}:{low}-{high}", SegmentKind.RISER, ends, self._pathways.risers.usable_um2
        )

    def lateral(self, a: Riser, b: Riser, z_mm: int) -> Iterator[PathwaySegment]:
        """Yield the pieces from riser to riser: across a rack position, or between two neighbors."""
        section = self._pathways.laterals.section.usable_um2 if self._pathways.laterals else None
        for piece in self._troughs.pieces(a, b, z_mm):
            ends = Point(piece.low_x_mm, a.y_mm, z_mm), Point(piece.high_x_mm, a.y_mm, z_mm)
            yield self._make(piece.id, SegmentKind.LATERAL, ends, section)

    def _pieces(self, start: int, end: int, cuts: list[int]) -> list[tuple[int, int]]:
        """Return the stretches from start to end, in that order, each as (lower, higher)."""
        low, high = min(start, end), max(start, end)
        inner = cuts[bisect_right(cuts, low) : bisect_left(cuts, high)]
        marks = [low, *inner, high] if low < high else []
        pieces = list(pairwise(marks))
        return pieces if start < end else pieces[::-1]

    def _make(
        self, name: str, kind: SegmentKind, ends: tuple[Point, Point], usable_um2: int | None
    ) -> PathwaySegment:
        segment = self._made.get((name, ends))
        if segment is None:
            segment = PathwaySegment(id=name, kind=kind, a=ends[0], b=ends[1], usable_um2=usable_um2)
            self._made[name, ends] = segment
        return segment


def _stops(channel: Channel, crossings: Iterable[int]) -> list[tuple[str, Point]]:
    return [
        (crossing.tray, crossing.point) for crossing in map(channel.network.crossings.__getitem__, crossings)
    ]


def _riser_cuts(layout: Layout, catalog: Catalog) -> dict[tuple[str, Face], list[int]]:
    """Return the heights where risers of a row's face are cut: its devices' and its row trays'."""
    heights: dict[tuple[str, Face], set[int]] = {
        (row.name, face): {tray.z_mm for tray in layout.pathways.row_trays if tray.row == row.name}
        for row in layout.rows
        for face in Face
    }
    mounted: set[tuple[str, str]] = set()
    for spec in layout.fabrics:
        if isinstance(spec, PeersSpec):
            mounted.add((spec.device, spec.cages))
            continue
        below = fabrics_below(layout, spec)
        if not below:
            mounted.add((spec.lower.device, spec.lower.cages))
        for tier, placing in (*((spec.lower, one) for one in below), (spec.upper, spec)):
            for row_face, z in _slot_heights(layout, catalog, tier, placing.upper_rack_type, placing.within):
                heights[row_face].add(z)
    for row_face, z in chain.from_iterable(_mounted_heights(layout, catalog, *cages) for cages in mounted):
        heights[row_face].add(z)
    return {row_face: sorted(values) for row_face, values in heights.items()}


def _slot_heights(
    layout: Layout, catalog: Catalog, tier: TierSpec, rack_type_id: str, within: tuple[str, ...]
) -> Iterator[tuple[tuple[str, Face], int]]:
    """Yield the heights of a device in every slot where it may be placed."""
    device = catalog.device_types[tier.device]
    rack_type = catalog.rack_types[rack_type_id]
    face = cage_group(device, tier.cages).face
    slots = [device_z_mm(rack_type, u, device.height_u) for u in rack_type.tray_slots_u]
    for position in candidate_racks(layout, rack_type_id, within):
        for z in slots:
            yield (position.row, face), z


def _mounted_heights(
    layout: Layout, catalog: Catalog, device_id: str, cages: str
) -> Iterator[tuple[tuple[str, Face], int]]:
    device = catalog.device_types[device_id]
    face = cage_group(device, cages).face
    for position in positions(layout):
        rack_type = catalog.rack_types[position.choices[0]] if position.is_decided else None
        for mount in rack_type.mounts if rack_type else ():
            if rack_type and mount.device == device_id:
                yield (position.row, face), device_z_mm(rack_type, mount.u, device.height_u)


def _tray_cuts(layout: Layout, catalog: Catalog) -> dict[str, list[int]]:
    """Return where trays are cut: row trays at risers and crossings (x), cross trays at crossings (y)."""
    risers: dict[str, set[int]] = defaultdict(set)
    for position in positions(layout):
        for choice in position.choices:
            risers[position.row] |= {position.x_mm, position.x_mm + catalog.rack_types[choice].width_mm}
    cuts = {tray.name: set(risers[tray.row]) for tray in layout.pathways.row_trays}
    for cross in layout.pathways.cross_trays:
        cuts[cross.name] = set()
        for tray in layout.pathways.row_trays:
            if tray.row in cross.rows and tray.level is cross.level:
                cuts[tray.name].add(cross.x_mm)
                cuts[cross.name].add(tray.y_mm)
    return {name: sorted(values) for name, values in cuts.items()}
