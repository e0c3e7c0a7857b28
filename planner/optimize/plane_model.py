"""An exact model of a few planes: which of the given units serves which plane, and the runs."""

from __future__ import annotations

import numpy as np

from planner.optimize.class_model import CENTS
from planner.optimize.linear_model import LinearModel
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem


def assign_planes(
    problem: PlacementProblem, groups: list[int], rooms: IntArray, options: SolveOptions
) -> list[IntArray] | None:
    """Give the planes their upper units out of the room that each slot has, at least cost.

    Parameters
    ----------
    problem
        The placement problem.
    groups
        The class of each plane.
    rooms
        Units that each slot offers (S,); all are to be used when they are just enough.
    options
        Seed and node limit.

    Returns
    -------
    list of arrays or None
        Slots of each plane's units, ascending; None where no way was found.
    """
    used = np.flatnonzero(rooms)
    count, wide = len(groups), len(used)
    cents = problem.cents[groups][:, :, used]
    allowed = problem.is_allowed[groups][:, used]
    model = LinearModel()
    cost = np.where(allowed, problem.base_cents[groups][:, used], 0) / CENTS
    units = model.variables((count, wide), np.where(allowed, rooms[used], 0), cost, integer=True)
    per_plane = model.rows((count,), problem.units_per_plane, problem.units_per_plane)
    model.add(per_plane[:, None], units, 1)
    model.add(model.rows((wide,), -np.inf, rooms[used]), units, 1)
    problem.rules.limit_planes(model, units, problem.slot_rack[used])
    if problem.extra_per_lower:
        _add_extra_runs(problem, model, units, np.where(allowed[:, None, :], cents, 0), allowed)
    solution = model.solve(
        seed=options.seed, node_limit=options.node_limit, relative_gap=options.gap_permillion / 2e6
    )
    if solution is None:
        return None
    chosen = np.rint(solution.values[units]).astype(np.int64)
    return [np.repeat(used, row) for row in chosen]


def _add_extra_runs(
    problem: PlacementProblem, model: LinearModel, units: IntArray, cents: IntArray, allowed: BoolArray
) -> None:
    """Add the runs beyond the fewest per pair."""
    fewest, most = problem.extra_per_upper
    count, lowers, wide = cents.shape
    upper = np.where(allowed[:, None, :], problem.units_per_device * problem.extra_per_pair, 0)
    extra = model.variables(cents.shape, upper, cents / CENTS)
    sent = model.rows((count, lowers), problem.extra_per_lower, problem.extra_per_lower)
    model.add(sent[:, :, None], extra, 1)
    for low, high, share in ((-np.inf, 0, most), (0, np.inf, fewest)):
        load = model.rows((count, wide), low, high)
        model.add(load[:, None, :], extra, 1)
        model.add(load, units, -share)
    pair = model.rows(cents.shape, -np.inf, 0)
    model.add(pair, extra, 1)
    model.add(pair, units[:, None, :], -problem.extra_per_pair)
