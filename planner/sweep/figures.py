"""What a sweep keeps of a plan: the figures that scenarios are compared by."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

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
        "lost_with_a_rack": _lost_with_a_rack(plan),
        "fullest_segment": _fullest_segment(plan),
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


def _lost_with_a_rack(plan: Plan) -> int:
    """Return the share of a fabric's bandwidth that ends in the rack of placed devices that takes most."""
    placed = {(device.rack, device.u) for device in plan.devices if device.is_placed}
    whole: Counter[str] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for run in plan.runs:
        whole[run.fabric] += run.rate_gbps
        for rack in sorted({end.rack for end in (run.a, run.b) if (end.rack, end.u) in placed}):
            lost[run.fabric, rack] += run.rate_gbps
    return max((_share(gbps, whole[fabric]) for (fabric, _), gbps in lost.items()), default=0)


def _fullest_segment(plan: Plan) -> int:
    fills = [_share(one.used_um2, one.segment.usable_um2) for one in plan.segments if one.segment.usable_um2]
    return max(fills, default=0)


def _share(part: int, whole: int) -> int:
    return round_half_up(Fraction(10_000 * part, whole))
