"""From a layout to a checked plan: one call per stage, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.errors import Finding, PlannerError, Severity
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
    fabrics: tuple[Fabric, ...]
    tables: tuple[RouteTable, ...]
    findings: tuple[Finding, ...]


def prepare(layout_path: Path, stopwatch: Stopwatch) -> Prepared:
    """Read a layout, derive its fabrics and route them; raises PlannerError with all findings."""
    with stopwatch.stage("inputs"):
        inputs = read_inputs(layout_path)
    with stopwatch.stage("topology"), inputs.placing_refusals():
        refuse_shared_candidates(inputs.layout)
        fabrics = build_fabrics(inputs.layout, inputs.catalog)
        findings = domain_findings(inputs.layout, inputs.catalog, fabrics)
    with stopwatch.stage("geometry"), inputs.placing_refusals():
        tables = tuple(build_route_table(inputs.layout, inputs.catalog, fabric) for fabric in fabrics)
    return Prepared(inputs=inputs, fabrics=fabrics, tables=tables, findings=findings)


def check_layout(layout_path: Path, stopwatch: Stopwatch) -> Prepared:
    """Prepare a layout and see that media reach; raises PlannerError where it cannot be planned."""
    prepared = prepare(layout_path, stopwatch)
    with stopwatch.stage("reach"), prepared.inputs.placing_refusals():
        for fabric, table in zip(prepared.fabrics, prepared.tables, strict=True):
            refuse_out_of_reach(prepared.inputs.layout, prepared.inputs.catalog, fabric, table)
    return prepared


def make_plan(layout_path: Path, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Plan a layout and verify the plan; raises PlannerError where that cannot be done."""
    prepared = prepare(layout_path, stopwatch)
    layout, catalog = prepared.inputs.layout, prepared.inputs.catalog
    with stopwatch.stage("optimize"), prepared.inputs.placing_refusals():
        # Here, so that checking a layout does not load a solver.
        from planner.optimize.solve import solve_fabric

        solved = []
        for fabric, table in zip(prepared.fabrics, prepared.tables, strict=True):
            solution = solve_fabric(layout, catalog, fabric, table, options)
            solved.append(SolvedFabric(fabric=fabric, table=table, solution=solution))
    with stopwatch.stage("plan"):
        plan = assemble_plan(layout, catalog, prepared.inputs.sha256, solved, prepared.findings, options.seed)
    with stopwatch.stage("verify"):
        refused = [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR]
        if refused:
            raise PlannerError([REFUSAL, *refused])
    return plan
