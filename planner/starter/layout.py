"""The entry of the stage: from a size to the text of a layout that can be planned at once."""

from __future__ import annotations

from collections.abc import Iterator

from planner.model.catalog import Catalog
from planner.model.sizing import SystemSize
from planner.model.starter import Floor, Starter
from planner.starter.arrangement import room_mm
from planner.starter.design import SpreadRule
from planner.starter.draft import Draft, make_draft
from planner.starter.fabrics import fabric_lines
from planner.starter.hall import group_lines, meters, pathway_lines, row_lines


def write_layout(
    size: SystemSize,
    starter: Starter,
    parts: Catalog,
    floor: Floor,
    racks: int,
    rule: SpreadRule,
    label: str,
) -> str:
    """Return a commented layout of a size.

    Parameters
    ----------
    size, starter, parts, floor, racks
        What to lay out, from which parts of which catalogs, how rooms look, and the racks with GPUs.
    rule
        The arithmetic of the spread.
    label
        The command that asks for it, for the first line.

    Raises
    ------
    InputError
        The sizing catalog names a part that its catalogs do not have.
    InfeasibleError
        The planes of a fabric do not come out even, or the hall would have too many rows.
    """
    draft = make_draft(size, starter, parts, floor, racks, rule)
    lines = [
        *_head(draft, label),
        *group_lines(draft),
        *row_lines(draft),
        *pathway_lines(draft),
        *fabric_lines(draft),
    ]
    return "\n".join([*lines, ""])


def _head(draft: Draft, label: str) -> Iterator[str]:
    size, starter = draft.size, draft.starter
    yield f"# {size.system.description}: {draft.gpu_racks} racks."
    yield f"# Written by `{label}`; change what your room wants otherwise."
    yield "# layouts/README.md explains every key; what is left out is in catalogs/defaults.yaml."
    yield "# `planner check` tells whether a change is good, `planner plan` plans it."
    yield "#"
    yield from _picture(draft)
    yield "#"
    yield f"# {_sum(draft)}"
    limit = size.system.max_gpus
    if limit is not None and size.gpus // size.domains > limit:
        yield f"# More than the {limit:,} GPUs that a domain may join: the planner warns."
    yield f"title: {size.system.description}, {draft.gpu_racks} racks"
    yield ""
    yield "# Where parts and prices come from: names of catalogs that ship, or paths of your own files."
    yield f"catalogs: [{', '.join(starter.catalogs)}]"
    yield "# What cages may be joined with; `planner catalog --profiles` lists the choices."
    yield f"profile: {starter.profile}"
    yield ""
    width, depth = room_mm(draft.rows, draft.floor, draft.pitch_mm, draft.depth_mm)
    yield "# Inside measures. x runs along the rows, y across them, both from the lower left of the picture."
    height = meters(draft.floor.ceiling_mm)
    yield f"room: {{width: {meters(width)}, depth: {meters(depth)}, height: {height}}}"
    yield ""


def _picture(draft: Draft) -> Iterator[str]:
    width = max(len(row.name) for row in draft.rows)
    for row in reversed(draft.rows):
        marks = "G" * row.left + "S" * row.candidates + "G" * row.right
        yield f"#   {row.name:{width}}  {'  ' * row.indent}{' '.join(marks)}"
    yield "#"
    yield f"#   G  {draft.starter.rack}"
    if draft.needed:
        needed = f"{draft.needed} of {draft.candidates} are needed"
        yield f"#   S  may hold a {draft.starter.upper_rack}: {needed}"


def _sum(draft: Draft) -> str:
    size, design = draft.size, draft.design
    text = f"{size.gpus:,} GPUs"
    if size.inner_asics:
        text += f", {size.inner_asics:,} {size.system.block.tier} ASICs"
        text += f" in {size.inner_trays:,} switch trays" if size.inner_trays else ""
    for tier, made in zip(size.system.tiers, design.tiers if design else (), strict=False):
        text += f", {made.devices:,} {tier.name} switch{'es' if made.devices > 1 else ''}"
    return f"{text}; {design.runs if design else size.runs:,} cable runs."
