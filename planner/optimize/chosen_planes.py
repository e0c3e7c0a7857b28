"""Chooses among whole planes that are known: an integer program takes those that go together best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import masks, read_multipliers
from planner.optimize.certify import MILLI, certify, least_plane_cost
from planner.optimize.class_model import CENTS, add_devices
from planner.optimize.linear_model import LinearModel
from planner.optimize.master import PlaneColumn
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped

_NODES = 100
"""Many times those of other programs: without runs in it, a node takes a few milliseconds."""
_MOST_PLANES = 1200
"""Planes to choose among: those that cost most beyond their least are hardly ever in a good plan."""


def choose_planes(
    problem: PlacementProblem,
    case: BoundCase,
    columns: Sequence[PlaneColumn],
    best_cents: int,
    options: SolveOptions,
) -> tuple[IntArray, ...] | None:
    """Return the slots of each plane, ascending, where planes known in a case's racks go together.

    A plane that costs more beyond the least of its class, priced, than the best plan does beyond the case's
    bound is in no better plan and left out.

    Parameters
    ----------
    problem, case
        The placement problem, and a case with its multipliers.
    columns
        Planes that stand in racks which the case leaves open.
    best_cents
        What the best plan costs.
    options
        Seed and gap.

    Returns
    -------
    tuple of arrays or None
        None where no choice was found, or the search is to end.
    """
    if is_stopped():
        return None
    known = _known(problem, case, columns, best_cents)
    if len({column.group for column in known}) < len(problem.classes):
        return None
    is_open, is_closed = masks(problem, case)
    group = np.array([column.group for column in known])
    units = np.stack([column.units for column in known])
    planes = problem.planes_per_class
    model = LinearModel()
    slots = len(problem.slots)
    devices = model.variables((slots,), 1, 0, lower=problem.fewest_units > 0, integer=True)
    opened = model.variables(
        is_open.shape, 1 - is_closed, problem.opening_cents / CENTS, lower=is_open, integer=True
    )
    cost = np.array([column.cost for column in known])
    taken = model.variables(cost.shape, planes[group], cost, integer=True)
    model.add(model.rows(planes.shape, planes, planes)[group], taken, 1)
    column, slot = np.nonzero(units)
    model.add(add_devices(problem, model, devices, opened)[slot], taken[column], units[column, slot])
    solution = model.solve(
        seed=options.seed, node_limit=_NODES, relative_gap=options.gap_permillion / 2e6, is_reduced=False
    )
    if solution is None:
        return None
    times = np.rint(solution.values[taken]).astype(np.int64)
    chosen = [each for each, count in zip(known, times, strict=True) for _ in range(count)]
    waiting = [list(members) for members in problem.classes]
    found = {waiting[each.group].pop(0): np.array(each.slots, dtype=np.int64) for each in chosen}
    return tuple(found[plane] for plane in range(len(found)))


def _known(
    problem: PlacementProblem, case: BoundCase, columns: Sequence[PlaneColumn], best_cents: int
) -> list[PlaneColumn]:
    """Return whole planes that a plan cheaper than the best may have, each once, the likeliest of many."""
    is_open, is_closed = masks(problem, case)
    at = read_multipliers(case)
    spare = MILLI * (best_cents - certify(problem, at, is_open, is_closed))
    least = [least_plane_cost(problem, at, group, is_closed) for group in range(len(problem.classes))]
    more = {}
    for column in columns:
        beyond = CENTS * MILLI * column.cost + float(column.units @ at.slots) - least[column.group]
        if beyond <= spare and column.is_whole:
            more[column.group, column.slots] = beyond, column
    ranked = sorted(more, key=lambda key: (more[key][0], key))
    return [more[key][1] for key in ranked[:_MOST_PLANES]]
