"""Plans of halls in which pathways or parts are short: what is wrong with them, and the optimum."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.plan import Plan
from planner.verify.check import verify_plan
from tests.faults.plans import make_plan
from tests.reference.crowded import least_cents_within_limits
from tests.reference.floors import prepare_hall

MAX_EXCESS = 0.005
NEARLY = 0.0001
"""Runs are spread and made to within a hundred thousandth; ways of nearly the same price are left."""

tried = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def blocking(plan: Plan) -> list[Finding]:
    return [finding for finding in plan.findings if finding.severity is Severity.BLOCKING]


def faults(plan: Plan) -> list[Finding]:
    return [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR]


def reach_the_optimum(halls: SearchStrategy[tuple[Layout, Catalog]]) -> None:
    """Against one integer program over everything: limits are kept where that can be, and the bound holds."""
    kept: list[bool] = []
    reached: list[bool] = []

    @settings(tried, max_examples=60)
    @given(hall=halls)
    def one(hall: tuple[Layout, Catalog]) -> None:
        answer = least_cents_within_limits(prepare_hall(*hall), time_limit_s=20)
        best, bound = answer.cost_cents, answer.bound_cents
        plan = make_plan(*hall)
        assert not faults(plan), faults(plan)
        is_kept = not blocking(plan)
        kept.append(is_kept == (best is not None))
        if best is None or not is_kept:
            return
        cost = plan.solve.objective_cents
        assert plan.solve.lower_bound_cents <= best + 0.5
        assert bound - 0.5 <= cost <= (1 + MAX_EXCESS) * best
        reached.append(cost <= (1 + NEARLY) * best)

    one()
    assert len(reached) >= 20
    assert sum(kept) >= 0.95 * len(kept)
    assert sum(reached) >= 0.95 * len(reached)
