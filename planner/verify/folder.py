"""Reads a plan's folder: plan.json into a plan, and the two tables, cell by cell, against it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from planner.errors import Finding
from planner.model.plan import FORMAT_VERSION, BomLine, CableEnd, CableRun, Plan
from planner.verify.ground import fault
from planner.verify.large_file import LARGE_BYTES, UnusualError, read_large

SHOWN = 10
_COMPUTED = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
"""What a cell that spreadsheets compute begins with: also in its wide form."""

Row = dict[str, str]


def read_plan(folder: Path) -> Plan | Finding:
    """Read plan.json strictly: a value of the wrong type, or one that no plan has, is a finding."""
    large = _read_if_large(folder / "plan.json")
    if large is not None:
        return large
    text = read_text(folder / "plan.json")
    if isinstance(text, Finding):
        return text
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return fault("damaged-file", f"plan.json is not JSON: {error}")
    version = value.get("format_version") if isinstance(value, dict) else None
    if version != FORMAT_VERSION:
        return fault("wrong-version", f"plan.json has format version {version}, expected {FORMAT_VERSION}")
    adapter = TypeAdapter(Plan)
    try:
        plan = adapter.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        return fault("damaged-file", f"plan.json, {at}: {first['msg']} ({error.error_count()} errors in all)")
    strange = _difference(value, adapter.dump_python(plan, mode="json"), "")
    if strange is not None:
        return fault("damaged-file", f"plan.json, {strange}: no plan has this")
    return plan


def _read_if_large(path: Path) -> Plan | None:
    """Read a large file as the planner writes it; None where it is small, or unusual in any way."""
    try:
        plan = read_large(path, _is_same) if path.stat().st_size > LARGE_BYTES else None
    except (OSError, UnusualError):
        return None
    return plan if plan is not None and plan.format_version == FORMAT_VERSION else None


def _is_same(found: Any, known: Any) -> bool:
    return _difference(found, known, "") is None


def read_text(path: Path) -> str | Finding:
    """Read a file as UTF-8 text."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        return fault("missing-file", f"{path.name} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return fault(
            "damaged-file", f"{path.name} is not UTF-8: byte {error.start} is {error.object[error.start]:#x}"
        )


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key '{key}' stands twice")
        found[key] = value
    return found


def _difference(found: Any, known: Any, path: str) -> str | None:
    """Return where the file says something that the plan read from it does not."""
    if isinstance(found, dict) and isinstance(known, dict):
        for key in {**found, **known}:
            if key not in found or key not in known:
                return f"{path}{key}"
            deeper = _difference(found[key], known[key], f"{path}{key}.")
            if deeper is not None:
                return deeper
        return None
    if isinstance(found, list) and isinstance(known, list) and len(found) == len(known):
        for index, (one, other) in enumerate(zip(found, known, strict=True)):
            deeper = _difference(one, other, f"{path}{index}.")
            if deeper is not None:
                return deeper
        return None
    return None if found == known and type(found) is type(known) else path.rstrip(".")


def check_tables(folder: Path, plan: Plan) -> Iterator[Finding]:
    """Compare cut-sheet.csv and bom.csv with the plan."""
    currency = plan.layout.economics.currency
    in_order = sorted(plan.runs, key=lambda run: run.install_order)
    yield from _compare(
        folder / "cut-sheet.csv", len(in_order), (_cut_row(run, currency) for run in in_order)
    )
    yield from _compare(folder / "bom.csv", len(plan.bom), (_bom_row(line, currency) for line in plan.bom))


def _compare(path: Path, count: int, expected: Iterator[Row]) -> Iterator[Finding]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from _compare_rows(path.name, csv.reader(file, strict=True), count, expected)
    except OSError as error:
        yield fault("missing-file", f"{path.name} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        yield fault(
            "damaged-file", f"{path.name} is not UTF-8: byte {error.start} is {error.object[error.start]:#x}"
        )
    except csv.Error as error:
        yield fault("damaged-file", f"{path.name} is not CSV: {error}")


def _compare_rows(
    name: str, rows: Iterator[list[str]], count: int, expected: Iterator[Row]
) -> Iterator[Finding]:
    header = next(rows, [])
    first = next(expected, None)
    lacking = [column for column in first or () if column not in header]
    if lacking or len(set(header)) != len(header):
        yield fault("wrong-columns", f"{name}: columns {', '.join(lacking) or 'twice the same'} missing")
        return
    wanted = chain([first] if first is not None else [], expected)
    found, different, shown = 0, 0, []
    for number, row in enumerate(rows, start=2):
        found += 1
        for column, cell, value in _different_cells(header, row, next(wanted, None)):
            different += 1
            if different <= SHOWN:
                shown.append(
                    fault("wrong-cell", f"{name}, line {number}, {column}: '{cell}', the plan says '{value}'")
                )
    if found != count:
        yield fault("wrong-rows", f"{name} has {found} rows, the plan gives {count}")
    yield from shown
    if different > SHOWN:
        yield fault("wrong-cell", f"{name}: {different - SHOWN} more cells differ from the plan")


def _different_cells(header: list[str], row: list[str], wanted: Row | None) -> Iterator[tuple[str, str, str]]:
    if wanted is None:
        return  # one row too many, which is told by the number of rows
    if len(row) != len(header):
        yield "number of cells", str(len(row)), str(len(header))
        return
    cells = dict(zip(header, row, strict=True))
    for name, value in wanted.items():
        cell = cells[name]
        if cell != value or value[:1] in _COMPUTED:
            written = _written(value)
            if cell != written:
                yield name, cell, written


def _written(value: str) -> str:
    """Return how a cell is written: after an apostrophe where a spreadsheet would compute it."""
    if value[:1] not in _COMPUTED:
        return value
    is_number = value.isascii() and value[1:].replace(".", "", 1).isdecimal()
    return value if is_number and value[0] in "+-" else f"'{value}"


def _meters(length_mm: int) -> str:
    return f"{length_mm // 1000}.{length_mm % 1000:03d}"


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _end_cells(side: str, end: CableEnd) -> Row:
    return {
        f"{side}_row": end.row,
        f"{side}_rack": end.rack,
        f"{side}_u": str(end.u),
        f"{side}_device": end.device,
        f"{side}_asic": str(end.asic),
        f"{side}_cage": str(end.cage),
        f"{side}_port": str(end.port) if end.port else "",
        f"{side}_transceiver": end.transceiver,
    }


def _cut_row(run: CableRun, currency: str) -> Row:
    return {
        "cable_id": run.cable_id,
        "fabric": run.fabric,
        "plane": str(run.plane),
        "medium": str(run.medium),
        "part_number": run.part_number or "",
        "stock_length_m": _meters(run.stock_length_mm),
        "routed_length_m": _meters(run.routed_mm),
        "slack_m": _meters(run.slack_mm),
        "reach_m": _meters(run.reach_mm),
        "rate_gbps": str(run.rate_gbps),
        "links": str(run.links),
        **_end_cells("a", run.a),
        **_end_cells("b", run.b),
        "route": " > ".join(run.segments),
        "bundle": run.bundle,
        "install_order": str(run.install_order),
        "label_a": run.label_a,
        "label_b": run.label_b,
        "cost": _money(run.cost_cents),
        "currency": currency,
        "cord_labels_a": "; ".join(run.cord_labels_a),
        "cord_labels_b": "; ".join(run.cord_labels_b),
        "phase": str(run.phase),
        "crew": str(run.crew),
        "minutes": str(run.minutes),
    }


def _bom_row(line: BomLine, currency: str) -> Row:
    return {
        "part_number": line.part_number or "",
        "description": line.description,
        "category": line.category,
        "vendor": line.vendor,
        "unit": line.unit,
        "quantity": str(line.quantity),
        "spares": str(line.spares),
        "order_quantity": str(line.order_quantity),
        "unit_price": _money(line.unit_price_cents),
        "extended_price": _money(line.extended_price_cents),
        "order_price": _money(line.order_price_cents),
        "currency": currency,
        "basis": line.basis,
        "price_date": line.price_date,
        "source": line.source,
        "fabric": line.fabric,
        "part_id": line.part,
        "stock_length_m": "" if line.stock_length_mm is None else _meters(line.stock_length_mm),
    }
