"""Where ends start: rack positions, the risers beside their faces, and the attachments of cages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.cages import Face
from planner.model.catalog import Catalog, RackType
from planner.model.layout import Layout, RackPosition, Row, Side
from planner.model.routes import Attachment


class Riser(NamedTuple):
    """The riser at one edge of a rack's face; ``position_index`` is the rack's in its row."""

    rack: str
    row: str
    face: Face
    side: str
    x_mm: int
    y_mm: int
    position_index: int

    @property
    def name(self) -> str:
        """Name that its segments start with: address, face, side as seen from before the face."""
        return f"{self.rack}-{self.face.value[0].upper()}{self.side}"


class Exit(NamedTuple):
    """One way from a cage across the face to a riser."""

    riser: Riser
    cage_x_mm: int
    face_mm: int


@dataclass(frozen=True, slots=True)
class Place:
    """A rack position with the size of what stands there or is taken to stand there."""

    position: RackPosition
    row: Row
    index: int
    width_mm: int
    depth_mm: int


class Floor:
    """All rack positions of a layout as one side of a fabric sees them.

    An undecided position counts as a rack of the first of ``rack_types`` that may stand there.
    """

    def __init__(self, layout: Layout, catalog: Catalog, rack_types: Sequence[str] = ()) -> None:
        self.places: dict[str, Place] = {}
        self.rows: dict[str, tuple[Place, ...]] = {}
        for row in layout.rows:
            places = []
            for index, position in enumerate(row.positions):
                rack_type = _rack_type_at(catalog, position, rack_types)
                width = rack_type.width_mm if rack_type else row.pitch_mm
                depth = rack_type.depth_mm if rack_type else 0
                places.append(Place(position, row, index, width, depth))
            self.rows[row.name] = tuple(places)
            self.places.update({place.position.address: place for place in places})

    def risers(self, rack: str, face: Face) -> tuple[Riser, Riser]:
        """Return the risers at the low-x and the high-x edge of a rack's face."""
        place = self.places[rack]
        looks_south = (place.row.front is Side.SOUTH) == (face is Face.FRONT)
        y = face_y_mm(place.row, place.position, place.depth_mm, face)
        low_x = place.position.x_mm
        sides = "LR" if looks_south else "RL"
        low, high = (
            Riser(rack, place.row.name, face, side, x, y, place.index)
            for side, x in zip(sides, (low_x, low_x + place.width_mm), strict=True)
        )
        return low, high

    def exits(self, attachment: Attachment) -> tuple[Exit, ...]:
        """Return the ways from a cage to a riser: to the nearer one, or both from the middle."""
        place = self.places[attachment.rack]
        low, high = self.risers(attachment.rack, attachment.face)
        left, right = (low, high) if low.side == "L" else (high, low)
        offset = attachment.offset_mm
        if offset is None:
            cage_x = low.x_mm + place.width_mm // 2
            return tuple(Exit(riser, cage_x, abs(riser.x_mm - cage_x)) for riser in (low, high))
        cage_x = left.x_mm + (offset if left is low else -offset)
        if 2 * offset == place.width_mm:
            near = [low, high]
        else:
            near = [left if 2 * offset < place.width_mm else right]
        return tuple(Exit(riser, cage_x, abs(riser.x_mm - cage_x)) for riser in near)


def _rack_type_at(catalog: Catalog, position: RackPosition, rack_types: Sequence[str]) -> RackType | None:
    if not position.choices:
        return None
    preferred = [] if position.is_decided else [name for name in rack_types if name in position.choices]
    return catalog.rack_types[[*preferred, *position.choices][0]]


def face_y_mm(row: Row, position: RackPosition, rack_depth_mm: int, face: Face) -> int:
    """Return y of a rack's face: the low edge of the footprint for a south-looking face."""
    looks_south = (row.front is Side.SOUTH) == (face is Face.FRONT)
    return position.y_mm if looks_south else position.y_mm + rack_depth_mm
