"""Fabrics one after the other: each stands on what the earlier ones placed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from planner.errors import Finding, InfeasibleError
from planner.forked_turns import in_turns
from planner.geometry.table import build_route_table, build_route_tables
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
from planner.room_for_plugs import RoomForPlugs
from planner.topology.chain import bind_lower

Routed = tuple[Fabric, RouteTable]
"""A fabric and its routes."""

ROUTES_WHEN_CROWDED = 16
"""Routes of a pair to choose from where segments would be overfull: both sides, both heights, ways round."""

_FEWEST_FABRICS_OF_TWO = 20
"""Fabrics whose reach takes longer to look at than another process to start."""

_ROUTES_IN_TABLE = 6_000_000
"""Most routes of a fabric's table: each takes some twenty bytes."""

Router = Callable[[Inputs, Sequence[Fabric]], tuple[Routed, ...]]
"""Finds the routes of all fabrics of a layout."""


def route_fabrics(inputs: Inputs, fabrics: Sequence[Fabric]) -> tuple[Routed, ...]:
    """Route every fabric; raises InfeasibleError with the findings of all of them."""
    return tuple(zip(fabrics, build_route_tables(inputs.layout, inputs.catalog, fabrics), strict=True))


def refuse_fabrics_out_of_reach(inputs: Inputs, routed: Sequence[Routed]) -> None:
    """Raise InfeasibleError for fabrics that no medium reaches, with the findings of all of them.

    A fabric that stacks on another is left out: its lower units may come to stand anywhere.
    """
    standing = (one for one in routed if not (isinstance(one[0], TierFabric) and one[0].below))
    steps = [partial(_out_of_reach, inputs, *one) for one in standing]
    found = in_turns(steps, are_long=len(steps) >= _FEWEST_FABRICS_OF_TWO)
    findings = [finding for each in found for finding in each]
    if findings:
        raise InfeasibleError(findings)


def _out_of_reach(inputs: Inputs, fabric: Fabric, table: RouteTable) -> Sequence[Finding]:
    """Return what says that no medium reaches; nothing where one does."""
    try:
        refuse_out_of_reach(inputs.layout, inputs.catalog, fabric, table)
    except InfeasibleError as error:
        return error.findings
    return ()


class Takings(NamedTuple):
    """What a fabric takes of what is shared, and by id what the segments that it takes hold."""

    taken: Taken
    usable_um2: Mapping[str, int]


def takings(inputs: Inputs, solved: SolvedFabric) -> Takings:
    """Return what a fabric's runs take of segments and order of limited parts."""
    sections, usable_um2 = used_sections(inputs.catalog, solved)
    return Takings(Taken(sections, ordered_parts(inputs.layout, inputs.catalog, solved)), usable_um2)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Turn:
    """A fabric decided in its turn.

    Parameters
    ----------
    solved, plain
        What was decided; the same without regard to what is limited.
    used
        What earlier fabrics put into racks.
    others
        What of all that is shared was left to other fabrics; None where nothing had to be.
    takings
        What it takes of what is shared.
    """

    solved: SolvedFabric
    plain: SolvedFabric
    used: Mapping[str, RackUse]
    others: Taken | None
    takings: Takings


def decide_in_turn(
    inputs: Inputs,
    routed: Sequence[Routed],
    options: SolveOptions,
    known: KnownSolutions,
    before: Mapping[str, Taken],
) -> tuple[Turn, ...]:
    """Decide about every fabric, each with its lower units where the one below has placed them.

    A fabric that cannot be placed is told at once: what follows would stand on what it did not place.

    Parameters
    ----------
    inputs, routed, options
        All fabrics with their routes, in the order in which they are decided.
    known
        What is known of fabrics that are alike.
    before
        By fabric, what earlier ones leave to it; none: the first come take what they like.
    """
    # Here, so that checking a layout does not load a solver.
    from planner.optimize.solve import solve_fabric, solve_within_limits

    layout, catalog = inputs.layout, inputs.catalog
    room = RoomForPlugs(inputs, [fabric for fabric, _ in routed])
    rank = {position.address: number for number, position in enumerate(positions(layout))}
    turns: dict[str, Turn] = {}
    others = Taken.together(before.values())
    used: dict[str, RackUse] = {}
    for fabric, table in routed:
        bound = _bound(fabric, {name: turn.solved for name, turn in turns.items()}, rank)
        solve = partial(solve_fabric, fabric=bound, table=table, options=options, used=used)
        within = partial(solve, layout, catalog)
        first = SolvedFabric(fabric=bound, table=table, solution=known.of(bound, table, used, within))
        plain = one = room.make(first, used, solve)
        others.subtract(before.get(fabric.name, Taken()))
        own, left_to = takings(inputs, one), None
        wide = _table_within_limits(inputs, one, own, others)
        if wide is not None:
            fit = partial(
                solve_within_limits,
                fabric=bound,
                table=wide,
                before=one.solution,
                options=options,
                used=used,
                taken=others,
            )
            first = SolvedFabric(fabric=bound, table=wide, solution=fit(layout, catalog))
            one, own = _roomier(inputs, first, room.make(first, used, fit), others)
            left_to = Taken.together([others])
        turns[fabric.name] = Turn(solved=one, plain=plain, used=used, others=left_to, takings=own)
        others.add(own.taken)
        room.add(one)
        used = used_racks(layout, catalog, (one,), used)
    return tuple(turns.values())


def _roomier(
    inputs: Inputs, first: SolvedFabric, roomy: SolvedFabric, others: Taken
) -> tuple[SolvedFabric, Takings]:
    """Return the plan with room for plugs and what it takes; the first where it takes too much for that."""
    if roomy is not first:
        own = takings(inputs, roomy)
        if not _exceeds(inputs, own, others):
            return roomy, own
    return first, takings(inputs, first)


def _table_within_limits(inputs: Inputs, one: SolvedFabric, own: Takings, others: Taken) -> RouteTable | None:
    """Return the routes to decide on within limits; None where the decision without regard to them stands.

    Where parts are limited but not short, the plan stands, and what it is compared with is looked at.
    """
    if _exceeds(inputs, own, others):
        return wider_table(inputs, one.fabric, one.table)
    return one.table if inputs.layout.supply else None


def _exceeds(inputs: Inputs, own: Takings, others: Taken) -> bool:
    """Tell whether a fabric and the others take more than there is of what the fabric takes."""
    sections, orders = own.taken.um2, others.orders + own.taken.orders
    return any(um2 + others.um2[name] > own.usable_um2[name] for name, um2 in sections.items()) or any(
        ordered(limit, orders) > limit.most_pieces for limit in inputs.layout.supply
    )


def wider_table(inputs: Inputs, fabric: Fabric, table: RouteTable) -> RouteTable:
    """Return a table of more routes, as many as its size permits: crowded segments need ways round them."""
    pairs = len(table.lower) * len(table.upper)
    pathways = inputs.layout.pathways
    routes = max(pathways.routes_per_pair, min(ROUTES_WHEN_CROWDED, _ROUTES_IN_TABLE // max(1, pairs)))
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
