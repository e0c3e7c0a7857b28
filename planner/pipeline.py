"""From a layout to a checked plan: one call per stage, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.arranged import ArrangedInputs, arrange, first_arrangement
from planner.errors import Finding, PlannerError, Severity
from planner.fabrics_in_turn import Routed, Router, refuse_fabrics_out_of_reach, route_fabrics, solve_fabrics
from planner.inputs.load import Inputs, read_inputs
from planner.model.arrangement import is_settled
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.stopwatch import Stopwatch
from planner.topology.build import build_fabrics
from planner.topology.limits import domain_findings
from planner.topology.losses import loss_findings
from planner.verify.check import verify_plan

REFUSAL = Finding(
    code="plan-refused",
    message="an error of the planner, not of the layout: its verifier refuses the plan; nothing is written",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that is known before anything is decided.

    Fabrics that stack on others have their lower units on provisional places; ``is_provisional`` tells
    whether racks that may move are so too: at a first arrangement, with reach still to be seen.
    """

    inputs: Inputs
    routed: tuple[Routed, ...]
    findings: tuple[Finding, ...]
    is_provisional: bool = False


def check_layout(layout_path: Path, stopwatch: Stopwatch) -> Prepared:
    """Read a layout, derive its fabrics, route them, and see that media reach.

    Raises PlannerError with all findings of the first stage that has any, whatever fabric they are of.
    """
    with stopwatch.stage("inputs"):
        inputs = read_inputs(layout_path)
    return prepare_inputs(inputs, stopwatch)


def prepare_inputs(inputs: Inputs, stopwatch: Stopwatch, route: Router = route_fabrics) -> Prepared:
    """Derive the fabrics of what was read, route them with ``route``, and see that media reach."""
    is_provisional = not is_settled(inputs.layout)
    inputs = first_arrangement(inputs)
    with stopwatch.stage("topology"), inputs.placing_refusals():
        fabrics = build_fabrics(inputs.layout, inputs.catalog)
        losses = loss_findings(inputs.catalog, fabrics)
        domains = domain_findings(inputs.layout, inputs.catalog, fabrics)
    with stopwatch.stage("geometry"), inputs.placing_refusals():
        routed = route(inputs, fabrics)
    if not is_provisional:
        with stopwatch.stage("reach"), inputs.placing_refusals():
            refuse_fabrics_out_of_reach(inputs, routed)
    return Prepared(
        inputs=inputs, routed=routed, findings=(*domains, *losses), is_provisional=is_provisional
    )


def make_plan(layout_path: Path, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Plan a layout and verify the plan; raises PlannerError where that cannot be done."""
    return plan_prepared(check_layout(layout_path, stopwatch), options, stopwatch)


def plan_prepared(prepared: Prepared, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Decide, assemble and verify; raises PlannerError where that cannot be done."""
    arranged: ArrangedInputs | None = None
    if prepared.is_provisional:
        with stopwatch.stage("arrange"), prepared.inputs.placing_refusals():
            arranged = arrange(prepared.inputs, [fabric for fabric, _ in prepared.routed], options)
        prepared = prepare_inputs(arranged.inputs, stopwatch)
    inputs = prepared.inputs
    with stopwatch.stage("optimize"), inputs.placing_refusals():
        solved = solve_fabrics(inputs, prepared.routed, options)
        solved = arranged.prove(solved) if arranged else solved
    with stopwatch.stage("plan"):
        plan = assemble_plan(
            inputs.layout, inputs.catalog, inputs.sha256, solved, prepared.findings, options.seed
        )
    with stopwatch.stage("verify"):
        refused = [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR]
        if refused:
            raise PlannerError([REFUSAL, *refused])
    return plan
