"""Solves a fabric anew where its runs would overfill the pathway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.fabric import TierFabric
from planner.model.solution import Baselines, Certificate, ChosenRun, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.cages import WrittenRuns, choose_runs
from planner.optimize.fill.relaxation import CrowdedModel
from planner.optimize.fill.routing import Crowd, chosen_section_um2, reroute, respread, with_choices
from planner.optimize.fill.segments import RouteSegments, earned_cents, read_segments, segment_prices
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import IntArray
from planner.optimize.problem import unit_attachments
from planner.optimize.sockets import upper_cages
from planner.optimize.solve_way import decide_and_prove, place_all_optics
from planner.optimize.stop import NEVER, heeding, is_stopped
from planner.optimize.ways import FabricInputs, Way, find_ways, make_way

_FEW_PAIRS = 20_000
"""Pairs of lower units and slots up to which the racks to open are decided within fill once more."""

_ROUNDS = 4
"""Most rounds of placing within fill and watching what is overfull still."""

_NEARLY = 10
"""Where nothing fits, a plan may be overfull by a tenth more than the least, if that is cheaper."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """A placement written out, and what it takes too much of segments."""

    written: WrittenRuns
    overfull_um2: int


def solve_tiers_within_fill(
    inputs: FabricInputs, before: FabricSolution, taken_um2: Mapping[str, int], options: SolveOptions
) -> FabricSolution:
    """Decide about a fabric whose cheapest plan overfills segments, so that it does not.

    Segments are priced until runs, at their prices, leave room; racks, slots, spread, routes and media
    are decided at these prices; what that proves, less what the segments have to sell, bounds every
    plan that fits. Then the runs are spread and routed exactly within what is left of each segment.

    Parameters
    ----------
    inputs
        The fabric, with a table of more routes than ``before`` was decided on.
    before
        The plan made without regard to fill: where it cannot be helped, its racks and slots stay.
    taken_um2
        By segment id, what earlier fabrics' runs take.
    """
    way = _way_of(inputs, before)
    segments = read_segments(inputs.table, taken_um2)
    builder = _Builder(inputs, way, segments, options, _unit_ends(inputs, way))
    start = price_placement(way.problem, _slots_of(inputs.fabric, way, before))
    options.progress(f"{inputs.fabric.name}: pricing crowded segments")
    model = builder.crowded_model(start)
    prices = model.price() if model else np.zeros(len(builder.segments.segments), dtype=np.int64)
    plans, priced = [builder.build(builder.crowd(prices), start)], None
    if model and prices.any() and not is_stopped():
        options.progress(f"{inputs.fabric.name}: placing at their prices")
        decision, priced = builder.decide_at(prices)
        plans.append(builder.build(builder.crowd(prices), decision))
        options.progress(f"{inputs.fabric.name}: placing within fill")
        plans += builder.fill_in_turn(model, prices, decision or start)
    rivals = {} if is_stopped() else _rivals(builder, builder.crowd(prices))
    # A plan must not cost more than what it is compared with.
    made = [plan for plan in (*plans, *rivals.values()) if plan is not None]
    if not made and start is not None and is_stopped():
        with heeding(NEVER):  # whether the runs fit is to be known all the same
            made = list(filter(None, [builder.fitted(builder.crowd(prices), builder.write(start), start)]))
    if not made:
        return before
    best = _best_of(made)
    return replace(
        before,
        placed=best.written.devices,
        runs=best.written.runs,
        objective_cents=best.written.cents,
        baselines=Baselines(
            all_optics_cents=_cents(rivals.get("all optics")),
            first_fit_cents=_cents(rivals.get("first fit")),
            greedy_cents=_cents(rivals.get("greedy")),
        ),
        certificate=_certificate(builder, model, best, [before.certificate, *([priced] if priced else [])]),
    )


def _certificate(
    builder: _Builder, model: CrowdedModel | None, best: _Plan, known: Sequence[Certificate]
) -> Certificate:
    """Return the certificate that proves most; the first of those known was made without prices.

    Prices speak of plans that fit, and say nothing about one that does not. Those that were found
    while racks could be opened by halves prove less than those of the racks that the plan opens.
    """
    if best.overfull_um2 or model is None:
        return known[0]
    opened = {placed.rack for placed in best.written.devices}
    names = builder.way.problem.rack_names
    is_open = np.array([name in opened for name in names], dtype=np.int64)
    is_open = np.maximum(is_open, builder.way.problem.is_fixed)
    proved = max(known, key=lambda each: each.bound_cents)
    if proved.bound_cents < best.written.cents and not is_stopped():
        prices = model.price((is_open, is_open))
        _, again = builder.decide_at(prices)
        proved = max([proved, *([again] if again else [])], key=lambda each: each.bound_cents)
    return proved


def _best_of(plans: Sequence[_Plan]) -> _Plan:
    """Return the cheapest plan that fits; where none does, of those that are nearly the least overfull."""
    least = min(plan.overfull_um2 for plan in plans)
    near = [plan for plan in plans if plan.overfull_um2 * _NEARLY <= least * (_NEARLY + 1)]
    return min(near, key=lambda plan: (plan.written.cents, plan.overfull_um2))


def _way_of(inputs: FabricInputs, before: FabricSolution) -> Way:
    """Return the way by which the runs were made."""
    used = {inputs.catalog.media[run.choice.option].id for run in before.runs}
    ways = find_ways(inputs)
    return next(way for way in ways if not way.option or way.option in used)


def _slots_of(fabric: TierFabric, way: Way, solution: FabricSolution) -> tuple[IntArray, ...]:
    """Return the slots of each plane's upper units, ascending."""
    index = {(slot.rack, slot.u): at for at, slot in enumerate(way.problem.slots)}
    slots: list[list[int]] = [[] for _ in fabric.planes]
    for placed in solution.placed:
        for plane in placed.planes:
            if plane >= 0:
                slots[plane].append(index[placed.rack, placed.u])
    return tuple(np.array(sorted(each), dtype=np.int64) for each in slots)


def _unit_ends(inputs: FabricInputs, way: Way) -> tuple[IntArray, IntArray] | None:
    """Return where the lower units of each class (G, N) and each slot (S,) attach; None: not at one place."""
    fabric, table = inputs.fabric, inputs.table
    attachments = unit_attachments(fabric, table)
    cages = upper_cages(inputs.layout, inputs.catalog, fabric, 0)
    columns = [{table.upper_index[slot.rack, slot.u, cage] for cage in cages} for slot in way.problem.slots]
    rows = [[set(attachments[unit]) for unit in fabric.planes[members[0]]] for members in way.problem.classes]
    if any(len(each) > 1 for each in columns) or any(len(each) > 1 for row in rows for each in row):
        return None
    return (
        np.array([[min(each) for each in row] for row in rows], dtype=np.int64),
        np.array([min(each) for each in columns], dtype=np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Builder:
    """Prices segments, and writes placements out as runs that fit the pathway as well as they can."""

    inputs: FabricInputs
    way: Way
    segments: RouteSegments
    options: SolveOptions
    unit_ends: tuple[IntArray, IntArray] | None

    def crowd(self, prices: IntArray) -> Crowd:
        """Return what runs choose from at these prices of segments (E,)."""
        return Crowd(
            table=self.inputs.table,
            media=self.way.media,
            economics=self.inputs.layout.economics,
            segments=self.segments,
            prices=prices,
        )

    def crowded_model(self, start: Placement | None) -> CrowdedModel | None:
        """Return the model that prices segments; None where the fabric's ends or media allow no prices."""
        ends = self.unit_ends
        written = self.write(start) if start is not None else None
        if ends is None or self.way.option or written is None:
            return None
        crowded = np.flatnonzero(self.used_um2(written) > self.segments.left_um2)
        return CrowdedModel(self.inputs, self.way, self.segments, ends, crowded)

    def place_in_racks(self, model: CrowdedModel, near: Placement | None) -> Placement | None:
        """Place whole units within fill: in the racks of another placement, or, where few, in any."""
        problem = self.way.problem
        least = np.array(problem.is_fixed, dtype=np.int64)
        most = np.ones_like(least)
        if near is not None and problem.cents.size > _FEW_PAIRS:
            least = np.maximum(least, problem.held(near.slots) > 0)
            most = least
        slots = model.place((least, most), self.options)
        return None if slots is None else price_placement(problem, tuple(slots))

    def fill_in_turn(self, model: CrowdedModel, prices: IntArray, near: Placement | None) -> Iterator[_Plan]:
        """Place within fill, watch the segments that are overfull still, price them too, and again."""
        for _ in range(_ROUNDS):
            plan = self.build(self.crowd(prices), self.place_in_racks(model, near))
            if plan is None:
                return
            yield plan
            excess = np.flatnonzero(self.used_um2(plan.written) > self.segments.left_um2)
            if not model.watch(excess):
                return
            prices = model.price()

    def decide_at(self, prices: IntArray) -> tuple[Placement | None, Certificate | None]:
        """Decide at these prices of segments (E,): a placement, and what that proves of plans that fit."""
        way = self.way
        tolled = make_way(self.inputs, way.media, way.option, tolls=self.segments.tolls(prices))
        decision = decide_and_prove(tolled, self.options)
        if decision is None:
            return None, None
        return decision.placement, Certificate(
            fabric=self.inputs.fabric.name,
            plane_classes=way.problem.classes,
            cases=decision.cases,
            bound_cents=decision.bound_cents - earned_cents(self.segments, prices),
            segment_prices=segment_prices(self.segments, prices),
        )

    def write(self, placement: Placement, way: Way | None = None) -> WrittenRuns | None:
        """Write a placement out without regard to fill."""
        one = self.inputs
        way = way or self.way
        return choose_runs(one.layout, one.catalog, one.fabric, one.table, way.prices, way.problem, placement)

    def used_um2(self, written: WrittenRuns) -> IntArray:
        """Return what runs take of each segment (E,)."""
        pairs = self.ends_of(written)
        route = np.array([run.choice.route for run in written.runs], dtype=np.int64)
        routes = self.segments.route_number(pairs[:, 0], pairs[:, 1], route)
        return self.segments.used(routes, chosen_section_um2(self.way.media, written.runs))

    def ends_of(self, written: WrittenRuns) -> IntArray:
        """Return lower and upper attachment of each run (runs, 2)."""
        fabric, table = self.inputs.fabric, self.inputs.table

        def ends(run: ChosenRun) -> tuple[int, int]:
            unit, placed = fabric.lower_units[run.lower], written.devices[run.upper]
            return (
                table.lower_index[unit.rack, unit.u, run.lower_socket.cage],
                table.upper_index[placed.rack, placed.u, run.upper_socket.cage],
            )

        return np.array([ends(run) for run in written.runs], dtype=np.int64)

    def build(self, crowd: Crowd, placement: Placement | None) -> _Plan | None:
        """Spread and route a placement's runs within fill, or stop; the spread of cages apart stays."""
        own = price_placement(self.way.problem, placement.slots) if placement and not is_stopped() else None
        if own is None:
            return None
        if self.unit_ends is not None:
            own = respread(self.way.problem, crowd, self.unit_ends, own, self.options)
        return self.fitted(crowd, self.write(own), own)

    def fitted(self, crowd: Crowd, written: WrittenRuns | None, placement: Placement) -> _Plan | None:
        """Route runs whose cages are known within fill; those that share a cable stay as they are."""
        if written is None or self.way.problem.overdrawn(self.way.problem.held(placement.slots)):
            return None
        if any(option.runs_per_cable > 1 for _, option in crowd.media):
            excess = np.maximum(0, self.used_um2(written) - self.segments.left_um2)
            return _Plan(written, int(excess.sum()))
        routed = reroute(crowd, self.ends_of(written), self.options)
        if routed is None:
            return None
        others = placement.cents - placement.run_cents - self.way.problem.pinned_cents
        runs = with_choices(written.runs, routed.choices)
        return _Plan(replace(written, runs=runs, cents=others + routed.cents), routed.overfull_um2)


def _rivals(builder: _Builder, crowd: Crowd) -> dict[str, _Plan | None]:
    """Place as the baselines do and route that within fill."""
    inputs, way = builder.inputs, builder.way
    by_hand = make_way(inputs, way.media, way.option, route_count=1)
    optics = make_way(inputs, way.optics, way.option) if way.optics else None
    placed = {
        "all optics": (place_all_optics(optics, builder.options) if optics else None, optics),
        "first fit": (first_fit(by_hand.problem), by_hand),
        "greedy": (nearest_slot(way.problem), way),
    }
    return {
        name: builder.fitted(replace(crowd, media=made.media), builder.write(placement, made), placement)
        if placement is not None and made is not None
        else None
        for name, (placement, made) in placed.items()
    }


def _cents(plan: _Plan | None) -> int | None:
    """Return what a plan costs; None where it cannot be built."""
    return plan.written.cents if plan is not None and not plan.overfull_um2 else None
