"""A certified lower bound: cases over the racks to open, each with integer multipliers.

The bound relaxes two rules: that each lower unit has its number of extra runs (price u), and that
each class has its number of upper units (price alpha). What is left falls apart into slots: a slot
takes, for each of its units, the class that pays most above its runs; a rack opens if its slots pay
for it. ``certify`` evaluates that in integers for any multipliers, so a solver may supply them
without being trusted. Multipliers are thousandths of a cent: rounding them must not cost the cent
that separates "proved" from "nearly".
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

MILLI = 1000
IMPOSSIBLE_CENTS = 2**60
"""Bound of a case whose racks cannot hold the devices."""
_FORBIDDEN = 2**55
_WANT_MILLICENTS = 10**13  # a hundred million of the currency for one unit
_INTEGRAL = 1e-6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BoundedCase:
    """A case with its bound, and how far the relaxation opens each rack (Q,).

    ``is_solved`` tells whether that is the case's own relaxation or only its parent's prices; then
    ``opening`` says nothing yet.
    """

    bound_cents: int
    case: BoundCase
    opening: tuple[float, ...]
    is_solved: bool

    @property
    def is_decided(self) -> bool:
        """Whether the relaxation opens each rack wholly or not at all."""
        return all(min(share, 1 - share) < _INTEGRAL for share in self.opening)

    @property
    def is_impossible(self) -> bool:
        """Whether no plan exists in the case's racks."""
        return self.bound_cents >= UNREACHABLE_CENTS

    def rack_bounds(self, problem: PlacementProblem) -> tuple[IntArray, IntArray]:
        """Return least and most opening of each rack (Q,): as relaxed where decided, else the case's."""
        if self.is_solved and self.is_decided:
            opened = np.rint(np.array(self.opening)).astype(np.int64)
            return opened, opened
        is_open, is_closed = _masks(problem, self.case)
        return is_open, 1 - is_closed


def certify(
    problem: PlacementProblem,
    uplink_prices: IntArray,
    unit_prices: IntArray,
    is_open: IntArray,
    is_closed: IntArray,
) -> int:
    """Return the lower bound in cents that these multipliers prove for one case.

    Parameters
    ----------
    problem
        The placement problem.
    uplink_prices, unit_prices
        Multipliers in thousandths of a cent, (G, N) and (G,).
    is_open, is_closed
        0 or 1 for each candidate rack (Q,).
    """
    per_class = problem.planes_per_class
    surplus = _slot_cost(problem, uplink_prices) - unit_prices[:, None]
    slot_value = np.minimum(0, surplus.min(axis=0)) * problem.units_per_device
    total = MILLI * problem.devices * problem.device_cents
    total += int((per_class * problem.extra_per_lower * uplink_prices.sum(axis=1)).sum())
    total += int((per_class * problem.units_per_plane * unit_prices).sum())
    for rack in range(len(problem.rack_names)):
        best = np.sort(slot_value[problem.slot_rack == rack])[: problem.capacity[rack]]
        value = MILLI * int(problem.opening_cents[rack]) + int(best.sum())
        if is_open[rack]:
            total += value
        elif not is_closed[rack]:
            total += min(0, value)
    return ceil_div(total, MILLI)


def _slot_cost(problem: PlacementProblem, uplink_prices: IntArray) -> IntArray:
    """Least reduced cost of one upper unit of each class in each slot, in thousandths of a cent."""
    cost = MILLI * problem.base_cents
    if problem.extra_per_lower:
        reduced = np.sort(MILLI * problem.cents - uplink_prices[:, :, None], axis=1)
        reduced = np.repeat(reduced, problem.extra_per_pair, axis=1)
        fewest, most = problem.extra_per_upper
        sums = np.concatenate([np.zeros_like(reduced[:, :1]), np.cumsum(reduced, axis=1)], axis=1)
        cost = cost + sums[:, fewest : most + 1].min(axis=1)
    return np.where(problem.is_allowed, cost, _FORBIDDEN)


class CaseTree:
    """Cases that cover every choice of racks to open; the weakest one can be worked on.

    The least bound of the cases is the bound on the problem. A new case is bounded cheaply, with its
    parent's prices of extra runs; only where it turns out the weakest is its own relaxation solved.
    """

    def __init__(self, problem: PlacementProblem) -> None:
        self._problem = problem
        self._model = build_class_model(problem)
        self._relaxation = self._model.model.relaxation(self._model.open)
        self._born = 0
        self._heap: list[tuple[int, int, BoundedCase]] = []
        self.variables_solved = 0
        groups = len(problem.classes)
        nothing = np.zeros(self._model.uplink_rows.shape, np.int64), np.zeros(groups, np.int64)
        racks = len(problem.rack_names)
        is_open = np.array(problem.is_fixed, dtype=np.int64)
        self._push(is_open, np.zeros(racks, np.int64), [nothing], np.full(racks, 0.5), is_solved=False)

    @property
    def weakest(self) -> BoundedCase:
        """The case with the least bound."""
        return self._heap[0][2]

    @property
    def bound_cents(self) -> int:
        """The bound on the problem."""
        return self.weakest.bound_cents

    @property
    def is_finished(self) -> bool:
        """Whether working on the weakest case would not raise the bound any more."""
        weakest = self.weakest
        return weakest.is_impossible or (weakest.is_solved and weakest.is_decided)

    def cases(self) -> tuple[BoundedCase, ...]:
        """Return all cases, weakest first."""
        return tuple(case for _, _, case in sorted(self._heap, key=lambda entry: entry[:2]))

    def work(self) -> None:
        """Solve the weakest case's relaxation, or divide it where that has been done."""
        _, _, weakest = heapq.heappop(self._heap)
        is_open, is_closed = _masks(self._problem, weakest.case)
        if not weakest.is_solved:
            self._solve(is_open, is_closed, weakest)
            return
        branch = int(np.argmin(np.abs(np.array(weakest.opening) - 0.5)))
        for mask in (is_closed, is_open):
            mask[branch] = 1
            self._estimate(is_open, is_closed, weakest)
            mask[branch] = 0

    def _solve(self, is_open: IntArray, is_closed: IntArray, case: BoundedCase) -> None:
        """Bound a case by its own relaxation, or, where that has no solution, prove that if possible."""
        self.variables_solved += self._model.model.variable_count
        solution = self._relaxation.solve(is_open, 1 - is_closed)
        prices = [_prices(case.case)]
        opening = np.where(is_open + is_closed, is_open, 0.5)
        if solution is not None:
            prices.append(
                (
                    _milli(solution.duals[self._model.uplink_rows]),
                    _milli(solution.duals[self._model.class_rows]),
                )
            )
            opening = solution.values[self._model.open]
        else:
            prices += _prices_of_want(prices[0])
        self._push(is_open, is_closed, prices, opening, is_solved=True)

    def _estimate(self, is_open: IntArray, is_closed: IntArray, parent: BoundedCase) -> None:
        """Bound a new case at its parent's prices of extra runs, with unit prices of its own."""
        prices = [_prices(parent.case)]
        if not _lacks_room(self._problem, is_closed):
            uplink_prices = prices[0][0]
            cost = _slot_cost(self._problem, uplink_prices) / (CENTS * MILLI)
            model = build_class_model(self._problem, unit_cost=cost)
            solution = model.model.relaxation(model.open).solve(is_open, 1 - is_closed)
            if solution is not None:
                prices.append((uplink_prices, _milli(solution.duals[model.class_rows])))
        self._push(is_open, is_closed, prices, np.full(len(is_open), 0.5), is_solved=False)

    def _push(
        self,
        is_open: IntArray,
        is_closed: IntArray,
        prices: list[tuple[IntArray, IntArray]],
        opening: FloatArray,
        *,
        is_solved: bool,
    ) -> None:
        """Certify a case under each set of multipliers and keep it with the best."""
        problem = self._problem
        bounds = [certify(problem, *each, is_open, is_closed) for each in prices]
        best = int(np.argmax(bounds))
        case = BoundedCase(
            bound_cents=IMPOSSIBLE_CENTS if _lacks_room(problem, is_closed) else bounds[best],
            case=BoundCase(
                open_racks=_chosen(problem, is_open),
                closed_racks=_chosen(problem, is_closed),
                uplink_prices_millicents=tuple(tuple(row) for row in prices[best][0].tolist()),
                unit_prices_millicents=tuple(prices[best][1].tolist()),
            ),
            opening=tuple(opening.tolist()),
            is_solved=is_solved,
        )
        self._born += 1
        heapq.heappush(self._heap, (case.bound_cents, self._born, case))


def _prices_of_want(prices: tuple[IntArray, IntArray]) -> list[tuple[IntArray, IntArray]]:
    """Return multipliers that prove a case impossible where slots in reach are too few.

    A unit is worth more than any plan costs: of all classes together, or of one alone.
    """
    uplink_prices, unit_prices = prices
    classes = len(unit_prices)
    wanted = [np.ones(classes, dtype=bool), *np.eye(classes, dtype=bool)]
    return [(uplink_prices, np.where(some, _WANT_MILLICENTS, unit_prices)) for some in wanted]


def _milli(duals: FloatArray) -> IntArray:
    """Return a solver's prices as multipliers in thousandths of a cent."""
    return np.rint(duals * CENTS * MILLI).astype(np.int64)


def _masks(problem: PlacementProblem, case: BoundCase) -> tuple[IntArray, IntArray]:
    """Return a case's open and closed racks as 0-1 arrays (Q,)."""
    names = problem.rack_names
    return (
        np.array([name in case.open_racks for name in names], dtype=np.int64),
        np.array([name in case.closed_racks for name in names], dtype=np.int64),
    )


def _lacks_room(problem: PlacementProblem, is_closed: IntArray) -> bool:
    """Tell whether the racks not closed hold too few devices."""
    return int((problem.capacity * (1 - is_closed)).sum()) < problem.devices


def _prices(case: BoundCase) -> tuple[IntArray, IntArray]:
    """Return a case's multipliers as arrays."""
    return (
        np.array(case.uplink_prices_millicents, np.int64),
        np.array(case.unit_prices_millicents, np.int64),
    )


def _chosen(problem: PlacementProblem, marks: IntArray) -> tuple[str, ...]:
    """Return the names of the marked racks."""
    return tuple(name for name, mark in zip(problem.rack_names, marks, strict=True) if mark)
