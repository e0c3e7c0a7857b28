"""How much of a hall is drawn."""

from __future__ import annotations

from planner.model.plan import Plan

_LARGE_RUNS = 15_000


def drawn_at_most(plan: Plan, most: int) -> int:
    """Return how many to draw where ``most`` are enough to look at: of a large plan a third of it.

    Nobody leafs through hundreds of pictures that one rule wired; the report shows every run.
    """
    return most if plan.totals.runs <= _LARGE_RUNS else most // 3
