"""Places upper units by class where each has a price of its own: extra runs are in it, at uplink prices.

That is the model by class without runs. It is solved many times, for other prices and other racks, and
each time from the corner known before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.optimize.certify import MILLI, Multipliers, certify, unit_cost
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.warm_model import WarmModel

UNIT = CENTS * MILLI
"""Thousandths of a cent in the models' unit of money."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacedUnits:
    """Units of each class in each slot (G, S), slot prices (S,), openings of racks (Q,), and their cost.

    ``cost`` (thousandths of a cent) leaves out what every plan costs.
    """

    units: FloatArray
    slot_prices: IntArray
    opening: FloatArray
    cost: float


class PricedUnits:
    """The model of one problem."""

    def __init__(self, problem: PlacementProblem) -> None:
        self._problem = problem
        none = np.zeros(len(problem.rack_names), dtype=np.int64)
        built = build_class_model(problem, (none, none + 1), unit_cost=np.zeros(problem.base_cents.shape))
        self._built = built
        self._model = WarmModel(built.model)

    def open_racks(self, is_open: IntArray, is_closed: IntArray) -> None:
        """Keep some racks (Q,) open and some closed."""
        self._model.rebound(self._built.open, is_open.astype(float), (1 - is_closed).astype(float))

    def place(self, unit_costs: IntArray) -> PlacedUnits | None:
        """Place at costs of a unit (G, S) in thousandths of a cent; None where units find no room."""
        built = self._built
        self._model.reprice(built.units, unit_costs[built.group, built.slot] / UNIT)
        solution = self._model.solve()
        if solution is None:
            return None
        units = np.zeros(self._problem.base_cents.shape)
        units[built.group, built.slot] = np.maximum(0, solution.values[built.units])
        return PlacedUnits(
            units=units,
            slot_prices=slot_prices(self._problem, solution.duals[built.slot_rows]),
            opening=solution.values[built.open],
            cost=solution.objective * UNIT,
        )


def slot_prices(problem: PlacementProblem, duals: FloatArray) -> IntArray:
    """Return slot prices from a solver's duals of the slots' rows."""
    return lawful(problem, milli(-duals))


def lawful(problem: PlacementProblem, prices: IntArray) -> IntArray:
    """Return slot prices that prove something: below zero only where a pinned device needs units."""
    return np.where(problem.fewest_units > 0, prices, np.maximum(0, prices))


def milli(duals: FloatArray) -> IntArray:
    """Return a solver's prices as multipliers in thousandths of a cent."""
    return np.rint(duals * UNIT).astype(np.int64)


def unit_costs(problem: PlacementProblem, uplink_prices: IntArray) -> IntArray:
    """Return the least cost of a unit of each class in each slot (G, S) at uplink prices (G, N)."""
    return np.stack([unit_cost(problem, group, prices) for group, prices in enumerate(uplink_prices)])


def extra_runs(
    problem: PlacementProblem, uplink_prices: IntArray, group: IntArray, slot: IntArray
) -> IntArray:
    """Return the extra runs that are cheapest at uplink prices (G, N) for units (n,): shape (n, N)."""
    reduced = MILLI * problem.cents[group, :, slot] - uplink_prices[group]
    order = np.argsort(reduced, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    most_per_pair = problem.extra_per_pair
    sums = np.repeat(np.take_along_axis(reduced, order, axis=1), most_per_pair, axis=1).cumsum(axis=1)
    fewest, most = problem.extra_per_upper
    sums = np.concatenate([np.zeros_like(sums[:, :1]), sums], axis=1)
    runs = fewest + sums[:, fewest : most + 1].argmin(axis=1)
    return np.asarray(np.clip(runs[:, None] - most_per_pair * rank, 0, most_per_pair))


def one_set(uplink_prices: IntArray, slots: IntArray) -> Multipliers:
    """Return slot prices (S,) and uplink prices (G, N) as multipliers with one set for each class."""
    return Multipliers(slots, tuple(prices[None, :] for prices in uplink_prices))


def first_set(multipliers: Multipliers) -> IntArray:
    """Return the first set of uplink prices of each class (G, N)."""
    return np.stack([sets[0] for sets in multipliers.uplinks])


def certify_prices(
    problem: PlacementProblem,
    uplink_prices: IntArray,
    slots: IntArray,
    is_open: IntArray,
    is_closed: IntArray,
) -> int:
    """Return the bound in cents that prices prove for one case of racks."""
    return certify(problem, one_set(uplink_prices, slots), is_open, is_closed)
