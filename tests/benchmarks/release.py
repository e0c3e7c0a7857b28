"""One row of figures for a release: ``python -m tests.benchmarks.release``.

The worst gap and the most processor seconds of each group of floors that the other benchmarks draw; those
print the floors one by one, and rivals beside them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from planner import __version__
from planner.model.layout import Spread
from tests.benchmarks import fill, open_racks, scaling, solver
from tests.benchmarks.table import print_header, print_row, written
from tests.reference.floors import read_hall, write_floor

CROWDED = ("row-end", "mid-row", "between", "two-rows-mid")
ROWS_OF_TEN = "rows-of-ten"


class Figures(NamedTuple):
    """Gap in percent and processor seconds of one floor; a floor that nothing fits has none."""

    gap_percent: float
    seconds: float


def solved(racks: Sequence[int]) -> Iterator[Figures]:
    """Floors of several shapes, without regard to fill."""
    with TemporaryDirectory() as folder:
        for shape in solver.DEFAULT_SHAPES:
            for count in racks:
                hall = read_hall(write_floor(shape, count, Spread.BALANCED, Path(folder)))
                one = solver.measure(shape, count, Spread.BALANCED, hall, None)
                yield Figures(one.gap_percent, one.seconds)


def crowded(racks: int, shapes: Sequence[str], cuts: Sequence[str]) -> Iterator[Figures]:
    """Floors whose pathways are cut down, without those that nothing fits."""
    with TemporaryDirectory() as folder:
        for shape in shapes:
            for cut_as in cuts:
                one = fill.measure(shape, racks, cut_as, Path(folder), None)
                if one.fits:
                    yield Figures(one.gap_percent, one.seconds)


def arranged(racks: int) -> Iterator[Figures]:
    """Floors with so many racks that may move."""
    with TemporaryDirectory() as folder:
        for floor in open_racks.FLOORS:
            if floor.racks == racks:
                one = open_racks.measure(floor, Path(folder), None)
                yield Figures(one.gap_percent, one.seconds)


def large() -> dict[int, scaling.Measured]:
    """Rows of ten positions, without regard to fill."""
    with TemporaryDirectory() as folder:
        return {racks: scaling.measure(ROWS_OF_TEN, racks, Path(folder), None) for racks in scaling.RACKS}


def worst(figures: Iterator[Figures]) -> str:
    """The widest gap and the longest time, which need not be of one floor."""
    found = list(figures)
    if not found:
        return "-"
    gap, seconds = (max(one[at] for one in found) for at in (0, 1))
    return f"{written(gap)} %, {seconds:.1f} s"


def cells() -> Iterator[tuple[str, str]]:
    """Yield the cells of a row with what stands above them, as they are found."""
    yield "18 racks", worst(solved([18]))
    yield "2 to 16 racks", worst(solved(range(2, 17)))
    for racks in (8, 16):
        yield f"fill, {racks}", worst(crowded(racks, CROWDED, fill.CUTS))
    yield "fill, 32", worst(crowded(32, [ROWS_OF_TEN], ["in-place"]))
    measured = large()
    for racks in (32, 64, 128):
        yield f"{racks} racks", worst(iter([Figures(measured[racks].gap_percent, measured[racks].seconds)]))
    yield "slope", f"{scaling.slope(list(measured.values())):.2f}"
    share = max(100 * one.proved_again_s / one.seconds for one in measured.values())
    yield "proved again", f"{share:.1f} %"
    for racks in (16, 32, 64):
        yield f"{racks} that move", worst(arranged(racks))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    row = {"release": f"{__version__}, {datetime.now(UTC):%Y-%m-%d}"}
    for head, cell in cells():
        row[head] = cell
        print(f"{head}: {cell}", flush=True)
    print()
    print_header(list(row))
    print_row(list(row.values()))


if __name__ == "__main__":
    main()
