"""From a layout to a checked plan: one call per stage, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from planner.errors import Finding, PlannerError, Severity, gather
from planner.geometry.table import build_route_table
from planner.inputs.load import Inputs, read_inputs
from planner.model.fabric import Fabric
from planner.model.plan import Plan
from planner.model.routes import RouteTable
from planner.optimize.feasibility import refuse_out_of_reach
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.plan.racks import refuse_shared_candidates
from planner.plan.solved import SolvedFabric
from planner.stopwatch import Stopwatch
from planner.topology.build import build_fabrics
from planner.topology.limits import domain_findings
from planner.verify.check import verify_plan

REFUSAL = Finding(
    code="plan-refused",
    message="an error of the planner, not of the layout: its verifier refuses the plan; nothing is written",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that is known before anything is decided."""

    inputs: Inputs
    routed: tuple[tuple[Fabric, RouteTable], ...]
    findings: tuple[Finding, ...]


def check_layout(layout_path: Path, stopwatch: Stopwatch) -> Prepared:
    """Read a layout, derive its fabrics, route them, and see that media reach.

    Raises PlannerError with all findings of the first stage that has any, whatever fabric they are of.
    """
    with stopwatch.stage("inputs"):
        inputs = read_inputs(layout_path)
    given = inputs.layout, inputs.catalog
    with stopwatch.stage("topology"), inputs.placing_refusals():
        refuse_shared_candidates(inputs.layout)
        fabrics = build_fabrics(*given)
        findings = domain_findings(*given, fabrics)
    with stopwatch.stage("geometry"), inputs.placing_refusals():
        tables = gather(partial(build_route_table, *given, fabric) for fabric in fabrics)
    routed = tuple(zip(fabrics, tables, strict=True))
    with stopwatch.stage("reach"), inputs.placing_refusals():
        gather(partial(refuse_out_of_reach, *given, *one) for one in routed)
    return Prepared(inputs=inputs, routed=routed, findings=findings)


def make_plan(layout_path: Path, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Plan a layout and verify the plan; raises PlannerError where that cannot be done."""
    prepared = check_layout(layout_path, stopwatch)
    layout, catalog = prepared.inputs.layout, prepared.inputs.catalog
    with stopwatch.stage("optimize"), prepared.inputs.placing_refusals():
        # Here, so that checking a layout does not load a solver.
        from planner.optimize.solve import solve_fabric

        steps = (partial(solve_fabric, layout, catalog, *one, options) for one in prepared.routed)
        solved = [
            SolvedFabric(fabric=fabric, table=table, solution=solution)
            for (fabric, table), solution in zip(prepared.routed, gather(steps), strict=True)
        ]
    with stopwatch.stage("plan"):
        plan = assemble_plan(layout, catalog, prepared.inputs.sha256, solved, prepared.findings, options.seed)
    with stopwatch.stage("verify"):
        refused = [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR]
        if refused:
            raise PlannerError([REFUSAL, *refused])
    return plan
