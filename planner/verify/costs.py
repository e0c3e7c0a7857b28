"""Least cost of a run between two ends: the verifier's own pair costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.model.catalog import CageGroup, MediaOption
from planner.model.layout import Economics
from planner.verify.ground import Ground
from planner.verify.prices import counted_energy, run_parts, run_power
from planner.verify.router import Least

UNREACHABLE_CENTS = 10**12
"""Cost of a pair that no part can join: finite, so that sums stay integers; a bound may use less."""

FARTHEST_MM = 10**9

Cents = NDArray[np.int64]


def least_costs(
    ground: Ground, groups: tuple[CageGroup, CageGroup], lengths: Sequence[Least], shape: tuple[int, int]
) -> Cents:
    """Return the least cost in the objective of a run of each pair, over routes, media and stock."""
    economics = ground.plan.layout.economics
    best = np.full(shape, UNREACHABLE_CENTS, dtype=np.int64)
    for option in ground.plan.catalog.media:
        if not all(_fits(option, group) for group in groups):
            continue
        fixed = counted_energy(economics, run_power(option))
        lasting, price = _price_steps(option)
        for least in lengths:
            parts = price[np.searchsorted(lasting, least.required, side="left")]
            np.minimum(best, parts + fixed + _labor(economics, least.routed), out=best)
    return best


def _fits(option: MediaOption, group: CageGroup) -> bool:
    plug = (option.connector.form, option.connector.thermal, option.lanes, option.lane_rate_gbps)
    hole = (group.connector.form, group.connector.thermal, group.lanes, group.lane_rate_gbps)
    return plug == hole and group.protocol in option.protocols


def _price_steps(option: MediaOption) -> tuple[NDArray[np.int64], Cents]:
    """Return stock lengths within reach and the least price of a run that needs up to each.

    Where a longer stock length is cheaper, its price counts for shorter needs too: a longer route
    may ask for it, so the least over all routes is no less.
    """
    stock = sorted((item.length_mm, item.price.cents) for item in option.cable.stock)
    stock = [item for item in stock if item[0] <= option.reach_mm]
    prices = [UNREACHABLE_CENTS]
    for _, cents in reversed(stock):
        prices.append(min(prices[-1], run_parts(option, cents)))
    lasting = np.array([length for length, _ in stock], dtype=np.int64)
    return lasting, np.array(prices[::-1], dtype=np.int64)


def _labor(economics: Economics, routed: NDArray[np.int64]) -> Cents:
    # A pair that no route joins is farther than any part reaches: its labor counts nowhere.
    routed = np.minimum(routed, FARTHEST_MM)
    per_meter = (2 * economics.labor_per_meter_cents * routed + 1000) // 2000
    return economics.labor_per_run_cents + per_meter
