"""How much of a hall or a campus is drawn."""

from __future__ import annotations

from planner.model.families import families_of
from planner.model.plan import FabricSummary, Plan

_LARGE_RUNS = 15_000
_MOST_FABRICS = 24
"""Most fabrics that are all drawn: more are declared once and repeat."""


def drawn_at_most(plan: Plan, most: int) -> int:
    """Return how many to draw where ``most`` are enough to look at: of a large plan a third of it.

    Nobody leafs through hundreds of pictures that one rule wired; the report shows every run.
    """
    return most if plan.totals.runs <= _LARGE_RUNS else most // 3


def drawn_fabrics(plan: Plan) -> tuple[FabricSummary, ...]:
    """Return the fabrics to draw: all, or where they are many the first of each family."""
    if len(plan.fabrics) <= _MOST_FABRICS:
        return plan.fabrics
    family_of = families_of(plan.layout)
    first = {family_of[fabric.name]: fabric for fabric in reversed(plan.fabrics)}
    return tuple(fabric for fabric in plan.fabrics if first[family_of[fabric.name]] is fabric)


def undrawn_fabrics(plan: Plan, drawn: FabricSummary) -> tuple[str, ...]:
    """Return a line that says for how many fabrics of its family one stands; none where all are drawn."""
    family_of = families_of(plan.layout)
    family = family_of[drawn.name]
    members = sum(family_of[fabric.name] == family for fabric in plan.fabrics)
    if members == 1 or len(plan.fabrics) <= _MOST_FABRICS:
        return ()
    return (f"The first of {members} fabrics {family}: pictures show one of those declared together.",)
