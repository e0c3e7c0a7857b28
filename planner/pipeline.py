"""From a layout to a checked plan: one call per stage, top to bottom."""

from __future__ import annotations

from pathlib import Path

from planner.arrangements_in_turn import solve_arranged
from planner.errors import Finding, PlannerError, Severity
from planner.fabrics_together import solve_fabrics
from planner.inputs.load import read_inputs
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.prepare import Prepared, prepare_inputs
from planner.stopwatch import Stopwatch
from planner.verify.check import verify_plan

REFUSAL = Finding(
    code="plan-refused",
    message="an error of the planner, not of the layout: its verifier refuses the plan; nothing is written",
)


def check_layout(layout_path: Path, stopwatch: Stopwatch) -> Prepared:
    """Read a layout, derive its fabrics, route them, and see that media reach.

    Raises PlannerError with all findings of the first stage that has any, whatever fabric they are of.
    """
    with stopwatch.stage("inputs"):
        inputs = read_inputs(layout_path)
    return prepare_inputs(inputs, stopwatch)


def make_plan(layout_path: Path, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Plan a layout and verify the plan; raises PlannerError where that cannot be done."""
    return _verified(_assembled(check_layout(layout_path, stopwatch), options, stopwatch), stopwatch)


def plan_prepared(prepared: Prepared, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Decide, assemble and verify; raises PlannerError where that cannot be done."""
    return _verified(_assembled(prepared, options, stopwatch), stopwatch)


def _assembled(prepared: Prepared, options: SolveOptions, stopwatch: Stopwatch) -> Plan:
    """Decide and assemble; what led to the plan ends with this, since a large plan leaves no room for it."""
    if prepared.is_provisional:
        prepared, solved = solve_arranged(prepared, options, stopwatch)
    else:
        with stopwatch.stage("optimize"), prepared.inputs.placing_refusals():
            solved = solve_fabrics(prepared.inputs, prepared.routed, options)
    inputs = prepared.inputs
    with stopwatch.stage("plan"):
        return assemble_plan(
            inputs.layout,
            inputs.catalog,
            solved,
            prepared.findings,
            options.seed,
            options.stop.cut,
        )


def _verified(plan: Plan, stopwatch: Stopwatch) -> Plan:
    with stopwatch.stage("verify"):
        refused = [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR]
        if refused:
            raise PlannerError([REFUSAL, *refused])
    return plan
