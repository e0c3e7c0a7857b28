"""Least cost of a run between two ends: the verifier's own pair costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.model.layout import Economics
from planner.model.media import MediaOption, Plug
from planner.model.solution import PartPrice
from planner.verify.fill import run_um2
from planner.verify.ground import Ground
from planner.verify.media import Fit
from planner.verify.prices import counted_energy
from planner.verify.router import Least
from planner.verify.tolls import LARGEST_SUM, SCALE
from planner.verify.wiring import Tiers

UNREACHABLE_CENTS = 10**12
"""Cost of a pair that no part can join: finite, so that sums stay integers; a bound may use less."""

FARTHEST_MM = 10**9

Cents = NDArray[np.int64]


def least_costs(
    ground: Ground,
    fits: Iterable[Fit],
    lengths: Sequence[Least],
    shape: tuple[int, int],
    parts: Sequence[PartPrice] = (),
) -> Cents:
    """Return the least cost in the objective of a run of each pair, over routes, media and stock.

    That is without plugs that several runs share; of a shared cable a run bears its part. ``parts``
    are what limited parts charge a piece: it counts as their price.
    """
    economics = ground.plan.layout.economics
    best = np.full(shape, UNREACHABLE_CENTS, dtype=np.int64)
    for fit in fits:
        own = [plug for plug in fit.plugs if plug.runs == 1]
        fixed = counted_energy(economics, sum(plug.power_milliwatts for plug in own))
        fixed += sum(plug.transceiver.price.cents for plug in own if plug.transceiver is not None)
        fixed += sum(_piece_cents(parts, plug.transceiver.id) for plug in own if plug.transceiver is not None)
        lasting, price = _price_steps(fit.option, parts)
        for least in lengths:
            pieces = price[np.searchsorted(lasting, least.required, side="left")]
            total = pieces + fixed + _labor(economics, least.routed)
            if least.toll is not None:
                total = total + run_um2(fit.option) * np.minimum(least.toll, LARGEST_SUM) // SCALE
            np.minimum(best, total, out=best)
    return np.minimum(best, UNREACHABLE_CENTS)


def plug_cents(economics: Economics, plug: Plug) -> int:
    """Return what a plug that runs share adds to the objective."""
    module = plug.transceiver.price.cents if plug.transceiver is not None else 0
    return module + counted_energy(economics, plug.power_milliwatts)


def shared_cents(economics: Economics, tiers: Tiers, fit: Fit) -> int:
    """Return what plugs that runs share cost, whatever is placed where: units fill cage after cage."""
    lower = {
        (unit.rack, unit.u, socket.cage)
        for unit, part in tiers.part_of.items()
        for socket in part.sockets[: tiers.uplinks]
    }
    runs, units = len(tiers.planes[0]) * tiers.uplinks, tiers.upper_per_plane
    fuller = runs % units
    loads = [tiers.most_per_upper] * fuller + [tiers.fewest_per_upper] * (units - fuller)
    upper = len(tiers.planes) * sum(-(-load // tiers.sites[1].runs) for load in loads)
    counts = zip(fit.plugs, (len(lower), upper), strict=True)
    return sum(count * plug_cents(economics, plug) for plug, count in counts if plug.runs > 1)


def _piece_cents(parts: Sequence[PartPrice], part: str, length_mm: int | None = None) -> int:
    """Return what limits charge for a piece, which several may be about."""
    return sum(
        one.price_cents for one in parts if one.part == part and one.stock_length_mm in (None, length_mm)
    )


def _price_steps(option: MediaOption, parts: Sequence[PartPrice]) -> tuple[NDArray[np.int64], Cents]:
    """Return stock lengths within reach and the least price of the cables of a run that needs up to each.

    Where a longer stock length is cheaper, its price counts for shorter needs too: a longer route
    may ask for it, so the least over all routes is no less. Runs that share a cable bear equal parts
    of it, rounded down: no run of a share needs more than the longest does, and that decides the price.
    """
    stock = sorted(
        (item.length_mm, item.price.cents + _piece_cents(parts, option.cable.id, item.length_mm))
        for item in option.cable.stock
    )
    stock = [item for item in stock if item[0] <= option.reach_mm]
    prices = [UNREACHABLE_CENTS]
    for _, cents in reversed(stock):
        prices.append(min(prices[-1], option.cables_per_run * cents // option.runs_per_cable))
    lasting = np.array([length for length, _ in stock], dtype=np.int64)
    return lasting, np.array(prices[::-1], dtype=np.int64)


def _labor(economics: Economics, routed: NDArray[np.int64]) -> Cents:
    # A pair that no route joins is farther than any part reaches: its labor counts nowhere.
    routed = np.minimum(routed, FARTHEST_MM)
    per_meter = (2 * economics.labor_per_meter_cents * routed + 1000) // 2000
    return economics.labor_per_run_cents + per_meter
