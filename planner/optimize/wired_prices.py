"""Prices of extra runs at which planes as they are wired are the cheapest.

A wiring is a flow of least cost. The distances in its residual graph are prices that prove so: at
them no unit would rather have other runs (Ahuja, Magnanti and Orlin, Network Flows, 1993, chapter 9).
"""

from __future__ import annotations

import numpy as np

from planner.optimize.pricing import IntArray

_FAR = 2**61


def wired_prices(costs: IntArray, runs: IntArray, most_per_pair: int, load: tuple[int, int]) -> IntArray:
    """Return a price of an extra run for each lower unit of each plane (P, N).

    Parameters
    ----------
    costs
        Cost of a run of each pair of a plane's lower and upper units, in any unit (P, N, K).
    runs
        Extra runs of each pair (P, N, K).
    most_per_pair
        Most extra runs of a pair.
    load
        Fewest and most extra runs of an upper unit.
    """
    planes, lowers, uppers = costs.shape
    total = runs.sum(axis=1)
    out = np.where(runs < most_per_pair, costs, _FAR)  # one run more: from lower to upper unit
    back = np.where(runs > 0, -costs, _FAR)
    may_rise, may_fall = total < load[1], total > load[0]
    low = np.zeros((planes, lowers), dtype=np.int64)
    high = np.zeros((planes, uppers), dtype=np.int64)
    spare = np.zeros(planes, dtype=np.int64)
    for _ in range(lowers + uppers + 1):
        before = low.copy()
        high = np.minimum(high, (low[:, :, None] + out).min(axis=1))
        spare = np.minimum(spare, np.where(may_rise, high, _FAR).min(axis=1))
        high = np.where(may_fall, np.minimum(high, spare[:, None]), high)
        low = np.minimum(low, (high[:, None, :] + back).min(axis=2))
        if (low == before).all():
            break
    return np.asarray(spare[:, None] - low)
