"""Gap and time where the pathway is crowded: ``python -m tests.benchmarks.fill``.

Every kind of pathway is cut down until it holds less than one in six of its used segments takes in the
cheapest plan. Rivals: the planner itself in sequence (racks and slots without regard to fill, then spread
and routes within it), and one integer program over everything.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.errors import Severity
from planner.fabrics_in_turn import route_fabrics
from planner.fabrics_together import solve_fabrics
from planner.inputs.load import Inputs, read_inputs
from planner.model.layout import CrossSection, Spread
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.optimize.options import SolveOptions
from planner.outputs.pins_text import pins_text
from planner.plan.assemble import assemble_plan
from planner.topology.build import build_fabrics
from tests.benchmarks import rivals
from tests.benchmarks.table import dollars, gap_percent, print_header, print_row, written
from tests.reference.floors import SHAPES, prepare_hall, write_floor

HEADER = ("floor", "racks", "overfull", "cost, USD", "bound, USD", "gap, %", "s", "fits", "without fill, USD")
SEQUENTIAL_HEADER = ("in sequence: cost, USD", "fits", "s")
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


def place_then_route(path: Path, wide: Plan) -> tuple[Plan, float]:
    """What comes of racks and slots chosen without regard to fill, and spread and routes within it."""
    pins = pins_text(wide, (), with_runs=False)
    placed = path.with_stem(f"{path.stem}-placed")
    placed.write_text(path.read_text(encoding="utf-8") + pins[pins.index("    pins:") :], encoding="utf-8")
    return planned(crowded(read_inputs(placed), wide))


def keeps_fill(plan: Plan) -> str:
    return "no" if any(finding.severity is Severity.BLOCKING for finding in plan.findings) else "yes"


def row(shape: str, racks: int, path: Path, rival_s: float | None) -> list[str]:
    inputs = read_inputs(path)
    wide, _ = planned(inputs)
    narrow = crowded(inputs, wide)
    plan, seconds = planned(narrow)
    cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
    cells = [shape, str(racks), f"{100 * overfull_share(wide, narrow):.0f} %", dollars(cost), dollars(bound)]
    cells += [written(gap_percent(cost, bound)), f"{seconds:.1f}", keeps_fill(plan)]
    cells.append(dollars(wide.solve.objective_cents))
    if rival_s is not None:
        sequential, taken = place_then_route(path, wide)
        cells += [dollars(sequential.solve.objective_cents), keeps_fill(sequential), f"{taken:.1f}"]
        cells += rivals.within_limits(prepare_hall(narrow.layout, narrow.catalog), rival_s)
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=[8, 16])
    parser.add_argument(
        "--shapes", nargs="+", choices=SHAPES, default=["row-end", "mid-row", "between", "two-rows-mid"]
    )
    parser.add_argument(
        "--rival", type=float, metavar="S", help="also let rivals, an integer program so long"
    )
    wanted = parser.parse_args()
    print_header(HEADER + (SEQUENTIAL_HEADER + rivals.HEADER if wanted.rival else ()))
    with TemporaryDirectory() as folder:
        for racks in wanted.racks:
            for shape in wanted.shapes:
                path = write_floor(shape, racks, Spread.BALANCED, Path(folder))
                print_row(row(shape, racks, path, wanted.rival))


if __name__ == "__main__":
    main()
