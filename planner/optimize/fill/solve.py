"""Solves a fabric anew where its runs would exceed limits: overfill the pathway, or need too many parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model.fabric import TierFabric
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.fill.builder import BuiltPlan, PlanBuilder
from planner.optimize.fill.opening import open_builder
from planner.optimize.fill.rack_cases import RackCases, is_proved
from planner.optimize.fill.routing import Crowd
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import IntArray
from planner.optimize.solve_way import place_all_optics
from planner.optimize.stop import NEVER, heeding, is_stopped
from planner.optimize.ways import FabricInputs, Way, make_way

_NEARLY = 10
"""Where nothing fits, a plan may exceed limits by a tenth more than the least, if that is cheaper."""


def solve_tiers_within_limits(
    inputs: FabricInputs, before: FabricSolution, taken: Taken, options: SolveOptions
) -> FabricSolution:
    """Decide about a fabric whose cheapest plan may exceed limits, so that it does not.

    Resources (segments and limited parts) are priced until runs, at their prices, leave room; racks,
    slots, spread, routes and media are decided at these prices; what that proves, less what the
    resources have to sell, bounds every plan that fits. Then the runs are spread and made exactly
    within what is left of each resource.

    Parameters
    ----------
    inputs
        The fabric; where segments would be overfull, with a table of more routes than ``before`` was
        decided on.
    before
        The plan made without regard to limits: where it cannot be helped, its racks and slots stay, and
        where it keeps them, it is the plan.
    taken
        What other fabrics take.
    """
    builder = open_builder(inputs, before, taken, options)
    start = price_placement(builder.way.problem, slots_of(inputs.fabric, builder.way, before))
    if not builder.excess(before.runs, before.placed).any():
        rivals = {} if is_stopped() else _rivals(builder, builder.crowd(builder.no_prices))
        return with_rivals(builder, before, rivals)
    crowd = builder.crowd(builder.no_prices)
    plans = [builder.build(crowd, start)]
    cases = None
    # Of a plan that costs as much as the one without limits, these have no part in what gap is left.
    if not is_proved(plans[0], before.objective_cents):
        options.progress(f"{inputs.fabric.name}: pricing what is short")
        model = builder.crowded_model(start)
        cases = RackCases(builder, model, before.certificate) if model else None
    if cases and not is_stopped():
        options.progress(f"{inputs.fabric.name}: placing within limits")
        plans += cases.plans(plans[0])
    rivals = {} if is_stopped() else _rivals(builder, crowd)
    # A plan must not cost more than what it is compared with.
    made = [plan for plan in (*plans, *rivals.values()) if plan is not None]
    if not made and start is not None and is_stopped():
        with heeding(NEVER):  # whether the runs fit is to be known all the same
            made = list(filter(None, [builder.fitted(crowd, builder.write(start), start)]))
    if not made:
        return with_rivals(builder, before, rivals)
    best = best_of(made)
    solution = replace(
        before,
        placed=best.written.devices,
        runs=best.written.runs,
        objective_cents=best.written.cents,
        certificate=_certificate(best, before.certificate, cases),
    )
    return with_rivals(builder, solution, rivals)


def with_rivals(
    builder: PlanBuilder, solution: FabricSolution, rivals: Mapping[str, BuiltPlan | None]
) -> FabricSolution:
    """Return a solution compared with what the baselines cost within limits, and the least it orders."""
    baselines = Baselines(
        all_optics_cents=_cents(rivals.get("all optics")),
        first_fit_cents=_cents(rivals.get("first fit")),
        greedy_cents=_cents(rivals.get("greedy")),
    )
    return replace(solution, baselines=baselines, least_orders=builder.least_orders(solution))


def _certificate(best: BuiltPlan, before: Certificate, cases: RackCases | None) -> Certificate:
    """Return the certificate that proves most of a plan; ``before`` was made without prices.

    Prices speak of plans that keep limits, and say nothing about one that does not.
    """
    priced = cases.certificate() if cases and not best.excess else None
    return max([before, *([priced] if priced else [])], key=lambda each: each.bound_cents)


def best_of(plans: Sequence[BuiltPlan]) -> BuiltPlan:
    """Return the cheapest plan that fits; where none does, of those that exceed limits nearly the least."""
    least = min(plan.excess for plan in plans)
    near = [plan for plan in plans if plan.excess * _NEARLY <= least * (_NEARLY + 1)]
    return min(near, key=lambda plan: (plan.written.cents, plan.excess))


def slots_of(fabric: TierFabric, way: Way, solution: FabricSolution) -> tuple[IntArray, ...]:
    """Return the slots of each plane's upper units, ascending."""
    index = {(slot.rack, slot.u): at for at, slot in enumerate(way.problem.slots)}
    slots: list[list[int]] = [[] for _ in fabric.planes]
    for placed in solution.placed:
        for plane in placed.planes:
            if plane >= 0:
                slots[plane].append(index[placed.rack, placed.u])
    return tuple(np.array(sorted(each), dtype=np.int64) for each in slots)


def _rivals(builder: PlanBuilder, crowd: Crowd) -> dict[str, BuiltPlan | None]:
    """Place as the baselines do and make that within limits."""
    placed = rival_placements(builder.inputs, builder.way, builder.options)
    return {
        name: builder.fitted(
            replace(crowd, media=made.media), builder.write(placement, made), placement, must_fit=True
        )
        for name, (placement, made) in placed.items()
    }


def rival_placements(
    inputs: FabricInputs, way: Way, options: SolveOptions
) -> dict[str, tuple[Placement, Way]]:
    """Return what the baselines place, and by which way their runs are made; without those that find none."""
    by_hand = make_way(inputs, way.media, way.option, route_count=1)
    optics = make_way(inputs, way.optics, way.option) if way.optics else None
    placed = {
        "all optics": (place_all_optics(optics, options) if optics else None, optics),
        "first fit": (first_fit(by_hand.problem), by_hand),
        "greedy": (nearest_slot(way.problem), way),
    }
    return {
        name: (placement, made)
        for name, (placement, made) in placed.items()
        if placement is not None and made is not None
    }


def _cents(plan: BuiltPlan | None) -> int | None:
    """Return what a plan costs; None where it cannot be built."""
    return plan.written.cents if plan is not None and not plan.excess else None
