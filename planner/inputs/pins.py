"""What a fabric's user decided already: pins."""

from __future__ import annotations

from collections.abc import Sequence

from planner.inputs.fields import record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.rows import Places
from planner.inputs.values import Value
from planner.model.pins import NO_PINS, DevicePin, Pins

_MOST_U = 99


def read_pins(value: Value | None, fabric: str, addresses: Sequence[str] | None, places: Places) -> Pins:
    """Read a fabric's ``pins``, in canonical order; none where nothing is pinned.

    ``addresses`` is None where the rows could not be read: then any address passes.
    """
    if value is None or value.is_null:
        return NO_PINS
    record = record_of(value, "the fields of pins")
    listed = record.get("devices")
    rank = {address: number for number, address in enumerate(addresses or ())}
    devices: dict[tuple[str, int], DevicePin] = {}
    for item in listed.as_items("pins such as [{rack: A02, u: 3}]") if listed else ():
        pin = _read_device(item, addresses)
        if (pin.rack, pin.u) in devices:
            item.fail("pin-twice", f"U{pin.u} of {pin.rack} is pinned twice")
        devices[pin.rack, pin.u] = pin
        places[pin_place(fabric, pin)] = item.where
    record.finish()
    return Pins(devices=tuple(devices[at] for at in sorted(devices, key=lambda at: (rank.get(at[0], 0), at))))


def pin_place(fabric: str, pin: DevicePin) -> str:
    """Return the name under which the place of a pin is kept."""
    return f"fabric {fabric} pin {pin.rack} {pin.u}"


def _read_device(item: Value, addresses: Sequence[str] | None) -> DevicePin:
    record = record_of(item, "the fields of a pinned device")
    rack, planes = record.need("rack"), record.get("planes")
    address = rack.as_text("an address such as 'A02'") if rack else ""
    if rack and address and addresses is not None and address not in addresses:
        rack.fail("unknown-address", f"unknown address {shown(address)}{nearest(address, addresses)}")
    pin = DevicePin(rack=address, u=record.integer("u", 1, _MOST_U), planes=_read_planes(planes))
    record.finish()
    return pin


def _read_planes(value: Value | None) -> tuple[str, ...]:
    """Read the names of planes; one of them may stand without brackets."""
    if value is None or value.is_null:
        return ()
    items = value.as_items("names of planes") if value.is_list else [value]
    return tuple(item.as_text("the name of a plane, such as 0") for item in items)
