"""Bounds every arrangement: at shared slot prices where these do, by relaxations of its own where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from planner.model.arrangement import Arrangement
from planner.model.solution import ArrangementCase, ArrangementProof, BoundCase, Certificate, RackCase
from planner.optimize.arrange.batch import BatchBound, masks_of
from planner.optimize.arrange.estimate import flow_cents, flow_prices
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.at_once import decided_or_at_once
from planner.optimize.bound import CaseTree
from planner.optimize.certify import MILLI
from planner.optimize.decide import Decision, decide
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.units import ceil_div

_PRICED = 12
"""Sets of slot prices that are tried on all arrangements before the first is placed."""
_ESTIMATED = 24
"""Arrangements whose placement is estimated by a flow before the first is placed in full."""
_EXACT = 40
"""Arrangements that get relaxations of their own, for each that is asked for."""
_NONE_CENTS = 2**50
"""Bound of what cannot be."""
_DECIDED = 6
"""Arrangements that are placed in full, for each that is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Arranged:
    """The arrangement chosen, its placement's cost, and the proof over all others.

    Either ``cases`` bound the others one by one, or ``rack_cases`` all together, the chosen one included;
    there are none where nothing is proved of the others. ``others_cents`` is the least of these bounds.
    """

    chosen: Arrangement
    cents: int
    cases: tuple[ArrangementCase, ...] = ()
    slot_prices: tuple[tuple[int, ...], ...] = ()
    others_cents: int = 0
    rack_cases: tuple[RackCase, ...] = ()

    def bound_cents(self, chosen_cents: int) -> int:
        """Return what is proved of all arrangements where so much is proved of the chosen one; 0: nothing."""
        return min(chosen_cents, self.others_cents) if self.cases else self.others_cents

    def extended(self, certificate: Certificate) -> Certificate:
        """Return the certificate of the chosen arrangement, extended to all where they are proved."""
        if not self.cases and not self.rack_cases:
            return certificate
        proof = ArrangementProof(
            given_bound_cents=certificate.bound_cents,
            slot_prices_millicents=self.slot_prices,
            cases=self.cases,
            rack_cases=self.rack_cases,
        )
        bound = self.bound_cents(certificate.bound_cents)
        return replace(certificate, bound_cents=bound, arrangements=proof)


class EveryArrangement:
    """All arrangements, their best bounds, and the best that was placed."""

    def __init__(
        self,
        problems: tuple[OpenProblem, OpenProblem],
        arrangements: Sequence[Arrangement],
        options: SolveOptions,
    ) -> None:
        self._plans, self._bounds_of = problems
        self._options = options
        self._all = arrangements
        self._batch_bound = BatchBound(self._bounds_of)
        self._batch = self._batch_bound.price(masks_of(self._bounds_of, arrangements))
        self._prices: list[IntArray] = []
        self._best = np.full(len(arrangements), -(2**62), dtype=np.int64)  # thousandths of a cent
        self._used = np.full(len(arrangements), -1, dtype=np.int64)
        self._proofs: dict[int, tuple[BoundCase, ...]] = {}
        self._placed: list[tuple[int, int, int]] = []  # cents, routed, index; those taken are gone

    def in_turn(self) -> Iterator[Arranged]:
        """Yield arrangements, the cheapest first as far as proved, and what is proved of the others."""
        self._place_first()
        while True:
            self._prove_others()
            if self._chosen is None:
                return
            chosen = self._chosen
            self._placed.remove(chosen)
            yield self._arranged(chosen)

    def _place_first(self) -> None:
        """Bound all arrangements at common prices, and place the most promising one."""
        everyone = np.arange(len(self._all))
        self._try_prices(np.zeros(self._batch.units.shape[2], dtype=np.int64), everyone)
        for _ in range(_PRICED):
            if is_stopped():
                break
            self._price_for(int(self._best.argmin()), everyone)
        first = np.argsort(self._best, kind="stable")[:_ESTIMATED].tolist()
        costs = {index: flow_cents(self._plans.restricted(self._all[index])) for index in first}
        order = first if is_stopped() else sorted(first, key=lambda one: (costs[one], one))
        for index in order:
            self._decide(index)
            if self._chosen is not None:
                break

    @property
    def _chosen(self) -> tuple[int, int, int] | None:
        """The cheapest arrangement that was placed and is not taken: cents, routed length, index."""
        return min(self._placed, default=None)

    @property
    def bound_cents(self) -> int:
        """The least that any arrangement is proved to cost."""
        return ceil_div(int(self._best.min()), MILLI)

    def _arranged(self, found: tuple[int, int, int]) -> Arranged:
        cents, _, chosen = found
        used = sorted({int(index) for index in self._used if index >= 0})
        number = {index: rank for rank, index in enumerate(used)}
        cases = []
        for index, taken in enumerate(self._all):
            left = tuple(one for one in self._bounds_of.positions if one not in taken)
            proofs = self._proofs.get(index, ())
            if index == chosen:
                cases.append(ArrangementCase(left=left))
            elif proofs:
                cases.append(ArrangementCase(left=left, proofs=proofs))
            else:
                cases.append(ArrangementCase(left=left, prices=number[int(self._used[index])]))
        prices = tuple(tuple(self._prices[index].tolist()) for index in used)
        others = np.delete(self._best, chosen)
        least = ceil_div(int(others.min()), MILLI) if len(others) else _NONE_CENTS
        return Arranged(self._all[chosen], cents, tuple(cases), prices, least)

    def _try_prices(self, prices: IntArray, among: IntArray) -> None:
        """Bound some arrangements at slot prices, and keep what is better than before."""
        self._prices.append(prices)
        found = self._batch_bound.bound(self._batch.pick(among), prices)
        better = among[found > self._best[among]]
        self._best[better] = found[found > self._best[among]]
        self._used[better] = len(self._prices) - 1

    def _weak(self) -> IntArray:
        """Return the arrangements that may yet be cheaper than the chosen one, weakest bound first."""
        chosen = self._chosen
        limit = 2**61 if chosen is None else MILLI * (chosen[0] - 1)
        weak = np.flatnonzero(self._best <= limit)
        return np.asarray(weak[np.argsort(self._best[weak], kind="stable")])

    def _prove_others(self) -> None:
        tried: set[int] = set()
        exact, decided = 0, 1
        while True:
            weak = self._weak()
            left = [index for index in weak.tolist() if index not in self._proofs]
            if not left or is_stopped():
                return
            index = left[0]
            if index not in tried:
                tried.add(index)
                self._price_for(index, weak)
                continue
            if exact == _EXACT:
                return
            exact += 1
            self._relax(index)
            if index in self._weak() and decided < _DECIDED:
                decided += 1
                self._decide(index)

    def _price_for(self, index: int, among: IntArray) -> None:
        """Find the slot prices that prove most of one arrangement, and try them on all weak ones."""
        problem = self._bounds_of.restricted(self._all[index])
        units = self._batch.units[index][:, : len(problem.slots)]
        prices = flow_prices(problem, units) if self._is_regular else None
        if prices is not None:
            wide = np.zeros(self._batch.units.shape[2], dtype=np.int64)
            wide[: len(prices)] = np.maximum(prices, 0)  # below 0 where a device is pinned: held there alone
            self._try_prices(wide, among)

    @property
    def _is_regular(self) -> bool:
        """Whether all racks have the same number of slots, so that slots count through without gaps."""
        problem = self._bounds_of.problem
        return len(problem.slots) == len(problem.rack_names) * self._batch_bound.slots_per_rack

    def _relax(self, index: int) -> None:
        """Bound one arrangement by relaxations of its own."""
        tree = CaseTree(self._bounds_of.restricted(self._all[index]))
        limit = self._options.relaxation_limit
        while not (tree.is_finished or is_stopped()) and tree.cells_priced < limit:
            tree.work()
        self._keep(index, tuple(case.case for case in tree.cases()), tree.bound_cents)

    def _keep(self, index: int, cases: tuple[BoundCase, ...], bound_cents: int) -> None:
        self._proofs[index] = cases
        self._best[index] = max(int(self._best[index]), MILLI * min(bound_cents, _NONE_CENTS))

    def _decide(self, index: int) -> None:
        """Place an arrangement in full."""
        decision = self._decision(index)
        if decision is None:
            return
        proof = decision
        if self._plans is not self._bounds_of:
            found = self._decided(self._bounds_of.restricted(self._all[index]))
            proof = found or decision
            if found is None:
                return
        self._keep(index, proof.cases, proof.bound_cents)
        placement = decision.placement
        self._placed.append((placement.cents, placement.routed_mm, index))

    def _decision(self, index: int) -> Decision | None:
        self._options.progress(f"arrangement without {', '.join(self._left(index))}: placing")
        return self._decided(self._plans.restricted(self._all[index]))

    def _decided(self, problem: PlacementProblem) -> Decision | None:
        return decided_or_at_once(problem, partial(decide, problem, self._options))

    def _left(self, index: int) -> list[str]:
        taken = self._all[index]
        return [one for one in self._bounds_of.positions if one not in taken]
