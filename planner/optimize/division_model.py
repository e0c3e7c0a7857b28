"""A sharper relaxation: each plane's units divided among racks in whole numbers.

The model by class lets a class spread its units over racks as if planes could share halves. Here
every division of a plane's units among the racks has units and runs of its own, as many planes as
the class has choose among the divisions, and only the slots are shared. Its duals give each division
its own prices of extra runs, which ``certify`` then combines.
"""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import masks, milli, read_multipliers, slot_prices
from planner.optimize.certify import Multipliers
from planner.optimize.class_model import CENTS, add_devices
from planner.optimize.linear_model import LinearModel
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem


def sharpen(problem: PlacementProblem, case: BoundCase, options: SolveOptions) -> Multipliers | None:
    """Return other multipliers for a case; None where the model would be too large.

    Racks that are alike to all lower units count as one where telling all apart would be too much.
    """
    if not problem.extra_per_lower:
        return None
    is_open, is_closed = masks(problem, case)
    units, (classes, lowers, slots) = problem.units_per_plane, problem.cents.shape
    most_ways = options.division_limit // (classes * slots * (lowers + 1))
    sets = _rack_sets(problem, np.flatnonzero(is_closed == 0), most_ways)
    if len(sets) < 2:
        return None
    ways = np.array(
        [way for way in product(range(units + 1), repeat=len(sets)) if sum(way) == units], dtype=np.int64
    )
    return _solve(problem, read_multipliers(case), is_open, is_closed, sets, ways)


def _rack_sets(problem: PlacementProblem, racks: IntArray, most_ways: int) -> list[IntArray]:
    """Join the racks that cost most alike until dividing units among the sets has few enough ways."""
    units = problem.units_per_plane
    reached = np.where(problem.cents < UNREACHABLE_CENTS, problem.cents, 0)
    profile = [reached[:, :, problem.slot_rack == rack].mean(axis=2).ravel() for rack in racks]
    sets = [(np.array([rack]), profile[index]) for index, rack in enumerate(racks)]
    while len(sets) > 1 and comb(units + len(sets) - 1, units) > most_ways:
        pairs = [(a, b) for a in range(len(sets)) for b in range(a + 1, len(sets))]
        gaps = [float(np.abs(sets[a][1] - sets[b][1]).sum()) for a, b in pairs]
        a, b = pairs[int(np.argmin(gaps))]
        joined = np.concatenate([sets[a][0], sets[b][0]]), (sets[a][1] + sets[b][1]) / 2
        sets = [each for index, each in enumerate(sets) if index not in (a, b)] + [joined]
    return [members for members, _ in sets]


def _solve(
    problem: PlacementProblem,
    known: Multipliers,
    is_open: IntArray,
    is_closed: IntArray,
    sets: list[IntArray],
    ways: IntArray,
) -> Multipliers | None:
    """Build and solve the model over all ways (ways, sets) for every class."""
    classes = len(problem.classes)
    group_of = np.repeat(np.arange(classes), len(ways))
    ways = np.tile(ways, (classes, 1))
    model = LinearModel()
    slots = len(problem.slots)
    share = model.variables((len(ways),), np.inf, 0)
    allowed = problem.is_allowed[group_of] & (is_closed[problem.slot_rack] == 0)
    base = np.where(allowed, problem.base_cents[group_of], 0) / CENTS
    units = model.variables((len(ways), slots), np.where(allowed, np.inf, 0), base)
    devices = model.variables((slots,), 1, 0)
    opened = model.variables((len(is_open),), 1 - is_closed, problem.opening_cents / CENTS, lower=is_open)
    planes = model.rows((classes,), problem.planes_per_class, problem.planes_per_class)
    model.add(planes[group_of], share, 1)
    for index, racks in enumerate(sets):
        inside = np.flatnonzero(np.isin(problem.slot_rack, racks))
        divided = model.rows((len(ways),), 0, 0)
        model.add(divided[:, None], units[:, inside], 1)
        model.add(divided, share, -ways[:, index])
    slot_rows = add_devices(problem, model, units, devices, opened)
    uplink_rows = _add_extra_runs(problem, model, group_of, units, share)
    solution = model.solve_relaxation()
    if solution is None:
        return None
    prices = milli(solution.duals[uplink_rows])
    uplinks = tuple(
        np.unique(np.concatenate([known.uplinks[group], prices[group_of == group]]), axis=0)
        for group in range(classes)
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
