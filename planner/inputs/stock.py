"""The lengths in which a cable or cord can be ordered, in the three ways that catalogs write them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import shown
from planner.inputs.library import PartReader
from planner.inputs.money import read_money
from planner.inputs.values import Value
from planner.model.evidence import Price
from planner.model.media import StockItem
from planner.units import LENGTH_MM, parse_quantity

MAX_STEPS = 1000
"""Most lengths that a made-to-length part may unfold into."""

_FORMS = ("stock", "stock_lengths", "made_to_length")


def read_stock(part: PartReader, reach_mm: int | None) -> tuple[StockItem, ...]:
    """Read the orderable lengths, shortest first; exactly one of the forms must be there."""
    values = {form: part.record.get(form) for form in _FORMS}
    given = [form for form, value in values.items() if value is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        part.record.value.fail("bad-stock", f"found {found}, expected one of {', '.join(_FORMS)}")
        return ()
    form = given[0]
    value = values[form]
    assert value is not None
    items = _read_form(part, form, value, reach_mm)
    if not items:
        value.fail("bad-stock", "expected at least one length with its price")
    return items


def _read_form(part: PartReader, form: str, value: Value, reach_mm: int | None) -> tuple[StockItem, ...]:
    if form == "stock":
        return _listed(part, value)
    record = record_of(value, "lengths and a price")
    lengths = _lengths(record) if form == "stock_lengths" else _steps(record, reach_mm)
    items = _priced_by_length(part, record, form, lengths)
    record.finish()
    return items


def length_of_key(key: str, entry: Value, example: str) -> int | None:
    """Read a length that is a key; None where it is none, which is reported at its entry."""
    try:
        return parse_quantity(key, LENGTH_MM)
    except ValueError as error:
        entry.fail("bad-quantity", f"found {shown(key)}, {error}, for instance '{example}'")
        return None


def _listed(part: PartReader, value: Value) -> tuple[StockItem, ...]:
    items: dict[int, StockItem] = {}
    for key, entry in value.as_entries("lengths and their prices"):
        length_mm = length_of_key(key, entry, "0.5 m")
        if length_mm is None:
            continue
        if length_mm in items:
            entry.fail("bad-stock", f"the length {shown(key)} is there twice")
        items[length_mm] = _listed_item(part, length_mm, f"stock.{key}", entry)
    return tuple(items[length_mm] for length_mm in sorted(items))


def _listed_item(part: PartReader, length_mm: int, field_name: str, entry: Value) -> StockItem:
    if not entry.is_mapping:
        return StockItem(length_mm=length_mm, part_number=None, price=part.price(entry, field_name))
    record = record_of(entry, "a price, or price and part_number")
    part_number = record.optional_text("part_number")
    value = record.need("price")
    record.finish()
    price = part.price(value or entry, f"{field_name}.price")
    return StockItem(length_mm=length_mm, part_number=part_number, price=price)


def _lengths(record: Record) -> Sequence[int]:
    value = record.need("lengths")
    items = value.as_items("a list of lengths") if value else []
    return sorted({item.as_quantity(LENGTH_MM, "0.5 m", 1) for item in items})


def _steps(record: Record, reach_mm: int | None) -> Sequence[int]:
    """Unfold "every STEP, from FROM to TO"; TO is the reach where the file does not say."""
    step_mm = record.length_mm("step", 1)
    from_value, to_value = record.get("from"), record.get("to")
    first_mm = from_value.as_quantity(LENGTH_MM, "0.5 m", 1) if from_value else step_mm
    if to_value is None and reach_mm is None:
        record.value.fail("missing-key", "'to' is missing here")
    last_mm = to_value.as_quantity(LENGTH_MM, "3 m", 1) if to_value else reach_mm or first_mm
    if last_mm < first_mm or (last_mm - first_mm) // step_mm >= MAX_STEPS:
        message = f"found no length, or more than {MAX_STEPS}, from {first_mm} mm to {last_mm} mm"
        record.value.fail("bad-stock", message)
        return []
    return range(first_mm, last_mm + 1, step_mm)


def _priced_by_length(
    part: PartReader, record: Record, form: str, lengths_mm: Sequence[int]
) -> tuple[StockItem, ...]:
    price, per_meter = record.need("price"), record.get("price_per_meter")
    fixed = read_money(price) if price else None
    variable = read_money(per_meter) if per_meter else None
    if price is None:
        return ()
    origin = part.price_origin(f"{form}.price", price)
    items = []
    for length_mm in lengths_mm:
        cents = part.exchange.cents(fixed, part.id)
        cents += part.exchange.cents(variable, part.id, Fraction(length_mm, 1000))
        unit = Price(cents=cents, basis=origin.basis, source=origin.source, date=origin.date)
        items.append(StockItem(length_mm=length_mm, part_number=None, price=unit))
    return tuple(items)
