"""What priced segments charge: the prices of a certificate, found again by where segments lie.

A route pays for a priced piece only where it goes through all of it in the planner's own sense: along
a riser of the piece's rack, along a row at the piece's height, or along its cable tray. What cannot be
placed so charges nothing, which can only lower a bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.errors import Finding
from planner.model.routes import PathwaySegment, Point, SegmentKind
from planner.model.solution import Certificate
from planner.verify.fill import run_um2
from planner.verify.ground import Ground, fault

LARGEST_PRICE = 10**9
"""Largest price taken, thousandths of a cent per square millimeter."""

LARGEST_SUM = 10**10
"""Most that one route is charged: beyond it 64-bit products could wrap."""

SCALE = 10**9
"""Square micrometers x thousandths of a cent per square millimeter, to the cent."""


@dataclass(frozen=True, slots=True)
class TollBook:
    """Priced pieces by where they lie.

    Parameters
    ----------
    risers
        By rack, x and y of the riser: lower and upper end of each piece, and its price.
    laterals
        By y and z: low and high x of each piece, and its price.
    trays
        By the coordinates of both ends, lower first: the price of a piece of a tray or of a joint.
    """

    risers: dict[tuple[str, int, int], list[tuple[int, int, int]]]
    laterals: dict[tuple[int, int], list[tuple[int, int, int]]]
    trays: dict[tuple[Point, Point], int]


def open_book(ground: Ground, prices: Mapping[str, int]) -> TollBook:
    """Find the priced segments of a certificate."""
    segments = {fill.segment.id: fill.segment for fill in ground.plan.segments}
    risers: dict[tuple[str, int, int], list[tuple[int, int, int]]] = defaultdict(list)
    laterals: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    trays: dict[tuple[Point, Point], int] = {}
    for name, price in prices.items():
        segment = segments[name]
        low, high = sorted((segment.a, segment.b))
        if segment.kind is SegmentKind.RISER:
            risers[_owner(ground, name), low.x_mm, low.y_mm].append((low.z_mm, high.z_mm, price))
        elif segment.kind is SegmentKind.LATERAL:
            laterals[low.y_mm, low.z_mm].append((low.x_mm, high.x_mm, price))
        else:
            trays[low, high] = price
    return TollBook(risers, laterals, trays)


def _owner(ground: Ground, name: str) -> str:
    """Return the rack whose riser a segment's name speaks of: neighbors' risers may touch."""
    return max((address for address in ground.places if name.startswith(f"{address}-")), key=len, default="")


def riser_toll(book: TollBook, riser: tuple[str, int, int], heights: tuple[int, int]) -> int:
    """Return what the way along a riser (rack, x, y) between two heights pays."""
    low, high = min(heights), max(heights)
    pieces = book.risers.get(riser, ())
    return sum(price for bottom, top, price in pieces if low <= bottom and top <= high)


def lateral_toll(book: TollBook, at: tuple[int, int], ways: tuple[int, int], racks: tuple[int, int]) -> int:
    """Return what a lateral at (y, z) pays from riser to riser (x of both), racks beginning at two x."""
    low, high = min(ways), max(ways)
    first, last = min(racks), max(racks)
    total = 0
    for start, end, price in book.laterals.get(at, ()):
        through = low <= start and end <= high
        if start == end:  # where neighbors' risers touch: only who goes from one rack to the other
            through = first < start <= last
        total += price if through else 0
    return total


def left_um2(ground: Ground, fabric: str, names: Mapping[str, int]) -> dict[str, int]:
    """Return what fabrics planned before this one left of each named segment."""
    usable = {fill.segment.id: fill.segment.usable_um2 or 0 for fill in ground.plan.segments}
    earlier = set()
    for spec in ground.plan.layout.fabrics:
        if spec.name == fabric:
            break
        earlier.add(spec.name)
    left = {name: usable[name] for name in names}
    sections = {name: run_um2(option) for name, option in ground.options.items()}
    for run in ground.plan.runs:
        if run.fabric in earlier:
            for name in run.segments:
                if name in left:
                    left[name] -= sections.get(run.option, 0)
    return {name: max(0, um2) for name, um2 in left.items()}


def earned_cents(left: Mapping[str, int], prices: Mapping[str, int]) -> int:
    """Return what is left of all priced segments at their prices, rounded up."""
    return -(-sum(left[name] * price for name, price in prices.items()) // SCALE)


def check_prices(ground: Ground, certificate: Certificate) -> Iterator[Finding]:
    """Check that a certificate prices segments that are there and have a limit, within bounds."""
    segments: dict[str, PathwaySegment] = {fill.segment.id: fill.segment for fill in ground.plan.segments}
    for name, price in certificate.segment_prices.items():
        segment = segments.get(name)
        what = f"certificate of {certificate.fabric}: segment {name}"
        if segment is None or segment.usable_um2 is None:
            yield fault("forged-tolls", f"{what} is priced, and no run uses it or it has no limit")
        elif not 0 <= price <= LARGEST_PRICE:
            yield fault("forged-tolls", f"{what} charges {price}, it may charge 0 to {LARGEST_PRICE}")
