"""Gap and time of the optimizer from 2 to 18 racks on several floors: ``python -m tests.benchmarks.solver``.

Prints one row a floor while it runs, then a short table by racks, then the floors that need most work.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.model.layout import Spread
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from tests.benchmarks import rivals
from tests.benchmarks.table import dollars, gap_percent, print_header, print_row, written
from tests.reference.floors import SHAPES, Hall, floors, read_hall, write_floor

HEADER = ("floor", "racks", "spread", "trays", "cost, USD", "bound, USD", "gap, %", "s", "cases")
DEFAULT_SHAPES = ("row-end", "mid-row", "between", "two-rows-mid")
MAX_GAP_PERCENT = 0.1
MAX_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One floor's figures."""

    shape: str
    racks: int
    spread: Spread
    gap_percent: float
    seconds: float
    cells: tuple[str, ...]

    @property
    def is_weak(self) -> bool:
        return self.gap_percent > MAX_GAP_PERCENT or self.seconds > MAX_SECONDS

    @property
    def gap(self) -> str:
        return written(self.gap_percent)


def measure(shape: str, racks: int, spread: Spread, hall: Hall, rival_s: float | None) -> Measured:
    """Solve a floor; everything that ``solve_fabric`` does counts, baselines and cages included."""
    begin = time.process_time()
    solution = solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())
    seconds = time.process_time() - begin
    cost, bound = solution.objective_cents, solution.certificate.bound_cents
    gap = gap_percent(cost, bound)
    cells = [shape, str(racks), spread.value, str(len(solution.placed)), dollars(cost), dollars(bound)]
    cells += [written(gap), f"{seconds:.2f}", str(len(solution.certificate.cases))]
    if rival_s is not None:
        cells += rivals.on_whole_fabric(hall, rival_s)
    return Measured(shape, racks, spread, gap, seconds, tuple(cells))


def print_summary(measured: list[Measured], shapes: Sequence[str]) -> None:
    """One row for each number of racks and spread: gap in percent and seconds on each floor."""
    print()
    print_header(["racks", "spread", *shapes])
    found = {(one.racks, one.spread, one.shape): one for one in measured}
    for racks, spread in sorted({(one.racks, one.spread) for one in measured}):
        row = [found.get((racks, spread, shape)) for shape in shapes]
        cells = ["-" if one is None else f"{one.gap} %, {one.seconds:.1f} s" for one in row]
        print_row([str(racks), spread.value, *cells])
    weak = [one for one in measured if one.is_weak]
    print(f"\nGap over {MAX_GAP_PERCENT} % or more than {MAX_SECONDS} s: {len(weak)} of {len(measured)}")
    for one in weak:
        print(f"{one.shape}-{one.racks}-{one.spread.value}: {one.gap} %, {one.seconds:.2f} s")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=list(range(2, 19)))
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=DEFAULT_SHAPES)
    parser.add_argument("--spreads", nargs="+", type=Spread, default=list(Spread))
    parser.add_argument("--rival", type=float, metavar="S", help="also let one integer program run so long")
    parser.add_argument("--write", type=Path, metavar="DIR", help="keep the floors as layout files")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    print_header(HEADER + (rivals.HEADER if arguments.rival else ()))
    measured = []
    with TemporaryDirectory() as scratch:
        folder = arguments.write or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for shape, racks, spread in floors(arguments.racks, arguments.shapes):
            if spread not in arguments.spreads:
                continue
            hall = read_hall(write_floor(shape, racks, spread, folder))
            measured.append(measure(shape, racks, spread, hall, arguments.rival))
            print_row(measured[-1].cells)
    print_summary(measured, arguments.shapes)


if __name__ == "__main__":
    main()
