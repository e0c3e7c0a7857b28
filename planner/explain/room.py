"""What fill keeps from its cheapest way, and how much more room would let it go there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.explain.detours import Detour, cents_of, detours_of
from planner.explain.made import Made, RoutedFabric, Way
from planner.explain.words import money
from planner.model.explanation import Flip, FlipKind
from planner.model.plan import Plan, SegmentFill
from planner.model.sections import run_section_um2

_UM2_PER_MM2 = 10**6


class _Room:
    """What is left in segments."""

    def __init__(self, plan: Plan) -> None:
        self._used = {fill.segment.id: fill.used_um2 for fill in plan.segments}

    def lacking(self, detour: Detour, made: Made) -> dict[str, int]:
        """Return the segments of a way that have no room for a run, with the square millimeters that lack."""
        routed, section = detour.routed, run_section_um2(made.option)
        route = routed.table.route(*routed.ends(detour.run), made.way.route)
        lacking = {}
        for segment in route.segments:
            if segment.usable_um2 is None or segment.id in detour.run.segments:
                continue
            over = self._used.get(segment.id, 0) + section - segment.usable_um2
            if over > 0:
                lacking[segment.id] = -(-over // _UM2_PER_MM2)
        return lacking


def is_kept_by_fill(plan: Plan, detour: Detour) -> bool:
    """Tell whether a run keeps off its cheapest way round because that is full."""
    best = detour.best(detour.around)
    return best is not None and bool(_Room(plan).lacking(detour, best))


def fill_flips(
    plan: Plan,
    fabrics: Mapping[str, RoutedFabric],
    fill: SegmentFill,
    inside: Sequence[Detour],
    *,
    looks_outside: bool,
) -> Iterator[Flip]:
    """Say how much more room elsewhere takes a run out of the segment, and how much here takes one in."""
    room = _Room(plan)
    yield from _first(room, [(detour, detour.around) for detour in inside], "leave for")
    if looks_outside:
        segment = fill.segment.id
        others = [run for run in plan.runs if segment not in run.segments]
        outside = list({id(one): one for one in detours_of(fabrics, others, segment)}.values())
        yield from _first(room, [(detour, detour.through) for detour in outside], "come in on")


def _first(room: _Room, detours: Sequence[tuple[Detour, Sequence[Way]]], does: str) -> Iterator[Flip]:
    """Yield the flip that takes least room; of those that take as much the one that saves most."""
    found = []
    for number, (detour, ways) in enumerate(detours):
        best = detour.best(ways)
        if best is not None and cents_of(best) < cents_of(detour.now):
            lacking = room.lacking(detour, best)
            change = cents_of(best) - cents_of(detour.now)
            found.append((max(lacking.values(), default=0), change, number, lacking))
    found = [one for one in found if one[0]]
    if not found:
        return
    amount, change, number, lacking = min(found, key=lambda one: one[:3])
    run, currency = detours[number][0].run, detours[number][0].routed.layout.economics.currency
    names = ", ".join(list(lacking)[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
    sentence = (
        f"{amount:,} mm² more room in {names} would let {run.cable_id} ({run.a.rack} to {run.b.rack}) {does}"
        f" a way that saves {money(-change)} {currency}"
    )
    yield Flip(kind=FlipKind.MORE_ROOM, amount=amount, to=run.cable_id, sentence=sentence)
