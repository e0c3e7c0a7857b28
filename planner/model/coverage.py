"""What a lower bound does not cover, in the words that a plan must say it in."""

from __future__ import annotations

PLANNED_IN_TURN = "fabrics are planned in turn and each is bounded for itself"
"""Where a fabric is bounded given what an earlier one placed."""

STAND_WHERE_THEY_DO = "that may move where they stand for"
"""Where a fabric is bounded with racks that may move at the positions of the plan."""

_GIVEN = {
    PLANNED_IN_TURN: ", each fabric given what earlier ones placed",
    STAND_WHERE_THEY_DO: ", racks that may move given where they stand",
}


def taken_as_given(bound_covers: str) -> str:
    """Return what must be said beside a bound that takes something as given, "" where it takes nothing."""
    return "".join(words for mark, words in _GIVEN.items() if mark in bound_covers)
