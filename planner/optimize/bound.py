"""Cases over the racks to open that together cover every choice, each with multipliers of its own."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.certify import MILLI, Multipliers, certify, unit_cost, wants
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.linear_model import FloatArray
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

IMPOSSIBLE_CENTS = 2**60
"""Bound of a case whose racks cannot hold the devices."""
_INTEGRAL = 1e-6
_MORE_SLOTS = 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BoundedCase:
    """A case with its bound, and how far the relaxation opens each rack (Q,).

    ``is_solved`` tells whether that is the case's own relaxation or only its parent's prices; then
    ``opening`` says nothing yet. ``is_sharpened`` tells whether divisions were told apart.
    """

    bound_cents: int
    case: BoundCase
    opening: tuple[float, ...]
    is_solved: bool
    is_sharpened: bool = False

    @property
    def racks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its open and its closed racks, which no other case has."""
        return self.case.open_racks, self.case.closed_racks

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
        is_open, is_closed = masks(problem, self.case)
        return is_open, 1 - is_closed


class CaseTree:
    """Cases that cover every choice of racks to open; the weakest one can be worked on.

    The least bound of the cases is the bound on the problem. A new case is bounded cheaply, with its
    parent's prices of extra runs; only where it turns out the weakest is its own relaxation solved.
    """

    def __init__(self, problem: PlacementProblem) -> None:
        self._problem = problem
        self._born = 0
        self._heap: list[tuple[int, int, BoundedCase]] = []
        self.variables_solved = 0
        racks = len(problem.rack_names)
        lowers = problem.cents.shape[1] if problem.extra_per_lower else 0
        nothing = Multipliers(
            np.zeros(len(problem.slots), np.int64),
            tuple(np.zeros((1, lowers), np.int64) for _ in problem.classes),
        )
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
        if self.weakest.is_solved:
            self.divide()
            return
        _, _, weakest = heapq.heappop(self._heap)
        self._solve(*masks(self._problem, weakest.case), weakest)

    def refine(self) -> None:
        """Solve the weakest case's relaxation to the last cent."""
        _, _, weakest = heapq.heappop(self._heap)
        self._solve(*masks(self._problem, weakest.case), weakest, exact=True)

    def divide(self) -> None:
        """Divide the weakest case by the rack that is least decided: it is closed, or it is open."""
        _, _, weakest = heapq.heappop(self._heap)
        is_open, is_closed = masks(self._problem, weakest.case)
        branch = int(np.argmin(np.abs(np.array(weakest.opening) - 0.5)))
        for mask in (is_closed, is_open):
            mask[branch] = 1
            self._estimate(is_open, is_closed, weakest)
            mask[branch] = 0

    def strengthen(self, better: Multipliers, opening: tuple[float, ...]) -> None:
        """Keep the weakest case with sharper multipliers, and with how far racks then open.

        Other cases are tried at them, too: what is true of planes in one is nearly true in another. In
        racks that were closed the slots' prices mean nothing, and a case keeps its own.
        """
        first, *others = self.cases()
        self._heap = []
        self._keep(first, better, np.array(opening), is_sharpened=True)
        was_closed = masks(self._problem, first.case)[1][self._problem.slot_rack] > 0
        for case in others:
            own = np.array(case.case.slot_prices_millicents, np.int64)
            mixed = Multipliers(np.where(was_closed, own, better.slots), better.uplinks)
            self._keep(case, mixed, np.array(case.opening), is_sharpened=case.is_sharpened)

    def _keep(
        self, case: BoundedCase, better: Multipliers, opening: FloatArray, *, is_sharpened: bool
    ) -> None:
        """Keep a case with the better of its own multipliers and other ones."""
        self._push(
            *masks(self._problem, case.case),
            [read_multipliers(case.case), better],
            opening,
            is_solved=case.is_solved or is_sharpened,
            is_sharpened=is_sharpened,
        )

    def _solve(
        self, is_open: IntArray, is_closed: IntArray, case: BoundedCase, *, exact: bool = False
    ) -> None:
        """Bound a case by its own relaxation, or, where that has no solution, prove that if possible.

        The first relaxation offers each class all slots. Where cases are sharpened later, the others offer
        those that known prices make cheapest and, to be exact, then those that its own prices do.
        """
        known = [read_multipliers(case.case)]
        opening = np.where(is_open + is_closed, is_open, 0.5)
        is_first = not self.variables_solved or not self._problem.extra_per_lower
        offered = None if is_first else self._offered(known[0], is_closed)
        while True:
            model = build_class_model(self._problem, (is_open, 1 - is_closed), offered=offered)
            self.variables_solved += model.model.variable_count
            solution = model.model.solve_relaxation()
            if solution is None and offered is None:
                known += wants(self._problem, known[0])
                break
            if solution is None:
                offered = None
                continue
            uplinks = milli(solution.duals[model.uplink_rows])
            known.append(
                Multipliers(
                    slot_prices(self._problem, solution.duals[model.slot_rows]),
                    tuple(prices[None, :] for prices in uplinks),
                )
            )
            opening = solution.values[model.open]
            proved = certify(self._problem, known[-1], is_open, is_closed)
            relaxed = CENTS * solution.objective + self._problem.given_cents
            if offered is None or not exact or proved >= relaxed - 1:
                break
            more = offered | self._offered(known[-1], is_closed)
            if (more == offered).all():
                break
            offered = more
        is_sharpened = case.is_sharpened
        self._push(is_open, is_closed, known, opening, is_solved=True, is_sharpened=is_sharpened)

    def _offered(self, known: Multipliers, is_closed: IntArray) -> BoolArray:
        """Tell which slots a class may need (G, S): in each rack the cheapest at known prices."""
        problem = self._problem
        cost = np.stack([unit_cost(problem, group, each[0]) for group, each in enumerate(known.uplinks)])
        cost += known.slots
        offered = np.zeros(cost.shape, dtype=bool)
        most = ceil_div(problem.units_per_plane, problem.units_per_device) + _MORE_SLOTS
        for rack in np.flatnonzero(is_closed == 0):
            slots = np.flatnonzero(problem.slot_rack == rack)
            cheapest = slots[np.argsort(cost[:, slots], axis=1, kind="stable")[:, :most]]
            np.put_along_axis(offered, cheapest, True, axis=1)
        return offered

    def _estimate(self, is_open: IntArray, is_closed: IntArray, parent: BoundedCase) -> None:
        """Bound a new case at its parent's prices of extra runs, with slot prices of its own."""
        problem = self._problem
        known = [read_multipliers(parent.case)]
        if not _lacks_room(problem, is_closed):
            uplinks = known[0].uplinks
            cost = np.stack([unit_cost(problem, group, each[0]) for group, each in enumerate(uplinks)])
            bounds = is_open, 1 - is_closed
            model = build_class_model(problem, bounds, unit_cost=cost / (CENTS * MILLI))
            solution = model.model.solve_relaxation()
            if solution is not None:
                known.append(Multipliers(slot_prices(problem, solution.duals[model.slot_rows]), uplinks))
        self._push(is_open, is_closed, known, np.full(len(is_open), 0.5), is_solved=False)

    def _push(
        self,
        is_open: IntArray,
        is_closed: IntArray,
        known: list[Multipliers],
        opening: FloatArray,
        *,
        is_solved: bool,
        is_sharpened: bool = False,
    ) -> None:
        """Certify a case under each set of multipliers and keep it with the best."""
        problem = self._problem
        bounds = [certify(problem, each, is_open, is_closed) for each in known]
        best = int(np.argmax(bounds))
        case = BoundedCase(
            bound_cents=IMPOSSIBLE_CENTS if _lacks_room(problem, is_closed) else bounds[best],
            case=BoundCase(
                open_racks=_chosen(problem, is_open),
                closed_racks=_chosen(problem, is_closed),
                slot_prices_millicents=tuple(known[best].slots.tolist()),
                uplink_prices_millicents=tuple(
                    tuple(tuple(prices) for prices in sets.tolist()) for sets in known[best].uplinks
                ),
            ),
            opening=tuple(opening.tolist()),
            is_solved=is_solved,
            is_sharpened=is_sharpened,
        )
        self._born += 1
        heapq.heappush(self._heap, (case.bound_cents, self._born, case))


def slot_prices(problem: PlacementProblem, duals: FloatArray) -> IntArray:
    """Return slot prices from a solver's duals of the slots' rows."""
    return lawful(problem, milli(-duals))


def lawful(problem: PlacementProblem, prices: IntArray) -> IntArray:
    """Return slot prices that prove something: below zero only where a pinned device needs units."""
    return np.where(problem.fewest_units > 0, prices, np.maximum(0, prices))


def milli(duals: FloatArray) -> IntArray:
    """Return a solver's prices as multipliers in thousandths of a cent."""
    return np.rint(duals * CENTS * MILLI).astype(np.int64)


def masks(problem: PlacementProblem, case: BoundCase) -> tuple[IntArray, IntArray]:
    """Return a case's open and closed racks as 0-1 arrays (Q,)."""
    names = problem.rack_names
    return (
        np.array([name in case.open_racks for name in names], dtype=np.int64),
        np.array([name in case.closed_racks for name in names], dtype=np.int64),
    )


def _lacks_room(problem: PlacementProblem, is_closed: IntArray) -> bool:
    """Tell whether the racks not closed hold too few devices."""
    return int((problem.capacity * (1 - is_closed)).sum()) < problem.devices


def read_multipliers(case: BoundCase) -> Multipliers:
    """Return a case's multipliers as arrays."""
    return Multipliers(
        np.array(case.slot_prices_millicents, np.int64),
        tuple(np.array(sets, np.int64) for sets in case.uplink_prices_millicents),
    )


def _chosen(problem: PlacementProblem, marks: IntArray) -> tuple[str, ...]:
    """Return the names of the marked racks."""
    return tuple(name for name, mark in zip(problem.rack_names, marks, strict=True) if mark)
