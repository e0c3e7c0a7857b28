"""Ways to make a run of a pair of ends: route, option and stock length, with what each costs and takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.optimize.fill.resources import Resources
from planner.optimize.pricing import (
    UNREACHABLE_CENTS,
    BoolArray,
    IntArray,
    price_option,
    usable_stock_mm,
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """Ways to make a run of a pair of ends; all arrays have one entry a column.

    ``pair`` is the index of the pair; ``route`` and ``kind`` are numbers in ``Resources``.
    """

    pair: IntArray
    option: IntArray
    stock: IntArray
    route: IntArray
    kind: IntArray
    cents: IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairWays:
    """All ways of each of P pairs of ends, W of each; arrays are (P, W).

    ``cents`` are ``UNREACHABLE_CENTS`` where there is no such way. ``by_option`` is how many of a pair's
    ways, one after the other, are made alike, and differ in their routes.
    """

    resources: Resources
    option: IntArray
    stock: IntArray
    route: IntArray
    kind: IntArray
    cents: IntArray
    by_option: int

    def tolled(self, prices: IntArray) -> IntArray:
        """Return what each way costs (P, W) with what resources charge at these prices (E + P,)."""
        return np.asarray(self.cents + self.resources.payer(prices)(self.route, self.kind), dtype=np.int64)

    def cheapest(self, tolled: IntArray, choices: int) -> BoolArray:
        """Tell which ways are so many of their pair's cheapest (P, W).

        Where parts are limited, the cheapest way of each option is among them, whatever it costs.
        """
        chosen = np.zeros(tolled.shape, dtype=bool)
        order = np.argsort(tolled, axis=1, kind="stable")[:, :choices]
        np.put_along_axis(chosen, order, True, axis=1)
        if self.resources.parts.limits:
            first = tolled.reshape(len(tolled), -1, self.by_option).argmin(axis=2)
            first += self.by_option * np.arange(first.shape[1])
            np.put_along_axis(chosen, first, True, axis=1)
        return np.asarray(chosen & (self.cents < UNREACHABLE_CENTS))

    def columns(self, chosen: BoolArray) -> Columns:
        """Return the ways that are chosen (P, W), pair by pair."""
        pair, _ = np.nonzero(chosen)
        return Columns(
            pair=pair,
            option=self.option[chosen],
            stock=self.stock[chosen],
            route=self.route[chosen],
            kind=self.kind[chosen],
            cents=self.cents[chosen],
        )


def find_ways(
    table: RouteTable,
    media: Sequence[tuple[int, MediaOption]],
    economics: Economics,
    resources: Resources,
    pairs: IntArray,
) -> PairWays:
    """Return all ways of each pair of ends.

    Parameters
    ----------
    table, media, economics
        Routes, fitting options and labor.
    resources
        What is limited.
    pairs
        Lower and upper attachment of each pair (P, 2).
    """
    routes = table.routed_mm.shape[2]
    lower, upper = pairs[:, 0], pairs[:, 1]
    lengths = table.routed_mm[lower, upper], table.slack_mm[lower, upper]
    number = resources.route_number(lower[:, None], upper[:, None], np.arange(routes)[None, :])
    made = [
        (option, stock, cents)
        for option, one in media
        for stock, cents in _priced(one, resources.parts.is_limited[option], lengths, economics)
    ]
    stock = np.concatenate([stock for _, stock, _ in made], axis=1)
    option = np.repeat(np.array([index for index, _, _ in made], dtype=np.int64), routes)
    option = np.broadcast_to(option, stock.shape)
    return PairWays(
        resources=resources,
        option=option,
        stock=stock,
        route=np.tile(number, (1, len(made))),
        kind=resources.kind_number(option, stock),
        cents=np.concatenate([cents for _, _, cents in made], axis=1),
        by_option=routes,
    )


def _priced(
    option: MediaOption, is_limited: Sequence[bool], lengths: tuple[IntArray, IntArray], economics: Economics
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield stock items and prices of runs of an option: the shortest that do, then longer ones.

    A longer one counts where supply limits all that are shorter and would do.
    """
    routed, slack = lengths
    usable = np.array([*usable_stock_mm(option), NO_ROUTE_MM], dtype=np.int64)
    goes_on = np.array([*is_limited, False])
    cents, stock = price_option(option, routed, slack, economics)
    yield stock, cents
    while (goes_on[stock] & (cents < UNREACHABLE_CENTS)).any():
        longer = np.where(goes_on[stock], np.minimum(stock + 1, len(usable) - 1), len(usable) - 1)
        cents, stock = price_option(option, routed, usable[longer] - routed, economics)
        yield stock, cents
