"""Gap and time where the pathway is crowded: ``python -m tests.benchmarks.fill``.

Kind by kind, pathways are cut down to what five in six of the used segments take in the cheapest plan, where
its units, as they stand, can still be wired within that; else to what 9 in 10 take, or 19 in 20, or all. So
fill binds, and some plan keeps it. Rivals: the planner itself in sequence (racks and slots without regard to
fill, then spread and routes within it), and one integer program over everything.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from planner.errors import Severity
from planner.fabrics_in_turn import Routed, route_fabrics, wider_table
from planner.fabrics_together import solve_fabrics
from planner.inputs.load import Inputs, read_inputs
from planner.model.fabric import TierFabric
from planner.model.layout import CrossSection, Spread
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.optimize.fill.builder import PlanBuilder
from planner.optimize.fill.opening import open_fabric
from planner.optimize.fill.solve import slots_of
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.ways import FabricInputs
from planner.outputs.pins_text import pins_text
from planner.plan.assemble import assemble_plan
from planner.plan.solved import SolvedFabric
from planner.topology.build import build_fabrics
from tests.benchmarks import rivals
from tests.benchmarks.table import dollars, gap_percent, print_header, print_row, written
from tests.reference.floors import SHAPES, prepare_hall, write_floor

HEADER = (
    "floor",
    "racks",
    "cut",
    "overfull",
    "cost, USD",
    "bound, USD",
    "gap, %",
    "s",
    "fits",
    "without fill, USD",
)
SEQUENTIAL_HEADER = ("in sequence: cost, USD", "fits", "s")
SHARES = (5 / 6, 9 / 10, 19 / 20, 1)
"""Shares of a kind's used segments that it still holds."""
CUTS = ("in-place", "hard")
CUT = (SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)


def solved(inputs: Inputs) -> tuple[SolvedFabric, ...]:
    return solve_fabrics(inputs, routed(inputs), SolveOptions())


def routed(inputs: Inputs) -> tuple[Routed, ...]:
    return route_fabrics(inputs, build_fabrics(inputs.layout, inputs.catalog))


def assembled(inputs: Inputs, fabrics: tuple[SolvedFabric, ...]) -> Plan:
    return assemble_plan(inputs.layout, inputs.catalog, fabrics, (), seed=1)


def planned(inputs: Inputs) -> tuple[Plan, float]:
    """A plan of the inputs, and the processor time that deciding took."""
    fabrics = routed(inputs)
    start = time.process_time()
    decided = solve_fabrics(inputs, fabrics, SolveOptions())
    seconds = time.process_time() - start
    return assembled(inputs, decided), seconds


def crowded(inputs: Inputs, cheapest: tuple[SolvedFabric, ...], plan: Plan, cut_as: str) -> Inputs:
    """The same hall with pathways cut down: hard, or so that the cheapest plan's units can still be wired."""
    standing = Standing.of(inputs, cheapest[0]) if cut_as == "in-place" else None
    narrow = inputs
    for kind in CUT:
        used = sorted(one.used_um2 for one in plan.segments if one.segment.kind is kind)
        shares = [used[int(share * (len(used) - 1))] for share in SHARES if used]
        for um2 in dict.fromkeys(shares):
            cut = narrowed(narrow, kind, um2)
            if standing is None or standing.fits(usable_um2(cut)):
                narrow = cut
                break
    return narrow


def narrowed(inputs: Inputs, kind: SegmentKind, usable_um2: int) -> Inputs:
    """The same hall whose pathways of a kind hold so much, to the next square millimeter."""
    section = CrossSection(width_mm=usable_um2 // 10**6 + 1, depth_mm=1, fill_permille=1000)
    pathways = inputs.layout.pathways
    laterals = pathways.laterals
    if kind is SegmentKind.RISER:
        pathways = replace(pathways, risers=section)
    elif kind is SegmentKind.LATERAL:
        pathways = replace(pathways, laterals=laterals and replace(laterals, section=section))
    elif kind is SegmentKind.ROW_TRAY:
        trays = tuple(replace(tray, section=section) for tray in pathways.row_trays)
        pathways = replace(pathways, row_trays=trays)
    else:
        crosses = tuple(replace(tray, section=section) for tray in pathways.cross_trays)
        pathways = replace(pathways, cross_trays=crosses)
    return replace(inputs, layout=replace(inputs.layout, pathways=pathways))


def usable_um2(inputs: Inputs) -> dict[SegmentKind, int]:
    """What a segment of each kind holds; trays of a kind are all alike."""
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
    return limits


class Standing(NamedTuple):
    """Upper units where a plan has them, and all ways of wiring them, whatever pathways hold."""

    builder: PlanBuilder
    placement: Placement | None

    @classmethod
    def of(cls, inputs: Inputs, one: SolvedFabric) -> Standing:
        fabric, solution = one.fabric, one.solution
        assert isinstance(fabric, TierFabric)
        wide = FabricInputs(
            layout=inputs.layout, catalog=inputs.catalog, fabric=fabric, table=one.table, used={}
        )
        opened = open_fabric(wide, solution, Taken(), SolveOptions())
        placement = price_placement(opened.way.problem, slots_of(fabric, opened.way, solution))
        ends = {(placed.rack, placed.u) for placed in solution.placed}
        table = wider_table(inputs, fabric, one.table)
        return cls(opened.builder_between(table, ends), placement)

    def fits(self, limits_um2: dict[SegmentKind, int]) -> bool:
        """Whether all can be wired where segments of each kind hold no more."""
        resources = self.builder.resources
        left = np.array([limits_um2[segment.kind] for segment in resources.segments], dtype=np.int64)
        builder = replace(self.builder, resources=replace(resources, left_um2=left))
        built = builder.build(builder.crowd(builder.no_prices), self.placement, must_fit=True)
        return built is not None and not built.excess


def overfull_share(plan: Plan, inputs: Inputs) -> float:
    """Share of the segments a plan uses that would be overfull in a hall cut down."""
    limits = usable_um2(inputs)
    used = [one for one in plan.segments if one.segment.kind in limits]
    return sum(one.used_um2 > limits[one.segment.kind] for one in used) / len(used)


def place_then_route(path: Path, wide: Plan, narrow: Inputs) -> tuple[Plan, float]:
    """What comes of racks and slots chosen without regard to fill, and spread and routes within it."""
    pins = pins_text(wide, (), with_runs=False)
    placed = path.with_stem(f"{path.stem}-placed")
    placed.write_text(path.read_text(encoding="utf-8") + pins[pins.index("    pins:") :], encoding="utf-8")
    inputs = read_inputs(placed)
    layout = replace(inputs.layout, pathways=narrow.layout.pathways)
    return planned(replace(inputs, layout=layout))


def keeps_fill(plan: Plan) -> str:
    return "no" if any(finding.severity is Severity.BLOCKING for finding in plan.findings) else "yes"


class Measured(NamedTuple):
    """One hall's figures."""

    gap_percent: float
    seconds: float
    fits: bool
    cells: list[str]


def measure(shape: str, racks: int, cut_as: str, folder: Path, rival_s: float | None) -> Measured:
    """Plan a floor with wide pathways and with narrow ones, then let the rivals."""
    path = write_floor(shape, racks, Spread.BALANCED, folder)
    inputs = read_inputs(path)
    cheapest = solved(inputs)
    wide = assembled(inputs, cheapest)
    narrow = crowded(inputs, cheapest, wide, cut_as)
    plan, seconds = planned(narrow)
    cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
    cells = [
        shape,
        str(racks),
        cut_as,
        f"{100 * overfull_share(wide, narrow):.0f} %",
        dollars(cost),
        dollars(bound),
    ]
    cells += [written(gap_percent(cost, bound)), f"{seconds:.1f}", keeps_fill(plan)]
    cells.append(dollars(wide.solve.objective_cents))
    if rival_s is not None:
        sequential, taken = place_then_route(path, wide, narrow)
        cells += [dollars(sequential.solve.objective_cents), keeps_fill(sequential), f"{taken:.1f}"]
        cells += rivals.within_limits(prepare_hall(narrow.layout, narrow.catalog), rival_s)
    return Measured(gap_percent(cost, bound), seconds, keeps_fill(plan) == "yes", cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=[8, 16])
    parser.add_argument(
        "--shapes", nargs="+", choices=SHAPES, default=["row-end", "mid-row", "between", "two-rows-mid"]
    )
    parser.add_argument("--cuts", nargs="+", choices=CUTS, default=CUTS)
    parser.add_argument(
        "--rival", type=float, metavar="S", help="also let rivals, an integer program so long"
    )
    wanted = parser.parse_args()
    print_header(HEADER + (SEQUENTIAL_HEADER + rivals.HEADER if wanted.rival else ()))
    with TemporaryDirectory() as folder:
        for racks in wanted.racks:
            for shape in wanted.shapes:
                for cut_as in wanted.cuts:
                    print_row(measure(shape, racks, cut_as, Path(folder), wanted.rival).cells)


if __name__ == "__main__":
    main()
