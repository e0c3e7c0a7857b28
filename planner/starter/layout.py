"""The entry of the stage: from a size to the text of a layout that can be planned at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.errors import Finding, InfeasibleError, InputError
from planner.model.catalog import Catalog, RackType
from planner.model.layout import WiredUnit
from planner.model.sites import rack_capacity
from planner.model.sizing import Starter, SystemSize
from planner.model.starter import Floor
from planner.starter.arrangement import Counts, PlannedRow, arrange, room_mm, row_count
from planner.units import ceil_div

MOST_ROWS = 26
"""Rows are named A to Z."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    size: SystemSize
    starter: Starter
    counts: Counts
    needed: int
    rows: tuple[PlannedRow, ...]
    rack: RackType
    floor: Floor
    depth_mm: int
    pitch_mm: int


def write_layout(size: SystemSize, starter: Starter, parts: Catalog, floor: Floor, label: str) -> str:
    """Return a commented layout of a size.

    Parameters
    ----------
    size, starter, parts, floor
        What to lay out, from which parts of which catalogs, and how rooms look.
    label
        The command that asks for it, for the first line.

    Raises
    ------
    InputError
        The sizing catalog names a part that its catalogs do not have.
    InfeasibleError
        The hall would have more rows than letters.
    """
    _require_parts(size.system.id, starter, parts)
    draft = _draft(size, starter, parts, floor)
    return "\n".join([*_head(draft, label), *_rows(draft), *_pathways(draft), *_fabric(draft), ""])


def _draft(size: SystemSize, starter: Starter, parts: Catalog, floor: Floor) -> _Draft:
    rack = parts.rack_types[starter.rack]
    types, needed = [rack], 0
    if starter.upper_device:
        upper = parts.rack_types[starter.upper_rack]
        needed = ceil_div(size.trays, max(rack_capacity(upper, parts.device_types[starter.upper_device]), 1))
        types.append(upper)
    gpu_racks = size.blocks * size.domains // starter.blocks_per_rack
    spare = starter.spare_racks if needed else 0
    counts = Counts(gpu_racks=gpu_racks, candidates=needed + spare, step=1 if starter.upper_device else 2)
    rows = row_count(counts, floor)
    if rows > MOST_ROWS:
        message = (
            f"{size.system.id}: {gpu_racks:,} racks and {counts.candidates:,} positions for switch racks "
            f"take {rows:,} rows of at most {floor.positions_per_row}, but rows are named A to Z, {MOST_ROWS}"
        )
        raise InfeasibleError([Finding(code="rows-many", message=message)])
    depth_mm = max(one.depth_mm for one in types)
    return _Draft(
        size=size,
        starter=starter,
        counts=counts,
        needed=needed,
        rows=arrange(counts, floor, depth_mm),
        rack=rack,
        floor=floor,
        depth_mm=depth_mm,
        pitch_mm=max(one.width_mm for one in types),
    )


def _require_parts(system: str, starter: Starter, parts: Catalog) -> None:
    known = {*parts.rack_types, *parts.device_types}
    names = [starter.rack, starter.device, starter.upper_device, starter.upper_rack]
    missing = [name for name in names if name and name not in known]
    if missing:
        message = f"systems.{system}.layout: no '{missing[0]}' in the catalogs {', '.join(starter.catalogs)}"
        raise InputError([Finding(code="unknown-part", message=message)])


def _head(draft: _Draft, label: str) -> Iterator[str]:
    size, counts = draft.size, draft.counts
    yield f"# {size.system.description}: {counts.gpu_racks} racks."
    yield f"# Written by `{label}`; change what your room wants otherwise."
    yield "# Positions of a row count from the left (x = 0); layouts/README.md explains every key."
    yield "#"
    for row in reversed(draft.rows):
        marks = "G" * row.left + "S" * row.candidates + "G" * row.right
        yield f"#   {row.name}  {' '.join(marks)}"
    yield "#"
    yield f"#   G  {draft.starter.rack}"
    if draft.needed:
        needed = f"{draft.needed} of {counts.candidates} are needed"
        yield f"#   S  may hold a {draft.starter.upper_rack}: {needed}"
    yield "#"
    yield f"# {_sum(size)}"
    limit = size.system.max_gpus
    if limit is not None and size.gpus // size.domains > limit:
        yield f"# More than the {limit:,} GPUs that a domain may join: the planner warns."
    yield f"title: {size.system.description}, {counts.gpu_racks} racks"
    yield f"catalogs: [{', '.join(draft.starter.catalogs)}]"
    width, depth = room_mm(draft.rows, draft.floor, draft.pitch_mm, draft.depth_mm)
    yield f"room: {{width: {_m(width)}, depth: {_m(depth)}, height: {_m(draft.floor.ceiling_mm)}}}"
    yield ""


def _sum(size: SystemSize) -> str:
    block = size.system.block
    text = f"{size.gpus:,} GPUs, {size.inner_asics:,} {block.tier} ASICs"
    text += f" in {size.inner_trays:,} switch trays" if size.inner_trays else ""
    for join in size.joins:
        if join.trays:
            asics, trays = join.asics * size.domains, join.trays * size.domains
            text += f", {asics:,} {join.upper} ASICs in {trays:,} switch trays"
    return f"{text}; {size.runs:,} cable runs."


def _rows(draft: _Draft) -> Iterator[str]:
    yield "rows:"
    for row in draft.rows:
        yield f"  {row.name}:"
        yield f"    front: {row.front}"
        yield f"    x: {_m(draft.floor.wall_mm)}"
        yield f"    y: {_m(row.y_mm)}"
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


def _pathways(draft: _Draft) -> Iterator[str]:
    if not draft.needed:
        return
    z = _m(draft.floor.tray_mm)
    yield "# Cable trays over the rows and, where there are several, two across them beside the switch racks."
    yield "pathways:"
    yield "  row_trays:"
    for row in draft.rows:
        middle_mm = (row.y_mm + draft.depth_mm // 2) // 100 * 100
        yield f"    T{row.name}: {{row: {row.name}, y: {_m(middle_mm)}, z: {z}}}"
    if len(draft.rows) > 1:
        names = ", ".join(row.name for row in draft.rows)
        first = draft.rows[0]
        lefts = (first.left, first.left + first.candidates)
        yield "  cross_trays:"
        for number, positions in enumerate(lefts, start=1):
            x_mm = draft.floor.wall_mm + positions * draft.pitch_mm
            yield f"    X{number}: {{rows: [{names}], x: {_m(x_mm)}, z: {z}}}"
    yield ""


def _fabric(draft: _Draft) -> Iterator[str]:
    starter = draft.starter
    yield "fabrics:"
    if not starter.upper_device:
        yield "  pair:"
        yield "    kind: peers"
        yield f"    device: {starter.device}"
        yield f"    cages: {starter.cages}"
        yield "    pairs:"
        for row in draft.rows:
            for number in range(1, row.positions, 2):
                yield f"      - [{row.name}{number:02d}, {row.name}{number + 1:02d}]"
        return
    unit = "" if starter.unit is WiredUnit.ASIC else f", unit: {starter.unit.value}"
    planes = "" if starter.planes is None else f", planes: {starter.planes}"
    upper = f"device: {starter.upper_device}, cages: {starter.upper_cages}{unit}, rack: {starter.upper_rack}"
    yield "  l2:"
    yield "    kind: tiers"
    yield f"    spread: {draft.size.spread.value}"
    yield f"    lower: {{device: {starter.device}, cages: {starter.cages}{unit}{planes}}}"
    yield f"    upper: {{{upper}}}"


def _span(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first}-{first + count - 1}"


def _m(length_mm: int) -> str:
    return f"{length_mm / 1000:g} m"
