"""Routes through the made-up hall, named as the planner names segments."""

from __future__ import annotations

from planner.model.layout import Layout, RackPosition
from planner.model.routes import PathwaySegment, Point, RouteKind, SegmentKind
from tests.sample_hall import DEPTH_MM, WIDTH_MM

TRAY_Z_MM = 2600
USABLE_UM2 = 300 * 100 * 400 * 1000


def _segment(id_: str, kind: SegmentKind, a: Point, b: Point) -> PathwaySegment:
    free = kind in (SegmentKind.FACE, SegmentKind.ENTRY)
    return PathwaySegment(id=id_, kind=kind, a=a, b=b, usable_um2=None if free else USABLE_UM2)


class Router:
    """Up, along the row tray, across, down; neighbors at one height go sideways."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.cross_x_mm = layout.pathways.cross_trays[0].x_mm
        self.row_y_mm = {tray.row: tray.y_mm for tray in layout.pathways.row_trays}
        self.segments: dict[str, PathwaySegment] = {}

    def _face_y(self, rack: RackPosition) -> int:
        return rack.y_mm if rack.row == "A" else rack.y_mm + DEPTH_MM

    def _climb(self, rack: RackPosition, z_mm: int) -> list[PathwaySegment]:
        x_mm, y_mm, tray_y = rack.x_mm, self._face_y(rack), self.row_y_mm[rack.row]
        riser = f"{rack.address}-F{'L' if rack.row == 'A' else 'R'}"
        cage = Point(x_mm + WIDTH_MM // 2, y_mm, z_mm)
        foot, head = Point(x_mm, y_mm, z_mm), Point(x_mm, y_mm, TRAY_Z_MM)
        return [
            _segment(f"{riser}:face{z_mm}", SegmentKind.FACE, cage, foot),
            _segment(f"{riser}:{z_mm}-{TRAY_Z_MM}", SegmentKind.RISER, foot, head),
            _segment(f"{riser}:over-{rack.row}", SegmentKind.ENTRY, head, Point(x_mm, tray_y, TRAY_Z_MM)),
        ]

    def _along(self, row: str, from_x: int, to_x: int) -> list[PathwaySegment]:
        low, high, y_mm = min(from_x, to_x), max(from_x, to_x), self.row_y_mm[row]
        pieces = []
        for x in range(low, high, WIDTH_MM):
            a, b = Point(x, y_mm, TRAY_Z_MM), Point(x + WIDTH_MM, y_mm, TRAY_Z_MM)
            pieces.append(_segment(f"over-{row}:{x}-{x + WIDTH_MM}", SegmentKind.ROW_TRAY, a, b))
        return pieces if from_x <= to_x else pieces[::-1]

    def _sideways(self, a: RackPosition, a_z: int, b: RackPosition, b_z: int) -> list[PathwaySegment]:
        left, right = sorted((a.number, b.number))
        y_mm, x_mm = self._face_y(a), min(a.x_mm, b.x_mm) + WIDTH_MM
        side = "RL" if a.number < b.number else "LR"
        pieces = [
            _segment(
                f"{a.row}{number:02d}-F:{a_z}",
                SegmentKind.LATERAL,
                Point(x_mm + (number - left - 1) * WIDTH_MM, y_mm, a_z),
                Point(x_mm + (number - left) * WIDTH_MM, y_mm, a_z),
            )
            for number in range(left + 1, right)
        ]
        b_x = b.x_mm if a.number < b.number else b.x_mm + WIDTH_MM
        a_x = a.x_mm + WIDTH_MM if a.number < b.number else a.x_mm
        a_face = (Point(a.x_mm + WIDTH_MM // 2, y_mm, a_z), Point(a_x, y_mm, a_z))
        step = (Point(b_x, y_mm, min(a_z, b_z)), Point(b_x, y_mm, max(a_z, b_z)))
        b_face = (Point(b_x, y_mm, b_z), Point(b.x_mm + WIDTH_MM // 2, y_mm, b_z))
        riser = f"{b.address}-F{side[1]}:{min(a_z, b_z)}-{max(a_z, b_z)}"
        return [
            _segment(f"{a.address}-F{side[0]}:face{a_z}", SegmentKind.FACE, *a_face),
            *(pieces if a.number < b.number else pieces[::-1]),
            *([_segment(riser, SegmentKind.RISER, *step)] if a_z != b_z else []),
            _segment(f"{b.address}-F{side[1]}:face{b_z}", SegmentKind.FACE, *b_face),
        ]

    def route(
        self, a: RackPosition, a_z: int, b: RackPosition, b_z: int
    ) -> tuple[RouteKind, list[PathwaySegment]]:
        if a.row == b.row and abs(a.number - b.number) <= 4:
            return RouteKind.LATERAL, self._sideways(a, a_z, b, b_z)
        if a.row == b.row:
            middle = self._along(a.row, a.x_mm, b.x_mm)
        else:
            low, high = self.row_y_mm["A"], self.row_y_mm["B"]
            ends = (Point(self.cross_x_mm, low, TRAY_Z_MM), Point(self.cross_x_mm, high, TRAY_Z_MM))
            cross = _segment(f"cross-1:{low}-{high}", SegmentKind.CROSS_TRAY, *ends)
            middle = [
                *self._along(a.row, a.x_mm, self.cross_x_mm),
                cross,
                *self._along(b.row, self.cross_x_mm, b.x_mm),
            ]
        return RouteKind.OVERHEAD, [*self._climb(a, a_z), *middle, *reversed(self._climb(b, b_z))]
