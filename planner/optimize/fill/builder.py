"""Prices resources for a fabric, and writes placements out within what is left of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import Certificate, ChosenRun, FabricSolution, PlacedDevice
from planner.model.supply import BomKey, spare_pieces
from planner.optimize.cages import WrittenRuns, choose_runs
from planner.optimize.fill.least import prove_least_orders
from planner.optimize.fill.parts import read_parts
from planner.optimize.fill.relaxation import CrowdedModel
from planner.optimize.fill.resources import (
    Resources,
    earned_cents,
    part_prices,
    read_resources,
    segment_prices,
)
from planner.optimize.fill.routing import Crowd, reroute, respread, with_choices
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import IntArray
from planner.optimize.problem import unit_attachments
from planner.optimize.sockets import shared_plugs, upper_cages
from planner.optimize.solve_way import decide_and_prove
from planner.optimize.stop import is_stopped
from planner.optimize.ways import FabricInputs, Way, find_ways, make_way

_FEW_PAIRS = 20_000
"""Pairs of lower units and slots up to which the racks to open are decided within limits once more."""

_ROUNDS = 4
"""Most rounds of placing within limits and watching what is exceeded still."""


@dataclass(frozen=True, slots=True, eq=False)
class BuiltPlan:
    """A placement written out, and what it takes too much of resources, as one number."""

    written: WrittenRuns
    excess: int


def open_builder(
    inputs: FabricInputs, before: FabricSolution, taken: Taken, options: SolveOptions
) -> PlanBuilder:
    """Read what is left of resources for a fabric whose runs are made as those of a known solution."""
    way = _way_of(inputs, before)
    layout = inputs.layout
    spares = layout.economics.spares_permille
    shared: Counter[str] = Counter()
    for _, option in way.media if way.option else ():
        for plug, count in shared_plugs(inputs.catalog, inputs.fabric, option):
            shared[plug.transceiver.id if plug.transceiver else ""] += count
    orders: Counter[BomKey] = taken.orders + Counter(
        {(part, None): count + spare_pieces(count, spares) for part, count in shared.items()}
    )
    parts = read_parts(way.media, layout.supply, orders, spares)
    resources = read_resources(inputs.table, way.media, taken.um2, parts)
    return PlanBuilder(inputs, way, resources, options, _unit_ends(inputs, way))


def _way_of(inputs: FabricInputs, before: FabricSolution) -> Way:
    """Return the way by which the runs were made."""
    used = {inputs.catalog.media[run.choice.option].id for run in before.runs}
    ways = find_ways(inputs)
    return next(way for way in ways if not way.option or way.option in used)


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
class PlanBuilder:
    """Prices resources, and writes placements out as runs that keep limits as well as they can."""

    inputs: FabricInputs
    way: Way
    resources: Resources
    options: SolveOptions
    unit_ends: tuple[IntArray, IntArray] | None

    @property
    def no_prices(self) -> IntArray:
        """Prices at which nothing is short."""
        return np.zeros(len(self.resources.left), dtype=np.int64)

    def least_orders(self, solution: FabricSolution) -> dict[BomKey, int]:
        """Return the pieces of limited parts that every plan orders; of shared parts nothing is known."""
        parts = self.resources.parts
        if self.way.option or not parts.limits:
            return {}
        is_short = self.excess(solution.runs, solution.placed)[len(self.resources.segments) :] > 0
        return prove_least_orders(self.inputs, parts, self.way.prices, is_short, self.options)

    def crowd(self, prices: IntArray) -> Crowd:
        """Return what runs choose from at these prices of resources (E + P,)."""
        return Crowd(
            table=self.inputs.table,
            media=self.way.media,
            economics=self.inputs.layout.economics,
            resources=self.resources,
            prices=prices,
        )

    def crowded_model(self, start: Placement | None) -> CrowdedModel | None:
        """Return the model that prices resources; None where the fabric's ends or media allow no prices."""
        ends = self.unit_ends
        written = self.write(start) if start is not None else None
        if ends is None or self.way.option or written is None:
            return None
        crowded = np.flatnonzero(self.excess(written.runs, written.devices))
        return CrowdedModel(self.inputs, self.way, self.resources, ends, crowded)

    def place_in_racks(self, model: CrowdedModel, near: Placement | None) -> Placement | None:
        """Place whole units within limits: in the racks of another placement, or, where few, in any."""
        problem = self.way.problem
        least = np.array(problem.is_fixed, dtype=np.int64)
        most = np.ones_like(least)
        if near is not None and problem.cents.size > _FEW_PAIRS:
            least = np.maximum(least, problem.held(near.slots) > 0)
            most = least
        slots = model.place((least, most), self.options)
        return None if slots is None else price_placement(problem, tuple(slots))

    def fill_in_turn(
        self, model: CrowdedModel, prices: IntArray, near: Placement | None
    ) -> Iterator[BuiltPlan]:
        """Place within limits, watch the resources that are exceeded still, price them too, and again."""
        for _ in range(_ROUNDS):
            plan = self.build(self.crowd(prices), self.place_in_racks(model, near))
            if plan is None:
                return
            yield plan
            if not model.watch(np.flatnonzero(self.excess(plan.written.runs, plan.written.devices))):
                return
            prices = model.price()

    def decide_at(self, prices: IntArray) -> tuple[Placement | None, Certificate | None]:
        """Decide at these prices of resources (E + P,): a placement, and the bound on plans that fit."""
        way = self.way
        tolled = make_way(self.inputs, way.media, way.option, charges=self.resources.charges(prices))
        decision = decide_and_prove(tolled, self.options)
        if decision is None:
            return None, None
        return decision.placement, Certificate(
            fabric=self.inputs.fabric.name,
            plane_classes=way.problem.classes,
            cases=decision.cases,
            bound_cents=decision.bound_cents - earned_cents(self.resources, prices),
            segment_prices=segment_prices(self.resources, prices),
            part_prices=part_prices(self.resources, prices),
        )

    def write(self, placement: Placement, way: Way | None = None) -> WrittenRuns | None:
        """Write a placement out without regard to limits."""
        one = self.inputs
        way = way or self.way
        return choose_runs(one.layout, one.catalog, one.fabric, one.table, way.prices, way.problem, placement)

    def excess(self, runs: Sequence[ChosenRun], devices: Sequence[PlacedDevice]) -> IntArray:
        """Return what runs take too much of each resource (E + P,)."""
        pairs = self.ends_of(runs, devices)
        option, stock, route = np.array(
            [(run.choice.option, run.choice.stock, run.choice.route) for run in runs], dtype=np.int64
        ).T
        routes = self.resources.route_number(pairs[:, 0], pairs[:, 1], route)
        return self.resources.excess(
            routes, self.resources.kind_number(option, stock), np.ones(len(runs), dtype=np.int64)
        )

    def ends_of(self, runs: Sequence[ChosenRun], devices: Sequence[PlacedDevice]) -> IntArray:
        """Return lower and upper attachment of each run (runs, 2)."""
        fabric, table = self.inputs.fabric, self.inputs.table

        def ends(run: ChosenRun) -> tuple[int, int]:
            unit, placed = fabric.lower_units[run.lower], devices[run.upper]
            return (
                table.lower_index[unit.rack, unit.u, run.lower_socket.cage],
                table.upper_index[placed.rack, placed.u, run.upper_socket.cage],
            )

        return np.array([ends(run) for run in runs], dtype=np.int64)

    def build(self, crowd: Crowd, placement: Placement | None) -> BuiltPlan | None:
        """Spread and make a placement's runs within limits, or stop; the spread of cages apart stays."""
        own = price_placement(self.way.problem, placement.slots) if placement and not is_stopped() else None
        if own is None:
            return None
        if self.unit_ends is not None:
            own = respread(self.way.problem, crowd, self.unit_ends, own, self.options)
        return self.fitted(crowd, self.write(own), own)

    def fitted(self, crowd: Crowd, written: WrittenRuns | None, placement: Placement) -> BuiltPlan | None:
        """Make runs whose cages are known within limits; those that share a cable stay as they are."""
        if written is None or self.way.problem.overdrawn(self.way.problem.held(placement.slots)):
            return None
        if any(option.runs_per_cable > 1 for _, option in crowd.media):
            return BuiltPlan(written, self.resources.size(self.excess(written.runs, written.devices)))
        routed = reroute(crowd, self.ends_of(written.runs, written.devices), self.options)
        if routed is None:
            return None
        others = placement.cents - placement.run_cents - self.way.problem.pinned_cents
        runs = with_choices(written.runs, routed.choices)
        return BuiltPlan(replace(written, runs=runs, cents=others + routed.cents), routed.excess)
