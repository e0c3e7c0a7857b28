"""Peer fabrics: every run's ends are given, so each run is priced at its cheapest, which is proved."""

from __future__ import annotations

import numpy as np

from planner.model.fabric import PeerFabric, Socket
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, ChosenRun, FabricSolution, MediumChoice
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, PairPrices


def solve_peers(
    fabric: PeerFabric,
    table: RouteTable,
    prices: PairPrices,
    optics_prices: PairPrices,
    shortest_prices: PairPrices,
    least_prices: PairPrices,
) -> FabricSolution:
    """Choose medium, stock length and route of each run.

    Parameters
    ----------
    fabric, table, prices
        The fabric, its routes, and prices over all media and routes; all runs reach.
    optics_prices, shortest_prices
        Prices over optics alone, and over the shortest route alone, for the baselines.
    least_prices
        Prices that no longer route undercuts, for the bound.
    """
    ends = [
        (
            table.lower_index[(a.rack, a.u, a.cage)],
            table.upper_index[(b.rack, b.u, b.cage)],
        )
        for a, b in fabric.runs
    ]
    rows, columns = (np.array(side, dtype=np.int64) for side in zip(*ends, strict=True))
    runs = tuple(
        ChosenRun(
            lower=index,
            lower_socket=Socket(fabric.runs[index][0].cage, fabric.runs[index][0].port),
            upper=0,
            upper_socket=Socket(fabric.runs[index][1].cage, fabric.runs[index][1].port),
            choice=MediumChoice(
                option=int(prices.option[a, b]), stock=int(prices.stock[a, b]), route=int(prices.route[a, b])
            ),
        )
        for index, (a, b) in enumerate(ends)
    )
    total = int(prices.cents[rows, columns].sum())
    least = int(least_prices.cents[rows, columns].sum())
    by_hand = _total(shortest_prices, rows, columns)
    return FabricSolution(
        fabric=fabric.name,
        placed=(),
        runs=runs,
        objective_cents=total,
        geometric_floor_cents=least,
        baselines=Baselines(
            all_optics_cents=_total(optics_prices, rows, columns),
            first_fit_cents=by_hand,
            greedy_cents=by_hand,
        ),
        certificate=Certificate(fabric=fabric.name, plane_classes=(), cases=(), bound_cents=least),
    )


def _total(prices: PairPrices, rows: IntArray, columns: IntArray) -> int | None:
    """Sum of the runs' prices, None where one does not reach."""
    cents = prices.cents[rows, columns]
    return None if (cents >= UNREACHABLE_CENTS).any() else int(cents.sum())
