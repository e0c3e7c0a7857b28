"""Why runs lie in a pathway segment, and what it would take to keep them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from planner.explain.detours import Detour, cents_of, detours_of
from planner.explain.made import RoutedFabric
from planner.explain.room import fill_flips, is_kept_by_fill
from planner.model.explanation import Explanation, Flip, FlipKind, OtherChoice
from planner.model.plan import CableRun, Plan, SegmentFill
from planner.model.routes import RouteKind
from planner.units import meters, money, round_half_up

_NEARLY = Fraction(7, 10)
"""Share of what may be filled from which on it is looked whether a segment keeps runs out."""

_MOST_DETOURS = 400
"""Pairs of ends whose flips are searched: more of them tell nothing new."""

Opened = Iterable[tuple[int, Mapping[str, RoutedFabric]]]
"""Fabrics routed with laterals past so many positions, the fewest first."""


def nearly_full(fill: SegmentFill) -> bool:
    """Tell whether the segment may keep runs out."""
    usable = fill.segment.usable_um2
    return usable is not None and fill.used_um2 >= usable * _NEARLY


def explain_segment(
    plan: Plan, fabrics: Mapping[str, RoutedFabric], fill: SegmentFill, laterals: Opened
) -> Explanation:
    """Explain a segment by the runs in it and what each would cost on its best way round.

    Ways round are among the routes that the planner considers of each pair of ends.

    Parameters
    ----------
    plan, fill
        The plan and the segment.
    fabrics
        Those with runs in it; all of them where it is nearly full.
    laterals
        The same fabrics with laterals that are not there now; taken from only as far as needed.
    """
    segment = fill.segment
    inside = [run for run in plan.runs if segment.id in run.segments]
    detours = detours_of(fabrics, inside, segment.id)
    costs = [detour.round_cents for detour in detours]
    return Explanation(
        subject=segment.id,
        kind="segment",
        currency=plan.layout.economics.currency,
        facts=tuple(_facts(fill, inside)),
        choices=tuple(_choices(inside, costs)),
        rule=_rule(plan, detours, costs),
        flips=tuple(_flips(plan, fabrics, fill, _distinct(detours), laterals)),
    )


def _facts(fill: SegmentFill, inside: Sequence[CableRun]) -> Iterator[str]:
    segment = fill.segment
    yield f"{segment.kind.value} of {meters(segment.length_mm)} with {fill.runs:,} runs"
    media = Counter(run.medium.value for run in inside)
    yield ", ".join(f"{count:,} {medium}" for medium, count in sorted(media.items()))
    if segment.usable_um2 is None:
        yield "it has no limit of fill"
    elif segment.usable_um2:
        share = round_half_up(Fraction(1000 * fill.used_um2, segment.usable_um2))
        left = segment.usable_um2 - fill.used_um2
        state = f"{left // 1000 / 1000:g} mm² are left" if left >= 0 else "it is overfull"
        yield f"{share / 10:g} % of what may be filled is taken; {state}"


def _choices(inside: Sequence[CableRun], costs: Sequence[int | None]) -> Iterator[OtherChoice]:
    """List bundles with what sending all their runs round would cost."""
    bundles: dict[str, list[int | None]] = {}
    ends: dict[str, CableRun] = {}
    for run, cents in zip(inside, costs, strict=True):
        bundles.setdefault(run.bundle, []).append(cents)
        ends.setdefault(run.bundle, run)
    for bundle in sorted(bundles):
        known = [cents for cents in bundles[bundle] if cents is not None]
        lacking = len(bundles[bundle]) - len(known)
        one = ends[bundle]
        yield OtherChoice(
            what=f"bundle {bundle} ({len(bundles[bundle])} runs, {one.a.rack} to {one.b.rack}) goes round",
            cents=None if lacking else sum(known),
            reason=f"{lacking} runs have no other route considered" if lacking else "difference to the plan",
        )


def _rule(plan: Plan, detours: Sequence[Detour], costs: Sequence[int | None]) -> str:
    currency = plan.layout.economics.currency
    known = [cents for cents in costs if cents is not None]
    lacking = len(costs) - len(known)
    if not known:
        return "routes: no run here has another way among those that are considered"
    cheaper = [detour for detour, cents in zip(detours, costs, strict=True) if (cents or 0) < 0]
    if cheaper:
        saved = -sum(cents for cents in known if cents < 0)
        why = "fill" if is_kept_by_fill(plan, cheaper[0]) else "not the best by itself"
        return f"{why}: {len(cheaper):,} runs here would cost {money(saved)} {currency} less on other ways"
    cost = f"keeping {len(known):,} runs out would cost {money(sum(known))} {currency}"
    cost += f", the first {money(min(known))}"
    return f"cost: {cost}" + (f"; {lacking:,} runs have no other way considered" if lacking else "")


def _distinct(detours: Sequence[Detour]) -> list[Detour]:
    return list({id(detour): detour for detour in detours}.values())[:_MOST_DETOURS]


def _flips(
    plan: Plan,
    fabrics: Mapping[str, RoutedFabric],
    fill: SegmentFill,
    detours: Sequence[Detour],
    laterals: Opened,
) -> Iterator[Flip]:
    yield from _length_flips(detours)
    yield from _price_flip(detours)
    yield from _lateral_flip(detours, laterals)
    yield from fill_flips(plan, fabrics, fill, detours, looks_outside=nearly_full(fill))


def _length_flips(detours: Sequence[Detour]) -> Iterator[Flip]:
    """Say which run leaves first where ways round get shorter, or the way here longer."""
    around = [detour for detour in detours if detour.around and (detour.round_cents or 0) >= 0]
    for kind, of, words in (
        (FlipKind.LESS_LENGTH, Detour.shorter_by, "where its way round were {} shorter"),
        (FlipKind.MORE_LENGTH, Detour.longer_by, "where its way through here were {} longer"),
    ):
        found = [(by_mm, number) for number, one in enumerate(around) if (by_mm := of(one)) is not None]
        if found:
            by_mm, number = min(found)
            run = around[number].run
            sentence = (
                f"{run.cable_id} ({run.a.rack} to {run.b.rack}) would go round {words.format(meters(by_mm))}"
            )
            yield Flip(kind=kind, amount=by_mm, to=run.cable_id, sentence=sentence)


def _price_flip(detours: Sequence[Detour]) -> Iterator[Flip]:
    """Say at what price another option would take a run round; mostly none does."""
    found = [
        (cents, option.id, number)
        for number, detour in enumerate(detours)
        for option in detour.options
        if option is not detour.now.option and (cents := detour.cheaper_by(option)) is not None
    ]
    if not found:
        return
    cents, option, number = min(found)
    run, currency = detours[number].run, detours[number].routed.layout.economics.currency
    sentence = (
        f"{run.cable_id} ({run.a.rack} to {run.b.rack}) would go round, made of {option}, where a run of that"
        f" cost {money(cents)} {currency} less"
    )
    yield Flip(kind=FlipKind.CHEAPER, amount=cents, to=option, sentence=sentence)


def _lateral_flip(detours: Sequence[Detour], laterals: Opened) -> Iterator[Flip]:
    """Say past how many positions laterals would take runs out of the segment."""
    for positions, opened in laterals:
        saved = [_lateral_saves(detour, opened[detour.run.fabric]) for detour in detours]
        best = max(saved, default=0)
        if best > 0:
            run = detours[saved.index(best)].run
            count = sum(1 for cents in saved if cents > 0)
            currency = detours[0].routed.layout.economics.currency
            sentence = (
                f"laterals past {positions} positions would take runs of {count:,} pairs of ends out of here;"
                f" {run.cable_id} ({run.a.rack} to {run.b.rack}) saves {money(best)} {currency}, the most"
            )
            yield Flip(kind=FlipKind.LATERAL, amount=positions, to=run.cable_id, sentence=sentence)
            return


def _lateral_saves(detour: Detour, opened: RoutedFabric) -> int:
    """Return what the run saves in a lateral, 0 where it would not go there."""
    a, b = opened.ends(detour.run)
    ways = opened.ways(a, b)
    best = detour.best(ways)
    if best is None or opened.table.route(a, b, best.way.route).kind is not RouteKind.LATERAL:
        return 0
    return max(0, cents_of(detour.now) - cents_of(best))
