"""Why runs that share plugs or cables are of this medium: all of a fabric are made of one option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.explain.made import RoutedFabric
from planner.explain.together import RunsTogether
from planner.model.explanation import Explanation, Flip, FlipKind, OtherChoice
from planner.model.media import MediaOption
from planner.model.plan import CableRun
from planner.model.routes import RouteKind
from planner.units import meters, money

_MOST_STEPS = 3000
"""Changes of length that are looked at: each prices the whole fabric."""


def explain_shared(
    routed: RoutedFabric,
    runs: Sequence[CableRun],
    run: CableRun,
    facts: tuple[str, ...],
    lateral: tuple[int, RoutedFabric] | None,
) -> Explanation:
    """Explain a run by what all runs of its fabric would cost of each option, between the ends they have.

    Parameters
    ----------
    routed, runs, run
        The run's fabric, all of its runs, and the one that is asked about.
    facts
        What is said of the run first.
    lateral
        The fabric with a lateral opened from end to end: past how many positions, and its routes; None where
        none can be opened.
    """
    together = RunsTogether(routed, runs)
    costs = [(option, together.cents(option)) for option in routed.options]
    (used,) = [option for option in routed.options if option.id == run.option]
    return Explanation(
        subject=run.cable_id,
        kind="cable",
        currency=routed.layout.economics.currency,
        facts=(*facts, *_ways(routed, run)),
        choices=tuple(_choices(together, costs, used)),
        rule=_rule(together, costs, used),
        flips=tuple(_flips(together, run, used, lateral)),
    )


def _ways(routed: RoutedFabric, run: CableRun) -> Iterator[str]:
    ways = routed.ways(*routed.ends(run))
    listed = ", ".join(f"{way.route + 1} of {meters(way.routed_mm)}" for way in ways)
    yield f"routes considered between its ends: {listed}"


def _listing(cost: tuple[MediaOption, int | None]) -> tuple[bool, int]:
    return cost[1] is None, cost[1] or 0


def _choices(
    together: RunsTogether, costs: Sequence[tuple[MediaOption, int | None]], used: MediaOption
) -> Iterator[OtherChoice]:
    for option, cents in sorted(costs, key=_listing):
        reason = "each on its cheapest route, what they share counted once"
        if cents is None:
            count, over = together.too_long(option)
            reason = f"{count:,} runs are too long for it, the worst by {meters(over)}"
        what = f"all {len(together.runs):,} runs of {option.medium.value} ({option.id})"
        yield OtherChoice(what=what, cents=cents, reason=reason, is_chosen=option is used)


def _rule(together: RunsTogether, costs: Sequence[tuple[MediaOption, int | None]], used: MediaOption) -> str:
    """Name what keeps the fabric from another option."""
    head = "runs of this fabric share plugs or cables, so that all are made of one option"
    known = {option.id: cents for option, cents in costs if cents is not None}
    now = known.get(used.id)
    if now is not None and min(known.values()) < now:
        best = min(known, key=lambda name: known[name])
        return f"{head}: with the ends where they are {best} would cost less, placed anew it does not"
    barred = [option for option, cents in costs if cents is None]
    for option in sorted(barred, key=lambda option: together.too_long(option)[1]):
        count, over = together.too_long(option)
        nearer = together.cents(option, over)
        if nearer is not None and now is not None and nearer < now:
            return (
                f"{head}; reach: {option.id} would cost less, but {count:,} runs are too long for it,"
                f" the worst by {meters(over)}"
            )
    return f"{head}; cost: this is the cheapest of those that reach"


def _flips(
    together: RunsTogether, run: CableRun, used: MediaOption, lateral: tuple[int, RoutedFabric] | None
) -> Iterator[Flip]:
    yield from _length_flip(together, used, FlipKind.LESS_LENGTH)
    yield from _length_flip(together, used, FlipKind.MORE_LENGTH)
    yield from _price_flips(together, used)
    if lateral is not None:
        yield from _lateral_flip(together, run, used, lateral)


def cheapest_option(together: RunsTogether, less_mm: int = 0) -> tuple[MediaOption, int] | None:
    """Return the option that costs least for all runs, the first of the profile among equals."""
    costs = [(option, together.cents(option, less_mm)) for option in together.routed.options]
    known = [(option, cents) for option, cents in costs if cents is not None]
    return min(known, key=lambda cost: cost[1], default=None)


def _length_flip(together: RunsTogether, used: MediaOption, kind: FlipKind) -> Iterator[Flip]:
    """Find the least change of every run's length that makes another option the cheapest for all."""
    if len(together.routed.options) == 1:
        return
    is_less = kind is FlipKind.LESS_LENGTH
    for change in together.steps(is_less=is_less)[:_MOST_STEPS]:
        best = cheapest_option(together, change if is_less else -change)
        if best is None:
            return
        option = best[0]
        if option is not used:
            word = "less" if is_less else "more"
            sentence = (
                f"{meters(change)} {word} required length of every run makes all of them {_named(option)}"
            )
            yield Flip(kind=kind, amount=change, to=option.id, sentence=sentence)
            return


def _price_flips(together: RunsTogether, used: MediaOption) -> Iterator[Flip]:
    """Say by how much each other option that reaches is too dear, a run."""
    now, count = together.cents(used), len(together.runs)
    currency = together.routed.layout.economics.currency
    for option in together.routed.options:
        cents = together.cents(option)
        if option is used or now is None or cents is None or cents < now:
            continue
        amount = (cents - now) // count + 1
        sentence = (
            f"{option.id} would be chosen where each of the {count:,} runs of it cost {money(amount)}"
            f" {currency} less (all of it cost {money(cents - now)} more)"
        )
        yield Flip(kind=FlipKind.CHEAPER, amount=amount, to=option.id, sentence=sentence)


def _lateral_flip(
    together: RunsTogether, run: CableRun, used: MediaOption, lateral: tuple[int, RoutedFabric]
) -> Iterator[Flip]:
    """Say what laterals from end to end of this run would bring to the fabric."""
    positions, opened = lateral
    changed = RunsTogether(opened, together.runs)
    now, best = together.cents(used), cheapest_option(changed)
    if now is None or best is None or best[1] >= now:
        return
    option, cents = best
    number = changed.route_of(run, option)
    if number is None or opened.table.route(*opened.ends(run), number).kind is not RouteKind.LATERAL:
        return
    saved = f"{money(now - cents)} {opened.layout.economics.currency}"
    sentence = (
        f"laterals past {positions} positions would open one here: all runs of {_named(option)},"
        f" which saves {saved}"
    )
    yield Flip(kind=FlipKind.LATERAL, amount=positions, to=option.id, sentence=sentence)


def _named(option: MediaOption) -> str:
    return f"{option.medium.value} ({option.id})"
