"""What room or pieces keep from being made as it would be cheapest, and how much more would allow that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.explain.detours import Detour, cents_of, detours_of
from planner.explain.made import Made, RoutedFabric, Way
from planner.explain.stock_left import StockLeft
from planner.model.explanation import Flip, FlipKind
from planner.model.media import MediaOption
from planner.model.plan import CableRun, Plan, SegmentFill
from planner.model.sections import run_section_um2
from planner.units import money

_UM2_PER_MM2 = 10**6
_NAMED = 3


class Room:
    """What is left in segments, and of parts."""

    def __init__(self, plan: Plan) -> None:
        self._stock = StockLeft(plan)
        self._used = {fill.segment.id: fill.used_um2 for fill in plan.segments}

    def lacking(self, routed: RoutedFabric, run: CableRun, now: MediaOption, other: Made) -> dict[str, int]:
        """Return the segments with too little room for a run made another way, and what they lack.

        In square millimeters, rounded up; ``now`` is what the run is made of as planned.
        """
        route = routed.table.route(*routed.ends(run), other.way.route)
        lacking = {}
        for segment in route.segments:
            if segment.usable_um2 is not None:
                own = run_section_um2(now) if segment.id in run.segments else 0
                used = self._used.get(segment.id, 0) - own + run_section_um2(other.option)
                if used > segment.usable_um2:
                    lacking[segment.id] = -(-(used - segment.usable_um2) // _UM2_PER_MM2)
        return lacking

    def can_be_had(self, run: CableRun, now: Made, other: Made) -> bool:
        """Tell whether supply has what a run made another way takes."""
        return not self._stock.lacking(run, now, other)

    def flip(self, routed: RoutedFabric, run: CableRun, now: Made, other: Made, does: str) -> Flip | None:
        """Say how much more room, or how many pieces, let a run be made in another way that costs less.

        None where neither lacks, or both do: then nothing is enough by itself.
        """
        lacking = self.lacking(routed, run, now.option, other)
        if not lacking:
            return self._stock.flip(run, now, other, does)
        if not self.can_be_had(run, now, other):
            return None
        names = ", ".join(list(lacking)[:_NAMED])
        names += f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        amount, saved = max(lacking.values()), money(cents_of(now) - cents_of(other))
        sentence = (
            f"{amount:,} mm² more room in {names} would let {run.cable_id} ({run.a.rack} to {run.b.rack})"
            f" {does}: that saves {saved} {routed.layout.economics.currency}"
        )
        return Flip(kind=FlipKind.MORE_ROOM, amount=amount, to=run.cable_id, sentence=sentence)


def is_kept_by_fill(plan: Plan, detour: Detour) -> bool:
    """Tell whether a run is not made as would be cheapest because there is no room for that."""
    best = detour.best((*detour.through, *detour.around))
    return best is not None and bool(Room(plan).lacking(detour.routed, detour.run, detour.now.option, best))


def fill_flips(
    plan: Plan,
    fabrics: Mapping[str, RoutedFabric],
    fill: SegmentFill,
    inside: Sequence[Detour],
    *,
    looks_outside: bool,
) -> Iterator[Flip]:
    """Say how much more room elsewhere takes a run out of the segment, and how much here takes one in."""
    room = Room(plan)
    yield from _first(room, [(detour, detour.around) for detour in inside], "leave")
    if looks_outside:
        yield from _first(room, [(detour, detour.through) for detour in inside], "be of {}")
        segment = fill.segment.id
        others = [run for run in plan.runs if segment not in run.segments]
        outside = list({id(one): one for one in detours_of(fabrics, others, segment)}.values())
        yield from _first(room, [(detour, detour.through) for detour in outside], "come in")


def _first(room: Room, detours: Sequence[tuple[Detour, Sequence[Way]]], does: str) -> Iterator[Flip]:
    """Yield the flip that takes least room; of those that take as much the one that saves most."""
    found = []
    for number, (detour, ways) in enumerate(detours):
        best = detour.best(ways)
        if best is not None and cents_of(best) < cents_of(detour.now):
            words = does.format(best.option.id)
            flip = room.flip(detour.routed, detour.run, detour.now, best, words)
            if flip is not None:
                found.append((flip.amount, cents_of(best) - cents_of(detour.now), number, flip))
    if found:
        yield min(found, key=lambda one: one[:3])[3]
