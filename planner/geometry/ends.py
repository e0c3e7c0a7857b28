"""Which attachments the cages of a fabric have, at every place where its devices stand or may stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.model.catalog import Catalog, DeviceType, RackType
from planner.model.fabric import Fabric, PeerFabric, TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.routes import Attachment
from planner.model.sites import cage_group, candidate_racks, device_z_mm, first_cage, positions, upper_slots

CageKey = tuple[str, int, int]
"""A cage by rack address, lowest U of its device, and number."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Distinct attachments, and which of them a cage has."""

    attachments: tuple[Attachment, ...]
    index: dict[CageKey, int]


def placed_rack_type(layout: Layout, fabric: Fabric) -> str:
    """Return the type of the racks that the fabric below places lower devices in, "" where none does."""
    if isinstance(fabric, PeerFabric) or not fabric.below:
        return ""
    below = _specs_below(layout, fabric)
    return below[0].upper_rack_type if below else ""


def _specs_below(layout: Layout, fabric: TierFabric) -> list[TiersSpec]:
    return [one for one in layout.fabrics if isinstance(one, TiersSpec) and one.name in fabric.below]


def fabric_ends(layout: Layout, catalog: Catalog, fabric: Fabric) -> tuple[Ends, Ends]:
    """Return the lower and the upper ends of a fabric (of peers: both sides of its runs)."""
    if isinstance(fabric, PeerFabric):
        return _peer_ends(layout, catalog, fabric)
    return lower_ends(layout, catalog, fabric), upper_ends(layout, catalog, fabric)


def upper_ends(layout: Layout, catalog: Catalog, fabric: TierFabric) -> Ends:
    """Return the ends of all places for upper devices."""
    upper = _Collector(catalog.device_types[fabric.upper_device], fabric.upper_cages)
    for slot in upper_slots(layout, catalog, fabric):
        upper.add(catalog.rack_types[fabric.upper_rack_type], slot.rack, slot.u, upper.cages)
    return upper.ends()


def lower_ends(layout: Layout, catalog: Catalog, fabric: TierFabric) -> Ends:
    """Return the ends of the lower units, or of all places where the fabric below may put them."""
    lower = _Collector(catalog.device_types[fabric.lower_device], fabric.cages)
    if not fabric.below:
        standing = _standing(layout, catalog)
        for unit in fabric.lower_units:
            cages = dict.fromkeys(socket.cage for socket in unit.sockets)
            lower.add(standing[unit.rack], unit.rack, unit.u, cages)
        return lower.ends()
    used = sorted({socket.cage for unit in fabric.lower_units for socket in unit.sockets})
    rack_type = catalog.rack_types[placed_rack_type(layout, fabric)]
    bounds = dict.fromkeys(spec.within for spec in _specs_below(layout, fabric))
    reached = {one.address: one for bound in bounds for one in candidate_racks(layout, rack_type.id, bound)}
    for position in reached.values():
        for u in rack_type.tray_slots_u:
            lower.add(rack_type, position.address, u, used)
    return lower.ends()


def _peer_ends(layout: Layout, catalog: Catalog, fabric: PeerFabric) -> tuple[Ends, Ends]:
    standing = _standing(layout, catalog)
    device = catalog.device_types[fabric.device]
    low, high = _Collector(device, fabric.cages), _Collector(device, fabric.cages)
    for a, b in fabric.runs:
        low.add(standing[a.rack], a.rack, a.u, (a.cage,))
        high.add(standing[b.rack], b.rack, b.u, (b.cage,))
    return low.ends(), high.ends()


def _standing(layout: Layout, catalog: Catalog) -> dict[str, RackType]:
    """Return the racks that stand for sure, by address."""
    return {
        position.address: catalog.rack_types[position.choices[0]]
        for position in positions(layout)
        if position.is_decided
    }


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
