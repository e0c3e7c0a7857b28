"""Runs between their ends, with ways through a segment and ways round it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.explain.made import Made, RoutedFabric, Way, cheapest, make, make_of
from planner.explain.words import least_that
from planner.model.media import MediaOption
from planner.model.plan import CableRun

FARTHEST_MM = 20_000
"""By how much shorter or longer ways are thought of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """A run as it is made, and the ways between its ends: through the segment and round it."""

    routed: RoutedFabric
    run: CableRun
    now: Made
    through: tuple[Way, ...]
    around: tuple[Way, ...]

    @property
    def options(self) -> tuple[MediaOption, ...]:
        """What it may be made of: where runs share parts nothing else than what all are made of."""
        return (self.now.option,) if self.routed.shares_parts else self.routed.options

    def best(self, ways: Sequence[Way], options: Sequence[MediaOption] | None = None) -> Made | None:
        """Return the cheapest way to make it on one of these ways, None where nothing reaches."""
        economics = self.routed.layout.economics
        chosen = self.options if options is None else options
        return cheapest([make(option, way, economics) for option in chosen for way in ways])

    @property
    def round_cents(self) -> int | None:
        """What the run costs more on its cheapest way round, None where it has none."""
        best = self.best(self.around)
        return None if best is None else cents_of(best) - cents_of(self.now)

    def shorter_by(self) -> int | None:
        """Return by how much the ways round must be shorter for one to be cheaper."""

        def leaves(by_mm: int) -> bool:
            best = self.best([way.shorter(by_mm) for way in self.around])
            return best is not None and _rank(best) < _rank(self.now)

        return least_that(leaves, FARTHEST_MM)

    def longer_by(self) -> int | None:
        """Return by how much the ways through the segment must be longer for one round it to be cheaper."""
        best = self.best(self.around)

        def leaves(by_mm: int) -> bool:
            still = self.best([way.shorter(-by_mm) for way in self.through])
            return best is not None and (still is None or _rank(best) < _rank(still))

        return least_that(leaves, FARTHEST_MM)

    def cheaper_by(self, option: MediaOption) -> int | None:
        """Return by how much an option must be cheaper for the run to go round made of it; None: never."""
        around, through = self.best(self.around, (option,)), self.best(self.through, (option,))
        others = [one for one in self.options if one is not option]
        rest = self.best((*self.through, *self.around), others)
        if around is None or rest is None or (through and cents_of(through) <= cents_of(around)):
            return None
        return max(0, cents_of(around) - cents_of(rest) + 1)


def cents_of(made: Made) -> int:
    """Return the price of what can be made, its share of a shared cable included."""
    option = made.option
    if made.cents is None or made.stock is None:
        raise ValueError(f"{option.id} reaches nothing on way {made.way.route}")
    if option.runs_per_cable == 1:
        return made.cents
    return made.cents + option.cable.stock[made.stock].price.cents // option.runs_per_cable


def _rank(made: Made) -> tuple[int, int]:
    """Order ways to make a run as the planner does: by price, then by length."""
    return cents_of(made), made.way.routed_mm


def detour_of(routed: RoutedFabric, run: CableRun, segment: str) -> Detour:
    """Divide the ways between a run's ends by whether they lead through the segment."""
    a, b = routed.ends(run)
    ways = routed.ways(a, b)
    through = tuple(way for way in ways if segment in routed.segment_ids(a, b, way))
    own = routed.way_of(run)
    if own is None:
        raise ValueError(f"run {run.cable_id} takes a way that is not considered")
    option = next(option for option in routed.options if option.id == run.option)
    return Detour(
        routed=routed,
        run=run,
        now=make_of(option, own, run.stock_length_mm, routed.layout.economics),
        through=through,
        around=tuple(way for way in ways if way not in through),
    )


def detours_of(fabrics: Mapping[str, RoutedFabric], runs: Sequence[CableRun], segment: str) -> list[Detour]:
    """Return the detour of every run; runs between the same attachments, made alike, share one."""
    known: dict[tuple[str, int, int, str, tuple[str, ...]], Detour] = {}
    found = []
    for run in runs:
        routed = fabrics[run.fabric]
        key = (run.fabric, *routed.ends(run), run.option, run.segments)
        if key not in known:
            known[key] = detour_of(routed, run, segment)
        found.append(known[key])
    return found
