"""Why runs lie in a pathway segment, and what it would take to keep them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from planner.explain.made import Made, RoutedFabric, cheapest
from planner.explain.words import meters, money
from planner.model.explanation import Explanation, OtherChoice
from planner.model.plan import CableRun, Plan, SegmentFill
from planner.units import round_half_up


def explain_segment(plan: Plan, fabrics: Mapping[str, RoutedFabric], fill: SegmentFill) -> Explanation:
    """Explain a segment by the runs in it and what each would cost on its best way round.

    Ways round are among the routes that the planner considers of each pair of ends.
    """
    segment = fill.segment
    inside = [run for run in plan.runs if segment.id in run.segments]
    costs = [_detour_cents(fabrics[run.fabric], run, segment.id) for run in inside]
    known = [cents for cents in costs if cents is not None]
    return Explanation(
        subject=segment.id,
        kind="segment",
        currency=plan.layout.economics.currency,
        facts=tuple(_facts(fill, inside)),
        choices=tuple(_choices(inside, costs)),
        rule=_rule(plan, costs, known),
        flips=(),
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


def _rule(plan: Plan, costs: Sequence[int | None], known: Sequence[int]) -> str:
    currency = plan.layout.economics.currency
    lacking = len(costs) - len(known)
    if not known:
        return "routes: no run here has another way among those that are considered"
    cost = f"keeping {len(known):,} runs out would cost {money(sum(known))} {currency}"
    cost += f", the first {money(min(known))}"
    return f"cost: {cost}" + (f"; {lacking:,} runs have no other way considered" if lacking else "")


def _detour_cents(routed: RoutedFabric, run: CableRun, segment: str) -> int | None:
    """Return what the run costs more on its cheapest way that leaves the segment out."""
    a, b = routed.ends(run)
    now: Made | None = None
    rest: list[Made] = []
    outside = {
        way.route
        for way in routed.ways(a, b)
        if segment not in {one.id for one in routed.table.route(a, b, way.route).segments}
    }
    for made in routed.all_made(a, b):
        if routed.shares_parts and made.option.id != run.option:
            continue
        if made.way.route in outside:
            rest.append(made)
        elif made.option.id == run.option and made.way.routed_mm == run.routed_mm and made.cents is not None:
            now = now or made
    best = cheapest(rest)
    if now is None or now.cents is None or best is None or best.cents is None:
        return None
    return best.cents - now.cents
