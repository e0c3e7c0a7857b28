"""Where ends start: rack positions, the risers beside their faces, and the attachments of cages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.catalog import Catalog, DeviceType, Face, RackType
from planner.model.fabric import Fabric, PeerFabric, TierFabric
from planner.model.layout import Layout, RackPosition, Row, Side, face_y_mm
from planner.model.routes import Attachment
from planner.model.sites import cage_group, device_z_mm, first_cage, upper_slots

CageKey = tuple[str, int, int]
"""A cage by rack address, lowest U of its device, and number."""


class Riser(NamedTuple):
    """The riser at one edge of a rack's face; ``station`` counts the risers along the row's face."""

    rack: str
    row: str
    face: Face
    side: str
    x_mm: int
    y_mm: int
    station: int

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
            Riser(rack, place.row.name, face, side, x, y, 2 * place.index + edge)
            for edge, (side, x) in enumerate(zip(sides, (low_x, low_x + place.width_mm), strict=True))
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
    if isinstance(fabric, PeerFabric):
        low, high = (_peer_cages(layout, catalog, fabric, side) for side in (0, 1))
        return _collect(low), _collect(high)
    return (
        _collect(_lower_cages(layout, catalog, fabric)),
        _collect(_upper_cages(layout, catalog, fabric)),
    )


def _lower_cages(
    layout: Layout, catalog: Catalog, fabric: TierFabric
) -> Iterator[tuple[CageKey, Attachment]]:
    device = catalog.device_types[fabric.lower_device]
    for unit in fabric.lower_units:
        rack_type = catalog.rack_types[layout.position(unit.rack).choices[0]]
        for cage in unit.cages:
            yield _attach(rack_type, device, fabric.cages, (unit.rack, unit.u, cage))


def _upper_cages(
    layout: Layout, catalog: Catalog, fabric: TierFabric
) -> Iterator[tuple[CageKey, Attachment]]:
    device = catalog.device_types[fabric.upper_device]
    rack_type = catalog.rack_types[fabric.upper_rack_type]
    first = first_cage(device, fabric.upper_cages)
    count = cage_group(device, fabric.upper_cages).count
    for slot in upper_slots(layout, catalog, fabric):
        for cage in range(first, first + count):
            yield _attach(rack_type, device, fabric.upper_cages, (slot.rack, slot.u, cage))


def _peer_cages(
    layout: Layout, catalog: Catalog, fabric: PeerFabric, side: int
) -> Iterator[tuple[CageKey, Attachment]]:
    device = catalog.device_types[fabric.device]
    for run in fabric.runs:
        end = run[side]
        rack_type = catalog.rack_types[layout.position(end.rack).choices[0]]
        yield _attach(rack_type, device, fabric.cages, (end.rack, end.u, end.cage))


def _attach(
    rack_type: RackType, device: DeviceType, group_name: str, key: CageKey
) -> tuple[CageKey, Attachment]:
    rack, u, cage = key
    group = cage_group(device, group_name)
    offset = group.offset_mm[cage - first_cage(device, group_name)] if group.offset_mm else None
    z = device_z_mm(rack_type, u, device.height_u)
    return key, Attachment(rack=rack, face=group.face, z_mm=z, offset_mm=offset)


def _collect(cages: Iterable[tuple[CageKey, Attachment]]) -> Ends:
    """Return the distinct attachments in the order of their first cage."""
    numbers: dict[Attachment, int] = {}
    index = {key: numbers.setdefault(attachment, len(numbers)) for key, attachment in cages}
    return Ends(tuple(numbers), index)
