"""Decides at once where the search is to end: a placement as by hand, and a bound without a solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.decide import Decision
from planner.optimize.placement import Placement, rank
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import NEVER, heeding, is_stopped
from planner.optimize.ways import simple_case


def decided_or_at_once(
    problem: PlacementProblem, decide: Callable[[], Decision | None], known: Sequence[Placement] = ()
) -> Decision | None:
    """Return what ``decide`` finds; where the search is to end first, what is there, or is made at once.

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
    decision = None if is_stopped() else decide()
    if not is_stopped():
        return decision
    bound, case = simple_case(problem)
    if decision is None:
        quick = [*known, *filter(None, (nearest_slot(problem), first_fit(problem)))]
        placements = [one for one in quick if problem.may_hold(problem.held(one.slots))]
        if not placements:
            with heeding(NEVER):
                return decide()
        return Decision(min(placements, key=rank), (case,), bound)
    if decision.bound_cents < bound:
        return Decision(decision.placement, (case,), bound)
    return decision
