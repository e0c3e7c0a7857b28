"""The sections of a first layout that describe the hall: groups, rows and pathways."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from planner.model.cages import Face
from planner.starter.arrangement import GRID_MM, PlannedRow, folded, grouped
from planner.starter.draft import Draft, cross_tray_mm, row_tray_mm

LINE = 110
TRAY_INSET_MM = 200
"""Trays along a row run this far behind the face with the cages."""


def meters(length_mm: int) -> str:
    """Return a length in meters."""
    return f"{length_mm / 1000:g} m"


def flow_list(items: Sequence[str], lead: str) -> str:
    """Return a list in brackets after its key, over several lines where one is too short."""
    indent = " " * (len(lead) - len(lead.lstrip()) + 2)
    return textwrap.fill(
        f"[{', '.join(items)}]",
        LINE,
        initial_indent=f"{lead} ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def group_lines(draft: Draft) -> Iterator[str]:
    """Yield the groupings that fabrics tell planes apart by."""
    used = draft.design.groups if draft.design else {}
    if not used:
        return
    yield "# Racks that belong together; fabrics below tell their planes apart by these names. All groups of"
    yield "# a grouping need as many racks. Where racks move, their addresses here move with them."
    yield "groups:"
    for grouping in draft.starter.groups:
        if grouping.name not in used:
            continue
        yield f"  {grouping.name}:"
        for number, addresses in enumerate(grouped(draft.rows, used[grouping.name]), start=1):
            yield flow_list(folded(addresses), f"    {grouping.label}{number}:")
    yield ""


def row_lines(draft: Draft) -> Iterator[str]:
    """Yield the rows with what stands in them."""
    yield "# x and y are the low corner of a row's first position, pitch is from one to the next. A list is a"
    yield "# choice of the planner; `reserved` keeps a position out of this plan."
    yield "rows:"
    for row in draft.rows:
        yield f"  {row.name}:"
        yield f"    front: {row.front}"
        yield f"    x: {meters(draft.floor.wall_mm + row.indent * draft.pitch_mm)}"
        yield f"    y: {meters(row.y_mm)}"
        yield f"    pitch: {draft.pitch_mm} mm"
        yield "    racks:"
        first = 1
        switch_rack = f"[{draft.starter.upper_rack}, empty]"
        for count, what in (
            (row.left, draft.starter.rack),
            (row.candidates, switch_rack),
            (row.right, draft.starter.rack),
        ):
            if count:
                yield f"      {_span(first, count)}: {what}"
            first += count
    yield ""


def pathway_lines(draft: Draft) -> Iterator[str]:
    """Yield the cable trays; pairs need none."""
    if not draft.needed:
        return
    yield "# Overhead cable trays, wide enough for these fabrics. z is their height above the floor, fill the"
    yield "# share of their cross-section that cables may take. One runs along each row, behind the faces"
    yield "# with the cages; risers at the racks and short ways from rack to rack need no line here."
    yield "pathways:"
    yield "  row_trays:"
    section = _section(draft, row_tray_mm(draft))
    for row in draft.rows:
        keys = f"row: {row.name}, y: {meters(_tray_y_mm(draft, row))}"
        yield f"    T{row.name}: {{{keys}, {section}}}"
    if len(draft.rows) > 1:
        left = draft.rows[0].indent + draft.rows[0].left
        places = (left, left + draft.rows[0].candidates)
        yield "  # Two across the rows, beside the positions for switch racks."
        yield "  cross_trays:"
        for number, place in enumerate(places, start=1):
            yield f"    X{number}:"
            yield flow_list([row.name for row in draft.rows], "      rows:")
            yield f"      x: {meters(draft.floor.wall_mm + place * draft.pitch_mm)}"
            for key in _section(draft, cross_tray_mm(draft)).split(", "):
                yield f"      {key}"
    yield ""


def _section(draft: Draft, width_mm: int) -> str:
    floor = draft.floor
    fill = f"{floor.tray_fill_permille / 10:g} %"
    return (
        f"z: {meters(floor.tray_z_mm)}, width: {width_mm} mm, depth: {floor.tray_depth_mm} mm, fill: {fill}"
    )


def _tray_y_mm(draft: Draft, row: PlannedRow) -> int:
    looks_south = (row.front == "south") == (draft.face is Face.FRONT)
    y_mm = row.y_mm + (TRAY_INSET_MM if looks_south else draft.face_depth_mm - TRAY_INSET_MM)
    return y_mm // GRID_MM * GRID_MM


def _span(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first}-{first + count - 1}"
