"""Racks that may move: how many of a type stand in all, and the rules for where."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from planner.inputs.fields import Record, record_of
from planner.inputs.rows import Places
from planner.inputs.values import Value
from planner.model.layout import Row
from planner.model.open_racks import OpenPosition, OpenRacks

_MOST = 10_000


class _Answer(StrEnum):
    YES = "true"
    NO = "false"


def read_open_racks(value: Value | None, rows: Sequence[Row], places: Places) -> OpenRacks | None:
    """Read which racks may move; None where none may.

    Their positions are those whose choice lists the type.
    """
    if value is None or value.is_null:
        return None
    record = record_of(value, "the fields of racks that may move")
    places["open racks"] = value.where
    name, needed = _read_needed(record, places)
    pairs = record.get("pairs")
    spacing = record.optional_integer("spacing", 0, 0, 99)
    max_rows = record.get("max_rows")
    places["open racks max_rows"] = max_rows.where if max_rows else value.where
    open_racks = OpenRacks(
        rack_type=name,
        needed=needed,
        positions=tuple(
            OpenPosition(
                address=position.address, choices=position.choices, may_be_empty=position.may_be_empty
            )
            for row in rows
            for position in row.positions
            if name in position.choices and not position.is_decided
        ),
        in_pairs=pairs is not None and pairs.as_choice(_Answer) is _Answer.YES,
        spacing=spacing,
        max_rows=None if max_rows is None or max_rows.is_null else max_rows.as_integer(1, 1000),
    )
    record.finish()
    return open_racks


def _read_needed(record: Record, places: Places) -> tuple[str, int]:
    """Read the type and how many racks of it stand in all."""
    needed = record.need("needed")
    if needed is None:
        return "", 0
    entries = needed.as_entries("a rack type and how many of it stand in all")
    if len(entries) != 1:
        if needed.is_mapping:
            needed.fail(
                "open-racks-types",
                f"found {len(entries)} rack types, expected one: racks of one type may move, others stand"
                " where rows put them",
            )
        return "", 0
    name, count = entries[0]
    places["open racks"] = places["open racks count"] = count.where
    return name, count.as_integer(1, _MOST)
