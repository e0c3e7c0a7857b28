"""Topology between racks: a matrix of bundles, lower racks down, upper racks across.

A matrix, because as lines between racks even 16 x 4 bundles cannot be followed or labeled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from planner.model.catalog import Medium
from planner.model.plan import CableRun, FabricSummary, Plan
from planner.model.sites import positions
from planner.outputs.markup import (
    FAINT,
    HEADER,
    MEDIUM_COLOR,
    WORDS_ON_MEDIUM,
    cell,
    count,
    heading,
    html_label,
    in_listing_order,
    media_legend,
    new_graph,
    short_m,
    table,
    text,
)

FILE_STEM = "topology-bundles"
_BAR_PT, _BAR_HEIGHT_PT, _NARROWEST_PT = 150, 20, 30
_HEAD_PT, _TOTAL_PT, _LINE_PT = 74, 84, 40


class _Matrix(NamedTuple):
    """The runs of one fabric by their two racks."""

    lower: tuple[str, ...]
    upper: tuple[str, ...]
    runs: dict[tuple[str, str], list[CableRun]]

    @property
    def largest(self) -> int:
        return max(map(len, self.runs.values()))


def bundles_source(plan: Plan) -> str:
    """Return DOT source (for ``dot``) of one matrix a fabric."""
    graph = new_graph(FILE_STEM, rankdir="TB", nodesep="0.4", ranksep="0.4")
    names = [fabric.name for fabric in plan.fabrics]
    for fabric in plan.fabrics:
        runs = [run for run in plan.runs if run.fabric == fabric.name]
        graph.node(fabric.name, label=html_label(_fabric_table(plan, fabric, runs)))
    for above, below in pairwise(names):
        graph.edge(above, below, style="invis")
    source: str = graph.source
    return source


def _fabric_table(plan: Plan, fabric: FabricSummary, runs: Sequence[CableRun]) -> str:
    matrix = _matrix(plan, runs)
    title = f"{fabric.name}: {count(len(runs), 'run')} between {count(len(_racks(matrix)), 'rack')}"
    lines = (
        "Down: racks with end A. Across: racks with end B.",
        "A field: runs between two racks, their stock lengths.",
    )
    parts = [
        heading(title, *lines),
        media_legend(Counter(run.medium for run in runs)),
        _matrix_table(plan, matrix),
    ]
    return table([cell(part, ALIGN="LEFT") for part in parts], BORDER=0, CELLBORDER=0, CELLSPACING=4)


def _matrix(plan: Plan, runs: Iterable[CableRun]) -> _Matrix:
    by_racks: dict[tuple[str, str], list[CableRun]] = {}
    for run in runs:
        by_racks.setdefault((run.a.rack, run.b.rack), []).append(run)
    in_order = [position.address for position in positions(plan.layout)]
    lower, upper = ({racks[end] for racks in by_racks} for end in (0, 1))
    return _Matrix(
        tuple(rack for rack in in_order if rack in lower),
        tuple(rack for rack in in_order if rack in upper),
        by_racks,
    )


def _racks(matrix: _Matrix) -> set[str]:
    return {*matrix.lower, *matrix.upper}


def _matrix_table(plan: Plan, matrix: _Matrix) -> str:
    head = [cell("", BORDER=0, WIDTH=_HEAD_PT, HEIGHT=_LINE_PT)]
    head += [_rack_head(plan, rack, width_pt=_BAR_PT + 8) for rack in matrix.upper]
    head.append(cell(text("all", 11, FAINT), WIDTH=_TOTAL_PT))
    rows = ["".join(head)]
    for a in matrix.lower:
        bundles = [matrix.runs.get((a, b), []) for b in matrix.upper]
        fields = [_field(bundle, matrix.largest) for bundle in bundles]
        rows.append(
            "".join([_rack_head(plan, a, width_pt=_HEAD_PT), *fields, _sum([*chain.from_iterable(bundles)])])
        )
    foot = [cell(text("all", 11, FAINT), HEIGHT=_LINE_PT)]
    for b in matrix.upper:
        foot.append(_sum([run for a in matrix.lower for run in matrix.runs.get((a, b), [])]))
    foot.append(_sum([run for bundle in matrix.runs.values() for run in bundle]))
    rows.append("".join(foot))
    return table(rows, BORDER=0, CELLBORDER=1, CELLSPACING=0, CELLPADDING=3, COLOR="#d1d5db", ALIGN="LEFT")


def _rack_head(plan: Plan, rack: str, width_pt: int) -> str:
    devices = sum(device.rack == rack for device in plan.devices)
    label = text(rack, 13) + "<BR/>" + text(count(devices, "device"), 8, FAINT)
    return cell(label, BGCOLOR=HEADER, WIDTH=width_pt, HEIGHT=_LINE_PT)


def _field(bundle: Sequence[CableRun], largest: int) -> str:
    if not bundle:
        return cell(text("\N{EN DASH}", 10, FAINT))
    by_medium = in_listing_order(Counter(run.medium for run in bundle))
    # Narrow shares keep room for their number; the widest one gives it up.
    widths = {m: max(_NARROWEST_PT, _BAR_PT * runs // largest) for m, runs in by_medium.items()}
    widest = max(widths, key=lambda medium: widths[medium])
    widths[widest] -= max(0, sum(widths.values()) - _BAR_PT)
    bar = [_share(medium, runs, widths[medium]) for medium, runs in by_medium.items()]
    rest = _BAR_PT - sum(widths.values())
    if rest:
        bar.append(cell("", WIDTH=rest, HEIGHT=_BAR_HEIGHT_PT, FIXEDSIZE="TRUE"))
    lengths = cell(text(_lengths(bundle), 8, FAINT), ALIGN="LEFT", COLSPAN=len(bar))
    return cell(table(["".join(bar), lengths], BORDER=0, CELLBORDER=0, CELLSPACING=0, CELLPADDING=0))


def _share(medium: Medium, runs: int, width_pt: int) -> str:
    size: dict[str, str | int] = {"WIDTH": width_pt, "HEIGHT": _BAR_HEIGHT_PT, "FIXEDSIZE": "TRUE"}
    return cell(text(str(runs), 11, WORDS_ON_MEDIUM[medium]), BGCOLOR=MEDIUM_COLOR[medium], **size)


def _lengths(bundle: Sequence[CableRun]) -> str:
    """Return the stock lengths of each medium: ``acc 1.5 m to 3 m, optics 5 m``."""
    parts = []
    for medium in in_listing_order(Counter(run.medium for run in bundle)):
        stock = sorted({run.stock_length_mm for run in bundle if run.medium is medium})
        span = short_m(stock[0])
        if len(stock) > 1:
            span = f"{span.removesuffix(' m')}\N{EN DASH}{short_m(stock[-1])}"
        parts.append(f"{medium.value} {span}")
    return ", ".join(parts)


def _sum(runs: Sequence[CableRun]) -> str:
    by_medium = in_listing_order(Counter(run.medium for run in runs))
    shares = "  ".join(text(f"{count:,}", 8, MEDIUM_COLOR[medium]) for medium, count in by_medium.items())
    return cell(text(f"{len(runs):,}", 11) + "<BR/>" + (shares or text("0", 8, FAINT)))
