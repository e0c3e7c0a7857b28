"""Cases over the racks to open that together cover every choice, each with multipliers of its own."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.certify import MILLI, Multipliers, certify, wants
from planner.optimize.class_columns import ClassColumns, Relaxed, relaxed_evenly
from planner.optimize.priced_units import PricedUnits, first_set, one_set, unit_costs
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.uplink_ascent import ascend, mean_prices

IMPOSSIBLE_CENTS = 2**60
"""Bound of a case whose racks cannot hold the devices."""
_INTEGRAL = 1e-6
_CLOSE = 10**6
"""A relaxation is solved until its prices prove all of it but one part in so many, or all, where asked to."""
_MOST_STEPS = 120
_LOWERS_PER_STEP = 12
"""The first ascent takes a step for so many squared lower units: columns are slow where those are many."""
_FEWER_STEPS = 4
"""Other cases start from the prices of the case that they are a part of, and take fewer steps."""

Racks = tuple[tuple[str, ...], tuple[str, ...]]
"""Names of the open and of the closed racks of a case."""


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
    def racks(self) -> Racks:
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
        self.cells_priced = 0
        self._relaxed: dict[Racks, Relaxed] = {}
        lowers = problem.cents.shape[1] if problem.extra_per_lower else 0
        undivided = BoundCase(
            open_racks=_chosen(problem, problem.is_fixed),
            closed_racks=(),
            slot_prices_millicents=(0,) * len(problem.slots),
            uplink_prices_millicents=(((0,) * lowers,),) * len(problem.classes),
        )
        self._begin(undivided, [])

    @cached_property
    def _units(self) -> PricedUnits:
        """The model without runs, which serves all cases."""
        return PricedUnits(self._problem)

    @cached_property
    def _columns(self) -> ClassColumns:
        """The columns of all cases."""
        return ClassColumns(self._problem)

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

    def relaxed(self, case: BoundedCase) -> Relaxed | None:
        """Return the relaxation of a case, None where it has not been solved or has no solution."""
        return self._relaxed.get(case.racks)

    def estimate(self) -> None:
        """Bound the weakest case at mean prices of extra runs: a fraction of the work of its relaxation."""
        _, _, weakest = heapq.heappop(self._heap)
        is_open, is_closed = masks(self._problem, weakest.case)
        at = read_multipliers(weakest.case)
        if self._problem.extra_per_lower:
            at = one_set(mean_prices(self._problem), at.slots)
        self._estimate(is_open, is_closed, weakest, at)

    def work(self) -> None:
        """Solve the weakest case's relaxation, or divide it where that has been done."""
        if self.weakest.is_solved:
            self.divide()
        else:
            self._solve()

    def refine(self) -> None:
        """Solve the weakest case's relaxation to the last cent."""
        self._solve(exact=True)

    def divide(self) -> None:
        """Divide the weakest case by the rack that is least decided: it is closed, or it is open."""
        _, _, weakest = heapq.heappop(self._heap)
        is_open, is_closed = masks(self._problem, weakest.case)
        branch = int(np.argmin(np.abs(np.array(weakest.opening) - 0.5)))
        for mask in (is_closed, is_open):
            mask[branch] = 1
            self._estimate(is_open, is_closed, weakest)
            mask[branch] = 0

    def strengthen(self, better: Multipliers, opening: tuple[float, ...], enough_cents: int) -> None:
        """Keep the weakest case with sharper multipliers, and with how far racks then open.

        Other cases that do not prove enough are tried at them, too: what is true of planes in one is nearly
        true in another. In racks that were closed the slots' prices mean nothing, and a case keeps its own.
        """
        first, *others = self.cases()
        self._heap = []
        self._keep(replace(first, opening=opening, is_solved=True, is_sharpened=True), [better])
        was_closed = masks(self._problem, first.case)[1][self._problem.slot_rack] > 0
        for case in others:
            own = np.array(case.case.slot_prices_millicents, np.int64)
            mixed = Multipliers(np.where(was_closed, own, better.slots), better.uplinks)
            self._keep(case, [mixed] if case.bound_cents < enough_cents else [])

    def _solve(self, *, exact: bool = False) -> None:
        """Bound the weakest case by its own relaxation; where that has no solution, prove it if possible."""
        _, _, case = heapq.heappop(self._heap)
        is_open, is_closed = masks(self._problem, case.case)
        own = read_multipliers(case.case)
        opening = np.where(is_open + is_closed, is_open, 0.5)
        close = 1 if exact else 1 + max(0, case.bound_cents) // _CLOSE
        relaxed = self._relax(is_open, is_closed, own, close)
        if relaxed is None:
            tried = wants(self._problem, own)
        else:
            tried = [one_set(relaxed.uplinks, relaxed.slots)]
            opening = relaxed.opening
            self._relaxed[case.racks] = relaxed
        self._keep(replace(case, opening=tuple(opening.tolist()), is_solved=True), tried)

    def _relax(
        self, is_open: IntArray, is_closed: IntArray, known: Multipliers, within_cents: int
    ) -> Relaxed | None:
        """Relax a case: by an ascent and columns where pairs have extra runs, else by one linear program."""
        problem = self._problem
        self._units.open_racks(is_open, is_closed)
        self.cells_priced += problem.is_allowed.size
        if not problem.extra_per_lower:
            placed = self._units.place(MILLI * problem.base_cents)
            return None if placed is None else relaxed_evenly(problem, placed, is_open, is_closed)
        steps = min(_MOST_STEPS, problem.cents.shape[1] ** 2 // _LOWERS_PER_STEP)
        if self._relaxed:
            steps, prices = steps // _FEWER_STEPS, first_set(known)
        else:
            prices = mean_prices(problem)
        start = ascend(problem, self._units, prices, steps)
        self.cells_priced += steps * problem.is_allowed.size
        before = self._columns.rounds
        relaxed = self._columns.relax(is_open, is_closed, start, within_cents=within_cents)
        self.cells_priced += (self._columns.rounds - before) * problem.is_allowed.size
        return relaxed

    def _estimate(
        self, is_open: IntArray, is_closed: IntArray, parent: BoundedCase, at: Multipliers | None = None
    ) -> None:
        """Bound a new case at prices of extra runs, its parent's by default, and slot prices of its own."""
        problem = self._problem
        at = at or read_multipliers(parent.case)
        tried = []
        if not lacks_room(problem, is_open, is_closed):
            self._units.open_racks(is_open, is_closed)
            placed = self._units.place(unit_costs(problem, first_set(at)))
            if placed is not None:
                tried.append(Multipliers(placed.slot_prices, at.uplinks))
        racks = _chosen(problem, is_open), _chosen(problem, is_closed)
        self._begin(replace(parent.case, open_racks=racks[0], closed_racks=racks[1]), tried)

    def _begin(self, case: BoundCase, tried: list[Multipliers]) -> None:
        """Bound a new case by its own multipliers and keep it with the best."""
        is_open, is_closed = masks(self._problem, case)
        bound = IMPOSSIBLE_CENTS
        if not lacks_room(self._problem, is_open, is_closed):
            bound = certify(self._problem, read_multipliers(case), is_open, is_closed)
        opening = (0.5,) * len(is_open)
        self._keep(BoundedCase(bound_cents=bound, case=case, opening=opening, is_solved=False), tried)

    def _keep(self, case: BoundedCase, tried: list[Multipliers]) -> None:
        """Keep a case with the best of its own multipliers, whose bound it has, and other ones."""
        is_open, is_closed = masks(self._problem, case.case)
        for each in tried:
            cents = certify(self._problem, each, is_open, is_closed)
            if cents > case.bound_cents:
                case = replace(case, bound_cents=cents, case=_priced(case.case, each))
        self._born += 1
        heapq.heappush(self._heap, (case.bound_cents, self._born, case))


def masks(problem: PlacementProblem, case: BoundCase) -> tuple[IntArray, IntArray]:
    """Return a case's open and closed racks as 0-1 arrays (Q,)."""
    names = problem.rack_names
    return (
        np.array([name in case.open_racks for name in names], dtype=np.int64),
        np.array([name in case.closed_racks for name in names], dtype=np.int64),
    )


def lacks_room(problem: PlacementProblem, is_open: IntArray, is_closed: IntArray) -> bool:
    """Tell whether the racks not closed hold too few devices, or a row not even the racks that are open."""
    most = problem.capacity * (1 - is_closed)
    total = int(most.sum())
    for row in problem.row_limits:
        held = row.most_worth([np.arange(count + 1) for count in most[row.racks]], is_open, is_closed)
        if held is None:
            return True
        total += held - int(most[row.racks].sum())
    return total < problem.devices


def read_multipliers(case: BoundCase) -> Multipliers:
    """Return a case's multipliers as arrays."""
    return Multipliers(
        np.array(case.slot_prices_millicents, np.int64),
        tuple(np.array(sets, np.int64) for sets in case.uplink_prices_millicents),
    )


def _priced(case: BoundCase, multipliers: Multipliers) -> BoundCase:
    """Return a case with other multipliers."""
    sets = [prices.tolist() for prices in multipliers.uplinks]
    return replace(
        case,
        slot_prices_millicents=tuple(multipliers.slots.tolist()),
        uplink_prices_millicents=tuple(tuple(tuple(row) for row in rows) for rows in sets),
    )


def _chosen(problem: PlacementProblem, marks: IntArray | tuple[bool, ...]) -> tuple[str, ...]:
    """Return the names of the marked racks."""
    return tuple(name for name, mark in zip(problem.rack_names, marks, strict=True) if mark)
