"""What the optimizer makes of tiny problems, held against the optimum over every placement."""

from __future__ import annotations

from typing import NamedTuple

from planner.optimize.problem import PlacementProblem
from tests.reference.checks import check_placement
from tests.reference.exhaustive import least_cents
from tests.reference.problems import solve

MAX_EXCESS = 0.005


class Compared(NamedTuple):
    """The optimum in cents, and whether it was reached and proved."""

    best_cents: int
    is_reached: bool
    is_proved: bool


def compare(problem: PlacementProblem) -> Compared | None:
    """Check one problem against its optimum; None where nothing can be placed, as the optimizer found too."""
    best = least_cents(problem)
    placement, bound = solve(problem)
    if best is None:
        assert placement is None
        return None
    assert placement is not None
    check_placement(problem, placement)
    assert bound <= best <= placement.cents
    assert placement.cents <= (1 + MAX_EXCESS) * best
    return Compared(best, placement.cents == best, bound == best)
