"""What can be asked of a finished plan: its inputs are routed, or solved, again."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from planner.errors import Finding, InputError
from planner.explain.cable import explain_cable
from planner.explain.made import RoutedFabric
from planner.explain.rack import explain_rack
from planner.explain.segment import explain_segment
from planner.fabrics_in_turn import refuse_fabrics_out_of_reach, route_fabrics, solve_fabrics
from planner.geometry.hall_trays import HallTrays
from planner.geometry.table import build_route_table
from planner.inputs.load import Inputs
from planner.model.catalog import Catalog
from planner.model.explanation import Explanation
from planner.model.layout import Laterals, Layout
from planner.model.plan import CableRun, Plan
from planner.model.routes import RouteKind
from planner.model.sites import positions
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.topology.build import build_fabrics

_NEAR = 3


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
            return explain_rack(plan, _routed(plan), position)
    for fill in plan.segments:
        if fill.segment.id == subject:
            names = {run.fabric for run in plan.runs if subject in run.segments}
            return explain_segment(plan, _routed(plan, names), fill)
    raise InputError([_unknown(plan, subject)])


def planned_again(layout: Layout, catalog: Catalog, options: SolveOptions | None = None) -> Plan:
    """Plan inputs that are resolved already, such as those of a plan with a price changed.

    The plan has no hash: no files say what it was made from.
    """
    options = options or SolveOptions()
    inputs = Inputs(layout=layout, catalog=catalog, sha256="", places={})
    routed = route_fabrics(inputs, build_fabrics(layout, catalog))
    refuse_fabrics_out_of_reach(inputs, routed)
    solved = solve_fabrics(inputs, routed, options)
    return assemble_plan(layout, catalog, "", solved, (), options.seed)


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
    return explain_cable(routed, run, _with_lateral(plan, run))


def _with_lateral(plan: Plan, run: CableRun) -> tuple[int, RoutedFabric] | None:
    """Route the run's fabric with laterals that reach from end to end, where they do not now."""
    layout = plan.layout
    one, two = layout.position(run.a.rack), layout.position(run.b.rack)
    apart = abs(one.number - two.number)
    laterals = layout.pathways.laterals
    if one.row != two.row or not apart or run.route_kind is RouteKind.LATERAL:
        return None
    if laterals and laterals.max_positions >= apart:
        return None
    section = laterals.section if laterals else layout.pathways.risers
    opened = replace(layout.pathways, laterals=Laterals(max_positions=apart, section=section))
    changed = replace(plan, layout=replace(layout, pathways=opened))
    return apart, _routed(changed, {run.fabric})[run.fabric]


def _routed(plan: Plan, names: set[str] | None = None) -> dict[str, RoutedFabric]:
    """Route the fabrics of those names (None: all) as the plan's own inputs say."""
    layout, catalog = plan.layout, plan.catalog
    trays = HallTrays(layout)
    route = partial(build_route_table, layout, catalog, trays=trays)
    return {
        fabric.name: RoutedFabric(layout, catalog, fabric, route(fabric))
        for fabric in build_fabrics(layout, catalog)
        if names is None or fabric.name in names
    }
