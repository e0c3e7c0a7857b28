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
        tried: list[_Candidate] = []
        found = self._first(tried)
        while found is not None:
            yield found
            found = self._next(tried)

    def _first(self, tried: list[_Candidate]) -> Arranged | None:
        """Place the best sketches, and as many more as it takes to place one."""
        balanced = self._candidates([sketcher.best(_SKETCHED) for sketcher in self._sketchers])
        every = islice(self._plans[0].rules.every(), _PLACED)
        best: tuple[int, int, Arrangement] | None = None
        for candidate in balanced or [_Candidate(0, 0, chosen, ()) for chosen in every]:
            if best is not None and (len(tried) >= _PLACED or is_stopped()):
                break
            tried.append(candidate)
            key = self._placed(candidate)
            if key is not None:
                best = key if best is None else min(best, key)
        return None if best is None else self._arranged(best)

    def _next(self, tried: list[_Candidate]) -> Arranged | None:
        """Place the cheapest sketch apart from all tried."""
        every = self._candidates([sketcher.all for sketcher in self._sketchers])
        for racks in range(len(tried), 0, -1):
            apart = (one for one in every if all(one.is_apart(other, racks) for other in tried))
            candidate = next(apart, None)
            if candidate is None or is_stopped():
                continue
            tried.append(candidate)
            key = self._placed(candidate)
            if key is not None:
                return self._arranged(key)
        return None

    def _candidates(self, sketches: Sequence[Sequence[Sketch]]) -> list[_Candidate]:
        """Return sketches of each problem as candidates, the cheapest first."""
        return sorted(
            _Candidate(one.cents, number, self._sketchers[number].arrangement(one), one.racks)
            for number, own in enumerate(sketches)
            for one in own
        )

    def _placed(self, candidate: _Candidate) -> tuple[int, int, Arrangement] | None:
        """Place an arrangement in full: cents, routed length and the arrangement."""
        self._options.progress(f"arrangement {', '.join(candidate.chosen)}: placing")
        restricted = self._plans[candidate.number].restricted(candidate.chosen)
        decision = decided_or_at_once(restricted, partial(decide, restricted, self._options))
        if decision is None:
            return None
        return decision.placement.cents, decision.placement.routed_mm, candidate.chosen

    def _arranged(self, found: tuple[int, int, Arrangement]) -> Arranged:
        cents, _, chosen = found
        if self._tree is None:
            return Arranged(chosen, cents)
        return Arranged(chosen, cents, others_cents=self._tree.bound_cents, rack_cases=self._tree.cases())
