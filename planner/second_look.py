"""What can be asked of a finished plan: its inputs are routed, or solved, again."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from operator import attrgetter

from planner.errors import Finding, InfeasibleError, InputError
from planner.explain.arrangement import Planned
from planner.explain.cable import explain_cable
from planner.explain.made import RoutedFabric
from planner.explain.rack import explain_rack
from planner.explain.room import Room
from planner.explain.segment import explain_segment, nearly_full
from planner.fabrics_in_turn import refuse_fabrics_out_of_reach, route_fabrics, wider_table
from planner.fabrics_together import solve_fabrics
from planner.geometry.table import build_route_tables
from planner.inputs.load import Inputs
from planner.model.arrangement import Arrangement, reopen, settle
from planner.model.catalog import Catalog
from planner.model.explanation import Explanation
from planner.model.layout import Laterals, Layout
from planner.model.plan import CableRun, Plan, SegmentFill
from planner.model.routes import RouteKind
from planner.model.sites import positions
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.plan.shares import by_fabric
from planner.topology.build import build_fabrics

_NEAR = 3
_LATERALS = 3
"""Lengths of laterals that are thought of where a segment is explained, the shortest first."""


def explain(plan: Plan, subject: str) -> Explanation:
    """Explain a cable run by its id, a rack by its address, or a segment that runs use by its id.

    Raises
    ------
    InputError
        The plan has nothing of that name; names the nearest.
    """
    for run in plan.runs:
        if run.cable_id == subject:
            return _cable(plan, run)
    for position in positions(plan.layout):
        if position.address == subject:
            return explain_rack(plan, _routed(plan), position, partial(_rearranged, plan))
    for fill in plan.segments:
        if fill.segment.id == subject:
            return _segment(plan, fill)
    raise InputError([_unknown(plan, subject)])


def cautions(plan: Plan) -> tuple[str, ...]:
    """Say what plans made again keep that the planner decided for the first one."""
    if plan.layout.open_racks is None:
        return ()
    kind = plan.layout.open_racks.rack_type
    return (f"every {kind} that may move (open_racks) stays where it is; elsewhere more may be saved",)


def planned_again(layout: Layout, catalog: Catalog, options: SolveOptions | None = None) -> Plan:
    """Plan inputs that are resolved already, such as those of a plan with a price changed."""
    options = options or SolveOptions()
    inputs = Inputs(layout=layout, catalog=catalog, places={})
    routed = route_fabrics(inputs, build_fabrics(layout, catalog))
    refuse_fabrics_out_of_reach(inputs, routed)
    solved = solve_fabrics(inputs, routed, options)
    return assemble_plan(layout, catalog, solved, (), options.seed)


def _rearranged(plan: Plan, chosen: Arrangement) -> Planned:
    """Plan with the racks that may move at other positions; say why where that cannot be."""
    layout = settle(reopen(plan.layout), chosen)
    try:
        made = planned_again(layout, plan.catalog, SolveOptions(seed=plan.solve.seed))
    except InfeasibleError as error:
        return Planned(0, 0, error.findings[0].message)
    return Planned(made.solve.objective_cents, made.solve.lower_bound_cents)


def _unknown(plan: Plan, subject: str) -> Finding:
    known = [position.address for position in positions(plan.layout)]
    known += [run.cable_id for run in plan.runs]
    known += [fill.segment.id for fill in plan.segments]
    near = get_close_matches(subject, known, n=_NEAR)
    hint = (
        f"; did you mean '{near[0]}'?"
        if near
        else "; expected a cable id, a rack's address or a segment's id"
    )
    message = f"the plan has no cable, rack or used segment '{subject}'{hint}"
    return Finding(code="unknown-id", message=message)


def _cable(plan: Plan, run: CableRun) -> Explanation:
    routed = _routed(plan, {run.fabric})[run.fabric]
    runs = [one for one in plan.runs if one.fabric == run.fabric]
    return explain_cable(routed, runs, run, _with_lateral(plan, run), Room(plan))


def _segment(plan: Plan, fill: SegmentFill) -> Explanation:
    inside = [run for run in plan.runs if fill.segment.id in run.segments]
    names = {run.fabric for run in inside}
    is_full = nearly_full(fill)  # then runs of any fabric may be kept out
    routed = _routed(plan, None if is_full else names)
    apart = sorted({positions for run in inside if (positions := _lateral_past(plan, run)) is not None})
    laterals = ((past, _opened(plan, past, names)) for past in apart[:_LATERALS])
    return explain_segment(plan, routed, fill, laterals)


def _with_lateral(plan: Plan, run: CableRun) -> tuple[int, RoutedFabric] | None:
    """Route the run's fabric with laterals that reach from end to end, where they do not now."""
    apart = _lateral_past(plan, run)
    return None if apart is None else (apart, _opened(plan, apart, {run.fabric})[run.fabric])


def _lateral_past(plan: Plan, run: CableRun) -> int | None:
    """Return past how many positions a lateral from end to end would go where none may now."""
    layout = plan.layout
    one, two = layout.position(run.a.rack), layout.position(run.b.rack)
    apart = abs(one.number - two.number)
    laterals = layout.pathways.laterals
    if one.row != two.row or not apart or run.route_kind is RouteKind.LATERAL:
        return None
    return None if laterals and laterals.max_positions >= apart else apart


def _opened(plan: Plan, positions: int, names: set[str]) -> dict[str, RoutedFabric]:
    """Route fabrics of those names with laterals past so many positions."""
    pathways = plan.layout.pathways
    section = pathways.laterals.section if pathways.laterals else pathways.risers
    opened = replace(pathways, laterals=Laterals(max_positions=positions, section=section))
    return _routed_in(replace(plan.layout, pathways=opened), plan.catalog, names)


def _routed(plan: Plan, names: set[str] | None = None) -> dict[str, RoutedFabric]:
    """Route the fabrics of those names (None: all) as the plan's own inputs say.

    Where pathways are crowded runs take ways that only a wider table has.
    """
    runs = by_fabric(plan.runs, attrgetter("fabric"))
    found = _routed_in(plan.layout, plan.catalog, names)
    inputs = Inputs(layout=plan.layout, catalog=plan.catalog, places={})
    for name, routed in found.items():
        if not all(routed.ways_alike(run) for run in runs.get(name, ())):
            found[name] = replace(routed, table=wider_table(inputs, routed.fabric, routed.table))
    return found


def _routed_in(layout: Layout, catalog: Catalog, names: set[str] | None) -> dict[str, RoutedFabric]:
    fabrics = [fabric for fabric in build_fabrics(layout, catalog) if names is None or fabric.name in names]
    tables = build_route_tables(layout, catalog, fabrics)
    return {
        fabric.name: RoutedFabric(layout, catalog, fabric, table)
        for fabric, table in zip(fabrics, tables, strict=True)
    }
