"""Troughs along the faces of a row: where laterals are cut, and what their pieces are called.

Both follow from the layout alone, so that the laterals of all fabrics share their pieces. A piece is
named after the positions it lies between or across, and after what else tells it from others: its y
where the row's racks differ in depth, its range of x where the width of a rack is not decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.geometry.positions import Riser, face_y_mm
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Row


class Piece(NamedTuple):
    """A piece of a lateral: its id, and x of both ends."""

    id: str
    low_x_mm: int
    high_x_mm: int


class _Station(NamedTuple):
    """An edge of what stands or may stand at a position, and the position's index in its row."""

    position_index: int
    x_mm: int


class Troughs:
    """The troughs of all rows and faces."""

    def __init__(self, layout: Layout, catalog: Catalog) -> None:
        self._rows = {row.name: row for row in layout.rows}
        self._stations = {row.name: _stations(row, catalog) for row in layout.rows}
        self._index = {
            row: {station: at for at, station in reversed(list(enumerate(stations)))}
            for row, stations in self._stations.items()
        }
        self._is_even = {
            (row.name, face): len(_lines_mm(row, catalog, face)) <= 1 for row in layout.rows for face in Face
        }
        # Thousands of laterals share these.
        self._known: dict[tuple[str, Face, int, int, int], Piece] = {}

    def pieces(self, a: Riser, b: Riser, z_mm: int) -> Iterator[Piece]:
        """Yield the pieces from riser to riser of one row and face, in the order of the way."""
        stations, index = self._stations[a.row], self._index[a.row]
        start, end = (index[_Station(riser.position_index, riser.x_mm)] for riser in (a, b))
        step = 1 if end > start else -1
        for at in range(start, end, step):
            low = min(at, at + step)
            key = a.row, a.face, a.y_mm, low, z_mm
            if key not in self._known:
                self._known[key] = self._piece(a, stations[low], stations[low + 1], z_mm)
            yield self._known[key]

    def _piece(self, riser: Riser, low: _Station, high: _Station, z_mm: int) -> Piece:
        row = self._rows[riser.row]
        between = [
            row.positions[index].address for index in sorted({low.position_index, high.position_index})
        ]
        name = f"{'+'.join(between)}-{riser.face.value[0].upper()}:{z_mm}"
        if not self._is_even[riser.row, riser.face]:
            name += f"@{riser.y_mm}"
        if low.position_index == high.position_index:
            edges = sum(station.position_index == low.position_index for station in self._stations[riser.row])
            name += f"/{low.x_mm}-{high.x_mm}" if edges > 2 else ""
        return Piece(name, low.x_mm, high.x_mm)


def _stations(row: Row, catalog: Catalog) -> list[_Station]:
    """Return the edges along a row: of each position its low one, then the high ones of its choices.

    Where nothing may stand, a wide neighbor may reach into the position, and takes of its width.
    """
    stations: list[_Station] = []
    reached = row.x_mm
    for index, position in enumerate(row.positions):
        widths = sorted({catalog.rack_types[choice].width_mm for choice in position.choices})
        edges = [position.x_mm, *(position.x_mm + width for width in widths or [row.pitch_mm])]
        if not widths:
            edges = [max(edge, reached) for edge in edges]
        stations += [_Station(index, edge) for edge in edges]
        reached = edges[-1]
    return stations


def _lines_mm(row: Row, catalog: Catalog, face: Face) -> set[int]:
    """Return the y of the row's faces, of all that stands or may stand there."""
    return {
        face_y_mm(row, position, catalog.rack_types[choice].depth_mm, face)
        for position in row.positions
        for choice in position.choices
    }
