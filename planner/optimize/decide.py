"""Solves one placement problem: bounds it by cases, places, improves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.baselines import place_at_once
from planner.optimize.bound import IMPOSSIBLE_CENTS, BoundedCase, CaseTree, Racks, masks
from planner.optimize.chosen_planes import choose_planes
from planner.optimize.class_columns import offered_cells
from planner.optimize.dive import Dive
from planner.optimize.linear_model import FloatArray
from planner.optimize.local_search import search
from planner.optimize.master import PlaneColumn
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, is_close, place, price_placement, rank
from planner.optimize.plane_relaxation import PlaneRelaxations
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.sharpen import Sharpened, offered_slots, sharpen
from planner.optimize.stop import is_stopped
from planner.optimize.wiring import Wirer

_WHOLE = 1e-6
_NEARLY_PERMILLION = 50
"""A gap that exact relaxations and programs over all planes close quickly, if they can."""
_PROVED_ENOUGH_PERMILLION = 1
_MANY_PAIRS = 100_000
"""Pairs of lower units and slots of all classes above which so small a gap is left: it takes longest."""
_UNITS_PERMILLION = 4
"""As close as all units are placed by class: what telling planes apart then adds is dear enough."""
_PLANES_OF_A_CASE, _FEWER_PLANES = 3, 6
"""Shares of the planes to relax at most, as divisors, for a case, and for one close to the best plan."""
_MORE_CASES = 2
"""Racks of the weakest case go on being decided up to so many times the limit of relaxations."""
_FEW_PAIRS = 20_000
"""Pairs of lower units and slots of all classes up to which a program over all racks takes no time."""
_CASES_TRIED = 3
"""Choices of racks that are placed in full, weakest bound first, while they may still win."""
_PLANES_LEFT = 4
"""Planes, the last of a dive, that an integer program places anew: what is left then still fits many ways."""


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
    racks. Where that finds nothing, it picks among all racks. None where nothing can be placed.

    Parameters
    ----------
    problem, options
        What to solve, and how far.
    known
        Placements known already: the best is improved first, and taken if it is close enough.
    """
    return _Deciding(problem, options).run(known)


@dataclass(frozen=True, slots=True, eq=False)
class _Dived:
    """A sharpened case, and the planes that a dive took there with their slots, surest first."""

    sharpened: Sharpened
    dive: Dive
    taken: list[tuple[int, IntArray]]


class _Deciding:
    """The best placement so far, and the cases."""

    def __init__(self, problem: PlacementProblem, options: SolveOptions) -> None:
        self._problem = problem
        self._options = options
        self._tree = CaseTree(problem)
        self._wirer = Wirer(problem, options.wiring_limit)
        self._relaxations = PlaneRelaxations(problem)
        self._best: Placement | None = None
        self._planes_left = options.sharpening_limit

    def run(self, known: Sequence[Placement]) -> Decision | None:
        tree, options = self._tree, self._options
        if known:
            tree.estimate()
            self._improve(min(known, key=rank))
        while not (tree.is_finished or is_stopped()) and tree.cells_priced < options.relaxation_limit:
            if self._is_within(options.unsharpened_gap_permillion):
                break
            tree.work()
        if not self._sharpen_cases():
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
        """Keep what was found, improved, if it is the best; nothing that rows have no power for."""
        if found is None or self._problem.overdrawn(self._problem.held(found.slots)):
            return
        enough = self._tree.bound_cents * (1_000_000 + self._options.searching_gap_permillion) // 1_000_000
        self._wirer.budget = self._options.wiring_limit
        found = search(self._problem, found, enough, self._wirer)
        self._best = found if self._best is None else min(self._best, found, key=rank)

    def _place_anywhere(self) -> None:
        """Place in any racks."""
        fixed = np.array(self._problem.is_fixed, dtype=np.int64)
        self._improve(place(self._problem, (fixed, np.ones_like(fixed)), self._options))

    def _place_units(self, case: BoundedCase) -> None:
        """Place in the racks of a case from the units that its relaxation is made of."""
        relaxed = self._tree.relaxed(case)
        if relaxed is None or not self._problem.extra_per_lower:
            return
        offered = offered_cells(self._problem, relaxed)
        options = replace(self._options, gap_permillion=min(_UNITS_PERMILLION, self._options.gap_permillion))
        self._improve(place(self._problem, _opened(relaxed.opening), options, offered=offered))

    def _place_cases(self) -> None:
        """Place in the racks of the weakest cases, by an integer program over all planes and slots.

        Halves of units may open racks that whole ones do not go well with: few pairs are also placed in any.
        """
        for case in self._tree.cases()[:_CASES_TRIED]:
            if self._is_within(self._options.gap_permillion) or not self._may_win(case):
                return
            self._improve(place(self._problem, case.rack_bounds(self._problem), self._options))
        if self._problem.cents.size <= _FEW_PAIRS and not self._is_within(self._options.gap_permillion):
            self._place_anywhere()

    def _sharpen_cases(self) -> bool:
        """Work on the weakest case until the plan is near its bound, or nothing more can be done.

        Its racks are decided first. Then units are placed as its relaxation has them, planes are told apart,
        and those that its bound is then made of are placed. Tells whether there is a placement and no other
        way to look for a better one.
        """
        found: dict[Racks, _Dived] = {}
        has_placed = False
        enough = self._options.unsharpened_gap_permillion
        while not (self._is_within(enough) or is_stopped()):
            case = self._tree.weakest
            if not self._may_win(case):
                break
            if not (case.is_solved and case.is_decided):
                if self._tree.cells_priced > _MORE_CASES * self._options.relaxation_limit:
                    break
                self._tree.work()
            elif not has_placed:
                has_placed = True
                self._place_units(case)
            elif case.is_sharpened or self._planes_left <= 0:
                break
            else:
                sharpened = self._sharpen(case)
                if sharpened is None:
                    return False
                enough = self._options.sharpening_gap_permillion
                if not self._is_within(self._options.diving_gap_permillion):
                    found[case.racks] = self._dive(sharpened)
        if found and not self._is_within(self._options.diving_gap_permillion):
            self._place_dived(found)
        return self._best is not None

    def _place_dived(self, found: dict[Racks, _Dived]) -> None:
        """Place in the likeliest case that was sharpened; far from the bound also in the weakest other."""
        dived = found.pop(self._likely(list(found)))
        self._choose(dived.sharpened)
        if not self._is_within(self._options.gap_permillion):
            before = self._best
            self._place_last(dived)
            if self._best is not before:
                self._choose(dived.sharpened)
        weakest = next((case for case in self._tree.cases() if case.racks in found), None)
        is_far = not self._is_within(self._options.sharpening_gap_permillion)
        if weakest is not None and is_far and self._may_win(weakest):
            self._place_last(found[weakest.racks])

    def _choose(self, sharpened: Sharpened) -> None:
        """Choose among all planes known in the racks of a case that was sharpened."""
        if self._best is not None:
            wired = self._known_planes(sharpened.is_closed)
            slots = choose_planes(self._problem, sharpened, wired, self._best, self._options)
            self._improve(None if slots is None else price_placement(self._problem, slots))

    def _sharpen(self, case: BoundedCase) -> Sharpened | None:
        """Sharpen the weakest case; with less effort where its bound is nearly reached."""
        options = self._options
        share = _FEWER_PLANES if self._is_within(options.gap_permillion) else _PLANES_OF_A_CASE
        most = min(self._planes_left, options.sharpening_limit // share)
        wired = self._known_planes(masks(self._problem, case.case)[1])
        sharpened = sharpen(self._problem, case.case, most, self._relaxations, wired)
        if sharpened is not None:
            self._planes_left -= sharpened.relaxed
            enough = IMPOSSIBLE_CENTS if self._best is None else self._best.cents
            self._tree.strengthen(sharpened.multipliers, sharpened.opening, enough)
        return sharpened

    def _likely(self, cases: list[Racks]) -> Racks:
        """Return the case that holds the best placement, the first where none does."""
        if self._best is None:
            return cases[0]
        problem = self._problem
        held = problem.held(self._best.slots)
        used = {name for name, devices in zip(problem.rack_names, held, strict=True) if devices}
        return next((each for each in cases if not used & set(each[1])), cases[0])

    def _known_planes(self, is_closed: IntArray) -> list[PlaneColumn]:
        """Return the planes wired so far that stand in racks not closed (Q,)."""
        problem = self._problem
        return [
            PlaneColumn.wired(problem, group, held, wiring)
            for (group, held), wiring in self._wirer.known.items()
            if wiring is not None and not is_closed[problem.slot_rack[list(held)]].any()
        ]

    @property
    def _is_nearly_proved(self) -> bool:
        enough = _PROVED_ENOUGH_PERMILLION if self._problem.cents.size > _MANY_PAIRS else 0
        return self._is_within(_NEARLY_PERMILLION) and not self._is_within(enough)

    def _prove(self) -> None:
        """With the bound nearly reached, solve the weakest cases to the last cent."""
        before = -1
        while self._is_nearly_proved and self._tree.bound_cents > before and not is_stopped():
            before = self._tree.bound_cents
            self._tree.refine()

    def _dive(self, sharpened: Sharpened) -> _Dived:
        """Take the surest planes of a case's bound one by one; they are a placement if all are taken."""
        problem = self._problem
        dive = Dive(problem, sharpened, self._wirer)
        taken = dive.run()
        slots = dict(taken)
        if len(slots) == problem.planes_per_class.sum():
            self._improve(price_placement(problem, tuple(slots[plane] for plane in range(len(slots)))))
        return _Dived(sharpened, dive, taken)

    def _place_last(self, dived: _Dived) -> None:
        """Let an integer program place what a dive took last, or could not take.

        In slots that good planes use; else also in those begun; else with fewer planes standing.
        """
        problem, options = self._problem, self._options
        taken = dived.taken[: max(0, int(problem.planes_per_class.sum()) - _PLANES_LEFT)]
        good = offered_slots(problem, dived.sharpened)
        bounds = _opened(np.array(dived.sharpened.opening))
        while True:
            for offered in (good, good | dived.dive.begun(dict(taken))):
                found = place(problem, bounds, options, offered=offered, standing=dict(taken))
                if found is not None:
                    self._improve(found)
                    return
            if not taken or is_stopped():
                return
            del taken[-_PLANES_LEFT:]


def _opened(opening: FloatArray) -> tuple[IntArray, IntArray]:
    """Return least and most opening of each rack (Q,): what a relaxation leaves open."""
    return (opening > 1 - _WHOLE).astype(np.int64), (opening > _WHOLE).astype(np.int64)
