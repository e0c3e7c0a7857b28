"""Reads what a fabric may take, and how its runs are made, before it is decided about within limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.model.routes import RouteTable
from planner.model.solution import FabricSolution
from planner.model.supply import BomKey, spare_pieces
from planner.optimize.fill.builder import PlanBuilder
from planner.optimize.fill.least import prove_least_orders
from planner.optimize.fill.parts import PartsLeft, read_parts
from planner.optimize.fill.resources import read_resources
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import unit_attachments
from planner.optimize.sockets import shared_plugs, upper_cages
from planner.optimize.ways import FabricInputs, Way, find_ways


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LimitedFabric:
    """A fabric whose runs are made as those of a known solution, and what others leave to it.

    Parameters
    ----------
    inputs, options
        The fabric with the routes that it is placed on; seed, stop rules, progress.
    way
        How its runs are made.
    taken_um2, parts
        By segment id, what other fabrics take; the limited parts, less what others order.
    unit_ends
        Where the lower units of each class (G, N) and each slot (S,) attach; None: not at one place.
    """

    inputs: FabricInputs
    options: SolveOptions
    way: Way
    taken_um2: Mapping[str, int]
    parts: PartsLeft
    unit_ends: tuple[IntArray, IntArray] | None

    def builder(self, table: RouteTable) -> PlanBuilder:
        """Return what prices resources and builds plans, whose runs go by the routes of a table."""
        resources = read_resources(table, self.way.media, self.taken_um2, self.parts)
        inputs = replace(self.inputs, table=table)
        return PlanBuilder(inputs, self.way, resources, self.options, self.unit_ends)

    def builder_between(self, table: RouteTable, ends: Collection[tuple[str, int]]) -> PlanBuilder:
        """Return what builds plans whose upper devices stand at these places alone (rack, lowest U).

        Only routes there are written out, so that many of each pair can be, however large the hall.
        """
        kept = np.zeros(len(table.upper), dtype=bool)
        kept[[index for (rack, u, _), index in table.upper_index.items() if (rack, u) in ends]] = True
        return self.builder(table.with_upper_ends(kept))

    def least_orders(self, solution: FabricSolution) -> dict[BomKey, int]:
        """Return the pieces of limited parts that every plan orders; of shared parts nothing is known."""
        parts = self.parts
        if self.way.option or not parts.limits:
            return {}
        option, stock = np.array(
            [(run.choice.option, run.choice.stock) for run in solution.runs], dtype=np.int64
        ).T
        ordered = parts.ordered(parts.kinds.number(option, stock), np.ones(len(option), dtype=np.int64))
        is_short = ordered > parts.left_orders
        return prove_least_orders(self.inputs, parts, self.way.prices, is_short, self.options)


def open_fabric(
    inputs: FabricInputs, before: FabricSolution, taken: Taken, options: SolveOptions
) -> LimitedFabric:
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
    return LimitedFabric(
        inputs=inputs,
        options=options,
        way=way,
        taken_um2=taken.um2,
        parts=read_parts(way.media, layout.supply, orders, spares),
        unit_ends=_unit_ends(inputs, way),
    )


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
