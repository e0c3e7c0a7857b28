"""Racks that may move and upper units as one integer program, its products linearized at the first level.

Planes of a class are counted together, so that the model relaxes what planes of whole units cost: its bound
is one on every plan, its solutions need not be plans.
"""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt

from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.linear_model import LinearModel

USD = 100


def build_reformulation(hall: OpenProblem, *, integer: bool) -> LinearModel:
    """Variables: units by class and slot, racks that move, switch racks, and runs' products of these."""
    problem = hall.problem
    groups, _, slots = problem.cents.shape
    unit_at = hall.unit_position[0]
    cents = problem.cents / USD
    planes, moving, per_device = problem.planes_per_class, hall.moving, problem.units_per_device
    lowers = len(unit_at)
    is_own = (unit_at[:, None] == hall.slot_position[None, :]) & (unit_at[:, None] >= 0)
    fixed = int((unit_at < 0).sum())
    members = fixed + moving
    model = LinearModel()
    units = model.variables((groups, slots), per_device, 0, integer=integer)
    stands = model.variables((lowers,), 1, 0, lower=(unit_at < 0).astype(float), integer=integer)
    opened = model.variables(
        (len(problem.rack_names),),
        1,
        problem.opening_cents / USD,
        lower=np.array(problem.is_fixed, dtype=float),
        integer=integer,
    )
    most = np.broadcast_to(np.where(is_own, 0, per_device), (groups, lowers, slots))
    pairs = model.variables((groups, lowers, slots), most, problem.pair_runs[0] * np.where(is_own, 0, cents))
    wide = (groups, lowers, slots)

    def total(
        over: tuple[int, ...], low: object, high: object, terms: list[tuple[object, object, object]]
    ) -> None:
        rows = model.rows(over, low, high)
        for shape, variables, factor in terms:
            model.add(rows[shape] if shape is not None else rows, variables, factor)

    by_class = np.broadcast_to(np.arange(groups)[:, None], (groups, slots))
    total(
        (groups,), planes * problem.units_per_plane, planes * problem.units_per_plane, [(by_class, units, 1)]
    )
    at_slot = np.broadcast_to(np.arange(slots)[None, :], (groups, slots))
    total((slots,), -np.inf, 0, [(at_slot, units, 1), (None, opened[problem.slot_rack], -per_device)])
    total((1,), members, members, [(np.zeros(lowers, np.int64), stands, 1)])
    for rack, name in enumerate(problem.rack_names):
        at = np.flatnonzero(unit_at == hall.index_of.get(name, -2))
        if len(at):
            total((1,), -np.inf, 1, [(None, stands[at[:1]], 1), (None, opened[[rack]], 1)])
    g, i, s = np.ix_(np.arange(groups), np.arange(lowers), np.arange(slots))
    unit_rows, lower_rows = np.broadcast_to(g * slots + s, wide), np.broadcast_to(g * lowers + i, wide)
    flat = units.reshape(-1)
    total((groups * slots,), 0, 0, [(unit_rows, pairs, 1), (None, flat, -members)])
    share = np.repeat(planes, lowers)
    many = np.tile(stands, groups)
    total((groups * lowers,), 0, 0, [(lower_rows, pairs, 1), (None, many, -share * problem.units_per_plane)])
    total(wide, -np.inf, 0, [(None, pairs, 1), (None, np.broadcast_to(units[:, None, :], wide), -1)])
    if problem.extra_per_lower:
        base = problem.pair_runs[0] * members
        fewest, most_extra = max(0, problem.upper_load[0] - base), problem.upper_load[1] - base
        extra = model.variables(wide, np.inf, np.where(is_own, 0, cents))
        total(wide, -np.inf, 0, [(None, extra, 1), (None, pairs, -problem.extra_per_pair)])
        total(
            (groups * lowers,), 0, 0, [(lower_rows, extra, 1), (None, many, -share * problem.extra_per_lower)]
        )
        total((groups * slots,), 0, np.inf, [(unit_rows, extra, 1), (None, flat, -fewest)])
        total((groups * slots,), -np.inf, 0, [(unit_rows, extra, 1), (None, flat, -most_extra)])
    return model


def solve_reformulation(hall: OpenProblem, *, time_limit_s: float) -> tuple[float | None, float]:
    """Return cost (None: no solution) and bound in cents, as far as HiGHS gets in the time."""
    model = mathopt.Model.from_model_proto(build_reformulation(hall, integer=True).proto())
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=time_limit_s), relative_gap_tolerance=1e-6
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    given = hall.problem.given_cents
    cost = USD * result.objective_value() + given if result.has_primal_feasible_solution() else None
    bound = result.dual_bound()
    return cost, USD * bound + given if math.isfinite(bound) else -math.inf
