"""Topology between racks, or between rows where racks are many: one matrix of bundles a fabric."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planner.model.plan import CableRun, FabricSummary, Plan
from planner.outputs.amount import drawn_fabrics, undrawn_fabrics
from planner.outputs.markup import count, html_label, new_graph
from planner.outputs.matrix import MOST_HEADS, by_rack, by_row, matrix_markup
from planner.outputs.planes import undrawn_planes
from planner.outputs.revision import title_block

FILE_STEM = "topology-bundles"


def bundles_source(plan: Plan) -> str:
    """Return DOT source (for ``dot``) of one matrix a fabric."""
    graph = new_graph(FILE_STEM, rankdir="TB", nodesep="0.4", ranksep="0.4")
    drawn = drawn_fabrics(plan)
    names = [fabric.name for fabric in drawn]
    for fabric in drawn:
        runs = [run for run in plan.runs if run.fabric == fabric.name]
        graph.node(fabric.name, label=html_label(_fabric_table(plan, fabric, runs)))
    for above, below in pairwise(names):
        graph.edge(above, below, style="invis")
    source: str = graph.source
    return source


def _fabric_table(plan: Plan, fabric: FabricSummary, runs: Sequence[CableRun]) -> str:
    racks = {end.rack for run in runs for end in (run.a, run.b)}
    title = f"{fabric.name}: {count(len(runs), 'run')} between {count(len(racks), 'rack')}"
    matrix, place = by_rack(plan, runs), "rack"
    if matrix.heads > MOST_HEADS:
        matrix, place = by_row(plan, runs), "row"
    lines = (
        f"Down: {place}s with end A. Across: {place}s with end B.",
        f"A field: runs between two {place}s, their stock lengths.",
        *undrawn_planes(plan, runs),
        *undrawn_fabrics(plan, fabric),
        title_block(plan),
    )
    return matrix_markup(title, lines, matrix)
