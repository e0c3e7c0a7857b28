"""``planner rules``: what each rule of a plan's layout costs, and what room in full segments is worth."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from planner.commands.interruptible import run_interruptibly
from planner.commands.outcome import Outcome
from planner.commands.tables import align, cost_line
from planner.many_plans import plans_of
from planner.model.rule_costs import RuleCost, RuleCosts
from planner.model.segment_worth import SegmentWorth
from planner.outputs.rule_costs import rule_costs_json
from planner.units import money
from planner.without_rules import rule_costs_of

_NONE = "-"


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Plan without each rule and show what that saves."""

    def examined() -> RuleCosts:
        ((name, plan),) = plans_of([arguments.plan], progress)
        return rule_costs_of(name, plan, progress)

    found = run_interruptibly(examined)
    return Outcome(rule_costs_json(found) if arguments.json else "\n".join(_lines(found)))


def _lines(found: RuleCosts) -> Iterator[str]:
    yield cost_line(found.name, found.cost_cents, found.bound_cents, found.currency)
    yield from found.cautions
    yield ""
    yield f"cost ({found.objective}) without each rule, in {found.currency}:"
    header = ("rule", "without it", "cost", "gap", "the rule costs", "at least", "at most", "")
    rows = [header, *(_row(found, rule) for rule in found.rules)]
    yield from align(rows, right=range(2, 7))
    for rule in found.rules:
        if rule.refusal:
            yield f"  {rule.rule}: {rule.refusal}"
    if found.segments:
        yield ""
        yield f"full segments: what more room is worth at most, in {found.currency}, beyond the gap:"
        segments = ("segment", "kind", "fabrics", "per 100 mm²", "per run", "of")
        yield from align([segments, *map(_segment, found.segments)], right=(3, 4))


def _segment(one: SegmentWorth) -> tuple[str, ...]:
    per_run = money(one.cents_per_run) if one.option else _NONE
    return one.segment, one.kind, ", ".join(one.fabrics), money(one.cents_per_100_mm2), per_run, one.option


def _row(found: RuleCosts, rule: RuleCost) -> tuple[str, ...]:
    if rule.cost_cents is None or rule.bound_cents is None:
        return rule.rule, rule.change, "cannot be", _NONE, _NONE, _NONE, _NONE, ""
    if rule.least_cents is None or rule.most_cents is None:
        gap = money(rule.cost_cents - rule.bound_cents)
        return rule.rule, rule.change, money(rule.cost_cents), gap, _NONE, _NONE, _NONE, "not known"
    least, most = rule.least_cents, rule.most_cents
    return (
        rule.rule,
        rule.change,
        money(rule.cost_cents),
        money(rule.cost_cents - rule.bound_cents),
        money(found.cost_cents - rule.cost_cents),
        money(least),
        money(most),
        "sure" if rule.is_sure else "nothing" if not most else "not sure",
    )
