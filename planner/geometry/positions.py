"""Where ends start: rack positions, the risers beside their faces, and the attachments of cages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.catalog import Catalog, DeviceType, Face, RackType
from planner.model.fabric import Fabric, PeerFabric
from planner.model.layout import Layout, RackPosition, Row, Side, face_y_mm
from planner.model.routes import Attachment
from planner.model.sites import cage_group, device_z_mm, first_cage, positions, upper_slots

CageKey = tuple[str, int, int]
"""A cage by rack address, lowest U of its device, and number."""


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


@dataclass(frozen=True, slots=True)
class Ends:
    """Distinct attachments, and which of them a cage has."""

    attachments: tuple[Attachment, ...]
    index: dict[CageKey, int]


class Floor:
    """All rack positions of a layout as one fabric sees them.

    An undecided position counts as a rack of ``upper_rack_type`` where that may stand there.
    """

    def __init__(self, layout: Layout, catalog: Catalog, upper_rack_type: str = "") -> None:
        self.places: dict[str, Place] = {}
        self.rows: dict[str, tuple[Place, ...]] = {}
        for row in layout.rows:
            places = []
            for index, position in enumerate(row.positions):
                rack_type = _rack_type_at(catalog, position, upper_rack_type)
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


def _rack_type_at(catalog: Catalog, position: RackPosition, upper_rack_type: str) -> RackType | None:
    if not position.choices:
        return None
    preferred = upper_rack_type in position.choices and not position.is_decided
    return catalog.rack_types[upper_rack_type if preferred else position.choices[0]]


def fabric_ends(layout: Layout, catalog: Catalog, fabric: Fabric) -> tuple[Ends, Ends]:
    """Return the lower and the upper ends of a fabric (of peers: both sides of its runs)."""
    standing = {
        position.address: catalog.rack_types[position.choices[0]]
        for position in positions(layout)
        if position.is_decided
    }
    if isinstance(fabric, PeerFabric):
        device = catalog.device_types[fabric.device]
        low, high = _Collector(device, fabric.cages), _Collector(device, fabric.cages)
        for a, b in fabric.runs:
            low.add(standing[a.rack], a.rack, a.u, (a.cage,))
            high.add(standing[b.rack], b.rack, b.u, (b.cage,))
        return low.ends(), high.ends()
    lower = _Collector(catalog.device_types[fabric.lower_device], fabric.cages)
    for unit in fabric.lower_units:
        lower.add(standing[unit.rack], unit.rack, unit.u, unit.cages)
    upper = _Collector(catalog.device_types[fabric.upper_device], fabric.upper_cages)
    for slot in upper_slots(layout, catalog, fabric):
        upper.add(catalog.rack_types[fabric.upper_rack_type], slot.rack, slot.u, upper.cages)
    return lower.ends(), upper.ends()


class _Collector:
    """Numbers distinct attachments of a device type's cages in the order of their first cage."""

    def __init__(self, device: DeviceType, group_name: str) -> None:
        self._device = device
        self._group = cage_group(device, group_name)
        self._first = first_cage(device, group_name)
        self._numbers: dict[Attachment, int] = {}
        self._index: dict[CageKey, int] = {}
        self.cages = range(self._first, self._first + self._group.count)

    def add(self, rack_type: RackType, rack: str, u: int, cages: Iterable[int]) -> None:
        """Add cages of the device whose lowest U is ``u``."""
        z = device_z_mm(rack_type, u, self._device.height_u)
        offsets = self._group.offset_mm
        number_of: dict[int | None, int] = {}
        for cage in cages:
            offset = offsets[cage - self._first] if offsets else None
            if offset not in number_of:
                attachment = Attachment(rack=rack, face=self._group.face, z_mm=z, offset_mm=offset)
                number_of[offset] = self._numbers.setdefault(attachment, len(self._numbers))
            self._index[rack, u, cage] = number_of[offset]

    def ends(self) -> Ends:
        """Return what was added."""
        return Ends(tuple(self._numbers), self._index)
