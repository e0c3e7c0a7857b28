"""The relaxation of one plane in one division of its units among racks, at given slot prices.

It is nearly always whole: its corner is then a plane that can be built. Its duals are the prices of extra
runs that prove most for the division.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

_MORE_SLOTS = 1
"""Slots offered in a rack beyond those that its units fill: whole, the cheapest at known prices suffice."""


@dataclass(frozen=True, slots=True, eq=False)
class RelaxedPlane:
    """Units in each slot (S,), what they and their runs cost (of 100 cents), and uplink prices (N,)."""

    units: FloatArray
    cost: float
    uplink_prices: IntArray


def cheapest_slots(problem: PlacementProblem, way: IntArray, costs: IntArray) -> BoolArray:
    """Tell which slots (S,) a division needs at most if a unit costs so much in each (S,)."""
    offered = np.zeros(len(problem.slots), dtype=bool)
    for rack in np.flatnonzero(way):
        inside = np.flatnonzero(problem.slot_rack == rack)
        most = ceil_div(int(way[rack]), problem.units_per_device) + _MORE_SLOTS
        offered[inside[np.argsort(costs[inside], kind="stable")[:most]]] = True
    return offered


def relax_plane(
    problem: PlacementProblem, group: int, way: IntArray, offered: BoolArray, slot_prices: IntArray
) -> RelaxedPlane | None:
    """Solve the relaxation; None where it has no solution.

    Parameters
    ----------
    problem, group
        The placement problem and the plane's class.
    way
        Units in each rack (Q,).
    offered
        Which slots units may stand in (S,).
    slot_prices
        Price of a unit in each slot, in thousandths of a cent (S,).
    """
    slots = np.flatnonzero(offered & problem.is_allowed[group])
    cents = problem.cents[group][:, slots]
    model = LinearModel()
    priced = problem.base_cents[group][slots] / CENTS + slot_prices[slots] / (CENTS * MILLI)
    units = model.variables(slots.shape, problem.units_per_device, priced, lower=problem.pinned(group)[slots])
    for rack in np.flatnonzero(way):
        inside = units[problem.slot_rack[slots] == rack]
        model.add(model.rows((1,), way[rack], way[rack]), inside, 1)
    pinned = np.zeros(cents.shape)
    for one in problem.pins.extra if problem.pins else ():
        if one.group == group:
            pinned[one.lower, slots == one.slot] += 1
    extra = model.variables(cents.shape, np.inf, cents / CENTS, lower=pinned)
    uplinks = model.rows(cents.shape[:1], problem.extra_per_lower, problem.extra_per_lower)
    model.add(uplinks[:, None], extra, 1)
    fewest, most = problem.extra_per_upper
    loads: list[tuple[float, float, int]] = [(-np.inf, 0, most), (0, np.inf, fewest)]
    if fewest == most:
        loads = [(0, 0, most)]
    for low, high, share in loads:
        load = model.rows(slots.shape, low, high)
        model.add(load, extra, 1)
        model.add(load, units, -share)
    pair = model.rows(cents.shape, -np.inf, 0)
    model.add(pair, extra, 1)
    model.add(pair, units, -problem.extra_per_pair)
    solution = model.solve_by_simplex()
    if solution is None:
        return None
    stands = np.zeros(len(problem.slots))
    stands[slots] = solution.values[units]
    paid = float(stands @ slot_prices) / (CENTS * MILLI)
    prices = np.rint(solution.duals[uplinks] * CENTS * MILLI).astype(np.int64)
    return RelaxedPlane(stands, solution.objective - paid, prices)
