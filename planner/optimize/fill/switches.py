"""Pairs of lower units and slots: the way that each takes by itself, and dearer ones it may switch to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.optimize.fill.resources import Resources
from planner.optimize.pricing import (
    UNREACHABLE_CENTS,
    BoolArray,
    IntArray,
    PairPrices,
    price_pairs,
)
from planner.optimize.ways import FabricInputs, Way


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pair of a lower unit and a slot, flat over (G, N, S): ends, and the way it takes by itself."""

    lower: IntArray
    upper: IntArray
    cents: IntArray
    route: IntArray
    kind: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class TolledPairs:
    """The way that is each pair's cheapest with what resources charge: flat, like ``Pairs``.

    ``tolled_cents`` are what it costs with tolls, ``more_cents`` what it costs without them beyond the
    pair's own way. ``known_cents`` are what the cheapest way known so far costs with tolls.
    """

    tolled_cents: IntArray
    more_cents: IntArray
    known_cents: IntArray
    route: IntArray
    kind: IntArray


@dataclass(slots=True, eq=False)
class Switches:
    """Ways that runs may switch to: pair, numbers of route and kind, and what that costs more."""

    pair: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    route: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    kind: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    cents: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, tolled: TolledPairs, among: BoolArray) -> bool:
        """Add the ways that are cheaper than those known, of some of the pairs; whether there were any."""
        fresh = np.flatnonzero(among & (tolled.tolled_cents < tolled.known_cents))
        self.pair = np.concatenate([self.pair, fresh])
        self.route = np.concatenate([self.route, tolled.route[fresh]])
        self.kind = np.concatenate([self.kind, tolled.kind[fresh]])
        self.cents = np.concatenate([self.cents, tolled.more_cents[fresh]])
        return bool(len(fresh))


def read_pairs(prices: PairPrices, resources: Resources, ends: tuple[IntArray, IntArray]) -> Pairs:
    """Return all pairs, given the attachments of lower units (G, N) and slots (S,), and their own ways."""
    lower, upper = np.broadcast_arrays(ends[0][:, :, None], ends[1][None, None, :])
    lower, upper = lower.ravel(), upper.ravel()
    return Pairs(
        lower=lower,
        upper=upper,
        cents=prices.cents[lower, upper],
        route=resources.route_number(lower, upper, prices.route[lower, upper]),
        kind=resources.kind_number(prices.option[lower, upper], prices.stock[lower, upper]),
    )


def toll_pairs(
    inputs: FabricInputs,
    way: Way,
    resources: Resources,
    pairs: Pairs,
    switches: Switches,
    prices: IntArray,
) -> TolledPairs:
    """Return each pair's cheapest way at prices of resources (E + P,)."""
    charges, paid = resources.charges(prices), resources.payer(prices)
    priced = price_pairs(inputs.table, way.media, inputs.layout.economics, charges=charges)
    lower, upper = pairs.lower, pairs.upper
    route = resources.route_number(lower, upper, priced.route[lower, upper])
    kind = resources.kind_number(priced.option[lower, upper], priced.stock[lower, upper])
    reached = pairs.cents < UNREACHABLE_CENTS
    tolled = np.where(reached, priced.cents[lower, upper], UNREACHABLE_CENTS)
    known = np.where(reached, pairs.cents + paid(pairs.route, pairs.kind), UNREACHABLE_CENTS)
    switched = pairs.cents[switches.pair] + switches.cents + paid(switches.route, switches.kind)
    np.minimum.at(known, switches.pair, switched)
    return TolledPairs(tolled, tolled - paid(route, kind) - pairs.cents, known, route, kind)
