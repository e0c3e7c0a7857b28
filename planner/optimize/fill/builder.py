"""Prices resources for a fabric, and writes placements out within what is left of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import BoundCase, Certificate, ChosenRun, PlacedDevice
from planner.optimize.bound import read_multipliers
from planner.optimize.cages import WrittenRuns, choose_runs
from planner.optimize.certify import unit_cost
from planner.optimize.fill.case_bounds import (
    PricedCase,
    Region,
    bound_enough,
    bound_of,
    price_cases,
    rack_names,
)
from planner.optimize.fill.relaxation import CrowdedModel
from planner.optimize.fill.resources import (
    Resources,
    earned_cents,
    part_prices,
    resource_prices,
    segment_prices,
)
from planner.optimize.fill.routing import Crowd, Routed, deal_ways, reroute, respread, with_choices
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.solve_way import decide_and_prove
from planner.optimize.stop import is_stopped
from planner.optimize.ways import FabricInputs, Way, make_way
from planner.units import ceil_div


@dataclass(frozen=True, slots=True, eq=False)
class BuiltPlan:
    """A placement written out, and what it takes too much of resources, as one number."""

    written: WrittenRuns
    excess: int

    @property
    def rank(self) -> tuple[int, int]:
        """What plans are compared by: what exceeds limits, then money."""
        return self.excess, self.written.cents


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

    def place_within(
        self, model: CrowdedModel, case: PricedCase, region: Region, more_slots: int
    ) -> Placement | None:
        """Place whole units within limits in the region of a case, in slots that are cheap at its prices.

        A class is offered ``more_slots`` than one of its planes needs.
        """
        problem = region.within(self._tolled(case.prices).problem)
        offered = _cheap_cells(problem, case.case, more_slots)
        slots = model.place(region, offered, case.prices, self.options)
        return None if slots is None else price_placement(self.way.problem, tuple(slots))

    def bound_at(
        self, prices: IntArray, region: Region, wanted_cents: int | None = None
    ) -> tuple[PricedCase, ...]:
        """Return cases that bound plans that fit, with their bounds; none where nothing can be placed.

        Parameters
        ----------
        prices
            Prices of resources (E + P,).
        region
            What plans are bounded, with prices of its limits.
        wanted_cents
            A bound that is wanted, if it comes at once; one that is nearly so high is enough.
        """
        way = self._tolled(prices)
        earned = earned_cents(self.resources, prices) + region.earned_cents(way.problem)
        within, is_one = region.within(way.problem), way.bound_problem is way.problem
        proof = within if is_one else region.within(way.bound_problem)
        way = replace(way, problem=within, bound_problem=proof)
        cases = None
        if wanted_cents is not None:
            wanted = wanted_cents + earned
            enough = wanted - self.options.gap_permillion * wanted_cents // 10**6
            cases = bound_enough(way.bound_problem, wanted, enough, self.options.relaxation_limit)
        if cases is None:
            decision = decide_and_prove(way, self.options)
            cases = decision.cases if decision else ()
        closed = rack_names(way.problem, region.most == 0)
        named = [
            replace(
                case,
                closed_racks=tuple(dict.fromkeys((*closed, *case.closed_racks))),
                device_limits=region.limits,
            )
            for case in cases
        ]
        return price_cases(way.bound_problem, named, prices, earned)

    def free_cases(self, cases: Sequence[BoundCase]) -> tuple[PricedCase, ...]:
        """Return cases that were bounded without prices."""
        return price_cases(self.way.bound_problem, cases, self.no_prices, 0)

    def certificate(self, prices: IntArray, cases: Sequence[PricedCase]) -> Certificate:
        """Return the certificate of cases, most of which share these prices (E + P,)."""
        return Certificate(
            fabric=self.inputs.fabric.name,
            plane_classes=self.way.problem.classes,
            cases=tuple(
                one.case
                if np.array_equal(one.prices, prices)
                else replace(one.case, prices=resource_prices(self.resources, one.prices))
                for one in cases
            ),
            bound_cents=min(one.bound_cents for one in cases),
            segment_prices=segment_prices(self.resources, prices),
            part_prices=part_prices(self.resources, prices),
        )

    def _tolled(self, prices: IntArray) -> Way:
        """Return the way by which runs are made, with what runs pay at these prices in their cost."""
        charges = self.resources.charges(prices)
        return make_way(self.inputs, self.way.media, self.way.option, charges=charges)

    def write(self, placement: Placement, way: Way | None = None) -> WrittenRuns | None:
        """Write a placement out without regard to limits."""
        one = self.inputs
        way = way or self.way
        return choose_runs(one.layout, one.catalog, one.fabric, one.table, way.prices, way.problem, placement)

    def decide_at(self, prices: IntArray) -> tuple[int, tuple[BoundCase, ...], WrittenRuns] | None:
        """Decide at prices of resources (E + P,), without regard to limits.

        Returns what every plan costs at least, charges included, the cases that prove it, and a plan.
        """
        way = self._tolled(prices)
        decision = decide_and_prove(way, self.options)
        written = self.write(decision.placement, way) if decision else None
        if decision is None or written is None:
            return None
        bounds = [bound_of(way.bound_problem, case) for case in decision.cases]
        return min(bounds), decision.cases, written

    def excess(self, runs: Sequence[ChosenRun], devices: Sequence[PlacedDevice]) -> IntArray:
        """Return what runs take too much of each resource (E + P,)."""
        return self.resources.excess(*self.ways_of(runs, devices), np.ones(len(runs), dtype=np.int64))

    def ways_of(
        self, runs: Sequence[ChosenRun], devices: Sequence[PlacedDevice]
    ) -> tuple[IntArray, IntArray]:
        """Return the numbers of runs' routes and kinds."""
        pairs = self.ends_of(runs, devices)
        option, stock, route = np.array(
            [(run.choice.option, run.choice.stock, run.choice.route) for run in runs], dtype=np.int64
        ).T
        routes = self.resources.route_number(pairs[:, 0], pairs[:, 1], route)
        return routes, self.resources.kind_number(option, stock)

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

    def build(self, crowd: Crowd, placement: Placement | None, *, must_fit: bool = False) -> BuiltPlan | None:
        """Spread and make a placement's runs within limits, or stop; the spread of cages apart stays.

        None also where they ``must_fit`` and do not.
        """
        own = price_placement(self.way.problem, placement.slots) if placement and not is_stopped() else None
        if own is None:
            return None
        if self.unit_ends is None or self._are_cables_shared:
            return self.fitted(crowd, self.write(own), own, must_fit=must_fit)
        spread = respread(self.way.problem, crowd, self.unit_ends, own, self.options, must_fit=must_fit)
        if spread is None:
            return None
        own = spread.placement
        written = self.write(own)
        if written is None or self._is_overdrawn(own):
            return None
        ends = self.ends_of(written.runs, written.devices)
        return self._routed(written, own, deal_ways(crowd, spread.pairs, spread.fitted, ends))

    def fitted(
        self, crowd: Crowd, written: WrittenRuns | None, placement: Placement, *, must_fit: bool = False
    ) -> BuiltPlan | None:
        """Make runs whose cages are known within limits; those that share a cable stay as they are.

        None also where they ``must_fit`` and do not.
        """
        if written is None or self._is_overdrawn(placement):
            return None
        if self._are_cables_shared:
            return BuiltPlan(written, self.resources.size(self.excess(written.runs, written.devices)))
        ends = self.ends_of(written.runs, written.devices)
        routed = reroute(crowd, ends, self.options, must_fit=must_fit)
        return None if routed is None else self._routed(written, placement, routed)

    @property
    def _are_cables_shared(self) -> bool:
        return any(option.runs_per_cable > 1 for _, option in self.way.media)

    def _is_overdrawn(self, placement: Placement) -> bool:
        return bool(self.way.problem.overdrawn(self.way.problem.held(placement.slots)))

    def _routed(self, written: WrittenRuns, placement: Placement, routed: Routed) -> BuiltPlan:
        """Return a placement's plan, its runs made of what was chosen."""
        others = placement.cents - placement.run_cents - self.way.problem.pinned_cents
        runs = with_choices(written.runs, routed.choices)
        return BuiltPlan(replace(written, runs=runs, cents=others + routed.cents), routed.excess)


def _cheap_cells(problem: PlacementProblem, case: BoundCase, more_slots: int) -> BoolArray:
    """Tell which slots are cheap for each class at a case's prices (G, S)."""
    known = read_multipliers(case)
    needed = ceil_div(problem.units_per_plane, problem.units_per_device) + more_slots
    cheap = np.zeros(problem.base_cents.shape, dtype=bool)
    for group, sets in enumerate(known.uplinks):
        for uplink_prices in sets:
            costs = unit_cost(problem, group, uplink_prices) + known.slots
            cheap[group] |= costs <= np.sort(costs)[min(needed, len(costs)) - 1]
    return cheap
