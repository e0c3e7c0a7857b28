"""Solves one placement problem: bounds it by cases, places, improves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import CaseTree
from planner.optimize.division_model import sharpen
from planner.optimize.local_search import search
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, is_close, place, rank
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem

_CASES_TRIED = 3
"""Choices of racks that are placed in full, weakest bound first, while they may still win."""

_CASES_SHARPENED = 3
"""Cases bounded by the sharper relaxation, weakest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A placement and what proves how good it is: cases that cover all choices, and their bound."""

    placement: Placement
    cases: tuple[BoundCase, ...]
    bound_cents: int


def decide(problem: PlacementProblem, options: SolveOptions) -> Decision | None:
    """Bound the problem by cases, then place the upper units in the racks of the weakest ones.

    The weakest case is worked on until the relaxation opens each of its racks wholly or not at all,
    or the limit is reached; then the integer program picks among the racks left open. Where that
    finds nothing, or rows have power limits, which the cases do not know, it picks among all racks.
    None where nothing can be placed.
    """
    tree = CaseTree(problem)
    while not tree.is_finished and tree.variables_solved < options.relaxation_limit:
        tree.work()
    best: Placement | None = None
    for case in () if problem.row_power else tree.cases()[:_CASES_TRIED]:
        hopeless = case.is_impossible or (best is not None and case.bound_cents >= best.cents)
        if hopeless or (best is not None and is_close(best, tree.bound_cents, options.gap_permillion)):
            break
        best = _better(problem, best, case.rack_bounds(problem), tree.bound_cents, options)
    if best is None:
        anywhere = np.array(problem.is_fixed, dtype=np.int64), np.ones(len(problem.is_fixed), dtype=np.int64)
        best = _better(problem, None, anywhere, tree.bound_cents, options)
    if best is None:
        return None
    _sharpen_weakest(problem, tree, best, options)
    return Decision(best, tuple(case.case for case in tree.cases()), tree.bound_cents)


def _better(
    problem: PlacementProblem,
    best: Placement | None,
    rack_bounds: tuple[IntArray, IntArray],
    bound_cents: int,
    options: SolveOptions,
) -> Placement | None:
    """Place between the given openings of racks and improve that; the better of it and the best."""
    found = place(problem, rack_bounds, options)
    if found is None:
        return best
    found = search(problem, found, bound_cents, options)
    return found if best is None else min(best, found, key=rank)


def _sharpen_weakest(
    problem: PlacementProblem, tree: CaseTree, placement: Placement, options: SolveOptions
) -> None:
    """Sharpen the weakest case, and the next that is then the weakest, while that closes the gap."""
    for _ in range(_CASES_SHARPENED):
        if is_close(placement, tree.bound_cents, options.sharpening_gap_permillion):
            return
        before = tree.bound_cents
        better = sharpen(problem, tree.weakest.case, options)
        if better is None:
            return
        tree.strengthen(better)
        if tree.bound_cents == before:
            return
