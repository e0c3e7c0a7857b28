"""The README's tables of figures: ``python -m tests.readme_figures`` plans the layouts and prints them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.compare.compare import compare_plans
from planner.inputs.load import find_layout
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.outputs.comparison_page import shown_value
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch

SCALE_UP = (
    "nvl36x2",
    "nvl144",
    "nvl288",
    "nvl576",
    "nvl648",
    "gh200-nvl256",
    "h100-nvl256",
    "rubin-ultra-nvl576-oberon-2026",
)
STACKED = (
    "superpod-h100-1su",
    "superpod-h100-4su",
    "superpod-b200-8su",
    "superpod-b200-16su",
    "superpod-b200-64su",
    "xdr-nvl72-10368",
    "xdr-nvl72-cpo",
    "xdr-dual-plane",
    "ethernet-h200",
    "ocs-h100",
    "nvl144-scale-out",
)
COMPARED = (
    "nvl576-middle",
    "nvl576-spread",
    "nvl576-ends",
    "nvl576-one-row",
    "nvl576-four-rows",
    "nvl576-listed",
)
COMPARED_FIGURES = (
    "cost",
    "cost_per_gpu",
    "share_cable",
    "share_transceiver",
    "dac_runs",
    "acc_runs",
    "aec_runs",
    "optics_runs",
    "optics_ends",
    "routed",
    "longest_run",
    "power",
    "parts",
    "bundle_types",
    "fullest_segment",
    "floor_area",
    "install_hours",
)
README = Path(__file__).resolve().parent.parent / "README.md"
SCALE_UP_HEADER = (
    "| layout | GPUs | L2 switch trays | runs by medium | cost, USD | proved gap"
    " | all optics | first fit by hand | nearest slot |",
    "|---|---|---|---|---|---|---|---|---|",
)
STACKED_HEADER = (
    "| layout | GPUs | switches, tier by tier | runs, tier by tier | transceivers | runs by medium"
    " | cost, USD | proved gap |",
    "|---|---|---|---|---|---|---|---|",
)


def planned(layout: str) -> Plan:
    """Plan a shipped layout."""
    return make_plan(find_layout(layout), SolveOptions(), Stopwatch())


def scale_up_row(plan: Plan) -> str:
    """Return a plan's row of the table of scale-up fabrics."""
    solve, cost = plan.solve, plan.solve.objective_cents
    baselines = [
        solve.baselines.all_optics_cents,
        solve.baselines.first_fit_cents,
        solve.baselines.greedy_cents,
    ]
    return _row(
        plan.layout.name,
        f"{sum(fabric.gpus for fabric in plan.fabrics):,}",
        f"{sum(fabric.upper_devices for fabric in plan.fabrics):,}",
        _media(plan),
        f"{round(cost / 100):,}",
        _gap(plan),
        *("-" if cents is None else f"{100 * (cents - cost) / cost:+.2f} %" for cents in baselines),
    )


def stacked_row(plan: Plan) -> str:
    """Return a plan's row of the table of stacked tiers: all its fabrics join the same GPUs."""
    return _row(
        plan.layout.name,
        f"{max(fabric.gpus for fabric in plan.fabrics):,}",
        " + ".join(f"{fabric.upper_devices:,}" for fabric in plan.fabrics),
        " + ".join(f"{fabric.runs:,}" for fabric in plan.fabrics),
        f"{sum(fabric.modules for fabric in plan.fabrics):,}",
        _media(plan),
        f"{round(plan.solve.objective_cents / 100):,}",
        _gap(plan),
    )


def comparison_lines(plans: Sequence[tuple[str, Plan]]) -> list[str]:
    """Return the worked comparison: a table with the best in bold, then what is sure and why."""
    compared = compare_plans(plans)
    lines = [_row("", *compared.names), f"|{'---|' * (len(compared.names) + 1)}"]
    for figure in compared.figures:
        if figure.key in COMPARED_FIGURES:
            decimals = 0 if figure.unit == compared.currency else figure.decimals
            texts = [shown_value(value, decimals) for value in figure.values]
            cells = [
                f"**{text}**" if best else text for text, best in zip(texts, figure.is_best, strict=True)
            ]
            lines.append(_row(", ".join(filter(None, (figure.label, figure.unit))), *cells))
    sentences = (*compared.verdicts, compared.differences[1])
    return [*lines, "", "```", *(f"{sentence}" for sentence in sentences), "```"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _media(plan: Plan) -> str:
    return ", ".join(f"{count:,} {medium}" for medium, count in plan.totals.runs_by_medium.items())


def _gap(plan: Plan) -> str:
    return "0 (proved)" if plan.solve.status == "proved" else plan.solve.status.removeprefix("within ")


if __name__ == "__main__":
    print(*SCALE_UP_HEADER, sep="\n")
    for name in SCALE_UP:
        print(scale_up_row(planned(name)), flush=True)
    print("", *comparison_lines([(name, planned(name)) for name in COMPARED]), sep="\n")
    print("", *STACKED_HEADER, sep="\n")
    for name in STACKED:
        print(stacked_row(planned(name)), flush=True)
