"""Chooses among whole planes that are known: an integer program takes those that go together best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.optimize.certify import MILLI, certify, least_plane_cost
from planner.optimize.class_model import CENTS, add_devices, add_row_power
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.master import PlaneColumn
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, plane_groups
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.sharpen import Sharpened
from planner.optimize.stop import is_stopped

_NODES = 100
"""Many times those of other programs: without runs in it, a node takes a few milliseconds."""
_SHARE_LEFT = 8
"""The search ends within this part of what the best plan costs beyond the bound."""
_MOST_PLANES = 1200
"""Planes to choose among: those that cost most beyond their least are hardly ever in a good plan."""


def choose_planes(
    problem: PlacementProblem,
    sharpened: Sharpened,
    wired: Sequence[PlaneColumn],
    best: Placement,
    options: SolveOptions,
) -> tuple[IntArray, ...] | None:
    """Return the slots of each plane, ascending, where planes known in a case's racks go together.

    A plane that costs more beyond the least of its class, priced, than the best plan does beyond the case's
    bound is in no better plan of the case and left out.

    Parameters
    ----------
    problem, sharpened
        The placement problem, and a case that was sharpened, with the planes found there.
    wired
        Other planes that stand in racks which the case leaves open.
    best
        The best plan.
    options
        Seed.

    Returns
    -------
    tuple of arrays or None
        None where no choice was found, the case holds no better plan, or the search is to end.
    """
    is_open, is_closed = sharpened.is_open, sharpened.is_closed
    spare = best.cents - certify(problem, sharpened.multipliers, is_open, is_closed)
    if spare <= 0 or is_stopped():
        return None
    holds = problem.held(best.slots) > 0
    own = [] if (holds & (is_closed > 0)).any() else _columns_of(problem, best)
    known = [*_likely(problem, sharpened, [*sharpened.columns, *wired], spare), *own]
    model = LinearModel()
    devices = model.variables((len(problem.slots),), 1, 0, lower=problem.fewest_units > 0, integer=True)
    opened = model.variables(
        is_open.shape, 1 - is_closed, problem.opening_cents / CENTS, lower=is_open, integer=True
    )
    taken = _add_planes(problem, model, known)
    slot_rows = add_devices(problem, model, devices, opened)
    add_row_power(problem, model, devices, opened)
    for column, variable in zip(known, taken, strict=True):
        used = np.flatnonzero(column.units)
        model.add(slot_rows[used], variable, column.units[used])
    start = np.zeros(model.variable_count)
    start[devices] = (problem.fewest_units > 0) | (sum(column.units for column in own) > 0)
    start[opened] = holds | (is_open > 0)
    start[taken[len(known) - len(own) :]] = 1
    solution = model.solve(
        seed=options.seed,
        node_limit=_NODES,
        relative_gap=spare / (_SHARE_LEFT * best.cents),
        is_reduced=False,
        known=start if own else None,
    )
    return None if solution is None else _slots(problem, known, solution.values[taken])


def _add_planes(problem: PlacementProblem, model: LinearModel, known: Sequence[PlaneColumn]) -> IntArray:
    """Add how often each plane is taken, all planes of each class in all; returns the variables (C,)."""
    planes = problem.planes_per_class
    group = np.array([column.group for column in known], dtype=np.int64)
    cost = np.array([column.cost for column in known])
    taken = model.variables(cost.shape, planes[group], cost, integer=True)
    model.add(model.rows(planes.shape, planes, planes)[group], taken, 1)
    return taken


def _slots(
    problem: PlacementProblem, known: Sequence[PlaneColumn], taken: FloatArray
) -> tuple[IntArray, ...]:
    """Return the slots of each plane where columns are taken so often (C,)."""
    waiting = [list(members) for members in problem.classes]
    found = {
        waiting[column.group].pop(0): np.array(column.slots, dtype=np.int64)
        for column, times in zip(known, np.rint(taken).astype(np.int64), strict=True)
        for _ in range(times)
    }
    return tuple(found[plane] for plane in range(len(found)))


def _columns_of(problem: PlacementProblem, placement: Placement) -> list[PlaneColumn]:
    """Return the planes of a placement."""
    planes = zip(plane_groups(problem), placement.slots, placement.wirings, strict=True)
    return [PlaneColumn.wired(problem, *plane) for plane in planes]


def _likely(
    problem: PlacementProblem, sharpened: Sharpened, columns: Sequence[PlaneColumn], spare_cents: int
) -> list[PlaneColumn]:
    """Return whole planes that cost at most so much beyond their least, each once, the likeliest of many."""
    at, is_closed = sharpened.multipliers, sharpened.is_closed
    least = [least_plane_cost(problem, at, group, is_closed) for group in range(len(problem.classes))]
    more = {}
    for column in columns:
        beyond = CENTS * MILLI * column.cost + float(column.units @ at.slots) - least[column.group]
        if beyond <= MILLI * spare_cents and column.is_whole:
            more[column.group, column.slots] = beyond, column
    ranked = sorted(more, key=lambda key: (more[key][0], key))
    return [more[key][1] for key in ranked[:_MOST_PLANES]]
