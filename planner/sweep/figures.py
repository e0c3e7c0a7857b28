"""What a sweep keeps of a plan: the figures that scenarios are compared by."""

from __future__ import annotations

from planner.compare import measures
from planner.compare.measures import Noted
from planner.errors import Severity
from planner.model.media import Medium
from planner.model.plan import Plan
from planner.units import round_half_up

Figures = dict[str, int | str]
"""Figures by name: integers in base units, shares in hundredths of a percent."""


def figures_of(plan: Plan) -> Figures:
    """Return the figures of a plan; the same plan gives the same, in the same order."""
    totals, solve = plan.totals, plan.solve
    blocking = [one.message for one in plan.findings if one.severity is Severity.BLOCKING]
    figures: Figures = {
        "currency": plan.layout.economics.currency,
        "objective": solve.objective,
        "proof": solve.status,
        "cost_cents": solve.objective_cents,
        "lower_bound_cents": solve.lower_bound_cents,
        "capex_cents": totals.capex_cents,
        "tco_cents": totals.tco_cents,
        "power_milliwatts": totals.power_milliwatts,
        "routed_mm": totals.routed_mm,
        "longest_mm": max((run.routed_mm for run in plan.runs), default=0),
        "install_minutes": totals.install_minutes,
        "elapsed_minutes": totals.elapsed_minutes,
        "lost_with_a_rack": _hundredths(measures.lost_with_a_rack(plan)),
        "fullest_segment": _hundredths(measures.fullest_segment(plan)),
        "runs": totals.runs,
    }
    figures |= {f"runs_{medium.value}": totals.runs_by_medium.get(medium.value, 0) for medium in Medium}
    figures |= {
        "transceivers": sum(fabric.modules for fabric in plan.fabrics),
        "placed_devices": sum(1 for device in plan.devices if device.is_placed),
        "switch_racks": len(plan.opened_racks),
        "blocking": len(blocking),
        "first_blocking": blocking[0] if blocking else "",
    }
    return figures


def _hundredths(percent: Noted) -> int:
    return round_half_up(100 * percent.value) if percent.value is not None else 0
