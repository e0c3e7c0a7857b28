"""Finds good arrangements among many by sketches, and places them in full; all are bounded together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from planner.model.arrangement import Arrangement
from planner.optimize.arrange.every import Arranged
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.arrange.rack_tree import RackTree
from planner.optimize.arrange.sketch import Sketch, Sketcher
from planner.optimize.at_once import decided_or_at_once
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.optimize.placement import rank
from planner.optimize.stop import is_stopped

_SKETCHED = 200
"""Arrangements sketched whose extra runs are balanced before the best are placed."""
_PLACED = 2
"""Arrangements placed before one is taken; one that leaves many positions of a row to switch racks may take
minutes."""


class _Candidate(NamedTuple):
    """An arrangement by what it is likely to cost, the number of its problem, and its switch racks."""

    cents: int
    number: int
    chosen: Arrangement
    racks: tuple[int, ...]

    def is_apart(self, other: _Candidate, racks: int) -> bool:
        """Tell whether so many switch racks of one of both are none of the other."""
        more, fewer = len(self.racks), len(set(self.racks) & set(other.racks))
        return max(more, len(other.racks)) - fewer >= racks


_Found = tuple[tuple[int, int], _Candidate]
"""Cents and routed length of an arrangement that was placed."""


class SketchedArrangements:
    """Sketches of each way to make the runs, and the proof over all arrangements where there is one way."""

    def __init__(self, problems: Sequence[tuple[OpenProblem, OpenProblem]], options: SolveOptions) -> None:
        self._plans = [plans for plans, _ in problems]
        self._options = options
        self._tree: RackTree | None = None
        if len(problems) == 1:
            options.progress("arrangements: bounding all together")
            self._tree = RackTree(problems[0][1])
            self._tree.run()
        self._sketchers = [Sketcher(plans) for plans in self._plans]
        for sketcher in self._sketchers:
            for racks in (*sketcher.starts, *([self._tree.likely_racks] if self._tree else [])):
                sketcher.climb(racks)

    def in_turn(self) -> Iterator[Arranged]:
        """Yield the best arrangement found, then others that differ in ever more switch racks.

        What is asked for after the first is to find room where that one had none: neighbors would not.
        """
        found = self._first()
        in_vain: list[_Candidate] = []
        while found is not None:
            in_vain.append(found[1])
            yield self._arranged(*found)
            found = self._next(in_vain)

    def _first(self) -> _Found | None:
        """Place the best sketches, and as many more as it takes to place one."""
        balanced = self._candidates([sketcher.best(_SKETCHED) for sketcher in self._sketchers])
        every = islice(self._plans[0].rules.every(), _PLACED)
        found: list[_Found] = []
        for tried, candidate in enumerate(balanced or [_Candidate(0, 0, chosen, ()) for chosen in every]):
            if found and (tried >= _PLACED or is_stopped()):
                break
            found += self._placed(candidate)
        return min(found, default=None)

    def _next(self, in_vain: list[_Candidate]) -> _Found | None:
        """Place the cheapest sketch apart from all that were in vain."""
        every = self._candidates([sketcher.all for sketcher in self._sketchers])
        for racks in range(len(in_vain), 0, -1):
            apart = next((one for one in every if all(one.is_apart(other, racks) for other in in_vain)), None)
            found = self._placed(apart) if apart is not None and not is_stopped() else []
            if found:
                return found[0]
        return None

    def _candidates(self, sketches: Sequence[Sequence[Sketch]]) -> list[_Candidate]:
        """Return sketches of each problem as candidates, the cheapest first."""
        return sorted(
            _Candidate(one.cents, number, self._sketchers[number].arrangement(one), one.racks)
            for number, own in enumerate(sketches)
            for one in own
        )

    def _placed(self, candidate: _Candidate) -> list[_Found]:
        """Place an arrangement in full; nothing where that cannot be done."""
        self._options.progress(f"arrangement {', '.join(candidate.chosen)}: placing")
        restricted = self._plans[candidate.number].restricted(candidate.chosen)
        decision = decided_or_at_once(restricted, partial(decide, restricted, self._options))
        return [(rank(decision.placement), candidate)] if decision else []

    def _arranged(self, key: tuple[int, int], found: _Candidate) -> Arranged:
        tree = self._tree
        if tree is None:
            return Arranged(found.chosen, key[0])
        return Arranged(found.chosen, key[0], others_cents=tree.bound_cents, rack_cases=tree.cases())
