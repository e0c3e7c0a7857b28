"""Prices every pair of attachments: the cheapest route, medium and stock length together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.economics import energy_in_objective_cents, run_parts_cents, run_power_milliwatts
from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.sections import run_section_um2

UNREACHABLE_CENTS = 2**40
"""Price of a pair that no medium reaches: more than any plan costs."""

UM2_MILLICENTS_PER_MM2_CENT = 10**9
"""Square micrometers x thousandths of a cent per square millimeter that make one cent."""

LARGEST_TOLL = 10**10
"""Most that a whole route charges, thousandths of a cent per square millimeter: 64 bits hold its products."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PairPrices:
    """Cheapest way to join each lower to each upper attachment.

    All arrays have shape (A, B). ``cents`` is a run's share of the objective, without what plugs that
    it shares cost, ``UNREACHABLE_CENTS`` where nothing reaches; ``routed_mm`` its routed length; ``option``,
    ``stock`` and ``route`` are indices into the media, the option's stock and the pair's routes.
    """

    cents: IntArray
    routed_mm: IntArray
    option: IntArray
    stock: IntArray
    route: IntArray


class StockRule(NamedTuple):
    """What supply adds to the stock items of an option, shortest first.

    ``cents`` are what the pieces of a run charge. Where ``is_limited``, a run that the item would do for
    may be made of the next longer one.
    """

    cents: tuple[int, ...]
    is_limited: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Charges:
    """What limited things charge a run: segments for its cross-section, parts for its pieces.

    ``tolls`` are those of each route, in thousandths of a cent per square millimeter (A, B, K): rounded
    down to the cent, they are part of the price. ``stock`` holds, by index of the option, what supply
    adds to its usable stock items; options that it says nothing of are left out.
    """

    tolls: IntArray
    stock: Mapping[int, StockRule]


def price_pairs(
    table: RouteTable,
    media: Sequence[tuple[int, MediaOption]],
    economics: Economics,
    route_count: int | None = None,
    charges: Charges | None = None,
    *,
    least: bool = False,
) -> PairPrices:
    """Price all pairs over the given media and the first ``route_count`` routes (None: all).

    Ties go to the shorter routed length, then to the earlier option, then to the earlier route.

    Parameters
    ----------
    table
        Routes of each pair.
    media
        Options with their index in the catalog's media; only those that fit the cages.
    economics
        Labor and energy coefficients.
    route_count
        How many of the K routes to consider.
    charges
        What segments and parts charge besides.
    least
        Whether a shorter stock item is taken to cost no more than a longer one: what no longer route
        undercuts, and so what a bound may count on. No plan buys at these prices.
    """
    shape = table.routed_mm.shape[:2]
    best = PairPrices(
        cents=np.full(shape, UNREACHABLE_CENTS, dtype=np.int64),
        routed_mm=np.full(shape, NO_ROUTE_MM, dtype=np.int64),
        option=np.zeros(shape, dtype=np.int64),
        stock=np.zeros(shape, dtype=np.int64),
        route=np.zeros(shape, dtype=np.int64),
    )
    for index, option in media:
        for route in range(table.routed_mm.shape[2])[:route_count]:
            routed = table.routed_mm[:, :, route]
            slack = table.slack_mm[:, :, route]
            rule = charges.stock.get(index) if charges else None
            cents, stock = price_option(option, routed, slack, economics, rule, least=least)
            if charges is not None:
                cents += toll_cents(np.int64(run_section_um2(option)), charges.tolls[:, :, route])
            _keep_cheaper(best, cents, (routed, index, stock, route))
    return best


def toll_cents(section_um2: IntArray | np.int64, tolls: IntArray) -> IntArray:
    """Return what tolls (thousandths of a cent per square millimeter) make of sections, down to the cent."""
    return np.asarray(section_um2 * np.minimum(tolls, LARGEST_TOLL) // UM2_MILLICENTS_PER_MM2_CENT)


def price_option(
    option: MediaOption,
    routed_mm: IntArray,
    slack_mm: IntArray,
    economics: Economics,
    rule: StockRule | None = None,
    *,
    least: bool = False,
) -> tuple[IntArray, IntArray]:
    """Return what a run made by an option costs for each length, and its stock item.

    ``UNREACHABLE_CENTS`` where no usable stock length is long enough. ``least`` as in ``price_pairs``.
    """
    usable = usable_stock_mm(option)
    shortest = np.searchsorted(np.array(usable, dtype=np.int64), routed_mm + slack_mm, side="left")
    parts, items = _priced_stock(option, rule)
    stock = np.array([*items, len(usable)], dtype=np.int64)[shortest]
    if least:
        parts = [min(parts[item:]) for item in range(len(parts))]
    price_of = np.array([*parts, UNREACHABLE_CENTS], dtype=np.int64)
    energy = energy_in_objective_cents(economics, run_power_milliwatts(option))
    labor = economics.labor_per_run_cents + (2 * economics.labor_per_meter_cents * routed_mm + 1000) // 2000
    cents = np.where(shortest < len(usable), price_of[shortest] + labor + energy, UNREACHABLE_CENTS)
    return cents, stock


def _priced_stock(option: MediaOption, rule: StockRule | None) -> tuple[list[int], list[int]]:
    """Return what the parts of a run cost that needs up to each usable length, and the item it takes."""
    parts = [run_parts_cents(option, item) + share for item, share in enumerate(cable_shares_cents(option))]
    items = list(range(len(parts)))
    if rule is not None:
        parts = [cents + more for cents, more in zip(parts, rule.cents, strict=True)]
        for item in reversed(items[:-1]):
            if rule.is_limited[item] and parts[item + 1] < parts[item]:
                parts[item], items[item] = parts[item + 1], items[item + 1]
    return parts, items


def usable_stock_mm(option: MediaOption) -> list[int]:
    """Return the stock lengths within the option's reach, shortest first."""
    return [item.length_mm for item in option.cable.stock if item.length_mm <= option.reach_mm]


def price_falls(option: MediaOption, rule: StockRule | None = None) -> bool:
    """Tell whether some usable stock length costs less than a shorter one."""
    prices = [item.price.cents for item in option.cable.stock[: len(usable_stock_mm(option))]]
    if rule is not None:
        prices, _ = _priced_stock(option, rule)
    return any(longer < shorter for shorter, longer in pairwise(prices))


def cable_shares_cents(option: MediaOption) -> list[int]:
    """Return the least that a run adds to the price of its shared cable, by usable stock item.

    All 0 where a run has its cables for itself. The longest run of a share decides its length, so
    a shorter one may share what a longer piece costs: no run can be priced at more than its part of
    the cheapest piece that is long enough.
    """
    prices = [item.price.cents for item in option.cable.stock[: len(usable_stock_mm(option))]]
    if option.runs_per_cable == 1:
        return [0] * len(prices)
    return [min(prices[item:]) // option.runs_per_cable for item in range(len(prices))]


def _keep_cheaper(best: PairPrices, cents: IntArray, made: tuple[IntArray, int, IntArray, int]) -> None:
    """Lower ``best`` in place wherever that is cheaper; ``made`` is routed length, option, stock, route."""
    routed_mm, index, stock, route = made
    better = (cents < best.cents) | ((cents == best.cents) & (routed_mm < best.routed_mm))
    better &= cents < UNREACHABLE_CENTS
    for target, value in (
        (best.cents, cents),
        (best.routed_mm, routed_mm),
        (best.option, np.int64(index)),
        (best.stock, stock),
        (best.route, np.int64(route)),
    ):
        np.copyto(target, value, where=better)
