"""Which segments each route takes, and how much of each is left: the fill of a pathway in arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.model.names import natural_key
from planner.model.routes import NO_ROUTE_MM, PathwaySegment, RouteTable
from planner.model.solution import SegmentPrice
from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import UM2_MILLICENTS_PER_MM2_CENT, IntArray
from planner.units import ceil_div

LARGEST_PRICE = 10**9
"""Most that a segment may charge: ten thousand of the currency for a square millimeter."""

_UM2_PER_MM2 = 10**6
_OVERFULL = 1e5
"""Cost of a square millimeter too much, in the models' money: dearer than any detour."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RouteSegments:
    """Segments that limit what goes through them, and the routes that take them.

    A route is numbered (a * B + b) * K + k, as in a table of shape (A, B, K).

    Parameters
    ----------
    segments, left_um2
        The E segments, and the cross-section that earlier fabrics left of each (E,).
    starts, members
        Route r takes the segments ``members[starts[r] : starts[r + 1]]``.
    shape
        (A, B, K).
    """

    segments: tuple[PathwaySegment, ...]
    left_um2: IntArray
    starts: IntArray
    members: IntArray
    shape: tuple[int, int, int]

    def route_number(self, lower: IntArray, upper: IntArray, route: IntArray) -> IntArray:
        """Return the numbers of routes, given attachments and the index among the pair's routes."""
        _, uppers, routes = self.shape
        return np.asarray((lower * uppers + upper) * routes + route, dtype=np.int64)

    def entries(self, routes: IntArray) -> tuple[IntArray, IntArray]:
        """Return (which of the routes, segment) for every segment that each of the routes takes."""
        first, count = self.starts[routes], self.starts[routes + 1] - self.starts[routes]
        which = np.repeat(np.arange(len(routes)), count)
        within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        return which, self.members[np.repeat(first, count) + within]

    def used(self, routes: IntArray, um2: IntArray) -> IntArray:
        """Return what cross-sections on routes take of each segment (E,)."""
        which, segment = self.entries(routes)
        used = np.zeros(len(self.segments), dtype=np.int64)
        np.add.at(used, segment, um2[which])
        return used

    def tolls(self, prices: IntArray) -> IntArray:
        """Return what each route charges for a cross-section, given the price of each segment (A, B, K)."""
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(prices[self.members])])
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]], dtype=np.int64).reshape(self.shape)


def read_segments(table: RouteTable, taken_um2: Mapping[str, int]) -> RouteSegments:
    """Write out all routes of a table.

    Parameters
    ----------
    table
        The routes.
    taken_um2
        By segment id, what runs of earlier fabrics take.
    """
    index: dict[str, int] = {}
    segments: list[PathwaySegment] = []
    members: list[int] = []
    counts: list[int] = []
    for a, b, k in np.ndindex(table.routed_mm.shape):
        before = len(members)
        if table.routed_mm[a, b, k] < NO_ROUTE_MM:
            for segment in table.route(a, b, k).segments:
                if segment.usable_um2 is None:
                    continue
                if segment.id not in index:
                    index[segment.id] = len(segments)
                    segments.append(segment)
                members.append(index[segment.id])
        counts.append(len(members) - before)
    left = [max(0, (segment.usable_um2 or 0) - taken_um2.get(segment.id, 0)) for segment in segments]
    return RouteSegments(
        segments=tuple(segments),
        left_um2=np.array(left, dtype=np.int64),
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(counts, dtype=np.int64))]),
        members=np.array(members, dtype=np.int64),
        shape=(table.routed_mm.shape[0], table.routed_mm.shape[1], table.routed_mm.shape[2]),
    )


class Limits:
    """Rows of a model that keep what goes through watched segments; each may be overfull, at a price."""

    def __init__(self, model: LinearModel, segments: RouteSegments, watched: IntArray) -> None:
        self._model = model
        self._segments = segments
        self._place = np.full(len(segments.segments), -1)
        self._place[watched] = np.arange(len(watched))
        self.rows = model.rows((len(watched),), -np.inf, segments.left_um2[watched] / _UM2_PER_MM2)
        # Where nothing fits, the model still leads to what is overfull least.
        model.add(self.rows, model.variables((len(watched),), np.inf, _OVERFULL), -1)

    def take(self, variables: IntArray, routes: IntArray, section_um2: IntArray) -> None:
        """Count so much cross-section for each variable's runs on a route."""
        which, segment = self._segments.entries(routes)
        inside = self._place[segment] >= 0
        which, segment = which[inside], segment[inside]
        rows = self.rows[self._place[segment]]
        self._model.add(rows, variables[which], section_um2[which] / _UM2_PER_MM2)


def prices_of_duals(duals: FloatArray) -> IntArray:
    """Return segment prices from a solver's duals of rows in square millimeters: never below zero."""
    found = np.rint(np.maximum(0, -duals) * CENTS * MILLI)
    return np.asarray(np.minimum(found, LARGEST_PRICE), dtype=np.int64)


def earned_cents(segments: RouteSegments, prices: IntArray) -> int:
    """Return what all that is left of the segments is worth at their prices (E,), rounded up."""
    worth = sum(int(price) * int(left) for price, left in zip(prices, segments.left_um2, strict=True))
    return ceil_div(worth, UM2_MILLICENTS_PER_MM2_CENT)


def segment_prices(segments: RouteSegments, prices: IntArray) -> tuple[SegmentPrice, ...]:
    """Return the prices (E,) that are not 0, by segment id in natural order."""
    priced = [
        SegmentPrice(segment=segments.segments[at], price=int(prices[at]))
        for at in np.flatnonzero(prices).tolist()
    ]
    return tuple(sorted(priced, key=lambda one: natural_key(one.segment.id)))
