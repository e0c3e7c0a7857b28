"""A sharper relaxation: each plane's units divided among racks in whole numbers.

The model by class lets a class spread its units over racks as if planes could share halves. Here
every division of a plane's units among the racks has units and runs of its own, as many planes as
the class has choose among the divisions, and only the slots are shared. Its duals give each division
its own prices of extra runs, which ``certify`` then combines.
"""

from __future__ import annotations

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import masks, milli, read_multipliers, slot_prices
from planner.optimize.certify import MILLI, Multipliers, division_costs, divisions
from planner.optimize.class_model import CENTS, add_devices
from planner.optimize.linear_model import LinearModel
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem


def sharpen(
    problem: PlacementProblem, case: BoundCase, bound_cents: int, cost_cents: int, options: SolveOptions
) -> Multipliers | None:
    """Return better multipliers for a case; None where the model would be too large.

    Only divisions that may occur in a plan cheaper than ``cost_cents`` enter the model: at the known
    multipliers every other one already costs its class more than the gap.
    """
    is_open, is_closed = masks(problem, case)
    table = divisions(problem, is_closed)
    if table is None or not problem.extra_per_lower:
        return None
    known = read_multipliers(case)
    chosen = []
    for group in range(len(problem.classes)):
        cost = division_costs(problem, known, group, is_closed).max(axis=0)
        chosen.append(np.flatnonzero(cost - cost.min() < MILLI * (cost_cents - bound_cents)))
    _, lowers, slots = problem.cents.shape
    variables = sum(len(ways) for ways in chosen) * slots * (lowers + 1)
    if variables > options.division_limit:
        return None
    return _solve(problem, known, is_open, is_closed, table, chosen)


def _solve(
    problem: PlacementProblem,
    known: Multipliers,
    is_open: IntArray,
    is_closed: IntArray,
    table: IntArray,
    chosen: list[IntArray],
) -> Multipliers | None:
    """Build and solve the model over the chosen divisions of each class."""
    group_of = np.repeat(np.arange(len(chosen)), [len(ways) for ways in chosen])
    ways = table[np.concatenate(chosen)]
    model = LinearModel()
    slots = len(problem.slots)
    share = model.variables((len(ways),), np.inf, 0)
    allowed = problem.is_allowed[group_of]
    base = np.where(allowed, problem.base_cents[group_of], 0) / CENTS
    units = model.variables((len(ways), slots), np.where(allowed, np.inf, 0), base)
    devices = model.variables((slots,), 1, 0)
    opened = model.variables((len(is_open),), 1 - is_closed, problem.opening_cents / CENTS, lower=is_open)
    planes = model.rows((len(chosen),), problem.planes_per_class, problem.planes_per_class)
    model.add(planes[group_of], share, 1)
    for rack in range(ways.shape[1]):
        inside = np.flatnonzero(problem.slot_rack == rack)
        divided = model.rows((len(ways),), 0, 0)
        model.add(divided[:, None], units[:, inside], 1)
        model.add(divided, share, -ways[:, rack])
    slot_rows = add_devices(problem, model, units, devices, opened)
    uplink_rows = _add_extra_runs(problem, model, group_of, units, share)
    solution = model.solve_relaxation()
    if solution is None:
        return None
    prices = milli(solution.duals[uplink_rows])
    uplinks = tuple(
        np.unique(np.concatenate([known.uplinks[group], prices[group_of == group]]), axis=0)
        for group in range(len(chosen))
    )
    return Multipliers(slot_prices(solution.duals[slot_rows]), uplinks)


def _add_extra_runs(
    problem: PlacementProblem, model: LinearModel, group_of: IntArray, units: IntArray, share: IntArray
) -> IntArray:
    """Add each division's runs beyond the fewest per pair; returns the rows of its lower units."""
    cents = problem.cents[group_of]
    ways, lowers, slots = cents.shape
    allowed = problem.is_allowed[group_of][:, None, :]
    fewest, most = problem.extra_per_upper
    extra = model.variables(cents.shape, np.where(allowed, np.inf, 0), np.where(allowed, cents, 0) / CENTS)
    uplink_rows = model.rows((ways, lowers), 0, 0)
    model.add(uplink_rows[:, :, None], extra, 1)
    model.add(uplink_rows, share[:, None], -problem.extra_per_lower)
    for low, high, load_share in ((-np.inf, 0, most), (0, np.inf, fewest)):
        load = model.rows((ways, slots), low, high)
        model.add(load[:, None, :], extra, 1)
        model.add(load, units, -load_share)
    pair = model.rows(cents.shape, -np.inf, 0)
    model.add(pair, extra, 1)
    model.add(pair, units[:, None, :], -problem.extra_per_pair)
    return uplink_rows
