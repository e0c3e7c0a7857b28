"""Reads label stock and label schemes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from planner.errors import Finding, InputError
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.library import PartReader
from planner.inputs.money import Exchange
from planner.inputs.shipped import LABELS, shipped_folder
from planner.inputs.source import load_yaml
from planner.inputs.values import NAME, Value
from planner.model.labels import (
    Area,
    DeviceUnit,
    LabelCatalog,
    LabelScheme,
    LabelStock,
    TemplatePart,
    UnitOrder,
)
from planner.units import DIAMETER_UM

FIELDS = ("row", "rack", "u", "device", "asic", "cage", "port", "cord")
_NUMBERS = ("u", "asic", "cage", "port", "cord")
_PART = re.compile(r"\{(?P<field>[a-z]+)(?::0(?P<digits>[1-9]))?\}|(?P<bracket>[\[\]])|(?P<text>[^{}\[\]]+)")
_MOST_LABELS = 200
_Entry = TypeVar("_Entry", LabelStock, LabelScheme)


def read_labels(path: Path | None) -> LabelCatalog:
    """Read a catalog of label stock and schemes, by default the one that ships.

    Raises
    ------
    InputError
        With all findings about the file.
    """
    label = str(path) if path else f"catalogs/{LABELS}.yaml"
    findings = Findings()
    node = load_yaml(path or shipped_folder("catalogs") / f"{LABELS}.yaml", label)
    record = record_of(Value(node=node, path="", findings=findings), "sections of a label catalog")
    sources = {key: entry.as_text() for key, entry in _entries(record, "sources")}
    catalog = LabelCatalog(
        stock={key: _read_stock(key, entry, sources) for key, entry in _entries(record, "stock")},
        schemes={key: _read_scheme(key, entry) for key, entry in _entries(record, "schemes")},
    )
    record.finish()
    findings.raise_if_any()
    return catalog


def find_stock(catalog: LabelCatalog, name: str | None) -> LabelStock:
    """Return the stock of that name, or the first; an unknown one is an InputError with the nearest name."""
    return _find("stock", name, catalog.stock)


def find_scheme(catalog: LabelCatalog, name: str | None) -> LabelScheme:
    """Return the scheme of that name, or the first; an unknown one is an InputError with the nearest name."""
    return _find("scheme", name, catalog.schemes)


def _find(kind: str, name: str | None, known: Mapping[str, _Entry]) -> _Entry:
    if name is None and known:
        return next(iter(known.values()))
    if name is None:
        raise InputError([Finding(code=f"unknown-{kind}", message=f"the catalog has no label {kind}")])
    if name not in known:
        message = f"unknown label {kind} {shown(name)}{nearest(name, known)}"
        raise InputError([Finding(code=f"unknown-{kind}", message=message)])
    return known[name]


def _entries(record: Record, section: str) -> list[tuple[str, Value]]:
    value = record.get(section)
    entries = value.as_entries(f"{section} by name") if value else []
    for key, entry in entries:
        if section != "sources" and not NAME.fullmatch(key):
            entry.fail("bad-name", f"found {shown(key)}, expected a name: a-z, 0-9, '.' and '-'")
    return entries


def _read_stock(name: str, value: Value, sources: Mapping[str, str]) -> LabelStock:
    part = PartReader.open(name, value, sources, Exchange(""))
    record = part.record
    sheet, margin, pitch = record.record("sheet"), record.record("margin"), record.record("pitch")
    label = record.record("label")
    width, height = _um(label, "width", 1), _um(label, "height", 1)
    stock = LabelStock(
        id=name,
        description=record.text("description"),
        sheet_width_um=_um(sheet, "width", 1),
        sheet_height_um=_um(sheet, "height", 1),
        first=Area(_um(margin, "left"), _um(margin, "top"), width, height),
        pitch_across_um=_um(pitch, "across", 1),
        pitch_down_um=_um(pitch, "down", 1),
        columns=record.integer("columns", 1, _MOST_LABELS),
        rows=record.integer("rows", 1, _MOST_LABELS),
        text=_text_area(record, width, height),
    )
    for below in (sheet, margin, pitch, label):
        below.finish()
    findings_so_far = len(value.findings.items)
    part.close()
    if findings_so_far == part.findings_before:
        _check_fit(stock, value)
    return stock


def _um(record: Record, key: str, lowest: int = 0) -> int:
    return record.quantity(key, DIAMETER_UM, "38.1 mm", lowest)


def _text_area(record: Record, width_um: int, height_um: int) -> Area:
    if not record.has("text"):
        return Area(0, 0, width_um, height_um)
    text = record.record("text")
    area = Area(_um(text, "left"), _um(text, "top"), _um(text, "width", 1), _um(text, "height", 1))
    text.finish()
    return area


def _check_fit(stock: LabelStock, value: Value) -> None:
    first, text = stock.first, stock.text
    right = first.left_um + (stock.columns - 1) * stock.pitch_across_um + first.width_um
    bottom = first.top_um + (stock.rows - 1) * stock.pitch_down_um + first.height_um
    if right > stock.sheet_width_um or bottom > stock.sheet_height_um:
        message = f"the labels take {right / 1000:g} x {bottom / 1000:g} mm, more than the sheet has"
        value.fail("labels-off-sheet", message)
    if text.left_um + text.width_um > first.width_um or text.top_um + text.height_um > first.height_um:
        value.fail("text-off-label", "the text area is not within the label")
    is_narrow = stock.columns > 1 and stock.pitch_across_um < first.width_um
    if is_narrow or (stock.rows > 1 and stock.pitch_down_um < first.height_um):
        value.fail("labels-overlap", "the pitch is less than the label, expected at least its size")


def _read_scheme(name: str, value: Value) -> LabelScheme:
    record = record_of(value, "the fields of a label scheme")
    scheme = LabelScheme(
        id=name,
        description=record.text("description"),
        end=_read_template(record),
        device_u=record.choice("device_u", DeviceUnit),
        u_from=record.choice("u_from", UnitOrder),
        first_cage=record.integer("first_cage", 0, 1),
    )
    record.finish()
    return scheme


def _read_template(record: Record) -> tuple[TemplatePart, ...]:
    value = record.need("end")
    text = value.as_text() if value else ""
    if value is None or not text:
        return ()
    parts: list[TemplatePart] = []
    position = brackets = 0
    is_open = False
    while position < len(text):
        match = _PART.match(text, position)
        problem = _problem(match, text[position:], is_open=is_open)
        if match is None or problem:
            value.fail("bad-template", problem)
            return ()
        position = match.end()
        if match["bracket"]:
            is_open = match["bracket"] == "["
            brackets += is_open
            continue
        option = brackets if is_open else 0
        digits = int(match["digits"] or 1)
        parts.append(
            TemplatePart(text=match["text"] or "", field=match["field"] or "", digits=digits, option=option)
        )
    named = {part.field for part in parts}
    missing = [field for field in ("rack", "u", "cage", "port", "cord") if field not in named]
    if is_open or missing:
        what = "a bracket is not closed" if is_open else f"{{{missing[0]}}} is missing: ends would look alike"
        value.fail("bad-template", what)
    return tuple(parts)


def _problem(match: re.Match[str] | None, rest: str, *, is_open: bool) -> str:
    if match is None:
        return f"found {shown(rest)}, expected text, a field such as {{rack}} or {{u:02}}, or [...]"
    if match["field"] and match["field"] not in FIELDS:
        return f"unknown field {shown(match['field'])}{nearest(match['field'], FIELDS)}"
    if match["digits"] and match["field"] not in _NUMBERS:
        return f"{shown(match['field'])} is no number, expected it without digits"
    if match["bracket"] and (match["bracket"] == "[") == is_open:
        return "brackets are not in pairs"
    return ""
