"""Risers, laterals and cable trays as layouts describe them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.rows import Places
from planner.inputs.values import Value
from planner.model.layout import CrossSection, CrossTray, Laterals, Level, Pathways, Row, RowTray, Slack
from planner.model.names import natural_key

MAX_ROUTES = 50
CROSSED = "crossed"
"""Stands for all rows with a tray that a cross tray passes over."""

_TRAY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,11}")


def read_pathways(record: Record, rows: Sequence[Row], places: Places) -> Pathways:
    """Read all pathways, in natural order of their names."""
    names = [row.name for row in rows]
    slack = record.record("slack")
    by_name = {row.name: row for row in rows}
    trays = _read_row_trays(record.get("row_trays"), record, names, places)
    pathways = Pathways(
        risers=_finished_section(record.record("risers")),
        laterals=_read_laterals(record),
        row_trays=trays,
        cross_trays=_read_cross_trays(record.get("cross_trays"), record, (by_name, trays), places),
        lateral_slack=_read_slack(slack.record("lateral")),
        overhead_slack=_read_slack(slack.record("overhead")),
        underfloor_slack=_read_slack(slack.record("underfloor")),
        routes_per_pair=record.integer("routes_per_pair", 1, MAX_ROUTES),
    )
    slack.finish()
    record.finish()
    _check_joins(pathways, record, places)
    return pathways


def _read_section(record: Record) -> CrossSection:
    return CrossSection(
        width_mm=record.length_mm("width", 1),
        depth_mm=record.length_mm("depth", 1),
        fill_permille=record.share_permille("fill"),
    )


def _finished_section(record: Record) -> CrossSection:
    section = _read_section(record)
    record.finish()
    return section


def _read_slack(record: Record) -> Slack:
    slack = Slack(
        per_end_mm=record.length_mm("per_end"),
        horizontal_permille=record.share_permille("horizontal"),
    )
    record.finish()
    return slack


def _read_laterals(record: Record) -> Laterals | None:
    """Read the laterals; null says that there are none."""
    value = record.value.child("laterals")
    if value is not None and value.is_null:
        record.get("laterals")
        return None
    below = record.record("laterals")
    laterals = Laterals(
        max_positions=below.integer("max_positions", 1, 99),
        section=_read_section(below),
    )
    below.finish()
    return laterals


def _read_row_trays(
    value: Value | None, defaults: Record, rows: Sequence[str], places: Places
) -> tuple[RowTray, ...]:
    trays = []
    for name, entry in value.as_entries("row trays by name") if value else ():
        record = _open_tray(name, entry, defaults, "row_tray", places)
        row = record.need("row")
        level, z_mm = _read_height(record)
        trays.append(
            RowTray(
                name=name,
                level=level,
                row=_read_row_name(row, rows) if row else "",
                y_mm=record.length_mm("y"),
                z_mm=z_mm,
                section=_finished_section(record),
            )
        )
    return tuple(sorted(trays, key=lambda tray: natural_key(tray.name)))


def _read_cross_trays(
    value: Value | None,
    defaults: Record,
    floor: tuple[Mapping[str, Row], Sequence[RowTray]],
    places: Places,
) -> tuple[CrossTray, ...]:
    trays = []
    rows = list(floor[0])
    for name, entry in value.as_entries("cross trays by name") if value else ():
        record = _open_tray(name, entry, defaults, "cross_tray", places)
        joined = record.need("rows")
        level, z_mm = _read_height(record)
        x_mm = record.length_mm("x")
        if joined and joined.is_word(CROSSED):
            names = _crossed(*floor, level, x_mm)
        else:
            items = joined.as_items(f"a list of rows, or '{CROSSED}'") if joined else []
            names = {_read_row_name(item, rows) for item in items}
        if joined and len(names) < 2:
            joined.fail("bad-cross-tray", "expected at least two rows to join")
        trays.append(
            CrossTray(
                name=name,
                level=level,
                x_mm=x_mm,
                z_mm=z_mm,
                rows=tuple(sorted(names, key=natural_key)),
                section=_finished_section(record),
            )
        )
    return tuple(sorted(trays, key=lambda tray: natural_key(tray.name)))


def _open_tray(name: str, value: Value, defaults: Record, kind: str, places: Places) -> Record:
    if not _TRAY_NAME.fullmatch(name):
        message = f"found {shown(name)}, expected a tray name: a letter, then letters and digits, at most 12"
        value.fail("bad-name", message)
    if f"tray {name}" in places:
        value.fail("duplicate-tray", f"another tray is called {shown(name)} too")
    places[f"tray {name}"] = value.where
    template = defaults.fallback.record(kind) if defaults.fallback else None
    return record_of(value, "the fields of a cable tray", template)


def _read_height(record: Record) -> tuple[Level, int]:
    """Read the height: ``z`` above the floor is overhead, ``below_floor`` is underfloor."""
    overhead, underfloor = record.get("z"), record.get("below_floor")
    if (overhead is None) == (underfloor is None):
        found = "neither" if overhead is None else "both"
        record.value.fail("bad-height", f"found {found} of 'z' (overhead) and 'below_floor', expected one")
    if underfloor is not None:
        return Level.UNDERFLOOR, -record.length_mm("below_floor", 1)
    return Level.OVERHEAD, record.length_mm("z", 1) if overhead is not None else 0


def _read_row_name(value: Value, rows: Sequence[str]) -> str:
    name = value.as_text("a row's name")
    if name and name not in rows:
        value.fail("unknown-row", f"unknown row {shown(name)}{nearest(name, rows)}")
    return name


def _crossed(rows: Mapping[str, Row], trays: Sequence[RowTray], level: Level, x_mm: int) -> set[str]:
    """Return the rows with a tray of that level that a cross tray at that x passes over."""
    return {
        row.name
        for tray in trays
        if tray.level is level and (row := rows.get(tray.row)) is not None
        if row.x_mm <= x_mm <= row.x_mm + len(row.positions) * row.pitch_mm
    }


def _check_joins(pathways: Pathways, record: Record, places: Places) -> None:
    """Report cross trays that cross rows without a tray of their level."""
    served = {(tray.row, tray.level) for tray in pathways.row_trays}
    for tray in pathways.cross_trays:
        for row in tray.rows:
            if (row, tray.level) not in served:
                message = f"joins row {shown(row)}, which has no {tray.level.value} cable tray to join"
                record.value.findings.add("bad-cross-tray", message, places[f"tray {tray.name}"])
