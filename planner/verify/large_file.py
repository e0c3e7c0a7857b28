"""Reads a large plan.json line by line, if it is written as the planner writes it.

Of a campus the text alone is more than a gigabyte, and JSON values take ten times their text. Lists of
records (runs, devices, segments, lines of the BOM) have a record a line: each is read for itself, and seen to
say nothing that the record read from it does not. Whatever stands otherwise is not read here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from planner.model.plan import BomLine, CableRun, Plan, PlanDevice, SegmentFill

LARGE_BYTES = 64 * 2**20
"""Smaller files are read as a whole."""

_RECORDS: dict[str, type] = {
    "devices": PlanDevice,
    "runs": CableRun,
    "segments": SegmentFill,
    "bom": BomLine,
}
_OPENING = {f' "{name}": [\n': name for name in _RECORDS}


class UnusualError(ValueError):
    """The file is not written as the planner writes it."""


def read_large(path: Path, same: Callable[[Any, Any], bool]) -> Plan:
    """Read a plan record by record.

    Parameters
    ----------
    path
        The file.
    same
        Tells whether two JSON values say the same.

    Raises
    ------
    UnusualError
        It must be read in another way, which also tells what is wrong with it.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            return _read(iter(file), same)
    except (OSError, ValueError, KeyError, RecursionError) as error:  # ValidationError is a ValueError
        raise UnusualError(str(error)) from None


def _read(lines: Iterator[str], same: Callable[[Any, Any], bool]) -> Plan:
    rest: list[str] = []
    found: dict[str, tuple[Any, ...]] = {}
    for line in lines:
        name = _OPENING.get(line)
        if name is None:
            rest.append(line)
        elif name in found:
            raise UnusualError(f"{name} stands twice")
        else:
            found[name], ending = _records(lines, _RECORDS[name], same)
            rest.append(f' "{name}": []{ending}')
    text = "".join(rest)
    adapter: TypeAdapter[Plan] = TypeAdapter(Plan)
    plan = adapter.validate_json(text, strict=True)
    value = json.loads(text, object_pairs_hook=_once)
    if not same(value, adapter.dump_python(plan, mode="json")):
        raise UnusualError("it says more than a plan")
    return replace(
        plan,
        devices=found.get("devices", plan.devices),
        runs=found.get("runs", plan.runs),
        segments=found.get("segments", plan.segments),
        bom=found.get("bom", plan.bom),
    )


def _records(
    lines: Iterator[str], kind: type, same: Callable[[Any, Any], bool]
) -> tuple[tuple[Any, ...], str]:
    """Return the records up to the end of their list, and how that line ends."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    shared: dict[Any, Any] = {}
    found: list[Any] = []
    is_last = False
    for line in lines:
        if line in (" ],\n", " ]\n"):
            if not is_last:
                break
            return tuple(found), line[2:]
        if is_last or not line.startswith("  {"):
            break
        is_last = not line.endswith(",\n")
        text = line.rstrip("\n").removesuffix(",")
        record = adapter.validate_json(text, strict=True)
        # Written anew it is the same text, letter for letter, or else the same values.
        if adapter.dump_json(record) != text.strip().encode():
            value = json.loads(text, object_pairs_hook=_once)
            if not same(value, adapter.dump_python(record, mode="json")):
                raise UnusualError("a record says more than one of a plan")
        found.append(_sharing(record, shared))
    raise UnusualError("a list of records does not end as it should")


def _sharing(record: Any, shared: dict[Any, Any]) -> Any:
    """Return the record with a run's segments shared with other runs: a campus has them millions of times."""
    if isinstance(record, CableRun):
        known = shared.setdefault(record.segments, record.segments)
        if known is not record.segments:
            return replace(record, segments=known)
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnusualError("a key stands twice")
    return found
