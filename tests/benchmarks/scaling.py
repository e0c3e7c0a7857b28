"""Gap and time from 8 to 128 racks, and how time grows: ``python -m tests.benchmarks.scaling``.

Rows of ten positions, two of them for switch racks; past 18 racks the L2 ASIC is a hypothetical one of
catalogs/hypothetical.yaml. Proving the bound again is one pass over the certificate: what the verifier
does once every pair of a lower unit and a slot is priced.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from planner.inputs.load import read_inputs
from planner.model.layout import Spread
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from planner.plan.assemble import assemble_plan
from planner.plan.solved import SolvedFabric
from planner.verify.board import lay_out
from planner.verify.bound import prove
from planner.verify.ground import survey
from planner.verify.wiring import Tiers, derive_all
from tests.benchmarks import rivals
from tests.benchmarks.table import dollars, gap_percent, print_header, print_row, written
from tests.reference.floors import SHAPES, prepare_hall, write_floor

RACKS = (8, 16, 32, 64, 128)
HEADER = (
    "racks",
    "runs",
    "pairs",
    "cost, USD",
    "bound, USD",
    "gap, %",
    "s (processor)",
    "proved again, s",
    "share",
)


class Measured(NamedTuple):
    """Pairs of a lower unit and a slot, the gap, seconds to decide and to prove again, and what to print."""

    pairs: int
    gap_percent: float
    seconds: float
    proved_again_s: float
    cells: list[str]


def measure(shape: str, racks: int, folder: Path, rival_s: float | None) -> Measured:
    """Solve a floor, write its plan out, and prove its bound again."""
    inputs = read_inputs(write_floor(shape, racks, Spread.BALANCED, folder))
    hall = prepare_hall(inputs.layout, inputs.catalog)
    begin = time.process_time()
    solution = solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())
    seconds = time.process_time() - begin
    solved = SolvedFabric(fabric=hall.fabric, table=hall.table, solution=solution)
    plan = assemble_plan(inputs.layout, inputs.catalog, [solved], (), seed=1)
    again, slots = prove_again(plan)
    pairs = len(hall.fabric.lower_units) * slots
    cost, bound = solution.objective_cents, solution.certificate.bound_cents
    cells = [str(racks), f"{len(solution.runs):,}", f"{pairs:,}", dollars(cost), dollars(bound)]
    cells += [
        written(gap_percent(cost, bound)),
        f"{seconds:.2f}",
        f"{again:.3f}",
        f"{100 * again / seconds:.1f} %",
    ]
    if rival_s is not None:
        cells += rivals.on_whole_fabric(hall, rival_s)
    return Measured(pairs, gap_percent(cost, bound), seconds, again, cells)


def prove_again(plan: Plan) -> tuple[float, int]:
    """Prove the bound of a plan's only fabric from its certificate: seconds, and slots that it is about."""
    ground = survey(plan)
    (tiers,) = derive_all(ground).values()
    assert isinstance(tiers, Tiers)
    board = lay_out(ground, tiers)
    (certificate,) = plan.solve.certificates
    begin = time.process_time()
    bound, findings = prove(board, certificate)
    seconds = time.process_time() - begin
    assert not findings and bound is not None and bound >= certificate.bound_cents
    return seconds, board.slots


def slope(measured: Sequence[Measured]) -> float:
    """Slope of the least-squares line through the logarithms of pairs and seconds."""
    pairs, seconds = (np.log([getattr(one, name) for one in measured]) for name in ("pairs", "seconds"))
    return float(np.polyfit(pairs, seconds, 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=RACKS)
    parser.add_argument("--shape", choices=SHAPES, default="rows-of-ten")
    parser.add_argument("--rival", type=float, metavar="S", help="also let one integer program run so long")
    arguments = parser.parse_args()
    print_header(HEADER + (rivals.HEADER if arguments.rival else ()))
    measured = []
    with TemporaryDirectory() as folder:
        for racks in arguments.racks:
            measured.append(measure(arguments.shape, racks, Path(folder), arguments.rival))
            print_row(measured[-1].cells)
    if len(measured) > 1:
        print(f"\nslope of a log-log line, seconds against pairs: {slope(measured):.2f}")


if __name__ == "__main__":
    main()
