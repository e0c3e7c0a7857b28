"""Cases over the racks to open where resources are crowded, each with prices of its own where it needs them.

Racks that could be opened by halves leave room that no plan has. So the prices found for all racks at once
are weak in some cases: the weakest case is priced anew in its own racks, then units are placed within
limits there, and so on until no case may hold a cheaper plan. Where that is not enough and its prices open a
rack by halves, the case is divided by whether that rack is open; where not, the next weakest is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from planner.model.solution import Certificate
from planner.optimize.bound import Racks, masks
from planner.optimize.fill.builder import BuiltPlan, PlanBuilder
from planner.optimize.fill.case_bounds import PricedCase
from planner.optimize.fill.relaxation import LAST_RUNG, CrowdedModel
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.stop import is_stopped
from planner.units import ceil_div

_MOST_PRICED = 12
"""Cases that are priced in their own racks."""

_NEARLY_PERMILLION = 50
"""Gap at which the search ends."""

_MOST_DONE = 3
"""Cases that prove too little and in which all was tried, after which no others are looked at."""

_ROUNDS = 4
"""Most rounds of placing within limits and watching what is exceeded still."""


_MORE_SLOTS = 2
"""Slots offered to a class beyond those that one of its planes needs."""
_WIDER = 4
"""Times as many are offered where whole units do not fit in these."""

_SOME = 1e-6
"""Share of a rack that a relaxation is to be away from opening it wholly or not at all."""

_RANK = attrgetter("rank")
_BOUND = attrgetter("bound_cents")


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A case; ``rung`` says how dear what is exceeded is when it is priced next.

    None: its prices were found in its own racks, and no dearer ones prove more. ``opening`` says how far the
    relaxation that they come from opens each rack (Q,); empty where none kept the limits.
    """

    priced: PricedCase
    rung: int | None
    opening: tuple[float, ...] = ()

    @property
    def bound_cents(self) -> int:
        return self.priced.bound_cents

    @property
    def racks(self) -> Racks:
        return self.priced.case.open_racks, self.priced.case.closed_racks


class RackCases:
    """Prices, bounds and places case by case, the weakest first."""

    def __init__(self, builder: PlanBuilder, model: CrowdedModel, before: Certificate) -> None:
        """Start from prices at which racks may be opened by halves; ``before`` was made without prices."""
        self._builder = builder
        self._before = before
        self._model = model
        self.prices, self._may_fit = model.price_any_racks()
        self._cases: list[_Case] = []
        self._count = 0

    def plans(self, known: BuiltPlan | None) -> Iterator[BuiltPlan]:
        """Yield plans as they are found, ``known`` being one that is there already."""
        best = known
        self._cases = [_Case(one, self._model.first_rung) for one in self._first_cases(best)]
        placed: set[Racks] = set()
        done: set[Racks] = set()
        case = self._weakest(done)
        while case is not None and not is_stopped():
            if is_proved(best, case.bound_cents) or case.bound_cents >= UNREACHABLE_CENTS:
                return
            if case.rung is not None and self._may_fit and self._count < _MOST_PRICED:
                self._price(case, case.rung, best)
            elif case.racks not in placed:
                placed.add(case.racks)
                plan = self._place(case)
                if plan is not None:
                    yield plan
                    best = plan if best is None else min(best, plan, key=_RANK)
            elif not self._divide(case):
                done.add(case.racks)  # its bound stays, and others may hold a cheaper plan
                if len(done) == _MOST_DONE or not self._may_fit:
                    return
            case = self._weakest(done)

    def _first_cases(self, best: BuiltPlan | None) -> tuple[PricedCase, ...]:
        """Return cases at the prices at which racks may be opened by halves."""
        if not self.prices.any():
            return self._builder.free_cases(self._before.cases)
        return self._builder.bound_at(self.prices, wanted_cents=_enough_cents(best))

    def _weakest(self, done: set[Racks]) -> _Case | None:
        return min((case for case in self._cases if case.racks not in done), key=_BOUND, default=None)

    def certificate(self) -> Certificate | None:
        """Return the certificate of all cases; None where none are known."""
        if not self._cases:
            return None
        return self._builder.certificate(self.prices, [one.priced for one in self._cases])

    def _racks(self, case: _Case) -> tuple[IntArray, IntArray]:
        """Return least and most opening of each rack (Q,) in a case."""
        is_open, is_closed = masks(self._builder.way.problem, case.priced.case)
        return is_open, 1 - is_closed

    def _price(self, case: _Case, rung: int, best: BuiltPlan | None) -> None:
        """Price a case in its own racks, unless that proves no more."""
        self._count += 1
        racks = self._racks(case)
        prices, is_kept, opening = self._model.price(racks, rung)
        enough = _enough_cents(best)
        others = [one.bound_cents for one in self._cases if one is not case]
        if enough is None and not is_kept and others:
            enough = min(others)  # no plan is to be had at these prices: others come first
        further = None if is_kept or rung == LAST_RUNG else rung + 1
        parts = []
        for one in self._builder.bound_at(prices, racks, enough):
            is_whole = (one.case.open_racks, one.case.closed_racks) == case.racks
            parts.append(_Case(one, further, opening) if is_whole else _Case(one, rung))
        if not parts or min(one.bound_cents for one in parts) <= case.bound_cents:
            parts = [replace(case, rung=further, opening=opening)]
        self._cases.remove(case)
        self._cases += parts

    def _divide(self, case: _Case) -> bool:
        """Divide a case by the rack that its relaxation decides least; whether it leaves one undecided."""
        halves = np.abs(np.array(case.opening) - 0.5)
        if self._count >= _MOST_PRICED or halves.min(initial=0.5) > 0.5 - _SOME:
            return False
        rack, own = self._builder.way.problem.rack_names[int(halves.argmin())], case.priced.case
        parts = (
            replace(own, closed_racks=(*own.closed_racks, rack)),
            replace(own, open_racks=(*own.open_racks, rack)),
        )
        self._cases.remove(case)
        self._cases += [
            _Case(one, self._model.first_rung) for one in self._builder.bound_cases(parts, case.priced.prices)
        ]
        return True

    def _place(self, case: _Case) -> BuiltPlan | None:
        """Place in the racks of a case, watching what turns out exceeded too.

        Where halves of units keep limits and whole ones do not, more slots are offered to these.
        """
        builder, plan = self._builder, None
        crowd = builder.crowd(case.priced.prices)
        more_slots = _MORE_SLOTS
        for _ in range(_ROUNDS):
            placement = builder.place_within(self._model, case.priced, self._racks(case), more_slots)
            found = builder.build(crowd, placement)
            if found is None:
                break
            plan = found if plan is None else min(plan, found, key=_RANK)
            excess = builder.excess(found.written.runs, found.written.devices)
            if self._model.watch(np.flatnonzero(excess)):
                continue
            if not (found.excess and case.opening) or more_slots > _MORE_SLOTS:
                break
            more_slots *= _WIDER
        return plan


def _enough_cents(plan: BuiltPlan | None) -> int | None:
    """Return the least bound that proves a plan nearly; None where it does not fit."""
    if plan is None or plan.excess:
        return None
    return ceil_div(plan.written.cents * (10**6 - _NEARLY_PERMILLION), 10**6)


def is_proved(plan: BuiltPlan | None, bound_cents: int) -> bool:
    """Tell whether a plan fits and costs nearly no more than a bound."""
    enough_cents = _enough_cents(plan)
    return enough_cents is not None and bound_cents >= enough_cents
