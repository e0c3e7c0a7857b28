"""Gap and time where the pathway is crowded: ``python -m tests.benchmarks.fill``.

Every kind of pathway is cut down until it holds less than one in six of its used segments takes in the
cheapest plan. The rival decides in sequence: racks and slots without regard to fill, then spread and
routes within it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.errors import Severity
from planner.fabrics_in_turn import route_fabrics, solve_fabrics
from planner.inputs.load import Inputs, read_inputs
from planner.model.layout import CrossSection, Spread
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.topology.build import build_fabrics
from tests.benchmarks.solver import gap_percent, written
from tests.reference.floors import write_floor

HEADER = ("floor", "racks", "overfull", "cost, USD", "bound, USD", "gap, %", "s", "fits", "without fill, USD")
SHARE_CUT = 5 / 6
CUT = (SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)


def planned(inputs: Inputs) -> tuple[Plan, float]:
    """A plan of the inputs, and the processor time that deciding took."""
    routed = route_fabrics(inputs, build_fabrics(inputs.layout, inputs.catalog))
    start = time.process_time()
    solved = solve_fabrics(inputs, routed, SolveOptions())
    seconds = time.process_time() - start
    return assemble_plan(inputs.layout, inputs.catalog, inputs.sha256, solved, (), seed=1), seconds


def crowded(inputs: Inputs, plan: Plan) -> Inputs:
    """The same hall with pathways cut down."""
    section = {}
    for kind in CUT:
        used = sorted(one.used_um2 for one in plan.segments if one.segment.kind is kind)
        if used:
            usable = used[int(SHARE_CUT * (len(used) - 1))]
            section[kind] = CrossSection(width_mm=usable // 10**6 + 1, depth_mm=1, fill_permille=1000)
    pathways = inputs.layout.pathways
    laterals = pathways.laterals
    kept = replace(
        pathways,
        risers=section.get(SegmentKind.RISER, pathways.risers),
        laterals=laterals and replace(laterals, section=section.get(SegmentKind.LATERAL, laterals.section)),
        row_trays=tuple(
            replace(tray, section=section.get(SegmentKind.ROW_TRAY, tray.section))
            for tray in pathways.row_trays
        ),
        cross_trays=tuple(
            replace(tray, section=section.get(SegmentKind.CROSS_TRAY, tray.section))
            for tray in pathways.cross_trays
        ),
    )
    return replace(inputs, layout=replace(inputs.layout, pathways=kept))


def overfull_share(plan: Plan, inputs: Inputs) -> float:
    """Share of the segments a plan uses that would be overfull in a hall cut down."""
    pathways = inputs.layout.pathways
    limits = {SegmentKind.RISER: pathways.risers.usable_um2}
    if pathways.laterals:
        limits[SegmentKind.LATERAL] = pathways.laterals.section.usable_um2
    for kind, trays in (
        (SegmentKind.ROW_TRAY, pathways.row_trays),
        (SegmentKind.CROSS_TRAY, pathways.cross_trays),
    ):
        for tray in trays:
            limits[kind] = tray.section.usable_um2
    used = [one for one in plan.segments if one.segment.kind in limits]
    return sum(one.used_um2 > limits[one.segment.kind] for one in used) / len(used)


def row(shape: str, racks: int, path: Path) -> tuple[str, ...]:
    inputs = read_inputs(path)
    wide, _ = planned(inputs)
    narrow = crowded(inputs, wide)
    plan, seconds = planned(narrow)
    cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
    fits = not any(finding.severity is Severity.BLOCKING for finding in plan.findings)
    return (
        shape,
        str(racks),
        f"{100 * overfull_share(wide, narrow):.0f} %",
        f"{cost / 100:,.2f}",
        f"{bound / 100:,.2f}",
        written(gap_percent(cost, bound)),
        f"{seconds:.1f}",
        "yes" if fits else "no",
        f"{wide.solve.objective_cents / 100:,.2f}",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--shapes", nargs="+", default=["row-end", "mid-row", "between", "two-rows-mid"])
    wanted = parser.parse_args(arguments)
    print("| " + " | ".join(HEADER) + " |")
    print("|" + "---|" * len(HEADER))
    with TemporaryDirectory() as folder:
        for racks in wanted.racks:
            for shape in wanted.shapes:
                path = write_floor(shape, racks, Spread.BALANCED, Path(folder))
                print("| " + " | ".join(row(shape, racks, path)) + " |", flush=True)


if __name__ == "__main__":
    main()
