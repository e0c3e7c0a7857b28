"""Solves problems in which every pair gets the same runs, by flows: placement, cases, bound.

Where racks cost nothing to open, one flow is the optimum and its prices prove it. Else each case has
some racks open and some closed; a free one is paid slot by slot, as if it were filled.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.certify import MILLI, Multipliers, certify
from planner.optimize.decide import Decision
from planner.optimize.even_flow import UnitFlow, place_units, slot_prices
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped

_SCALINGS = 6
"""Rounds of paying for each rack by the units it held in the round before."""

_CERTIFICATE_PRICES = 100_000
"""Most slot prices of all cases together: they are written into the plan."""


def decide_evenly(problem: PlacementProblem, options: SolveOptions) -> Decision | None:
    """Place the upper units of an even problem and bound it by cases; None where they find no room."""
    search = _Search(problem, budget=options.arc_limit)
    search.scale()
    search.improve()
    cases = _Cases(search, budget=options.arc_limit)
    cases.divide()
    if search.best_cents is None:
        return None
    placement = _placement(problem, search.best_open)
    if placement is None:
        return None
    return Decision(placement, *cases.certificate())


@dataclass(slots=True, eq=False)
class _Search:
    """Looks for the racks to open; the flow then says which slots."""

    problem: PlacementProblem
    budget: int
    best_cents: int | None = None
    best_open: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    known: set[bytes] = field(default_factory=set)

    def try_racks(self, is_open: IntArray) -> bool:
        """Place in these racks and those that stand anyway; whether that is the best so far."""
        problem = self.problem
        is_open = is_open | np.array(problem.is_fixed, dtype=np.int64)
        key = is_open.tobytes()
        if key in self.known or int(problem.capacity[is_open > 0].sum()) < problem.devices:
            return False
        self.known.add(key)
        self.budget -= int(is_open[problem.slot_rack].sum()) * len(problem.classes)
        found = place_units(problem, np.zeros(len(is_open), np.int64), 1 - is_open)
        if found.missing:
            return False
        cents = _cents(problem, found)
        if self.best_cents is not None and cents >= self.best_cents:
            return False
        self.best_cents = cents
        self.best_open = ((_held(problem, found) > 0) | np.array(problem.is_fixed)).astype(np.int64)
        return True

    def scale(self) -> None:
        """Try the racks of flows in which each unit pays its part of its rack as it was held before."""
        problem = self.problem
        opening = MILLI * problem.opening_cents
        prices = opening // np.maximum(1, problem.capacity)
        nothing = np.zeros_like(opening)
        for _ in range(_SCALINGS):
            found = place_units(problem, prices, nothing)
            self.budget -= problem.is_allowed.size
            held = _held(problem, found)
            self.try_racks((held > 0).astype(np.int64))
            prices = np.where(held > 0, opening // np.maximum(1, held), prices)
            if is_stopped():
                break

    def improve(self) -> None:
        """Close a rack, or open one instead of it, while that gains and the budget lasts."""
        while self.best_cents is not None and self._step():
            pass

    def _step(self) -> bool:
        problem = self.problem
        may_close = np.flatnonzero((self.best_open > 0) & (problem.opening_cents > 0))
        may_close = may_close[~np.array(problem.is_fixed)[may_close]]
        closed = np.flatnonzero(self.best_open == 0)
        for rack in may_close:
            if self._try(close=int(rack)):
                return True
        for rack in may_close:
            nearest = closed[np.argsort(np.abs(closed - rack), kind="stable")]
            if any(self._try(close=int(rack), open_=int(other)) for other in nearest):
                return True
        return any(self._try(open_=int(rack)) for rack in closed)

    def _try(self, close: int | None = None, open_: int | None = None) -> bool:
        if self.budget <= 0 or is_stopped():
            return False
        is_open = self.best_open.copy()
        if close is not None:
            is_open[close] = 0
        if open_ is not None:
            is_open[open_] = 1
        return self.try_racks(is_open)


@dataclass(slots=True, eq=False)
class _Case:
    """Racks open and closed, the prices that bound that, and the rack to divide by (-1: none)."""

    bound_cents: int
    is_open: IntArray
    is_closed: IntArray
    prices: IntArray
    branch: int


class _Cases:
    """Divides the choices of racks into cases, always the weakest, until it is as good as the plan."""

    def __init__(self, search: _Search, budget: int) -> None:
        self._search = search
        self._problem = search.problem
        self._budget = budget
        self._heap: list[tuple[int, int, _Case]] = []
        self._born = 0
        is_open = np.array(self._problem.is_fixed, dtype=np.int64)
        self._add(is_open, np.zeros_like(is_open))

    def divide(self) -> None:
        """Divide until nothing is gained or the budgets are spent."""
        problem = self._problem
        most = _CERTIFICATE_PRICES // len(problem.slots)
        while self._budget > 0 and len(self._heap) < most and not is_stopped():
            bound, _, case = self._heap[0]
            best = self._search.best_cents
            if case.branch < 0 or (best is not None and bound >= best):
                return
            heapq.heappop(self._heap)
            for mask in (case.is_open, case.is_closed):
                mask[case.branch] = 1
                self._add(case.is_open.copy(), case.is_closed.copy())
                mask[case.branch] = 0

    def certificate(self) -> tuple[tuple[BoundCase, ...], int]:
        """Return the cases, weakest first, and the bound they prove."""
        ordered = [case for _, _, case in sorted(self._heap, key=lambda entry: entry[:2])]
        names = self._problem.rack_names
        nothing = tuple(((),) for _ in self._problem.classes)
        return tuple(
            BoundCase(
                open_racks=tuple(name for name, mark in zip(names, case.is_open, strict=True) if mark),
                closed_racks=tuple(name for name, mark in zip(names, case.is_closed, strict=True) if mark),
                slot_prices_millicents=tuple(case.prices.tolist()),
                uplink_prices_millicents=nothing,
            )
            for case in ordered
        ), ordered[0].bound_cents

    def _add(self, is_open: IntArray, is_closed: IntArray) -> None:
        """Bound a case by its flow, and try the racks which that uses."""
        problem = self._problem
        self._budget -= problem.is_allowed.size
        pays = MILLI * problem.opening_cents // np.maximum(1, problem.capacity)
        pays = np.where(is_open > 0, 0, pays)
        found = place_units(problem, pays, is_closed)
        prices = slot_prices(problem, found, pays, is_closed)
        nothing = tuple(np.zeros((1, 0), dtype=np.int64) for _ in problem.classes)
        bound = certify(problem, Multipliers(prices, nothing), is_open, is_closed)
        held = _held(problem, found)
        if not found.missing:
            self._search.try_racks((held > 0).astype(np.int64))
        half = np.minimum(held, problem.capacity - held) * problem.opening_cents
        half = np.where(is_open > 0, 0, half)
        branch = int(np.argmax(half)) if half.max() > 0 and not found.missing else -1
        case = _Case(bound, is_open, is_closed, prices, branch)
        self._born += 1
        heapq.heappush(self._heap, (bound, self._born, case))


def _held(problem: PlacementProblem, found: UnitFlow) -> IntArray:
    """Return how many units each rack holds (Q,)."""
    return np.bincount(problem.slot_rack[found.used], minlength=len(problem.rack_names))


def _cents(problem: PlacementProblem, found: UnitFlow) -> int:
    """Return the objective."""
    used = found.used
    is_open = (_held(problem, found) > 0) | np.array(problem.is_fixed)
    runs = int(problem.base_cents[found.group_of_slot[used], used].sum())
    racks = int(problem.opening_cents[is_open].sum())
    return runs + racks + problem.devices * problem.device_cents + problem.constant_cents


def _placement(problem: PlacementProblem, is_open: IntArray) -> Placement | None:
    """Place in the racks, ties to the shorter length, and give each plane of a class its units."""
    nothing = np.zeros(len(is_open), np.int64)
    ways = [place_units(problem, nothing, 1 - is_open, by_length=by_length) for by_length in (True, False)]
    found = min(ways, key=lambda way: _cents(problem, way))
    slots: dict[int, IntArray] = {}
    for group, members in enumerate(problem.classes):
        units = np.flatnonzero(found.group_of_slot == group)
        slots.update(zip(members, units.reshape(len(members), problem.units_per_plane), strict=True))
    return price_placement(problem, tuple(slots[plane] for plane in range(len(slots))))
