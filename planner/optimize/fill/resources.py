"""What runs share and is limited: cross-section of segments and pieces of parts, in arrays.

A resource is a segment or a limited part; the E segments come first, then the P parts. A run takes
cross-section of every segment on its route, and the pieces that it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.model.media import MediaOption
from planner.model.names import natural_key
from planner.model.routes import PathwaySegment, RouteTable
from planner.model.sections import run_section_um2
from planner.model.solution import PartPrice, ResourcePrices, SegmentPrice
from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.fill.parts import PartsLeft, read_kinds
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import UM2_MILLICENTS_PER_MM2_CENT, BoolArray, Charges, IntArray, toll_cents
from planner.units import ceil_div

_ROUTES_WRITTEN = 400_000
"""Most routes of a fabric's table that are written out segment by segment."""

LARGEST_PRICE = 10**9
"""Most that a resource may charge: ten thousand of the currency for a square millimeter, or ten million
for a piece."""

UM2_PER_MM2 = 10**6
TOO_MUCH = 1e5
"""Cost of a square millimeter or a piece too much, in the models' money: dearer than any detour."""

_HAIR = 0.01
"""What may be taken too much of a resource by rounding, in square millimeters and pieces."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Resources:
    """Segments and parts that limit runs, and what each way to make a run takes of them.

    A way is a route and a kind. A route is numbered (a * B + b) * K + k, as in a table of shape
    (A, B, K); kinds are the usable stock items of all options.

    Parameters
    ----------
    segments, left_um2
        The E segments, and the cross-section that other fabrics left of each (E,).
    starts, members
        Route r takes the segments ``members[starts[r] : starts[r + 1]]``.
    shape
        (A, B, K).
    section_um2
        What a run takes of a segment, by option (its index among the catalog's).
    parts
        The limited parts, and what a run of each kind takes of them.
    left, unit, section_of_kind
        Derived: what is left of each resource (E + P,), how much of it is one in models, and what a run
        of each kind takes of a segment.
    """

    segments: tuple[PathwaySegment, ...]
    left_um2: IntArray
    starts: IntArray
    members: IntArray
    shape: tuple[int, int, int]
    section_um2: Mapping[int, int]
    parts: PartsLeft
    left: IntArray = field(init=False)
    unit: IntArray = field(init=False)
    section_of_kind: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Derive what is asked for again and again."""
        parts = len(self.parts.limits)
        unit = np.repeat(np.array([UM2_PER_MM2, 1], dtype=np.int64), (len(self.segments), parts))
        object.__setattr__(self, "left", np.concatenate([self.left_um2, self.parts.left_pieces]))
        object.__setattr__(self, "unit", unit)
        sections = [self.section_um2[option] for option in self.parts.kinds.option.tolist()]
        object.__setattr__(self, "section_of_kind", np.array(sections, dtype=np.int64))

    def route_number(self, lower: IntArray, upper: IntArray, route: IntArray) -> IntArray:
        """Return the numbers of routes, given attachments and the index among the pair's routes."""
        _, uppers, routes = self.shape
        return np.asarray((lower * uppers + upper) * routes + route, dtype=np.int64)

    def kind_number(self, option: IntArray, stock: IntArray) -> IntArray:
        """Return the numbers of kinds, given indices of options and stock items; 0 where there is none."""
        return self.parts.kinds.number(option, stock)

    def entries(self, routes: IntArray, kinds: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return (which of the ways, resource, amount) for all that each of the ways takes."""
        first, count = self.starts[routes], self.starts[routes + 1] - self.starts[routes]
        which = np.repeat(np.arange(len(routes)), count)
        within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        segment = self.members[np.repeat(first, count) + within]
        made, part = np.nonzero(self.parts.pieces[kinds])
        return (
            np.concatenate([which, made]),
            np.concatenate([segment, len(self.segments) + part]),
            np.concatenate([self.section_of_kind[kinds][which], self.parts.pieces[kinds[made], part]]),
        )

    def used(self, routes: IntArray, kinds: IntArray, runs: IntArray | FloatArray) -> FloatArray:
        """Return what so many runs of each way take of each resource (E + P,): exact up to 2^53."""
        which, resource, amount = self.entries(routes, kinds)
        return np.bincount(resource, weights=runs[which] * amount, minlength=len(self.left)).astype(float)

    def is_exceeded(self, used: FloatArray) -> BoolArray:
        """Tell of which resources more than a hair too much is taken (E + P,)."""
        return np.asarray(used > self.left + _HAIR * self.unit)

    def exceeded(self, used: FloatArray) -> IntArray:
        """Return the resources of which more than a hair too much is taken."""
        return np.asarray(np.flatnonzero(self.is_exceeded(used)), dtype=np.int64)

    def excess(self, routes: IntArray, kinds: IntArray, runs: IntArray) -> IntArray:
        """Return what whole runs take too much of each resource (E + P,): of parts, pieces to order."""
        used = np.rint(self.used(routes, kinds, runs)).astype(np.int64)
        short = self.parts.ordered(kinds, runs) - self.parts.left_orders
        over = np.concatenate([used[: len(self.segments)] - self.left_um2, short])
        return np.asarray(np.maximum(0, over), dtype=np.int64)

    def size(self, excess: IntArray | FloatArray) -> int:
        """Return one number for an excess of resources (E + P,): a piece counts as a square millimeter."""
        return int((excess * (UM2_PER_MM2 // self.unit)).sum())

    def charges(self, prices: IntArray) -> Charges:
        """Return what routes and stock items charge, given the price of each resource (E + P,)."""
        return Charges(
            self._tolls(prices).reshape(self.shape), self.parts.stock_rules(self.piece_cents(prices))
        )

    def payer(self, prices: IntArray) -> Callable[[IntArray, IntArray], IntArray]:
        """Return what tells how many cents runs pay by numbers of routes and kinds, at prices (E + P,)."""
        tolls, pieces = self._tolls(prices), self.piece_cents(prices)

        def paid_cents(route: IntArray, kind: IntArray) -> IntArray:
            return toll_cents(self.section_of_kind[kind], tolls[route]) + pieces[kind]

        return paid_cents

    def _tolls(self, prices: IntArray) -> IntArray:
        """Return what segments charge on each route, by its number, at prices (E + P,)."""
        priced = prices[: len(self.segments)]
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(priced[self.members])])
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]], dtype=np.int64)

    def piece_cents(self, prices: IntArray) -> IntArray:
        """Return what the pieces of a run of each kind charge, given the price of each resource."""
        return np.asarray(self.parts.pieces @ prices[len(self.segments) :], dtype=np.int64)


def few_enough(table: RouteTable, fewest: int) -> RouteTable:
    """Return a table with its first routes of every pair, ``fewest`` or as many as can be written out."""
    return table.with_first_routes(max(fewest, _ROUTES_WRITTEN // (len(table.lower) * len(table.upper))))


def read_resources(
    table: RouteTable,
    media: Sequence[tuple[int, MediaOption]],
    taken_um2: Mapping[str, int],
    parts: PartsLeft | None = None,
) -> Resources:
    """Read what all routes of a table take.

    Parameters
    ----------
    table, media
        The routes, and the options that fit.
    taken_um2
        By segment id, what runs of other fabrics take.
    parts
        What is left of limited parts; None: no part is limited.
    """
    segments, starts, members = table.limited_segments()
    left = [max(0, (segment.usable_um2 or 0) - taken_um2.get(segment.id, 0)) for segment in segments]
    return Resources(
        segments=segments,
        left_um2=np.array(left, dtype=np.int64),
        starts=starts,
        members=members,
        shape=(table.routed_mm.shape[0], table.routed_mm.shape[1], table.routed_mm.shape[2]),
        section_um2={option: run_section_um2(one) for option, one in media},
        parts=parts if parts is not None else PartsLeft.of_nothing(read_kinds(media)),
    )


class Limits:
    """Rows of a model that keep what is taken of watched resources; each may be exceeded, at a price."""

    def __init__(
        self,
        model: LinearModel,
        resources: Resources,
        watched: IntArray,
        withheld: IntArray | int = 0,
        too_much: float = TOO_MUCH,
    ) -> None:
        """Add rows for the watched resources, of which so much (E + P,) is withheld.

        ``too_much`` is what a square millimeter beyond costs.
        """
        self._model = model
        self._resources = resources
        self._place = np.full(len(resources.left), -1)
        self._place[watched] = np.arange(len(watched))
        left = np.maximum(0, resources.left - withheld)[watched] / resources.unit[watched]
        self.rows = model.rows((len(watched),), -np.inf, left)
        # Where nothing fits, the model still leads to what is exceeded least.
        cost = np.where(watched < len(resources.segments), too_much, TOO_MUCH)
        self.beyond = model.variables((len(watched),), np.inf, cost)
        model.add(self.rows, self.beyond, -1)

    def take(
        self, variables: IntArray, routes: IntArray, kinds: IntArray, factor: IntArray | int = 1
    ) -> None:
        """Count what each variable's runs take by a way, times a factor."""
        which, resource, amount = self._resources.entries(routes, kinds)
        inside = self._place[resource] >= 0
        which, resource, amount = which[inside], resource[inside], amount[inside]
        rows = self.rows[self._place[resource]]
        times = np.broadcast_to(factor, variables.shape)[which]
        self._model.add(rows, variables[which], times * amount / self._resources.unit[resource])


def prices_of_duals(resources: Resources, watched: IntArray, duals: FloatArray) -> IntArray:
    """Return prices of all resources (E + P,) from a solver's duals of watched rows: never below zero.

    Those of segments are thousandths of a cent per square millimeter, those of parts cents per piece.
    """
    prices = np.zeros(len(resources.left), dtype=np.int64)
    scale = np.where(watched < len(resources.segments), CENTS * MILLI, CENTS)
    prices[watched] = np.minimum(np.rint(np.maximum(0, -duals) * scale), LARGEST_PRICE)
    return prices


def earned_cents(resources: Resources, prices: IntArray) -> int:
    """Return what all that is left of the resources is worth at their prices (E + P,), rounded up."""
    return worth_cents(resources.unit == UM2_PER_MM2, prices, resources.left)


def worth_cents(is_segment: BoolArray, prices: IntArray, amounts: IntArray) -> int:
    """Return what amounts of resources are worth at their prices, rounded up; all three in one order."""
    um2_millicents, cents = 0, 0
    for of_segment, price, amount in zip(is_segment.tolist(), prices.tolist(), amounts.tolist(), strict=True):
        um2_millicents += price * amount * of_segment
        cents += price * amount * (not of_segment)
    return ceil_div(um2_millicents, UM2_MILLICENTS_PER_MM2_CENT) + cents


def segment_prices(resources: Resources, prices: IntArray) -> tuple[SegmentPrice, ...]:
    """Return the prices of segments that are not 0, by segment id in natural order."""
    priced = [
        SegmentPrice(segment=segment, price=int(price))
        for segment, price in zip(resources.segments, prices[: len(resources.segments)], strict=True)
        if price
    ]
    return tuple(sorted(priced, key=lambda one: natural_key(one.segment.id)))


def resource_prices(resources: Resources, prices: IntArray) -> ResourcePrices:
    """Return the prices of all resources that are not 0."""
    return ResourcePrices(
        segment_prices=segment_prices(resources, prices), part_prices=part_prices(resources, prices)
    )


def part_prices(resources: Resources, prices: IntArray) -> tuple[PartPrice, ...]:
    """Return the prices of limited parts that are not 0, in the layout's order."""
    return tuple(
        PartPrice(part=limit.part, stock_length_mm=limit.stock_length_mm, price_cents=int(price))
        for limit, price in zip(resources.parts.limits, prices[len(resources.segments) :], strict=True)
        if price
    )
