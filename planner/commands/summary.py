"""The short summary of a plan that the terminal shows."""

from __future__ import annotations

from collections.abc import Iterator

from planner.commands.tables import align, percent
from planner.errors import Finding, Severity
from planner.model.families import families_of
from planner.model.losses import losses
from planner.model.plan import FabricSummary, Plan, SolveInfo
from planner.model.segment_worth import segment_worths
from planner.units import money

TOP_FINDINGS = 5
NONE = "-"


def summarize(plan: Plan) -> list[str]:
    """Say in a screenful what the plan is, what it costs, and how good it is."""
    return [
        f"{plan.layout.name}: {plan.layout.title}",
        "",
        *_fabrics(plan),
        _length(plan),
        *(f"one {loss.kind} down takes {loss.words}" for loss in losses(plan)),
        "",
        *_reserved(plan),
        *_costs(plan),
        f"the bound covers {plan.solve.bound_covers}",
        *_cut(plan),
        *_worth(plan),
        "",
        *_findings(plan.findings),
    ]


def _fabrics(plan: Plan) -> list[str]:
    """Give each fabric one line, and those one that were declared together and came out alike."""
    family_of = families_of(plan.layout)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for fabric in plan.fabrics:
        alike.setdefault((family_of[fabric.name], _figures(fabric)), []).append(fabric.name)
    header = ("fabric", "GPUs", "planes", "lower (ASICs)", "upper (ASICs)", "runs", "a pair")
    rows = [
        (names[0] if len(names) == 1 else f"{len(names)} x {family}, each", *figures)
        for (family, figures), names in alike.items()
    ]
    rows.insert(0, (*header, "transceivers", "down:up", "media"))
    return align(rows, right=range(1, len(rows[0]) - 1))


def _figures(fabric: FabricSummary) -> tuple[str, ...]:
    fewest, most = fabric.pair_runs
    down, up = fabric.oversubscription
    return (
        f"{fabric.gpus:,}",
        f"{fabric.planes:,}",
        f"{fabric.lower_devices:,} ({fabric.lower_asics:,})",
        f"{fabric.upper_devices:,} ({fabric.upper_asics:,})" if fabric.upper_devices else NONE,
        f"{fabric.runs:,}",
        (f"{fewest} to {most}" if fewest < most else f"{most}") if most else NONE,
        f"{fabric.modules:,}" if fabric.modules else NONE,
        f"{down}:{up}" if down else NONE,
        ", ".join(f"{count:,} {medium}" for medium, count in fabric.runs_by_medium.items()),
    )


def _reserved(plan: Plan) -> list[str]:
    """Say of each fabric for which lower units come later how many ports are kept for these."""
    told = [
        f"{one.name}: {one.ports_reserved:,} ports of upper devices are reserved for lower units to come"
        for one in plan.fabrics
        if one.ports_reserved
    ]
    return [*told, ""] if told else []


def _length(plan: Plan) -> str:
    runs = plan.totals.runs
    return f"{runs:,} runs ({2 * runs:,} ends), {plan.totals.routed_mm / 1000:,.0f} m routed"


def _costs(plan: Plan) -> list[str]:
    solve, currency = plan.solve, plan.layout.economics.currency
    cost = solve.objective_cents
    rows = [
        (f"cost ({solve.objective})", money(cost), currency, solve.status),
        ("lower bound", money(solve.lower_bound_cents), currency, _against(solve.lower_bound_cents, cost)),
        ("geometric floor", money(solve.geometric_floor_cents), currency, ""),
        ("all optics", *_baseline(solve.baselines.all_optics_cents, solve, currency)),
        ("first fit by hand", *_baseline(solve.baselines.first_fit_cents, solve, currency)),
        ("nearest slot", *_baseline(solve.baselines.greedy_cents, solve, currency)),
        ("capex", money(plan.totals.capex_cents), currency, ""),
        ("tco", money(plan.totals.tco_cents), currency, ""),
    ]
    return align(rows, right=(1,))


def _cut(plan: Plan) -> Iterator[str]:
    if plan.solve.cut:
        yield plan.solve.cut_sentence


def _worth(plan: Plan) -> Iterator[str]:
    """Say what more room in full segments is worth, of the dearest."""
    worths = segment_worths(plan)
    if worths:
        first, currency = worths[0], plan.layout.economics.currency
        yield (
            f"full segments that cost money: {len(worths)}; 100 mm² more in {first.segment} save"
            f" {money(first.cents_per_100_mm2)} {currency} at most, beyond the gap"
        )


def _against(cents: int, cost_cents: int) -> str:
    return f"gap {money(cost_cents - cents)}" if cents != cost_cents else ""


def _baseline(cents: int | None, solve: SolveInfo, currency: str) -> tuple[str, str, str]:
    if cents is None:
        return solve.no_baseline, "", ""
    return money(cents), currency, percent(cents - solve.objective_cents, solve.objective_cents)


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
