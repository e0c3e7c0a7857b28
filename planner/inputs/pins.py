"""What a fabric's user decided already: pins."""

from __future__ import annotations

import re
from collections.abc import Mapping

from planner.inputs.fields import record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.rows import Places
from planner.inputs.values import Value
from planner.model.pins import NO_PINS, DevicePin, PinnedEnd, Pins, RunPin

_MOST_U = 99
_END = re.compile(
    r"([A-Za-z][A-Za-z0-9]{0,7}[0-9]{2})-U([0-9]{1,2})(?:-C([0-9]{1,4})(?:P([1-9][0-9]{0,2}))?)?"
)
_NO_END = PinnedEnd("", 0, 0, 0)


def read_pins(value: Value | None, fabric: str, addresses: Mapping[str, int] | None, places: Places) -> Pins:
    """Read a fabric's ``pins``, in canonical order; none where nothing is pinned.

    ``addresses`` is None where the rows could not be read: then any address passes.
    """
    if value is None or value.is_null:
        return NO_PINS
    record = record_of(value, "the fields of pins")
    rank = addresses or {}
    devices: dict[tuple[str, int], DevicePin] = {}
    for item in _items(record.get("devices"), "pins such as [{rack: A02, u: 3}]"):
        pin = _read_device(item, addresses)
        if (pin.rack, pin.u) in devices:
            item.fail("pin-twice", f"U{pin.u} of {pin.rack} is pinned twice")
        devices[pin.rack, pin.u] = pin
        places[pin_place(fabric, pin)] = item.where
    runs: dict[PinnedEnd, RunPin] = {}
    for item in _items(record.get("runs"), "pins such as [{from: A01-U19-C01, to: A02-U03}]"):
        run = _read_run(item, addresses)
        if run.lower in runs:
            item.fail("pin-twice", f"a run from {run.lower} is pinned twice")
        runs[run.lower] = run
        places[pin_place(fabric, run)] = item.where
    record.finish()
    return Pins(
        devices=tuple(devices[at] for at in sorted(devices, key=lambda at: (rank.get(at[0], 0), at))),
        runs=tuple(runs[end] for end in sorted(runs, key=lambda end: (rank.get(end.rack, 0), end))),
    )


def pin_place(fabric: str, pin: DevicePin | RunPin) -> str:
    """Return the name under which the place of a pin is kept."""
    at = f"{pin.rack} {pin.u}" if isinstance(pin, DevicePin) else f"run {pin.lower}"
    return f"fabric {fabric} pin {at}"


def _items(value: Value | None, expected: str) -> list[Value]:
    return [] if value is None or value.is_null else value.as_items(expected)


def _read_run(item: Value, addresses: Mapping[str, int] | None) -> RunPin:
    record = record_of(item, "the fields of a pinned run")
    part, stock = record.get("part"), record.get("stock_length")
    pin = RunPin(
        lower=_read_end(record.need("from"), addresses, needs_cage=True),
        upper=_read_end(record.need("to"), addresses, needs_cage=False),
        part=part.as_name("the id of a part of the media profile") if part else "",
        stock_length_mm=record.length_mm("stock_length", 1) if stock else 0,
    )
    if stock and not part:
        stock.fail("pin-stock", "expected 'part' beside it: the part whose stock length this is")
    record.finish()
    return pin


def _read_end(value: Value | None, addresses: Mapping[str, int] | None, *, needs_cage: bool) -> PinnedEnd:
    """Read an end as labels of runs write it: A01-U19-C01, A01-U19-C01P2, or A02-U03 for a device."""
    if value is None:
        return _NO_END
    expected = "an end such as 'A01-U19-C01'" if needs_cage else "an end such as 'A02-U03-C07' or 'A02-U03'"
    text = value.as_text(expected)
    match = _END.fullmatch(text)
    if match is None or (needs_cage and not match[3]):
        if text:
            value.fail("bad-end", f"found {shown(text)}, expected {expected}, as labels of runs have it")
        return _NO_END
    address = match[1]
    if addresses is not None and address not in addresses:
        value.fail("unknown-address", f"unknown address {shown(address)}{nearest(address, addresses)}")
    return PinnedEnd(address, int(match[2]), int(match[3] or 0), int(match[4] or 0))


def _read_device(item: Value, addresses: Mapping[str, int] | None) -> DevicePin:
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
