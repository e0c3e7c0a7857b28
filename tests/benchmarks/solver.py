"""Gap and time of the optimizer from 2 to 18 racks on several floors.

``python -m tests.benchmarks.solver`` prints the table of README.md. Options: racks and shapes to try, floors
written as layout files (``--write DIR``), and the monolithic model as a rival (``--rival SECONDS``).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.model.layout import Spread
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from tests.reference.floors import SHAPES, Hall, floors, read_hall, write_floor
from tests.reference.monolith import solve_monolith
from tests.reference.plain import plain_problem

HEADER = ("floor", "racks", "spread", "trays", "cost, USD", "bound, USD", "gap, %", "s", "cases")
RIVAL_HEADER = ("rival cost, USD", "rival bound, USD", "rival gap, %", "rival s")
MAX_GAP_PERCENT = 0.1
MAX_SECONDS = 5.0


def gap_percent(cost_cents: float, bound_cents: float) -> float:
    return 100 * (cost_cents - bound_cents) / cost_cents


def dollars(cents: float | None) -> str:
    return "-" if cents is None else f"{cents / 100:,.2f}"


def solver_cells(hall: Hall) -> tuple[list[str], float, float]:
    """Solve a hall; the cells of its row, the gap in percent and the seconds."""
    begin = time.perf_counter()
    solution = solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())
    seconds = time.perf_counter() - begin
    cost, bound = solution.objective_cents, solution.certificate.bound_cents
    gap = gap_percent(cost, bound)
    cells = [str(len(solution.placed)), dollars(cost), dollars(bound)]
    cells += [f"{gap:.4f}" if gap else "0", f"{seconds:.2f}", str(len(solution.certificate.cases))]
    return cells, gap, seconds


def rival_cells(hall: Hall, seconds: float) -> list[str]:
    """Cells of the monolithic model, stopped after some seconds."""
    begin = time.perf_counter()
    answer = solve_monolith(plain_problem(hall), time_limit_s=seconds)
    taken = time.perf_counter() - begin
    cost, bound = answer.cost_cents, answer.bound_cents
    gap = "-" if cost is None else f"{gap_percent(cost, bound):.4f}"
    return [dollars(cost), dollars(bound), gap, f"{taken:.1f}"]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--racks", type=int, nargs="+", default=list(range(2, 19)))
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--spreads", nargs="+", choices=[one.value for one in Spread], default=list(Spread))
    parser.add_argument(
        "--rival", type=float, metavar="SECONDS", help="also run the monolithic model so long"
    )
    parser.add_argument("--write", type=Path, metavar="DIR", help="keep the floors as layout files")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    header = HEADER + (RIVAL_HEADER if arguments.rival else ())
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    weak: list[str] = []
    with TemporaryDirectory() as scratch:
        folder = arguments.write or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for shape, racks, spread in floors(arguments.racks, arguments.shapes):
            if spread.value not in arguments.spreads:
                continue
            path = write_floor(shape, racks, spread, folder)
            hall = read_hall(path)
            cells, gap, seconds = solver_cells(hall)
            if arguments.rival:
                cells += rival_cells(hall, arguments.rival)
            print(f"| {' | '.join([shape, str(racks), spread.value, *cells])} |", flush=True)
            if gap > MAX_GAP_PERCENT or seconds > MAX_SECONDS:
                weak.append(f"{path.name}: gap {gap:.4f} %, {seconds:.2f} s")
    print(f"\nGap over {MAX_GAP_PERCENT} % or more than {MAX_SECONDS} s: {len(weak)}")
    print(*weak, sep="\n")


if __name__ == "__main__":
    main()
