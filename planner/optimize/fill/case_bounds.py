"""Bounds of cases over the racks to open, found quickly or evaluated again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import IMPOSSIBLE_CENTS, CaseTree, lacks_room, masks, read_multipliers
from planner.optimize.certify import certify
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped


@dataclass(frozen=True, slots=True, eq=False)
class PricedCase:
    """A case, its bound on plans that fit, and the prices of resources (E + P,) that it was bounded at."""

    bound_cents: int
    case: BoundCase
    prices: IntArray


def price_cases(
    problem: PlacementProblem, cases: Sequence[BoundCase], prices: IntArray, earned_cents: int
) -> tuple[PricedCase, ...]:
    """Return cases with what they prove of plans that fit, given what resources earn at the prices."""
    return tuple(PricedCase(bound_of(problem, case) - earned_cents, case, prices) for case in cases)


def bound_enough(
    problem: PlacementProblem, wanted_cents: int, enough_cents: int, limit: int
) -> tuple[BoundCase, ...] | None:
    """Return cases that cover all choices and prove so much as is wanted, or enough when they prove no more.

    None: not before so many cells were priced.
    """
    tree = CaseTree(problem)
    while tree.bound_cents < wanted_cents:
        if tree.is_finished or tree.cells_priced >= limit or is_stopped():
            break
        tree.work()
    return tuple(case.case for case in tree.cases()) if tree.bound_cents >= enough_cents else None


def bound_of(problem: PlacementProblem, case: BoundCase) -> int:
    """Return what a case's multipliers prove about plans in its racks, in cents."""
    is_open, is_closed = masks(problem, case)
    if lacks_room(problem, is_open, is_closed):
        return IMPOSSIBLE_CENTS
    return certify(problem, read_multipliers(case), is_open, is_closed)


def within_racks(problem: PlacementProblem, rack_bounds: tuple[IntArray, IntArray]) -> PlacementProblem:
    """Return the problem with some racks open and some closed, by their least and most opening (Q,)."""
    least, most = rack_bounds
    return replace(
        problem,
        is_fixed=tuple(bool(one) for one in least),
        capacity=problem.capacity * most,
        cents=np.where(most[problem.slot_rack] > 0, problem.cents, UNREACHABLE_CENTS),
    )


def rack_names(problem: PlacementProblem, is_marked: BoolArray) -> tuple[str, ...]:
    """Return the names of marked racks (Q,)."""
    return tuple(name for name, marked in zip(problem.rack_names, is_marked, strict=True) if marked)
