"""Solves a fabric anew where its runs would exceed limits: overfill the pathway, or need too many parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model.fabric import TierFabric
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.fill.builder import BuiltPlan, PlanBuilder
from planner.optimize.fill.opening import LimitedFabric, open_fabric
from planner.optimize.fill.rack_cases import RackCases, is_proved
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
    inputs: FabricInputs, table: RouteTable, before: FabricSolution, taken: Taken, options: SolveOptions
) -> FabricSolution:
    """Decide about a fabric whose cheapest plan may exceed limits, so that it does not.

    Its runs may fit by other ways from where they are, at hardly any cost. Else resources (segments and
    limited parts) are priced until runs, at their prices, leave room; racks, slots, spread, routes and media
    are decided at these prices; what that proves, less what the resources have to sell, bounds every plan
    that fits. Then the runs are spread and made exactly within what is left of each resource.

    Parameters
    ----------
    inputs
        The fabric, with as many routes of each pair as can be written out for all pairs.
    table
        More routes of the same pairs: for those between ends that a placement uses.
    before
        The plan made without regard to limits: where it cannot be helped, its racks and slots stay, and
        where it keeps them, it is the plan.
    taken
        What other fabrics take.
    """
    fabric = open_fabric(inputs, before, taken, options)
    in_place = fabric.builder_between(table, {(one.rack, one.u) for one in before.placed})
    if not in_place.excess(before.runs, before.placed).any():
        return _compared(fabric, before, {} if is_stopped() else _rivals(fabric, table))
    start = price_placement(fabric.way.problem, slots_of(inputs.fabric, fabric.way, before))
    enough_cents = _at_no_cost_cents(before, options)
    plans = [_kept_in_place(in_place, start, enough_cents)]
    cases = None
    if not is_proved(plans[0], enough_cents) and not is_stopped():
        options.progress(f"{inputs.fabric.name}: pricing what is short")
        builder = fabric.builder(inputs.table)
        model = builder.crowded_model(start)
        cases = RackCases(builder, model, before.certificate) if model else None
    if cases and not is_stopped():
        options.progress(f"{inputs.fabric.name}: placing within limits")
        plans += cases.plans(plans[0])
    rivals = {} if is_stopped() else _rivals(fabric, table)
    # A plan must not cost more than what it is compared with.
    made = [plan for plan in (*plans, *rivals.values()) if plan is not None]
    if not made and start is not None and is_stopped():
        with heeding(NEVER):  # whether the runs fit is to be known all the same
            crowd = in_place.crowd(in_place.no_prices)
            made = list(filter(None, [in_place.fitted(crowd, in_place.write(start), start)]))
    if not made:
        return _compared(fabric, before, rivals)
    best = best_of(made)
    solution = replace(
        before,
        placed=best.written.devices,
        runs=best.written.runs,
        objective_cents=best.written.cents,
        certificate=_certificate(best, before.certificate, cases),
    )
    return _compared(fabric, solution, rivals)


def _at_no_cost_cents(before: FabricSolution, options: SolveOptions) -> int:
    """Return what a plan within limits may cost so that these have little part in what gap is left.

    That is what the plan without them costs, and as much again as is not proved of it, within bounds.
    """
    cents = before.objective_cents
    return cents + min(cents - before.certificate.bound_cents, cents * options.gap_permillion // 10**6)


def _kept_in_place(builder: PlanBuilder, start: Placement | None, enough_cents: int) -> BuiltPlan | None:
    """Make the runs of a placement within limits where they are; if that is too dear, spread them anew."""
    if start is None or is_stopped():
        return None
    crowd = builder.crowd(builder.no_prices)
    plan = builder.fitted(crowd, builder.write(start), start, must_fit=True)
    return plan if is_proved(plan, enough_cents) else builder.build(crowd, start)


def _compared(
    fabric: LimitedFabric, solution: FabricSolution, rivals: Mapping[str, BuiltPlan | None]
) -> FabricSolution:
    """Return a solution compared with what the baselines cost within limits, and the least it orders."""
    baselines = Baselines(
        all_optics_cents=_cents(rivals.get("all optics")),
        first_fit_cents=_cents(rivals.get("first fit")),
        greedy_cents=_cents(rivals.get("greedy")),
    )
    return replace(solution, baselines=baselines, least_orders=fabric.least_orders(solution))


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


def _rivals(fabric: LimitedFabric, table: RouteTable) -> dict[str, BuiltPlan | None]:
    """Place as the baselines do and make that within limits."""
    rivals = {}
    for name, placement, way in _rival_placements(fabric):
        slots = [way.problem.slots[slot] for slot in np.unique(np.concatenate(placement.slots)).tolist()]
        builder = fabric.builder_between(table, {(slot.rack, slot.u) for slot in slots})
        crowd = replace(builder.crowd(builder.no_prices), media=way.media)
        rivals[name] = builder.fitted(crowd, builder.write(placement, way), placement, must_fit=True)
    return rivals


def _rival_placements(fabric: LimitedFabric) -> Iterator[tuple[str, Placement, Way]]:
    """Yield what the baselines place, and by which way their runs are made; without those that find none."""
    inputs, way = fabric.inputs, fabric.way
    optics = make_way(inputs, way.optics, way.option) if way.optics else None
    all_optics = place_all_optics(optics, fabric.options) if optics else None
    if optics and all_optics:
        yield "all optics", all_optics, optics
    by_hand = make_way(inputs, way.media, way.option, route_count=1)
    for name, placement, made in (
        ("first fit", first_fit(by_hand.problem), by_hand),
        ("greedy", nearest_slot(way.problem), way),
    ):
        if placement is not None:
            yield name, placement, made


def _cents(plan: BuiltPlan | None) -> int | None:
    """Return what a plan costs; None where it cannot be built."""
    return plan.written.cents if plan is not None and not plan.excess else None
