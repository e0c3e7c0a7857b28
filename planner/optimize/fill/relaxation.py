"""Prices of crowded segments and short parts: the model by class with runs that may switch to other ways.

Every run takes the cheapest way of its pair, in the model's own variables, and what that takes of a
crowded resource counts there. A run may switch to a dearer way of the same pair, which is a column of
its own; rows and columns are added as they turn out to matter. The duals of the resources' rows are
the prices that make room: whatever they are, they give a valid bound (``certify``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.optimize.class_model import CENTS, ClassModel, build_class_model
from planner.optimize.fill.resources import TOO_MUCH, Limits, Resources, prices_of_duals
from planner.optimize.linear_model import FloatArray
from planner.optimize.options import SolveOptions
from planner.optimize.placement import deal_units
from planner.optimize.pricing import (
    UNREACHABLE_CENTS,
    BoolArray,
    IntArray,
    PairPrices,
    price_pairs,
    toll_cents,
)
from planner.optimize.problem import PlacementProblem
from planner.optimize.ways import FabricInputs, Way

_ROUNDS = 16
"""Most rounds of adding rows and columns."""

_DEAR = (10.0, 100.0, 1000.0)
"""Cost of a square millimeter too much while prices are looked for, in the models' money: the dearer, the
wilder are prices while rows and columns are few, and those beyond the last could not be stated."""

_LARGE = 14_000
"""Variables above which an interior-point method is taken: the simplex method was seen to take minutes."""

LAST_RUNG = len(_DEAR) - 1

_SOME = 1e-6
_SETTLED = 1e-5
"""Share of the cost that a round changes where no more rounds are needed."""


@dataclass(slots=True, eq=False)
class _Switches:
    """Ways that runs may switch to: pair, numbers of route and kind, and what that costs more."""

    pair: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    route: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    kind: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    cents: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, pair: IntArray, route: IntArray, kind: IntArray, cents: IntArray) -> bool:
        """Add those that are not there yet; whether there were any."""
        known = set(zip(self.pair.tolist(), self.route.tolist(), self.kind.tolist(), strict=True))
        ways = zip(pair.tolist(), route.tolist(), kind.tolist(), strict=True)
        fresh = np.array([each not in known for each in ways], dtype=bool)
        self.pair = np.concatenate([self.pair, pair[fresh]])
        self.route = np.concatenate([self.route, route[fresh]])
        self.kind = np.concatenate([self.kind, kind[fresh]])
        self.cents = np.concatenate([self.cents, cents[fresh]])
        return bool(fresh.any())


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """The pair of a lower unit and a slot, flat over (G, N, S): ends, and the way it takes by itself."""

    lower: IntArray
    upper: IntArray
    cents: IntArray
    route: IntArray
    kind: IntArray


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
        self._pairs = _read_pairs(way.prices, resources, ends)
        self._switches = _Switches()
        self._crowded = crowded
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
        fixed = np.array(self._way.problem.is_fixed, dtype=np.int64)
        while True:
            prices, is_kept = self.price((fixed, np.ones_like(fixed)), self.first_rung)
            if is_kept or self.first_rung == LAST_RUNG:
                return prices, is_kept
            self.first_rung += 1

    def price(self, rack_bounds: tuple[IntArray, IntArray], rung: int) -> tuple[IntArray, bool]:
        """Return prices of resources (E + P,), and whether no limit is exceeded.

        Parameters
        ----------
        rack_bounds
            Least and most opening of each rack (Q,).
        rung
            How dear what is exceeded is: up to ``LAST_RUNG``.
        """
        resources, pairs, switches = self._resources, self._pairs, self._switches
        prices = np.zeros(len(resources.left), dtype=np.int64)
        before, is_kept = np.inf, False
        for _ in range(_ROUNDS):
            built, switch, limits = self._build(rack_bounds, _DEAR[rung])
            large = built.model.variable_count > _LARGE
            solution = built.model.solve_relaxation() if large else built.model.solve_by_simplex()
            if solution is None:
                break
            runs, switched = self._runs(built, solution.values), solution.values[switch]
            prices = prices_of_duals(resources, self._crowded, solution.duals[limits.rows])
            used = resources.used(pairs.route, pairs.kind, runs)
            used += resources.used(switches.route, switches.kind, switched)
            used -= resources.used(pairs.route[switches.pair], pairs.kind[switches.pair], switched)
            more = np.setdiff1d(resources.exceeded(used), self._crowded)
            self._crowded = np.union1d(self._crowded, more)
            is_kept = solution.values[limits.beyond].max(initial=0) < _SOME
            is_settled = abs(solution.objective - before) <= _SETTLED * abs(solution.objective)
            before = solution.objective
            if not self._offer_switches(prices) and (is_settled or not len(more)):
                break
        return prices, is_kept

    def place(
        self, rack_bounds: tuple[IntArray, IntArray], offered: BoolArray, options: SolveOptions
    ) -> list[IntArray] | None:
        """Place whole units between the given openings of racks (Q,); slots of each plane, None: not found.

        ``offered`` says which slots each class is offered (G, S). Runs that switch may be halves: what they
        cost steers, and they are routed anew afterwards.
        """
        problem = self._way.problem
        built = build_class_model(problem, rack_bounds, integer=True, offered=offered)
        self._add_fill(built, TOO_MUCH)
        solution = built.model.solve(
            seed=options.seed, node_limit=options.node_limit, relative_gap=options.gap_permillion / 2e6
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

    def _offer_switches(self, prices: IntArray) -> bool:
        """Offer each pair the way that is cheapest at the prices, where that is not its own."""
        pairs, resources = self._pairs, self._resources
        charges = resources.charges(prices)
        economics = self._inputs.layout.economics
        tolled = price_pairs(self._inputs.table, self._way.media, economics, charges=charges)
        lower, upper = pairs.lower, pairs.upper
        route = resources.route_number(lower, upper, tolled.route[lower, upper])
        kind = resources.kind_number(tolled.option[lower, upper], tolled.stock[lower, upper])
        paid = toll_cents(resources.section_of_kind[kind], charges.tolls.reshape(-1)[route])
        paid = paid + resources.piece_cents(prices)[kind]
        other = (pairs.cents < UNREACHABLE_CENTS) & ((route != pairs.route) | (kind != pairs.kind))
        chosen = np.flatnonzero(other)
        more = (tolled.cents[lower, upper] - paid - pairs.cents)[chosen]
        return self._switches.add(chosen, route[chosen], kind[chosen], more)

    def _runs(self, built: ClassModel, values: FloatArray) -> FloatArray:
        """Return the runs of each pair, those that switch among them."""
        units, extra = _flat(self._way.problem, built)
        runs = self._way.problem.pair_runs[0] * values[units]
        if extra is not None:
            runs = runs + values[extra]
        return np.where(units >= 0, runs, 0.0)

    def _build(
        self, rack_bounds: tuple[IntArray, IntArray], too_much: float
    ) -> tuple[ClassModel, IntArray, Limits]:
        """Return the relaxation, its switched runs, and the limits of the crowded resources."""
        built = build_class_model(self._way.problem, rack_bounds)
        return built, *self._add_fill(built, too_much)

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


def _read_pairs(prices: PairPrices, resources: Resources, ends: tuple[IntArray, IntArray]) -> _Pairs:
    lower, upper = np.broadcast_arrays(ends[0][:, :, None], ends[1][None, None, :])
    lower, upper = lower.ravel(), upper.ravel()
    return _Pairs(
        lower=lower,
        upper=upper,
        cents=prices.cents[lower, upper],
        route=resources.route_number(lower, upper, prices.route[lower, upper]),
        kind=resources.kind_number(prices.option[lower, upper], prices.stock[lower, upper]),
    )
