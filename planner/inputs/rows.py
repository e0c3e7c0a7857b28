"""Rows of rack positions, and the folded way in which layouts say what stands where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from planner.errors import Where
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.ranges import key_range
from planner.inputs.values import Value
from planner.model.layout import RackPosition, Row, Side
from planner.model.names import natural_key
from planner.units import POWER_MW, WEIGHT_G

MAX_POSITIONS = 99
"""Positions have two digits in an address."""

EMPTY = "empty"
RESERVED = "reserved"
_ROW_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}")
_ADDRESSES = re.compile(r"([A-Za-z][A-Za-z0-9]{0,7}?)([0-9]{2})(?:-(?:\1)?([0-9]{2}))?")

Places = dict[str, Where]
"""Where things of the layout were written, for findings that come later: "position A01", "row A" ..."""


def read_rows(value: Value | None, defaults: Record, places: Places) -> tuple[Row, ...]:
    """Read all rows, in natural order of their names."""
    rows = []
    for name, entry in value.as_entries("rows by name") if value else ():
        if not _ROW_NAME.fullmatch(name):
            message = (
                f"found {shown(name)}, expected a row name: a letter, then letters and digits, at most 8"
            )
            entry.fail("bad-name", message)
        places[f"row {name}"] = entry.where
        rows.append(_read_row(name, entry, defaults, places))
    return tuple(sorted(rows, key=lambda row: natural_key(row.name)))


def _read_row(name: str, value: Value, defaults: Record, places: Places) -> Row:
    record = record_of(value, "the fields of a row", defaults)
    x_mm, y_mm = record.length_mm("x"), record.length_mm("y")
    pitch_mm = record.length_mm("pitch", 1)
    racks = record.need("racks")
    choices = _read_racks(racks) if racks else {}
    names_at = {number: names for number, (names, _entry) in choices.items()}
    row = Row(
        name=name,
        front=record.choice("front", Side),
        x_mm=x_mm,
        y_mm=y_mm,
        pitch_mm=pitch_mm,
        power_limit_milliwatts=_read_limit(record, "power_limit", POWER_MW, "600 kW"),
        weight_limit_g=_read_limit(record, "weight_limit", WEIGHT_G, "12 t"),
        cooling_limit_milliwatts=_read_limit(record, "cooling_limit", POWER_MW, "600 kW"),
        positions=tuple(
            _position(name, number, (x_mm + (number - 1) * pitch_mm, y_mm), names_at.get(number, (EMPTY,)))
            for number in range(1, max(choices, default=0) + 1)
        ),
    )
    for number, (_names, entry) in choices.items():
        places[f"position {name}{number:02d}"] = entry.where
    record.finish()
    return row


def _read_limit(record: Record, key: str, scale: dict[str, Decimal], example: str) -> int | None:
    value = record.get(key)
    return None if value is None or value.is_null else value.as_quantity(scale, example)


def _read_racks(value: Value) -> dict[int, tuple[tuple[str, ...], Value]]:
    """Unfold "1-8: what stands there" into names and place; positions left out are empty."""
    choices: dict[int, tuple[tuple[str, ...], Value]] = {}
    for key, entry in value.as_entries("positions and what stands there"):
        names = _read_choice(entry)
        for number in key_range(key, entry, MAX_POSITIONS):
            if number in choices:
                other = choices[number][1].where.path.rpartition(".")[2]
                entry.fail("position-twice", f"position {number} is also in {shown(other)}")
            choices[number] = names, entry
    return choices


def _read_choice(value: Value) -> tuple[str, ...]:
    """Return what may stand at a position, sorted; the list form is a choice."""
    if not value.is_list:
        return (value.as_name("a rack type, 'empty', 'reserved', or a list to choose from"),)
    names = [item.as_name("a rack type or 'empty'") for item in value.as_items("rack types")]
    if len(set(names)) < len(names) or RESERVED in names or len(names) < 2:
        message = "expected a list of at least two different rack types, or of rack types and 'empty'"
        value.fail("bad-choice", message)
    return tuple(sorted(names))


def _position(row: str, number: int, corner_mm: tuple[int, int], names: tuple[str, ...]) -> RackPosition:
    return RackPosition(
        address=f"{row}{number:02d}",
        row=row,
        number=number,
        x_mm=corner_mm[0],
        y_mm=corner_mm[1],
        choices=tuple(name for name in names if name not in (EMPTY, RESERVED)),
        may_be_empty=EMPTY in names or RESERVED in names,
        is_reserved=RESERVED in names,
    )


def addresses_of(rows: Iterable[Row]) -> dict[str, int]:
    """Return all addresses in canonical order, each with its place in it."""
    addresses = (position.address for row in rows for position in row.positions)
    return {address: place for place, address in enumerate(addresses)}


def read_addresses(
    value: Value, known: Mapping[str, int] | None, *, may_be_single: bool = False
) -> tuple[str, ...]:
    """Read a list of addresses, folded ("A01-08", "A01-A08") or not, in canonical order.

    ``known`` is None where the rows could not be read: then any address passes. A list of one item
    may be written without brackets where ``may_be_single``.
    """
    found: set[str] = set()
    is_listed = value.is_list or not may_be_single
    for item in value.as_items("a list of addresses such as [A01, B01-08]") if is_listed else [value]:
        text = item.as_text("an address such as 'A01' or 'B01-08'")
        match = _ADDRESSES.fullmatch(text)
        if match is None and text:
            item.fail("bad-address", f"found {shown(text)}, expected an address such as 'A01' or 'B01-08'")
        if match is None:
            continue
        for number in range(int(match[2]), int(match[3] or match[2]) + 1):
            address = f"{match[1]}{number:02d}"
            if known is not None and address not in known:
                item.fail("unknown-address", f"unknown address {shown(address)}{nearest(address, known)}")
            if address in found:
                item.fail("address-twice", f"address {shown(address)} is there twice")
            found.add(address)
    return tuple(sorted(found & known.keys(), key=known.__getitem__) if known else sorted(found))
