"""What racks and rows have left for a fabric's upper devices, after what earlier fabrics placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.model.catalog import Catalog, DeviceType, RackType
from planner.model.economics import energy_in_objective_cents
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, RackPosition, Row, TiersSpec
from planner.model.sites import RackUse, Slot, candidate_racks, stands_anyway
from planner.optimize.pins import kept_for_others
from planner.optimize.pricing import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RowPower:
    """What a row with a limit has left for upper devices and for racks opened for them.

    ``is_in_row`` tells which candidate racks stand in it (Q,); ``rack_milliwatts`` (Q,) is what
    opening one draws, 0 where it stands anyway. ``limit`` says of what it is one: power, cooling or weight;
    amounts of weight are grams.
    """

    row: str
    left_milliwatts: int
    is_in_row: BoolArray
    rack_milliwatts: IntArray
    device_milliwatts: int
    limit: str = "power"

    def drawn_milliwatts(self, held: IntArray) -> int:
        """Return what that many devices in each rack (Q,) draw in this row."""
        racks = int(self.rack_milliwatts[self.is_in_row & (held > 0)].sum())
        return racks + int(held[self.is_in_row].sum()) * self.device_milliwatts


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Room:
    """Free slots and the racks they are in; the arrays are those of ``PlacementProblem``."""

    slots: tuple[Slot, ...]
    slot_rack: IntArray
    rack_names: tuple[str, ...]
    opening_cents: IntArray
    is_fixed: tuple[bool, ...]
    capacity: IntArray
    row_power: tuple[RowPower, ...]


def find_room(layout: Layout, catalog: Catalog, fabric: TierFabric, used: Mapping[str, RackUse]) -> Room:
    """Return what is left for the fabric where earlier ones have used racks.

    A rack in use is open already. One in use as another type, or without a free slot, is no
    candidate.
    """
    rack_type = catalog.rack_types[fabric.upper_rack_type]
    device = catalog.device_types[fabric.upper_device]
    price = rack_type.price.cents if rack_type.price else 0
    opening = price + energy_in_objective_cents(layout.economics, rack_type.power_milliwatts)
    bought = _bought_before(layout, fabric)
    pinned = {one.rack for one in fabric.pinned}
    taken = {
        address: _both(used.get(address), kept)
        for address, kept in kept_for_others(layout, catalog, fabric.name, used).items()
    }
    taken = {**used, **taken}

    def is_paid(position: RackPosition) -> bool:
        paid_before = position.address in used or (position.is_decided and bought)
        return paid_before or stands_anyway(layout, catalog, position)

    free = {
        position: _free_slots(rack_type, taken.get(position.address))
        for position in candidate_racks(layout, rack_type.id, fabric.within)
    }
    racks = [position for position, slots_u in free.items() if slots_u]
    return Room(
        slots=tuple(Slot(position.address, u) for position in racks for u in free[position]),
        slot_rack=np.array(
            [index for index, position in enumerate(racks) for _ in free[position]], dtype=np.int64
        ),
        rack_names=tuple(position.address for position in racks),
        opening_cents=np.array([0 if is_paid(position) else opening for position in racks], dtype=np.int64),
        is_fixed=tuple(
            position.is_decided or position.address in used or position.address in pinned
            for position in racks
        ),
        capacity=np.array(
            [_capacity(rack_type, device, len(free[at]), taken.get(at.address)) for at in racks],
            dtype=np.int64,
        ),
        row_power=tuple(
            _row_power(catalog, row, racks, rack_type, device, taken, *limit)
            for row in layout.rows
            for limit in _limits(row)
        ),
    )


def _bought_before(layout: Layout, fabric: TierFabric) -> bool:
    """Tell whether an earlier fabric pays for the racks of this type that stand in any case."""
    for spec in layout.fabrics:
        if spec.name == fabric.name:
            return False
        if isinstance(spec, TiersSpec) and spec.upper_rack_type == fabric.upper_rack_type:
            return True
    return False


def _both(use: RackUse | None, more: RackUse) -> RackUse:
    """Return what a rack holds with what other fabrics will put there."""
    if use is None:
        return more
    return RackUse(
        use.rack_type,
        (*use.slots_u, *more.slots_u),
        use.power_milliwatts + more.power_milliwatts,
        use.weight_g + more.weight_g,
    )


def _free_slots(rack_type: RackType, use: RackUse | None) -> tuple[int, ...]:
    if use is None:
        return rack_type.tray_slots_u
    if use.rack_type != rack_type.id:
        return ()
    return tuple(u for u in rack_type.tray_slots_u if u not in use.slots_u)


def _capacity(rack_type: RackType, device: DeviceType, slots: int, use: RackUse | None) -> int:
    """Return how many devices a rack can still hold by slots, added power and added weight."""
    limits = [slots]
    if device.power_milliwatts:
        left = rack_type.max_added_power_milliwatts - (use.power_milliwatts if use else 0)
        limits.append(left // device.power_milliwatts)
    if device.weight_g:
        left = rack_type.max_added_weight_g - (use.weight_g if use else 0)
        limits.append(left // device.weight_g)
    return max(0, min(limits))


def _limits(row: Row) -> Iterator[tuple[str, int]]:
    """Yield the limits that the row has: of what, and how much."""
    for name, limit in (
        ("power", row.power_limit_milliwatts),
        ("cooling", row.cooling_limit_milliwatts),
        ("weight", row.weight_limit_g),
    ):
        if limit is not None:
            yield name, limit


def _row_power(
    catalog: Catalog,
    row: Row,
    racks: list[RackPosition],
    rack_type: RackType,
    device: DeviceType,
    used: Mapping[str, RackUse],
    name: str,
    limit: int,
) -> RowPower:
    """Subtract what stands in the row from its limit: racks, and what other fabrics placed or pin there."""
    is_weight = name == "weight"

    def amount(part: RackType | DeviceType) -> int:
        return part.weight_g if is_weight else part.power_milliwatts

    drawn = 0
    for position in row.positions:
        use = used.get(position.address)
        if position.is_decided or use:
            standing = position.choices[0] if position.is_decided or not use else use.rack_type
            drawn += amount(catalog.rack_types[standing])
        if use:
            drawn += use.weight_g if is_weight else use.power_milliwatts
    opened = [
        0 if position.is_decided or position.address in used else amount(rack_type) for position in racks
    ]
    return RowPower(
        row=row.name,
        left_milliwatts=limit - drawn,
        is_in_row=np.array([position.row == row.name for position in racks], dtype=bool),
        rack_milliwatts=np.array(opened, dtype=np.int64),
        device_milliwatts=amount(device),
        limit=name,
    )
