"""Reads what a fabric may take, and how its runs are made, before it is decided about within limits."""

from __future__ import annotations

from collections import Counter

import numpy as np

from planner.model.solution import FabricSolution
from planner.model.supply import BomKey, spare_pieces
from planner.optimize.fill.builder import PlanBuilder
from planner.optimize.fill.parts import read_parts
from planner.optimize.fill.resources import read_resources
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import unit_attachments
from planner.optimize.sockets import shared_plugs, upper_cages
from planner.optimize.ways import FabricInputs, Way, find_ways


def open_builder(
    inputs: FabricInputs, before: FabricSolution, taken: Taken, options: SolveOptions
) -> PlanBuilder:
    """Read what is left of resources for a fabric whose runs are made as those of a known solution."""
    way = _way_of(inputs, before)
    layout = inputs.layout
    spares = layout.economics.spares_permille
    shared: Counter[str] = Counter()
    for _, option in way.media if way.option else ():
        for plug, count in shared_plugs(inputs.catalog, inputs.fabric, option):
            shared[plug.transceiver.id if plug.transceiver else ""] += count
    orders: Counter[BomKey] = taken.orders + Counter(
        {(part, None): count + spare_pieces(count, spares) for part, count in shared.items()}
    )
    parts = read_parts(way.media, layout.supply, orders, spares)
    resources = read_resources(inputs.table, way.media, taken.um2, parts)
    return PlanBuilder(inputs, way, resources, options, _unit_ends(inputs, way))


def _way_of(inputs: FabricInputs, before: FabricSolution) -> Way:
    """Return the way by which the runs were made."""
    used = {inputs.catalog.media[run.choice.option].id for run in before.runs}
    ways = find_ways(inputs)
    return next(way for way in ways if not way.option or way.option in used)


def _unit_ends(inputs: FabricInputs, way: Way) -> tuple[IntArray, IntArray] | None:
    """Return where the lower units of each class (G, N) and each slot (S,) attach; None: not at one place."""
    fabric, table = inputs.fabric, inputs.table
    attachments = unit_attachments(fabric, table)
    cages = upper_cages(inputs.layout, inputs.catalog, fabric, 0)
    columns = [{table.upper_index[slot.rack, slot.u, cage] for cage in cages} for slot in way.problem.slots]
    rows = [[set(attachments[unit]) for unit in fabric.planes[members[0]]] for members in way.problem.classes]
    if any(len(each) > 1 for each in columns) or any(len(each) > 1 for row in rows for each in row):
        return None
    return (
        np.array([[min(each) for each in row] for row in rows], dtype=np.int64),
        np.array([min(each) for each in columns], dtype=np.int64),
    )
