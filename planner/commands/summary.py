"""The short summary of a plan that the terminal shows."""

from __future__ import annotations

from collections.abc import Iterator

from planner.commands.tables import align, money, oversubscription, percent
from planner.errors import Finding, Severity
from planner.model.plan import FabricSummary, Plan

TOP_FINDINGS = 5


def summarize(plan: Plan) -> list[str]:
    """Say in a screenful what the plan is, what it costs, and how good it is."""
    return [
        f"{plan.layout.name}: {plan.layout.title}",
        "",
        *(line for fabric in plan.fabrics for line in _fabric(fabric)),
        *_media(plan),
        "",
        *_costs(plan),
        "",
        *_findings(plan.findings),
    ]


def _fabric(fabric: FabricSummary) -> Iterator[str]:
    yield f"fabric {fabric.name} ({fabric.kind}): {fabric.gpus:,} GPUs, {fabric.planes} planes"
    yield f"  lower   {fabric.lower_devices:,} devices with {fabric.lower_asics:,} ASICs"
    if fabric.upper_devices:
        yield f"  upper   {fabric.upper_devices:,} devices with {fabric.upper_asics:,} ASICs"
    fewest, most = fabric.pair_runs
    spread = f", {fewest} to {most} a pair" if fewest < most else f", {most} a pair" if most else ""
    ratio = oversubscription(fabric.oversubscription)
    yield f"  runs    {fabric.runs:,} ({fabric.ends:,} ends){spread}{ratio}"


def _media(plan: Plan) -> list[str]:
    counts = ", ".join(f"{count:,} {medium}" for medium, count in plan.totals.runs_by_medium.items())
    return [f"  media   {counts}; {plan.totals.routed_mm / 1000:,.0f} m routed"]


def _costs(plan: Plan) -> list[str]:
    solve, currency = plan.solve, plan.layout.economics.currency
    cost = solve.objective_cents
    rows = [
        (f"cost ({solve.objective})", money(cost), currency, solve.status),
        ("lower bound", money(solve.lower_bound_cents), currency, _against(solve.lower_bound_cents, cost)),
        ("geometric floor", money(solve.geometric_floor_cents), currency, ""),
        ("all optics", *_baseline(solve.baselines.all_optics_cents, cost, currency)),
        ("first fit by hand", *_baseline(solve.baselines.first_fit_cents, cost, currency)),
        ("nearest slot", *_baseline(solve.baselines.greedy_cents, cost, currency)),
        ("capex", money(plan.totals.capex_cents), currency, ""),
        ("tco", money(plan.totals.tco_cents), currency, ""),
    ]
    return align(rows, right=(1,))


def _against(cents: int, cost_cents: int) -> str:
    return f"gap {money(cost_cents - cents)}" if cents != cost_cents else ""


def _baseline(cents: int | None, cost_cents: int, currency: str) -> tuple[str, str, str]:
    if cents is None:
        return "cannot be built", "", ""
    return money(cents), currency, percent(cents - cost_cents, cost_cents)


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    if not findings:
        yield "findings: none"
        return
    blocking = sum(1 for finding in findings if finding.severity is Severity.BLOCKING)
    yield f"findings: {len(findings)}, of which blocking {blocking}"
    for finding in findings[:TOP_FINDINGS]:
        yield f"  {finding}"
    if len(findings) > TOP_FINDINGS:
        yield f"  and {len(findings) - TOP_FINDINGS} more in plan.json"
