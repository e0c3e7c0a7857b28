"""Prices of crowded segments and short parts: the model by class with runs that may switch to other ways.

Every run takes the cheapest way of its pair, in the model's own variables, and what that takes of a
crowded resource counts there. A run may switch to a dearer way of the same pair, which is a column of
its own. Slots for the units of a class, ways to switch to and rows are added as they turn out to matter. The
duals of the resources' rows are the prices that make room: whatever they are, they give a valid bound
(``certify``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.optimize.certify import FORBIDDEN, MILLI
from planner.optimize.class_model import CENTS, ClassModel, build_class_model
from planner.optimize.fill.case_bounds import Region
from planner.optimize.fill.case_split import PricedRegion, Runs, by_rack
from planner.optimize.fill.device_limits import DeviceRows
from planner.optimize.fill.resources import TOO_MUCH, Limits, Resources, prices_of_duals
from planner.optimize.fill.switches import Switches, TolledPairs, read_pairs, toll_pairs
from planner.optimize.linear_model import FloatArray
from planner.optimize.options import SolveOptions
from planner.optimize.placement import deal_units
from planner.optimize.priced_units import PricedUnits, milli, unit_costs
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.uplink_ascent import mean_prices
from planner.optimize.ways import FabricInputs, Way

_ROUNDS = 24
"""Most rounds of adding rows and columns."""

_CELLS = 6
"""Slots, the cheapest, that a class is offered at first, and that a round adds at most."""

_LEAST_GAIN_MILLICENTS = 10 * MILLI
"""What a unit is cheaper by in a slot that is added."""

_DEAR = (10.0, 100.0, 1000.0)
"""Cost of a square millimeter too much while prices are looked for, in the models' money: the dearer, the
wilder are prices while rows and columns are few, and those beyond the last could not be stated."""

_LARGE = 14_000
"""Variables above which an interior-point method is taken: the simplex method was seen to take minutes."""

LAST_RUNG = len(_DEAR) - 1

_SOME = 1e-6
_SETTLED = 1e-5
"""Share of the cost that a round changes where no more rounds are needed."""


class CrowdedModel:
    """The model by class of a fabric whose resources are crowded, as far as it has been found out."""

    def __init__(
        self,
        inputs: FabricInputs,
        way: Way,
        resources: Resources,
        ends: tuple[IntArray, IntArray],
        crowded: IntArray,
    ) -> None:
        """Start from resources known to be exceeded.

        Parameters
        ----------
        inputs, way, resources
            The fabric, the media it is made of, and what ways take.
        ends
            Attachment of each lower unit of each class's first plane (G, N), and of each slot (S,).
        crowded
            Resources known to be exceeded without prices.
        """
        self._inputs = inputs
        self._way = way
        self._resources = resources
        self._pairs = read_pairs(way.prices, resources, ends)
        self._switches = Switches()
        self._crowded = crowded
        self._units = PricedUnits(way.problem)
        self._cells = np.zeros(way.problem.base_cents.shape, dtype=bool)
        self.first_rung = 0

    def watch(self, resources: IntArray) -> bool:
        """Keep these resources' limits as well; whether any is new."""
        before = len(self._crowded)
        self._crowded = np.union1d(self._crowded, resources)
        return len(self._crowded) > before

    def price_any_racks(self) -> tuple[IntArray, bool]:
        """Return prices of resources (E + P,) where racks open by halves, and whether limits are kept.

        What is exceeded is made dearer until nothing is, or nothing more can be asked for it.
        """
        while True:
            found = self.price(Region.whole(self._way.problem), self.first_rung)
            if found.is_kept or self.first_rung == LAST_RUNG:
                return found.prices, found.is_kept
            self.first_rung += 1

    def price(self, region: Region, rung: int) -> PricedRegion:
        """Return prices at which plans in a region leave room.

        ``rung`` says how dear what is exceeded is: up to ``LAST_RUNG``.
        """
        resources, problem = self._resources, self._way.problem
        found = PricedRegion(np.zeros(len(resources.left), dtype=np.int64), region, is_kept=False)
        self._cells |= self._cheap_cells(region)
        before = np.inf
        for _ in range(_ROUNDS):
            built = build_class_model(problem, (region.least, region.most), offered=self._cells)
            devices = DeviceRows(problem, built, region.limits)
            switched, limits = self._add_fill(built, _DEAR[rung])
            large = built.model.variable_count > _LARGE
            solution = built.model.solve_relaxation() if large else built.model.solve_by_simplex()
            if solution is None:
                break
            duals = solution.duals
            prices = prices_of_duals(resources, self._crowded, duals[limits.rows])
            runs = self._runs(built, switched, solution.values)
            is_new = self.watch(resources.exceeded(resources.used(runs.route, runs.kind, runs.count)))
            beyond = solution.values[np.concatenate([limits.beyond, devices.beyond])]
            found = PricedRegion(
                prices,
                region.priced(devices.prices_cents(duals)),
                is_kept=bool(beyond.max(initial=0) < _SOME),
                opening=solution.values[built.open],
                units=by_rack(problem, built.slot, solution.values[built.units]),
                runs=runs,
            )
            is_settled = abs(solution.objective - before) <= _SETTLED * abs(solution.objective)
            before = solution.objective
            is_offered = self._offer(prices, built, duals, devices.unit_duals(duals), region.most)
            if is_settled or not (is_offered or is_new):
                break
        return found

    def place(
        self, region: Region, offered: BoolArray, prices: IntArray, options: SolveOptions
    ) -> list[IntArray] | None:
        """Place whole units in a region; returns the slots of each plane, None: not found.

        ``offered`` says which slots each class is offered (G, S), at prices of resources (E + P,). Runs that
        switch may be halves: what they cost steers, and they are routed anew afterwards.
        """
        problem = self._way.problem
        self._switches.add(self._tolled(prices), self._pairs_in(offered))
        bounds = region.least, region.most
        built = build_class_model(problem, bounds, integer=True, offered=offered)
        DeviceRows(problem, built, region.limits)
        self._add_fill(built, TOO_MUCH)
        solution = built.model.solve(
            seed=options.seed,
            node_limit=options.node_limit,
            relative_gap=options.gap_permillion / 2e6,
            is_tight=True,
        )
        if solution is None:
            return None
        counts = built.counts(solution.values, problem.base_cents.shape)
        slots: dict[int, IntArray] = {}
        for group, members in enumerate(problem.classes):
            dealt = deal_units(problem, group, len(members), counts[group], options)
            if dealt is None:
                return None
            slots.update(zip(members, dealt, strict=True))
        return [slots[plane] for plane in range(len(slots))]

    def _cheap_cells(self, region: Region) -> BoolArray:
        """Return slots of racks that may open where units of each class find room at little cost (G, S)."""
        problem = self._way.problem
        if problem.rules:
            return problem.is_allowed
        self._units.open_racks(region.least, 1 - region.most)
        costs = unit_costs(problem, mean_prices(problem))
        placed = self._units.place(costs)
        if placed is None:
            return problem.is_allowed
        costs = costs + placed.slot_prices
        costs = np.where(region.most[problem.slot_rack] > 0, costs, FORBIDDEN)
        return np.asarray((placed.units > _SOME) | _least(costs, _CELLS))

    def _offer(
        self, prices: IntArray, built: ClassModel, duals: FloatArray, limited: FloatArray, most: IntArray
    ) -> bool:
        """Offer slots (G, S) and ways that are cheaper at a relaxation's prices than those it had.

        ``limited`` are duals of limits on devices, for a unit in each slot (S,). Whether there were any.
        """
        problem, tolled = self._way.problem, self._tolled(prices)
        tolled_cents = tolled.tolled_cents.reshape(problem.cents.shape)
        uplinks = milli(duals[built.uplink_rows]) if built.extra.size else np.zeros(problem.cents.shape[:2])
        costs = unit_costs(replace(problem, cents=tolled_cents), uplinks.astype(np.int64))
        earned = duals[built.class_rows][:, None] + duals[built.slot_rows] + limited
        gained = costs - milli(earned)
        is_new = ~self._cells & problem.is_allowed & (gained < -_LEAST_GAIN_MILLICENTS)
        is_new &= most[problem.slot_rack] > 0
        is_new &= _least(np.where(is_new, gained, FORBIDDEN), _CELLS)
        self._cells |= is_new
        return self._switches.add(tolled, self._pairs_in(self._cells)) or bool(is_new.any())

    def _tolled(self, prices: IntArray) -> TolledPairs:
        """Return the pairs' cheapest ways at prices of resources (E + P,)."""
        return toll_pairs(self._inputs, self._way, self._resources, self._pairs, self._switches, prices)

    def _pairs_in(self, cells: BoolArray) -> BoolArray:
        """Tell which pairs have their upper end in slots of a class (G, S)."""
        return np.broadcast_to(cells[:, None, :], self._way.problem.cents.shape).ravel()

    def _runs(self, built: ClassModel, switched: IntArray, values: FloatArray) -> Runs:
        """Return all runs: those by their pair's own way, and those that switch, which are not among them."""
        pairs, switches = self._pairs, self._switches
        units, extra = _flat(self._way.problem, built)
        own = np.flatnonzero(units >= 0)
        count = self._way.problem.pair_runs[0] * values[units[own]]
        if extra is not None:
            count = count + values[extra[own]]
        left = switches.pair
        return Runs(
            slot=np.concatenate([own, left, left]) % len(self._way.problem.slots),
            route=np.concatenate([pairs.route[own], switches.route, pairs.route[left]]),
            kind=np.concatenate([pairs.kind[own], switches.kind, pairs.kind[left]]),
            count=np.concatenate([count, values[switched], -values[switched]]),
        )

    def _add_fill(self, built: ClassModel, too_much: float) -> tuple[IntArray, Limits]:
        """Add switched runs, and rows for the crowded resources; returns both."""
        model, problem, pairs = built.model, self._way.problem, self._pairs
        switches, crowded = self._switches, self._crowded
        unit_of, extra_of = _flat(problem, built)
        most = np.where(unit_of[switches.pair] >= 0, np.inf, 0)
        switched = model.variables((len(switches.pair),), most, switches.cents / CENTS)
        limits = Limits(model, self._resources, crowded, too_much=too_much)
        fewest = problem.pair_runs[0]
        own = np.flatnonzero(unit_of >= 0)
        limits.take(unit_of[own], pairs.route[own], pairs.kind[own], fewest)
        if extra_of is not None:
            limits.take(extra_of[own], pairs.route[own], pairs.kind[own])
        limits.take(switched, switches.route, switches.kind)
        limits.take(switched, pairs.route[switches.pair], pairs.kind[switches.pair], -1)
        there = unit_of[switches.pair] >= 0
        left, row_of = np.unique(switches.pair[there], return_inverse=True)
        rows = model.rows((len(left),), -np.inf, 0)
        model.add(rows[row_of], switched[there], 1)
        model.add(rows, unit_of[left], -fewest)
        if extra_of is not None:
            model.add(rows, extra_of[left], -1)
        return switched, limits


def _flat(problem: PlacementProblem, built: ClassModel) -> tuple[IntArray, IntArray | None]:
    """Return the variables of units and of extra runs of each pair, flat; -1: the model has none.

    None for extra runs where there are none at all.
    """
    shape = problem.cents.shape
    at = np.full((shape[0], shape[2]), -1)
    at[built.group, built.slot] = np.arange(len(built.units))
    wide = np.broadcast_to(at[:, None, :], shape)
    units = np.where(wide >= 0, built.units[wide], -1).ravel()
    if not built.extra.size:
        return units, None
    lower = np.arange(shape[1])[None, :, None]
    return units, np.where(wide >= 0, built.extra[wide, lower], -1).ravel()


def _least(costs: IntArray, count: int) -> BoolArray:
    """Tell which slots are so many of each class's cheapest that are not forbidden (G, S)."""
    least = np.zeros(costs.shape, dtype=bool)
    order = np.argsort(costs, axis=1, kind="stable")[:, :count]
    np.put_along_axis(least, order, True, axis=1)
    return np.asarray(least & (costs < FORBIDDEN))
