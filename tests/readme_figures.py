"""The README's table of figures: ``python -m tests.readme_figures`` plans the layouts and prints it."""

from __future__ import annotations

from pathlib import Path

from planner.inputs.load import find_layout
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.pipeline import make_plan
from planner.stopwatch import Stopwatch

LAYOUTS = (
    "nvl36x2",
    "nvl144",
    "nvl288",
    "nvl576",
    "nvl648",
    "gh200-nvl256",
    "h100-nvl256",
    "rubin-ultra-nvl576-oberon-2026",
)
README = Path(__file__).resolve().parent.parent / "README.md"
HEADER = (
    "| layout | GPUs | L2 switch trays | runs by medium | cost, USD | proved gap"
    " | all optics | first fit by hand | nearest slot |",
    "|---|---|---|---|---|---|---|---|---|",
)


def figures(layout: str) -> str:
    """Plan a shipped layout and return its row of the table."""
    return row(make_plan(find_layout(layout), SolveOptions(), Stopwatch()))


def row(plan: Plan) -> str:
    solve, cost = plan.solve, plan.solve.objective_cents
    media = ", ".join(f"{count:,} {medium}" for medium, count in plan.totals.runs_by_medium.items())
    gap = "0 (proved)" if solve.status == "proved" else solve.status.removeprefix("within ")
    baselines = [
        solve.baselines.all_optics_cents,
        solve.baselines.first_fit_cents,
        solve.baselines.greedy_cents,
    ]
    cells = [
        plan.layout.name,
        f"{sum(fabric.gpus for fabric in plan.fabrics):,}",
        f"{sum(fabric.upper_devices for fabric in plan.fabrics):,}",
        media,
        f"{round(cost / 100):,}",
        gap,
        *("-" if cents is None else f"{100 * (cents - cost) / cost:+.2f} %" for cents in baselines),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(*HEADER, sep="\n")
    for name in LAYOUTS:
        print(figures(name), flush=True)
