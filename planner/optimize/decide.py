"""Solves one placement problem: bounds it by cases, places, improves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.baselines import place_at_once
from planner.optimize.bound import BoundedCase, CaseTree
from planner.optimize.dive import Dive
from planner.optimize.local_search import search
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, is_close, place, rank
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.sharpen import Sharpened, offered_slots, sharpen
from planner.optimize.stop import is_stopped
from planner.optimize.wiring import Wirer

_WHOLE = 1e-6
_NEARLY_PERMILLION = 50
"""A gap that exact relaxations and programs over all planes close quickly, if they can."""
_CASES_TRIED = 3
"""Choices of racks that are placed in full, weakest bound first, while they may still win."""
_PLANES_LEFT = 6
"""Planes that a dive leaves to the integer program: what is left then still fits many ways."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A placement and what proves how good it is: cases that cover all choices, and their bound."""

    placement: Placement
    cases: tuple[BoundCase, ...]
    bound_cents: int


def decide(
    problem: PlacementProblem, options: SolveOptions, known: Sequence[Placement] = ()
) -> Decision | None:
    """Bound the problem by cases, then place the upper units in the racks of the weakest ones.

    The weakest case is worked on until the relaxation opens each of its racks wholly or not at all,
    or the limit is reached. Then the weakest cases are sharpened, where runs do not divide evenly, and
    the planes their bounds are made of become a placement; else an integer program finds one in their
    racks. Where that finds nothing, or rows have power limits, which the cases do not know, it picks
    among all racks. None where nothing can be placed.

    Parameters
    ----------
    problem, options
        What to solve, and how far.
    known
        Placements known already: the best is improved first, and taken if it is close enough.
    """
    return _Deciding(problem, options).run(known)


class _Deciding:
    """The best placement so far, and the cases."""

    def __init__(self, problem: PlacementProblem, options: SolveOptions) -> None:
        self._problem = problem
        self._options = options
        self._tree = CaseTree(problem)
        self._wirer = Wirer(problem, options.wiring_limit)
        self._best: Placement | None = None

    def run(self, known: Sequence[Placement]) -> Decision | None:
        tree, options = self._tree, self._options
        while not (tree.is_finished or is_stopped()) and tree.variables_solved < options.relaxation_limit:
            tree.work()
        self._improve(min(known, key=rank, default=None))
        if self._problem.row_power:
            self._place_anywhere()
        if not self._sharpen_cases() and not self._problem.row_power:
            self._place_cases()
        if self._best is None:
            self._place_anywhere()
        self._prove()
        if self._best is None and is_stopped():
            self._best = place_at_once(self._problem)
        if self._best is None:
            return None
        return Decision(self._best, tuple(case.case for case in tree.cases()), tree.bound_cents)

    def _is_within(self, gap_permillion: int) -> bool:
        return self._best is not None and is_close(self._best, self._tree.bound_cents, gap_permillion)

    def _may_win(self, case: BoundedCase) -> bool:
        return not case.is_impossible and (self._best is None or case.bound_cents < self._best.cents)

    def _improve(self, found: Placement | None) -> None:
        """Keep what was found, improved, if it is the best."""
        if found is None:
            return
        enough = self._tree.bound_cents * (1_000_000 + self._options.searching_gap_permillion) // 1_000_000
        found = search(self._problem, found, enough, self._wirer)
        self._best = found if self._best is None else min(self._best, found, key=rank)

    def _place_anywhere(self) -> None:
        """Place in any racks; where rows have power limits, that alone keeps them."""
        fixed = np.array(self._problem.is_fixed, dtype=np.int64)
        self._improve(place(self._problem, (fixed, np.ones_like(fixed)), self._options))

    def _place_cases(self) -> None:
        """Place in the racks of the weakest cases, by an integer program over all planes and slots."""
        for case in self._tree.cases()[:_CASES_TRIED]:
            if self._is_within(self._options.gap_permillion) or not self._may_win(case):
                return
            self._improve(place(self._problem, case.rack_bounds(self._problem), self._options))

    def _sharpen_cases(self) -> bool:
        """Sharpen the weakest case until that is one that was; place in it; divide it where it is undecided.

        Tells whether there is a placement and no other way to look for a better one.
        """
        tree, options = self._tree, self._options
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], Sharpened] = {}
        left = options.sharpening_limit
        while left > 0 and not (self._is_within(options.sharpening_gap_permillion) or is_stopped()):
            case = tree.weakest
            if not self._may_win(case):
                break
            if case.racks in found:
                self._place_planes(found.pop(case.racks))
            elif case.is_sharpened and case.is_decided:
                break
            elif case.is_sharpened or not case.is_solved:
                tree.work()
            else:
                sharpened = sharpen(self._problem, case.case, min(left, options.sharpening_limit // 2))
                if sharpened is None:
                    return False
                left -= len(sharpened.columns)
                tree.strengthen(sharpened.multipliers, sharpened.opening)
                found[case.racks] = sharpened
        for case in tree.cases():
            if case.racks in found and not self._is_within(options.sharpening_gap_permillion):
                self._place_planes(found[case.racks])
                if self._best is not None:
                    break
        return self._best is not None

    @property
    def _is_nearly_proved(self) -> bool:
        return self._is_within(_NEARLY_PERMILLION) and not self._is_within(0)

    def _prove(self) -> None:
        """With the bound nearly reached, solve the weakest cases to the last cent."""
        before = -1
        while self._is_nearly_proved and self._tree.bound_cents > before and not is_stopped():
            before = self._tree.bound_cents
            self._tree.refine()

    def _place_planes(self, sharpened: Sharpened) -> None:
        """Place in the racks of a case from the planes that its bound is made of.

        Where telling planes apart raised the bound by next to nothing, the model by class is as good, and its
        integer program places all of them.
        """
        if self._problem.row_power or is_stopped():
            return
        if sharpened.gain_permillion <= _NEARLY_PERMILLION:
            offered = offered_slots(self._problem, sharpened)
            found = place(self._problem, _opened(sharpened), self._options, offered=offered)
            if found is not None:
                self._improve(found)
                if self._is_within(max(_NEARLY_PERMILLION, self._options.gap_permillion)):
                    return
        self._dive(sharpened)

    def _dive(self, sharpened: Sharpened) -> None:
        """Place the surest planes of a case's bound one by one, and the rest of them together.

        What the dive leaves, an integer program places: in slots that good planes use; else also in those
        begun; else with fewer planes standing. With the bound nearly reached, it can place all planes.
        """
        problem, options = self._problem, self._options
        dive = Dive(problem, sharpened, Wirer(problem, options.wiring_limit))
        taken = dive.run(_PLANES_LEFT)
        good = offered_slots(problem, sharpened)
        bounds = _opened(sharpened)
        while True:
            for offered in (good, good | dive.begun(dict(taken))):
                found = place(problem, bounds, options, offered=offered, standing=dict(taken))
                if found is not None:
                    self._improve(found)
                    if self._is_nearly_proved:
                        self._improve(place(problem, bounds, options, offered=good))
                    return
            if not taken or is_stopped():
                return
            del taken[-_PLANES_LEFT:]


def _opened(sharpened: Sharpened) -> tuple[IntArray, IntArray]:
    """Return least and most opening of each rack (Q,): what the relaxation leaves open."""
    opening = np.array(sharpened.opening)
    return (opening > 1 - _WHOLE).astype(np.int64), (opening > _WHOLE).astype(np.int64)
