"""``planner sensitivity``: how wrong prices, slack and reach may be before another plan is cheaper."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import Outcome
from planner.commands.tables import align, cost_line
from planner.many_plans import plans_of
from planner.model.sensitivity import PriceLimit, PriceSensitivity, Sensitivity
from planner.outputs.sensitivity import sensitivity_json
from planner.sensitivity.inputs import WHOLE
from planner.units import money
from planner.what_if import sensitivity_of


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Plan anew where prices, slack or reach are others, and show how far the plan stays the cheapest."""

    def examined() -> Sensitivity:
        ((name, plan),) = plans_of([arguments.plan], progress)
        return sensitivity_of(name, plan, arguments.part, arguments.wrong, progress)

    found = run_interruptibly(examined)
    return Outcome(sensitivity_json(found) if arguments.json else "\n".join(_lines(found)))


def _lines(found: Sensitivity) -> Iterator[str]:
    yield cost_line(found.name, found.cost_cents, found.bound_cents, found.currency)
    yield from found.cautions
    yield ""
    yield f"prices, as stated = 100 %; amounts in {found.currency}:"
    header = ("part", "in the plan", "cheapest from", "to", "gap at most")
    yield from align([header, *map(_range, found.prices)], right=range(1, 5))
    for one in found.prices:
        yield from (f"  {sentence}" for sentence in _sentences(one, found.currency))
    yield ""
    yield "prices that turn out otherwise: the plan then costs, planned anew, regret at most, media:"
    rows = [row for one in found.prices for row in _wrong(one)]
    yield from align(rows, right=range(1, 5))
    yield from _lengths(found)


def _range(one: PriceSensitivity) -> tuple[str, ...]:
    gap = max(one.lower.gap_cents, one.upper.gap_cents)
    ends = one.lower, one.upper
    return one.family.name, money(one.spend_cents), *map(_end, ends), money(gap)


def _end(limit: PriceLimit) -> str:
    return f"{_percent(limit.permille)}{' or beyond' if limit.is_open else ''}"


def _percent(permille: int) -> str:
    return f"{permille / 10:g} %"


def _sentences(one: PriceSensitivity, currency: str) -> Iterator[str]:
    for limit, way in ((one.lower, -1), (one.upper, 1)):
        if limit.is_open:
            continue
        mix = ", ".join(f"{count:,} {medium}" for medium, count in limit.runs_by_medium.items())
        at = _percent(limit.permille + way)
        saved = f"{money(limit.saved_cents)} {currency} cheaper"
        yield f"{one.family.name} at {at}: another plan ({mix}) is {saved}"
    for flip in one.flips:
        yield f"{one.family.name} at {_percent(flip.permille)}: {flip.optics_runs:,} optical runs"
        if one.ratio is not None:
            now, then = float(one.ratio), float(one.ratio * flip.permille / WHOLE)
            yield f"  an active copper run then costs {then:.3f} of an optical one; as stated {now:.3f}"


def _wrong(one: PriceSensitivity) -> Iterator[tuple[str, ...]]:
    for wrong in one.wrong:
        regret = wrong.cost_cents - wrong.bound_cents
        yield (
            one.family.name,
            _percent(wrong.permille),
            money(wrong.cost_cents),
            money(wrong.replanned_cents),
            money(regret),
            ", ".join(f"{count:,} {medium}" for medium, count in wrong.runs_by_medium.items()),
        )


def _lengths(found: Sensitivity) -> Iterator[str]:
    if found.slack is not None:
        slack = found.slack
        yield ""
        yield f"slack at each end: up to {slack.more_mm} mm more changes nothing;"
        if slack.saved_cents:
            saved = f"another plan is {money(slack.saved_cents)} {found.currency} cheaper"
            yield f"  {slack.less_mm} mm less change nothing, with {slack.less_mm + 1} mm less {saved}"
        else:
            yield "  less changes nothing"
    for one in found.reach:
        now, down = f"{one.reach_mm / 1000:g} m", f"{one.least_mm / 1000:g} m"
        least = f"reach of {one.option}, {now}: down to {down} changes nothing"
        if one.cheaper_from_mm is None:
            yield f"{least}; more makes nothing cheaper"
        else:
            saved = f"a plan {money(one.saved_cents)} {found.currency} cheaper"
            yield f"{least}; {one.cheaper_from_mm / 1000:g} m allow {saved}"
