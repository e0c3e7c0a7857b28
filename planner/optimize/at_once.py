"""Decides at once where the search is to end: a placement as by hand, and a bound without a solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.optimize.baselines import place_at_once
from planner.optimize.decide import Decision
from planner.optimize.even_flow import is_even
from planner.optimize.local_search import search
from planner.optimize.placement import Placement, rank
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import NEVER, heeding, is_stopped, may_be_stopped
from planner.optimize.ways import simple_case
from planner.optimize.wiring import Wirer

_WIRINGS = 300
"""Most planes wired to improve a placement made at once before the search, which comes to its own late."""


def decided_or_at_once(
    problem: PlacementProblem, decide: Callable[[], Decision | None], known: Sequence[Placement] = ()
) -> Decision | None:
    """Return what ``decide`` finds; where the search is to end first, the best that is there.

    A plan needs a placement: where none is to be had at once, ``decide`` searches to its end all the same.

    Parameters
    ----------
    problem
        The placement problem.
    decide
        Decides about it, None where it finds no placement.
    known
        Placements that are known already.
    """
    begun = [*known, *_at_hand(problem)] if may_be_stopped() and not is_even(problem) else []
    decision = None if is_stopped() else decide()
    if not is_stopped():
        return decision
    bound, case = simple_case(problem)
    found = [decision.placement] if decision else []
    found += begun or [*known, *_at_hand(problem)]
    if not found:
        with heeding(NEVER):
            return decide()
    best = min(found, key=rank)
    if decision is not None and decision.bound_cents >= bound:
        return Decision(best, decision.cases, decision.bound_cents)
    return Decision(best, (case,), bound)


def _at_hand(problem: PlacementProblem) -> list[Placement]:
    """Return a placement made at once and improved while there is time; none where none is to be had."""
    placement = place_at_once(problem)
    return [] if placement is None else [search(problem, placement, 0, Wirer(problem, _WIRINGS))]
