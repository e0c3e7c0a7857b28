"""Keeps the places of a plan that exceeds limits, where its runs fit at little cost by other ways.

A run's other ways lead over the other riser or another tray, and often cost next to nothing more. Only the
ways between ends that are in use are looked at, so that many of each pair can be, however large the hall.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.routes import RouteTable
from planner.model.solution import FabricSolution
from planner.optimize.fill.builder import BuiltPlan, PlanBuilder
from planner.optimize.fill.opening import open_builder
from planner.optimize.fill.rack_cases import is_proved
from planner.optimize.fill.resources import read_resources
from planner.optimize.fill.solve import best_of, rival_placements, slots_of, with_rivals
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.stop import is_stopped
from planner.optimize.ways import FabricInputs, Way, make_way


def reroute_in_place(
    inputs: FabricInputs, table: RouteTable, before: FabricSolution, taken: Taken, options: SolveOptions
) -> FabricSolution | None:
    """Make a plan's runs within limits where they are; None where they do not fit, or cost much more.

    Parameters
    ----------
    inputs
        The fabric, with a table of the first routes of each pair.
    table
        A table of more routes of the same pairs.
    before
        The plan made without regard to limits, which it exceeds; its bound holds for plans that keep them.
    taken
        What other fabrics take.
    """
    ends = {(one.rack, one.u) for one in before.placed}
    builder = open_builder(replace(inputs, table=_between(table, ends)), before, taken, options)
    if not builder.excess(before.runs, before.placed).any() or is_stopped():
        return None
    way = make_way(inputs, builder.way.media, builder.way.option)
    start = price_placement(way.problem, slots_of(inputs.fabric, way, before))
    own = _made(builder, way, start) if start is not None else None
    if own is None or not is_proved(own, before.certificate.bound_cents):
        return None
    rivals = {
        name: _made(_builder_of(builder, table, taken, made, placement), made, placement)
        for name, (placement, made) in rival_placements(inputs, way, options).items()
    }
    # A plan must not cost more than what it is compared with.
    best = best_of([own, *(plan for plan in rivals.values() if plan is not None)])
    solution = replace(
        before,
        placed=best.written.devices,
        runs=best.written.runs,
        objective_cents=best.written.cents,
    )
    return with_rivals(builder, solution, rivals)


def _between(table: RouteTable, ends: set[tuple[str, int]]) -> RouteTable:
    """Return a table in which routes lead only to upper devices at these places (rack, lowest U)."""
    kept = np.zeros(len(table.upper), dtype=bool)
    kept[[index for (rack, u, _), index in table.upper_index.items() if (rack, u) in ends]] = True
    return table.with_upper_ends(kept)


def _builder_of(
    builder: PlanBuilder, table: RouteTable, taken: Taken, way: Way, placement: Placement
) -> PlanBuilder:
    """Return a builder of plans whose upper devices stand where a placement has them."""
    slots = [way.problem.slots[slot] for slot in np.unique(np.concatenate(placement.slots)).tolist()]
    between = _between(table, {(slot.rack, slot.u) for slot in slots})
    resources = read_resources(between, builder.way.media, taken.um2, builder.resources.parts)
    return replace(builder, inputs=replace(builder.inputs, table=between), resources=resources)


def _made(builder: PlanBuilder, way: Way, placement: Placement) -> BuiltPlan | None:
    """Make the runs of a placement within limits; None where they do not fit."""
    crowd = replace(builder.crowd(builder.no_prices), media=way.media)
    return builder.fitted(crowd, builder.write(placement, way), placement, must_fit=True)
