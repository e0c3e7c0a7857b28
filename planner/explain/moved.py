"""What runs cost where devices stand in other slots, all else as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.explain.made import Made, RoutedFabric, cheapest, make
from planner.explain.together import runs_by_cable
from planner.model.media import MediaOption
from planner.model.plan import CableEnd, CableRun
from planner.model.sites import Slot

Moves = Mapping[Slot, Slot]
"""Where devices go: from which slot to which."""


class MovedRuns:
    """The runs of a fabric, by the cables that they share, found by the devices that they end at."""

    def __init__(self, routed: RoutedFabric, runs: Sequence[CableRun]) -> None:
        self._routed = routed
        self._option = self._only_option(runs)
        self._cables = self._by_cable(runs)
        self._at: dict[Slot, list[int]] = {}
        for number, cable in enumerate(self._cables):
            for slot in dict.fromkeys(_slot(end) for run in cable for end in (run.a, run.b)):
                self._at.setdefault(slot, []).append(number)
        self._least: dict[tuple[int, int, int], Made | None] = {}

    def _only_option(self, runs: Sequence[CableRun]) -> MediaOption | None:
        """Return what all runs are made of where they share parts: how many of these, no move changes."""
        if not runs or not self._routed.shares_parts:
            return None
        return next(option for option in self._routed.options if option.id == runs[0].option)

    def _by_cable(self, runs: Sequence[CableRun]) -> list[list[CableRun]]:
        """Group runs that share a cable."""
        if self._option is None or self._option.runs_per_cable == 1:
            return [[run] for run in runs]
        cables = runs_by_cable(self._routed, self._option, runs)
        return [[runs[index] for index in cable] for cable in cables]

    def change_cents(self, moves: Moves, shorter_mm: int = 0) -> int | None:
        """Return what all runs cost more after the moves; None where one does not reach.

        Parameters
        ----------
        moves
            Where devices go.
        shorter_mm
            By how much the runs of these devices are shorter there than they are.
        """
        touched = sorted({number for slot in moves for number in self._at.get(slot, ())})
        now, then = self._sum(touched, {}, 0), self._sum(touched, moves, shorter_mm)
        return None if now is None or then is None else then - now

    def _sum(self, numbers: Iterable[int], moves: Moves, shorter_mm: int) -> int | None:
        total = 0
        for number in numbers:
            cents = self._cable_cents(self._cables[number], moves, shorter_mm)
            if cents is None:
                return None
            total += cents
        return total

    def _cable_cents(self, cable: Sequence[CableRun], moves: Moves, shorter_mm: int) -> int | None:
        """Price the runs that share a cable: its length is that of the longest."""
        made = [self._made(run, moves, shorter_mm) for run in cable]
        total = 0
        for one in made:
            if one is None or one.cents is None:
                return None
            total += one.cents
        if self._option is None or self._option.runs_per_cable == 1:
            return total
        longest = max(one.stock for one in made if one is not None and one.stock is not None)
        return total + self._option.cable.stock[longest].price.cents

    def _made(self, run: CableRun, moves: Moves, shorter_mm: int) -> Made | None:
        table, places = self._routed.table, (_slot(run.a), _slot(run.b))
        (rack_a, u_a), (rack_b, u_b) = (moves.get(place, place) for place in places)
        lower = table.lower_index.get((rack_a, u_a, run.a.cage))
        upper = table.upper_index.get((rack_b, u_b, run.b.cage))
        if lower is None or upper is None:
            return None
        less = shorter_mm if any(place in moves for place in places) else 0
        if (lower, upper, less) not in self._least:
            self._least[lower, upper, less] = cheapest(self._all_made(lower, upper, less))
        return self._least[lower, upper, less]

    def _all_made(self, lower: int, upper: int, shorter_mm: int) -> list[Made]:
        economics = self._routed.layout.economics
        options = self._routed.options if self._option is None else (self._option,)
        ways = [way.shorter(shorter_mm) for way in self._routed.ways(lower, upper)]
        return [make(option, way, economics) for option in options for way in ways]


def _slot(end: CableEnd) -> Slot:
    return Slot(end.rack, end.u)
