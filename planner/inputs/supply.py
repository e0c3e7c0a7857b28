"""Reads what can be had of parts: limits on pieces, each with what the number rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import shown
from planner.inputs.money import read_date
from planner.inputs.rows import Places
from planner.inputs.stock import length_of_key
from planner.inputs.values import Value
from planner.model.evidence import Basis, Provenance
from planner.model.supply import SupplyLimit

_MOST_PIECES = 10**9
_EXAMPLE = "2 m"


class Supply(NamedTuple):
    """Limits by part and length, and what each rests on."""

    limits: tuple[SupplyLimit, ...] = ()
    provenance: tuple[Provenance, ...] = ()


def read_supply(value: Value | None, places: Places) -> Supply:
    """Read the limits of all parts; the file's order does not matter."""
    if value is None or value.is_null:
        return Supply()
    found = [
        one
        for part, entry in value.as_entries("parts and what can be had of them")
        for one in _read_part(part, entry, places)
    ]
    found.sort(key=lambda one: (one[0].part, one[0].stock_length_mm or 0))
    return Supply(tuple(limit for limit, _ in found), tuple(origin for _, origin in found))


def _read_part(part: str, value: Value, places: Places) -> Iterator[tuple[SupplyLimit, Provenance]]:
    record = record_of(value, "the fields of what can be had of a part")
    places[f"supply {part}"] = value.where
    limits: list[SupplyLimit] = []
    most, lengths = record.get("most"), record.get("lengths")
    if most is None and lengths is None:
        value.fail("missing-key", "'most' or 'lengths' is missing here")
    if most is not None:
        limits.append(_limit(part, None, most))
    limits += _read_lengths(part, lengths, places) if lengths is not None else []
    basis = record.choice("basis", Basis) if record.has("basis") else Basis.ASSUMPTION
    source, day = record.text("source"), _day(record)
    record.finish()
    for limit in limits:
        yield (
            limit,
            Provenance(
                subject="supply",
                field=limit.name,
                value=str(limit.most_pieces),
                basis=basis,
                source=source,
                date=day,
            ),
        )


def _day(record: Record) -> str:
    date = record.get("date")
    return read_date(date) if date else ""


def _limit(part: str, stock_length_mm: int | None, most: Value) -> SupplyLimit:
    return SupplyLimit(
        part=part, stock_length_mm=stock_length_mm, most_pieces=most.as_integer(0, _MOST_PIECES)
    )


def _read_lengths(part: str, value: Value, places: Places) -> list[SupplyLimit]:
    """Read the limits of single stock lengths: the length is the key."""
    found: dict[int, SupplyLimit] = {}
    for text, most in value.as_entries("stock lengths and how many pieces of each can be had"):
        length_mm = length_of_key(text, most, _EXAMPLE)
        if length_mm is None:
            continue
        limit = _limit(part, length_mm, most)
        if length_mm in found:
            most.fail("stock-length-twice", f"found {shown(text)}, which is there already")
        found[length_mm] = limit
        places[f"supply {limit.name}"] = most.where
    return list(found.values())
