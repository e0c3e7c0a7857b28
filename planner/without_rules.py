"""Says what each rule of a layout costs, by planning anew without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from planner.errors import PlannerError
from planner.many_plans import side_by_side
from planner.model.plan import Plan
from planner.model.rule_costs import RuleCost, RuleCosts
from planner.model.segment_worth import segment_worths
from planner.model.supply import BomKey, ordered
from planner.optimize.options import SolveOptions
from planner.rule_costs.relax import FILL, WithoutRule, without_each_rule
from planner.second_look import cautions, planned_again

SHORT = "the plan does not keep this rule: more pieces are ordered than can be had"
OVERFULL = "the plan does not keep this rule: some segments take more cable than they may"


def rule_costs_of(name: str, plan: Plan, progress: Callable[[str], None]) -> RuleCosts:
    """Plan once more without each rule that the plan's layout has.

    Parameters
    ----------
    name, plan
        The plan, and what to call it.
    progress
        Told what is being looked at.
    """
    changed = list(without_each_rule(plan.layout, plan.catalog))
    progress(f"planning without each of {len(changed)} rules")
    return RuleCosts(
        name=name,
        currency=plan.layout.economics.currency,
        objective=plan.solve.objective,
        cost_cents=plan.solve.objective_cents,
        bound_cents=plan.solve.lower_bound_cents,
        is_overfull=is_overfull(plan),
        rules=tuple(side_by_side([partial(_cost, plan, without) for without in changed])),
        segments=segment_worths(plan),
        cautions=cautions(plan),
    )


def is_overfull(plan: Plan) -> bool:
    """Tell whether the plan takes more of some segment than it may."""
    return any(
        fill.segment.usable_um2 is not None and fill.used_um2 > fill.segment.usable_um2
        for fill in plan.segments
    )


def _cost(plan: Plan, without: WithoutRule) -> RuleCost:
    made: Plan | None = None
    refusal = _not_kept(plan, without)
    try:
        made = planned_again(without.layout, without.catalog, SolveOptions(seed=plan.solve.seed))
    except PlannerError as error:
        refusal = error.findings[0].message
    cost, bound, least, most = _between(plan, made, is_relaxed=without.is_relaxed)
    if refusal:
        least = most = None
    return RuleCost(
        rule=without.rule,
        change=without.change,
        is_relaxed=without.is_relaxed,
        cost_cents=cost,
        bound_cents=bound,
        least_cents=least,
        most_cents=most,
        runs_by_medium=made.totals.runs_by_medium if made else {},
        refusal=refusal,
    )


def _not_kept(plan: Plan, without: WithoutRule) -> str:
    """Say that the plan itself does not keep the rule; "" where it does."""
    if without.rule == FILL and is_overfull(plan):
        return OVERFULL
    orders: Counter[BomKey] = Counter()
    for line in plan.bom:
        orders[line.part, line.stock_length_mm] += line.order_quantity
    left_out = set(plan.layout.supply) - set(without.layout.supply)
    return SHORT if any(ordered(limit, orders) > limit.most_pieces for limit in left_out) else ""


def _between(
    plan: Plan, made: Plan | None, *, is_relaxed: bool
) -> tuple[int | None, int | None, int | None, int | None]:
    """Return cost and bound without the rule, and between what the rule's own cost lies.

    The best plan with the rule costs from the plan's bound to its cost, that without it likewise; where
    the plan remains a plan without the rule, the best one then costs no more.
    """
    if made is None:
        return None, None, None, None
    cost, bound = made.solve.objective_cents, made.solve.lower_bound_cents
    least, most = plan.solve.lower_bound_cents - cost, plan.solve.objective_cents - bound
    if is_relaxed:
        cost = min(cost, plan.solve.objective_cents)
        least = max(0, plan.solve.lower_bound_cents - cost)
    return cost, bound, least, most
