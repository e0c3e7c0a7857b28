"""Looks for uplink prices at which the cheapest units cost most: the start of a bound.

At given prices units are placed at least cost; where lower units then have more extra runs than they
should, their price falls, and where they have fewer, it rises. Steps aim a little above the best value
so far, less and less. Nothing here is exact, and nothing needs to be: whatever the prices, they prove
a bound, and the model by columns goes on from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.linear_model import FloatArray
from planner.optimize.priced_units import PlacedUnits, PricedUnits, extra_runs, unit_costs
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped

_FIRST_AIM = 1e-3
"""How far above the best value the first steps aim, as a share of it."""

_KEPT = 0.6
"""Share of the last direction that the next one keeps."""

_PATIENCE = 8
"""Steps without gain after which the aim is halved."""

_GAIN = 0.05
"""Share of the aim that counts as a gain."""

_SOME = 1e-6


@dataclass(slots=True, eq=False)
class Ascent:
    """The best prices (G, N) found, and units that were cheapest on the way: class, slot, extra runs.

    ``aim`` is how far above their value the last steps aimed, as a share of it.
    """

    uplinks: IntArray
    aim: float = _FIRST_AIM
    units: dict[tuple[int, int, bytes], IntArray] = field(default_factory=dict)
    best: PlacedUnits | None = None


def mean_prices(problem: PlacementProblem) -> IntArray:
    """Return what a run of each lower unit costs on average (G, N), in thousandths of a cent."""
    allowed = problem.is_allowed[:, None, :]
    cents = np.where(allowed, problem.cents, 0).sum(axis=2)
    return np.asarray(MILLI * cents // np.maximum(1, allowed.sum(axis=2)), dtype=np.int64)


def ascend(problem: PlacementProblem, model: PricedUnits, uplinks: IntArray, steps: int) -> Ascent:
    """Take so many steps from uplink prices (G, N), in the racks that the model keeps open."""
    needed = np.broadcast_to((problem.planes_per_class * problem.extra_per_lower)[:, None], uplinks.shape)
    found = Ascent(uplinks)
    prices, direction = uplinks.astype(float), np.zeros(uplinks.shape)
    best, waiting = -np.inf, 0
    for _ in range(steps):
        now = np.rint(prices).astype(np.int64)
        placed = model.place(unit_costs(problem, now))
        if placed is None or is_stopped():
            break
        value = placed.cost + float((now * needed).sum())
        slope = needed - _runs(problem, now, placed, found)
        aim = found.aim * abs(value)
        waiting = 0 if value > best + _GAIN * aim else waiting + 1
        if value > best:
            best, found.uplinks, found.best = value, now, placed
        if np.abs(slope).max() < _SOME:  # a step along what rounding left would be endless
            break
        if waiting >= _PATIENCE:
            prices, direction = found.uplinks.astype(float), np.zeros(uplinks.shape)
            found.aim, aim, waiting = found.aim / 2, aim / 2, 0
        direction = slope + _KEPT * direction
        if (direction * slope).sum() <= 0:
            direction = slope.astype(float)
        prices = prices + (best + aim - value) / float((direction**2).sum()) * direction
    return found


def _runs(problem: PlacementProblem, prices: IntArray, placed: PlacedUnits, found: Ascent) -> FloatArray:
    """Return the extra runs that each lower unit has (G, N); keeps the units that send them."""
    group, slot = np.nonzero(placed.units > _SOME)
    runs = extra_runs(problem, prices, group, slot)
    for g, s, sent in zip(group.tolist(), slot.tolist(), runs, strict=True):
        found.units.setdefault((g, s, sent.tobytes()), sent)
    total = np.zeros(prices.shape)
    np.add.at(total, group, runs * placed.units[group, slot][:, None])
    return total
