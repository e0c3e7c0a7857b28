"""What racks have left for a fabric's upper devices, after what earlier fabrics placed and others pin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from planner.model.catalog import DeviceType, RackType
from planner.model.layout import TiersSpec
from planner.verify.bounds import candidates, earlier_specs
from planner.verify.ground import Ground, Place
from planner.verify.pins import pinned_by_others
from planner.verify.prices import counted_energy, price_of
from planner.verify.wiring import Tiers, carries_lower

Inside = tuple[int, str, DeviceType]
"""A device in a rack: its U, the type of the rack, and its own."""


@dataclass(frozen=True, slots=True)
class RackRoom:
    """One candidate rack.

    Parameters
    ----------
    place, slots_u
        Where it stands, and its free slots, ascending.
    stands
        Whether it stands in any case: by the layout, by a pin, or since an earlier fabric opened it.
    capacity
        How many of the fabric's upper devices it can still hold.
    opening_cents
        What opening it adds to the objective.
    """

    place: Place
    slots_u: tuple[int, ...]
    stands: bool
    capacity: int
    opening_cents: int


def room_left(ground: Ground, tiers: Tiers) -> list[RackRoom]:
    """Return the racks that the fabric may place into: those with a free slot, none of another type."""
    earlier = earlier_specs(ground, tiers.spec)
    places = candidates(ground, tiers.spec)
    placed, pinned = devices_of_others(ground, tiers.spec, {place.position.address for place in places})
    rack_type = tiers.rack_type
    is_bought = any(spec.upper_rack_type == rack_type.id for spec in earlier)
    economics = ground.plan.layout.economics
    opening = price_of(rack_type.price) + counted_energy(economics, rack_type.power_milliwatts)
    own_pins = {rack for rack, _ in tiers.spec.pins.slots}
    rooms = []
    for place in places:
        address, is_decided = place.position.address, place.position.is_decided
        inside, waiting = placed.get(address, []), pinned.get(address, [])
        others = [*inside, *waiting]
        if {kind for _, kind, _ in (*inside[:1], *waiting)} - {rack_type.id}:
            continue
        taken = {u for u, _, _ in others}
        slots_u = tuple(u for u in _slots(tiers) if u not in taken)
        is_paid = bool(inside) or (is_decided and is_bought) or carries_lower(ground, place)
        if slots_u:
            rooms.append(
                RackRoom(
                    place,
                    slots_u,
                    is_decided or bool(inside) or address in own_pins,
                    _capacity(
                        rack_type, tiers.upper_device, len(slots_u), [device for _, _, device in others]
                    ),
                    0 if is_paid else opening,
                )
            )
    return rooms


def devices_of_others(
    ground: Ground, own: TiersSpec, racks: Collection[str]
) -> tuple[dict[str, list[Inside]], dict[str, list[Inside]]]:
    """Return devices that earlier fabrics placed, and those that others pin and that do not stand yet.

    Both are by rack, of these racks alone.
    """
    placed: dict[str, list[Inside]] = {}
    for spec in earlier_specs(ground, own):
        for device in ground.placed_of.get(spec.name, ()):
            kind = ground.device_type(device.device)
            if kind is not None and device.rack in racks:
                placed.setdefault(device.rack, []).append((device.u, spec.upper_rack_type, kind))
    pinned = {}
    for rack, kept in pinned_by_others(ground, own).items():
        standing = {u for u, _, _ in placed.get(rack, [])}
        if rack in racks:
            pinned[rack] = [one for one in kept if one[0] not in standing]
    return placed, pinned


def _slots(tiers: Tiers) -> list[int]:
    fits = tiers.upper_device.height_u <= tiers.rack_type.slot_height_u
    return sorted(set(tiers.rack_type.tray_slots_u)) if fits else []


def _capacity(rack_type: RackType, device: DeviceType, slots: int, inside: list[DeviceType]) -> int:
    limits = [slots]
    if device.power_milliwatts > 0:
        drawn = sum(kind.power_milliwatts for kind in inside)
        limits.append((rack_type.max_added_power_milliwatts - drawn) // device.power_milliwatts)
    if device.weight_g > 0:
        weight = sum(kind.weight_g for kind in inside)
        limits.append((rack_type.max_added_weight_g - weight) // device.weight_g)
    return max(0, min(limits))


def plans_in_turn(ground: Ground) -> bool:
    """Tell whether a fabric depends on what an earlier one placed."""
    specs = [spec for spec in ground.plan.layout.fabrics if isinstance(spec, TiersSpec)]
    racks = [{place.position.address for place in candidates(ground, one)} for one in specs]
    is_shared = any(racks[i] & racks[j] for i in range(len(specs)) for j in range(i))
    return is_shared or any(spec.lower.below for spec in specs)
