"""A first layout before it is text: its fabrics, its rows, and how wide its cable trays are."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Finding, InfeasibleError, InputError
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.media import Medium
from planner.model.sites import cage_group, rack_capacity, runs_per_cage
from planner.model.sizing import SystemSize
from planner.model.starter import Floor, Starter
from planner.starter.arrangement import Counts, PlannedRow, arrange, row_count
from planner.starter.design import Design, SpreadRule, find_design
from planner.units import ceil_div

MOST_ROWS = 99
"""Rows are numbered with two digits."""

WIDTH_STEP_MM = 300

NEAREST_STEPS = 64
"""How far to look for another number of racks, in groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the text says. ``design`` is None where racks are cabled in pairs.

    ``needed`` racks for switches are filled; ``depth_mm`` is that of the deepest rack, ``face_depth_mm``
    that of the shallowest, whose face is the last that a tray at its edge still lies over.
    """

    size: SystemSize
    starter: Starter
    parts: Catalog
    floor: Floor
    gpu_racks: int
    design: Design | None
    needed: int
    rows: tuple[PlannedRow, ...]
    pitch_mm: int
    depth_mm: int
    face_depth_mm: int
    face: Face

    @property
    def candidates(self) -> int:
        """Positions that may hold a switch rack."""
        return sum(row.candidates for row in self.rows)


def make_draft(
    size: SystemSize, starter: Starter, parts: Catalog, floor: Floor, racks: int, rule: SpreadRule
) -> Draft:
    """Decide everything that a first layout of that many GPU racks says.

    Raises
    ------
    InputError
        The sizing catalog names a part that its catalogs do not have.
    InfeasibleError
        The planes of a fabric do not come out even, or the hall would have too many rows.
    """
    _require_parts(size.system.id, starter, parts)
    types, needed, design = [parts.rack_types[starter.rack]], 0, None
    if starter.upper_device:
        design = _design(size, starter, parts, racks, rule)
        upper = parts.rack_types[starter.upper_rack]
        needed = ceil_div(
            design.devices, max(rack_capacity(upper, parts.device_types[starter.upper_device]), 1)
        )
        types.append(upper)
    spare = starter.spare_racks if needed else 0
    counts = Counts(gpu_racks=racks, candidates=needed + spare, step=row_step(starter), is_even=bool(spare))
    depth_mm = max(one.depth_mm for one in types)
    cages = cage_group(parts.device_types[starter.device], starter.cages)
    _refuse_many_rows(size.system.id, counts, floor)
    return Draft(
        size=size,
        starter=starter,
        parts=parts,
        floor=floor,
        gpu_racks=racks,
        design=design,
        needed=needed,
        rows=arrange(counts, floor, depth_mm, cages.face),
        pitch_mm=max(one.width_mm for one in types),
        depth_mm=depth_mm,
        face_depth_mm=min(one.depth_mm for one in types),
        face=cages.face,
    )


def row_step(starter: Starter) -> int:
    """Return how many GPU racks stay in one row: pairs, or the largest group of a fixed size."""
    fixed = [grouping.racks for grouping in starter.groups if grouping.racks]
    return max(fixed, default=1 if starter.upper_device else 2)


def _design(size: SystemSize, starter: Starter, parts: Catalog, racks: int, rule: SpreadRule) -> Design:
    tiers = size.system.tiers[: len(size.joins)]
    design = find_design(starter, parts, racks, tiers, size.spread, rule)
    if design is None:
        step = row_step(starter)
        most = NEAREST_STEPS * step
        ranges = (range(racks - step, max(racks - most, 0), -step), range(racks + step, racks + most, step))
        near = [
            next((n for n in counts if find_design(starter, parts, n, tiers, size.spread, rule)), None)
            for counts in ranges
        ]
        names = ", ".join(tier.name for tier in tiers)
        possible = " or ".join(f"{count:,} racks" for count in near if count) or "none near"
        message = (
            f"{size.system.id}: {racks:,} racks make no planes of {names} that are equal and spread "
            f"{size.spread.value}; possible: {possible}"
        )
        raise InfeasibleError([Finding(code="planes-unequal", message=message)])
    return design


def _require_parts(system: str, starter: Starter, parts: Catalog) -> None:
    known = {*parts.rack_types, *parts.device_types}
    names = [starter.rack, starter.device, starter.upper_device, starter.upper_rack]
    missing = [name for name in names if name and name not in known]
    sides = [(starter.device, starter.cages), (starter.upper_device, starter.upper_cages)]
    missing += [
        group
        for device, group in sides
        if device in parts.device_types
        and group not in {cages.name for cages in parts.device_types[device].cages}
    ]
    if missing:
        message = f"systems.{system}.layout: no '{missing[0]}' in the catalogs {', '.join(starter.catalogs)}"
        raise InputError([Finding(code="unknown-part", message=message)])


def _refuse_many_rows(system: str, counts: Counts, floor: Floor) -> None:
    rows = row_count(counts, floor)
    if rows > MOST_ROWS:
        message = (
            f"{system}: {counts.gpu_racks:,} racks and {counts.candidates:,} positions for switch racks "
            f"take {rows:,} rows of at most {floor.positions_per_row}, but a hall has at most {MOST_ROWS}"
        )
        raise InfeasibleError([Finding(code="rows-many", message=message)])


def row_tray_mm(draft: Draft) -> int:
    """Return how wide trays along rows are: half of the ends in a row may pass one place."""
    starter, design = draft.starter, draft.design
    if design is None:
        return draft.floor.tray_width_mm
    lower = cage_group(draft.parts.device_types[starter.device], starter.cages)
    upper_type = draft.parts.device_types[starter.upper_device]
    upper = cage_group(upper_type, starter.upper_cages)
    mounts = draft.parts.rack_types[starter.rack].mounts
    per_rack = sum(mount.device == starter.device for mount in mounts) * lower.count
    per_rack *= runs_per_cage(lower, starter.granularity)
    capacity = rack_capacity(draft.parts.rack_types[starter.upper_rack], upper_type)
    above = min(capacity * max(row.candidates for row in draft.rows), design.devices) * upper.count
    above *= runs_per_cage(upper, starter.granularity)
    ends = max(row.left + row.right for row in draft.rows) * per_rack + above
    return _width_mm(draft, ceil_div(ends, 2))


def cross_tray_mm(draft: Draft) -> int:
    """Return how wide trays across rows are: half of all runs may cross the middle of the hall."""
    return _width_mm(draft, ceil_div(draft.design.runs, 2)) if draft.design else draft.floor.tray_width_mm


def _width_mm(draft: Draft, runs: int) -> int:
    floor = draft.floor
    usable_mm2_per_m = floor.tray_depth_mm * floor.tray_fill_permille
    wanted = ceil_div(runs * _run_um2(draft), usable_mm2_per_m * 1000)
    return max(floor.tray_width_mm, ceil_div(wanted, WIDTH_STEP_MM) * WIDTH_STEP_MM)


def _run_um2(draft: Draft) -> int:
    """Return the section of the thickest optical run that fits; copper does not reach far."""
    starter, parts = draft.starter, draft.parts
    lower = cage_group(parts.device_types[starter.device], starter.cages)
    upper = cage_group(parts.device_types[starter.upper_device], starter.upper_cages)
    pairs = [(lower, upper), (upper, upper)]
    fitting = [
        option.cables_per_run * option.cable.outer_diameter_um**2
        for option in parts.media
        if option.medium is Medium.OPTICS
        and any(
            option.between(
                *pair,
                (
                    runs_per_cage(pair[0], starter.granularity),
                    runs_per_cage(pair[1], starter.granularity),
                ),
            )
            for pair in pairs
        )
    ]
    return max(fitting, default=0)
