"""Fabrics one after the other: each stands on what the earlier ones placed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.errors import gather
from planner.geometry.hall_trays import HallTrays
from planner.geometry.table import build_route_table
from planner.inputs.load import Inputs
from planner.model.fabric import Fabric, TierFabric
from planner.model.routes import RouteTable
from planner.model.sites import RackUse, positions
from planner.model.supply import ordered
from planner.optimize.alike import KnownSolutions
from planner.optimize.feasibility import refuse_out_of_reach
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.plan.part_use import ordered_parts
from planner.plan.rack_use import used_racks
from planner.plan.section_use import used_sections
from planner.plan.solved import SolvedFabric
from planner.topology.chain import bind_lower

Routed = tuple[Fabric, RouteTable]
"""A fabric and its routes."""

ROUTES_WHEN_CROWDED = 16
"""Routes of a pair to choose from where segments would be overfull: both sides, both heights, ways round."""

ROUTES_IN_ALL = 400_000
"""Most routes of a fabric's table that are written out segment by segment."""

Router = Callable[[Inputs, Sequence[Fabric]], tuple[Routed, ...]]
"""Finds the routes of all fabrics of a layout."""


def route_fabrics(inputs: Inputs, fabrics: Sequence[Fabric]) -> tuple[Routed, ...]:
    """Route every fabric; raises InfeasibleError with the findings of all of them."""
    trays = HallTrays(inputs.layout)
    steps = (partial(build_route_table, inputs.layout, inputs.catalog, fabric, trays) for fabric in fabrics)
    return tuple(zip(fabrics, gather(steps), strict=True))


def refuse_fabrics_out_of_reach(inputs: Inputs, routed: Sequence[Routed]) -> None:
    """Raise InfeasibleError for fabrics that no medium reaches, with the findings of all of them.

    A fabric that stacks on another is left out: its lower units may come to stand anywhere.
    """
    standing = (one for one in routed if not (isinstance(one[0], TierFabric) and one[0].below))
    gather(partial(refuse_out_of_reach, inputs.layout, inputs.catalog, *one) for one in standing)


def solve_fabrics(
    inputs: Inputs, routed: Sequence[Routed], options: SolveOptions
) -> tuple[SolvedFabric, ...]:
    """Decide about every fabric, each with its lower units where the one below has placed them.

    A fabric that cannot be placed is told at once: what follows would stand on what it did not place.
    """
    # Here, so that checking a layout does not load a solver.
    from planner.optimize.solve import solve_fabric, solve_within_limits

    layout, catalog = inputs.layout, inputs.catalog
    rank = {position.address: number for number, position in enumerate(positions(layout))}
    solved: dict[str, SolvedFabric] = {}
    known = KnownSolutions(layout, catalog)
    taken = Taken()
    used: dict[str, RackUse] = {}
    for fabric, table in routed:
        bound = _bound(fabric, solved, rank)
        solve = partial(solve_fabric, layout, catalog, bound, table, options, used)
        solution = known.of(bound, table, used, solve)
        one = SolvedFabric(fabric=bound, table=table, solution=solution)
        sections, limits = used_sections(catalog, one)
        wide = _table_within_limits(inputs, one, (sections, limits), taken)
        if wide is not None:
            solution = solve_within_limits(layout, catalog, bound, wide, solution, options, used, taken)
            one = SolvedFabric(fabric=bound, table=wide, solution=solution)
            sections, _ = used_sections(catalog, one)
        taken.um2.update(sections)
        taken.orders.update(ordered_parts(layout, catalog, one))
        solved[fabric.name] = one
        used = used_racks(layout, catalog, (one,), used)
    return tuple(solved.values())


def _table_within_limits(
    inputs: Inputs, one: SolvedFabric, used: tuple[Mapping[str, int], Mapping[str, int]], taken: Taken
) -> RouteTable | None:
    """Return the routes to decide on within limits; None where the decision without regard to them stands.

    Where parts are limited but not short, the plan stands, and what it is compared with is looked at.
    ``used`` is what the fabric takes of segments with a limit, and their limits.
    """
    layout, catalog = inputs.layout, inputs.catalog
    sections, limits = used
    orders = taken.orders + ordered_parts(layout, catalog, one)
    if any(um2 + taken.um2[name] > limits[name] for name, um2 in sections.items()) or any(
        ordered(limit, orders) > limit.most_pieces for limit in layout.supply
    ):
        return wider_table(inputs, one.fabric, one.table)
    return one.table if layout.supply else None


def wider_table(inputs: Inputs, fabric: Fabric, table: RouteTable) -> RouteTable:
    """Return a table of more routes, as many as its size permits: crowded segments need ways round them."""
    pairs = len(table.lower) * len(table.upper)
    pathways = inputs.layout.pathways
    routes = max(pathways.routes_per_pair, min(ROUTES_WHEN_CROWDED, ROUTES_IN_ALL // max(1, pairs)))
    wide = replace(inputs.layout, pathways=replace(pathways, routes_per_pair=routes))
    return build_route_table(wide, inputs.catalog, fabric)


def _bound(fabric: Fabric, solved: dict[str, SolvedFabric], rank: Mapping[str, int]) -> Fabric:
    if not isinstance(fabric, TierFabric) or not fabric.below:
        return fabric
    placed = [
        (one.fabric, one.solution.placed)
        for one in map(solved.__getitem__, fabric.below)
        if isinstance(one.fabric, TierFabric)
    ]
    return bind_lower(fabric, placed, rank)
