"""What priced segments charge: the prices of a certificate, found again by where segments lie.

A route pays for a priced piece only where it goes through all of it in the planner's own sense: along
a riser of the piece's rack, along a row at the piece's height, or along its cable tray. What cannot be
placed so charges nothing, which can only lower a bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.errors import Finding
from planner.model.routes import Point, SegmentKind
from planner.model.solution import Certificate, SegmentPrice
from planner.verify.ground import Ground, fault
from planner.verify.pathways import check_segment, declared_ways

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


def open_book(ground: Ground, prices: Sequence[SegmentPrice]) -> TollBook:
    """Sort the priced segments of a certificate by where they lie."""
    risers: dict[tuple[str, int, int], list[tuple[int, int, int]]] = defaultdict(list)
    laterals: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    trays: dict[tuple[Point, Point], int] = {}
    for one in prices:
        segment, price = one.segment, one.price
        low, high = sorted((segment.a, segment.b))
        if segment.kind is SegmentKind.RISER:
            risers[_owner(ground, segment.id), low.x_mm, low.y_mm].append((low.z_mm, high.z_mm, price))
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


def check_prices(ground: Ground, certificate: Certificate) -> Iterator[Finding]:
    """Check that a certificate prices declared segments that have a limit, each once, within bounds."""
    if not certificate.segment_prices:
        return
    ways = declared_ways(ground, with_candidates=True)
    used = {fill.segment.id: fill.segment for fill in ground.plan.segments}
    names = set()
    for one in certificate.segment_prices:
        segment = one.segment
        what = f"certificate of {certificate.fabric}: segment {segment.id}"
        _, findings = check_segment(ways, segment)
        if findings or segment.usable_um2 is None or used.get(segment.id, segment) != segment:
            yield fault("forged-tolls", f"{what} is priced, and it is no declared segment with a limit")
        elif segment.id in names:
            yield fault("forged-tolls", f"{what} is priced twice")
        elif not 0 <= one.price <= LARGEST_PRICE:
            yield fault("forged-tolls", f"{what} charges {one.price}, it may charge 0 to {LARGEST_PRICE}")
        names.add(segment.id)
