"""Cases over the racks to open where resources are crowded, each with prices of its own where it needs them.

Racks that could be opened by halves leave room that no plan has. So the prices found for all racks at once
are weak in some cases: the weakest case is priced anew in its own racks, then units are placed within limits
there, and so on until no case may hold a cheaper plan. Where halves of racks or devices still leave room in a
case that whole ones do not, it is split in two; where that cannot be, the next weakest is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from planner.model.solution import BoundCase, Certificate
from planner.optimize.fill.builder import BuiltPlan, PlanBuilder
from planner.optimize.fill.case_bounds import PricedCase, Region
from planner.optimize.fill.case_split import PricedRegion, split
from planner.optimize.fill.relaxation import LAST_RUNG, CrowdedModel
from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.stop import is_stopped
from planner.units import ceil_div

_MOST_PRICED = 12
"""Cases that are priced in their own racks."""

_MOST_IN_SMALL = 48
_PAIRS_PRICED = 60_000
"""Once a plan fits, so many pairs of lower units and slots may be priced in all, in up to so many cases."""

_NEARLY_PERMILLION = 50
"""Gap at which the search ends."""

_GOOD_PERMILLION = 500
"""Gap at which cases are not split any more, nor others looked at: each is to be priced anew."""

_MOST_DONE = 3
"""Cases that prove too little and in which all was tried, after which no others are looked at."""

_ROUNDS = 4
"""Most rounds of placing within limits and watching what is exceeded still."""

_MORE_SLOTS = 2
"""Slots offered to a class beyond those that one of its planes needs."""
_FEW_PAIRS, _ALL_SLOTS = 1_000, 10**6
"""Up to so many pairs of lower units and slots a program over all slots takes no time."""
_WIDER = 4
"""Times as many are offered where whole units do not fit in these."""


Choices = tuple[tuple[str, ...], tuple[str, ...], frozenset[tuple[tuple[str, ...], int]]]
"""The open and the closed racks of a case, and its limits on devices: no other case has the same."""

_RANK = attrgetter("rank")
_BOUND = attrgetter("bound_cents")


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A case; ``rung`` says how dear what is exceeded is when it is priced next.

    None: its prices were found in its own region, and no dearer ones prove more. ``found`` is the last
    relaxation of that, None where there was none.
    """

    priced: PricedCase
    rung: int | None
    found: PricedRegion | None = None

    @property
    def bound_cents(self) -> int:
        return self.priced.bound_cents

    @property
    def choices(self) -> Choices:
        return _choices(self.priced.case)


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
        placed: set[Choices] = set()
        done: set[Choices] = set()
        case = self._weakest(done)
        while case is not None and not is_stopped():
            if is_proved(best, case.bound_cents) or case.bound_cents >= UNREACHABLE_CENTS:
                return
            if case.rung is not None and self._may_fit and self._may_price(best):
                self._price(case, case.rung, best)
            elif case.choices not in placed:
                placed.add(case.choices)
                plan = self._place(case, best)
                if plan is not None:
                    yield plan
                    best = plan if best is None else min(best, plan, key=_RANK)
            elif _is_good(best, case.bound_cents):
                return
            elif not self._split(case, best):
                done.add(case.choices)  # its bound stays, and others may hold a cheaper plan
                if len(done) == _MOST_DONE or not self._may_fit:
                    return
            case = self._weakest(done)

    def _first_cases(self, best: BuiltPlan | None) -> tuple[PricedCase, ...]:
        """Return cases at the prices at which racks may be opened by halves."""
        if not self.prices.any():
            return self._builder.free_cases(self._before.cases)
        whole = Region.whole(self._builder.way.problem)
        return self._builder.bound_at(self.prices, whole, wanted_cents=_enough_cents(best))

    def _weakest(self, done: set[Choices]) -> _Case | None:
        return min((case for case in self._cases if case.choices not in done), key=_BOUND, default=None)

    def certificate(self) -> Certificate | None:
        """Return the certificate of all cases; None where none are known."""
        if not self._cases:
            return None
        return self._builder.certificate(self.prices, [one.priced for one in self._cases])

    def _may_price(self, best: BuiltPlan | None) -> bool:
        small = min(_MOST_IN_SMALL, _PAIRS_PRICED // self._builder.way.problem.cents.size)
        fits = best is not None and not best.excess
        return self._count < (max(_MOST_PRICED, small) if fits else _MOST_PRICED)

    def _region(self, case: _Case) -> Region:
        return Region.of(self._builder.way.problem, case.priced.case)

    def _price(self, case: _Case, rung: int, best: BuiltPlan | None) -> None:
        """Price a case in its own region, unless that proves no more."""
        self._count += 1
        found = self._model.price(self._region(case), rung)
        enough = _enough_cents(best)
        others = [one.bound_cents for one in self._cases if one is not case]
        if enough is None and not found.is_kept and others:
            enough = min(others)  # no plan is to be had at these prices: others come first
        further = None if found.is_kept or rung == LAST_RUNG else rung + 1
        parts = []
        for one in self._builder.bound_at(found.prices, found.region, enough):
            is_whole = _choices(one.case) == case.choices
            parts.append(_Case(one, further, found) if is_whole else _Case(one, rung))
        if not parts or min(one.bound_cents for one in parts) <= case.bound_cents:
            parts = [replace(case, rung=further, found=found)]
        self._cases.remove(case)
        self._cases += parts

    def _split(self, case: _Case, best: BuiltPlan | None) -> bool:
        """Split a case whose relaxation is not a plan; whether that can be done."""
        builder, own = self._builder, case.priced
        if case.found is None or not self._may_price(best):
            return False
        parts = split(builder.way.problem, builder.resources, case.found, own.case)
        if not parts:
            return False
        self._cases.remove(case)
        self._cases += [_Case(replace(own, case=one), self._model.first_rung) for one in parts]
        return True

    def _place(self, case: _Case, best: BuiltPlan | None) -> BuiltPlan | None:
        """Place in the racks of a case, watching what turns out exceeded too.

        Where halves of units keep limits and no whole ones do, more slots are offered to these.
        """
        builder, plan = self._builder, None
        crowd = builder.crowd(case.priced.prices)
        is_missed = case.found is not None and case.found.is_kept and (best is None or best.excess > 0)
        is_small = builder.way.problem.cents.size <= _FEW_PAIRS
        more_slots = _ALL_SLOTS if is_small else _MORE_SLOTS
        for _ in range(_ROUNDS):
            placement = builder.place_within(self._model, case.priced, self._region(case), more_slots)
            found = builder.build(crowd, placement)
            if found is None:
                break
            plan = found if plan is None else min(plan, found, key=_RANK)
            excess = builder.excess(found.written.runs, found.written.devices)
            if self._model.watch(np.flatnonzero(excess)):
                continue
            if not (found.excess and is_missed) or more_slots > _MORE_SLOTS:
                break
            more_slots *= _WIDER
        return plan


def _choices(case: BoundCase) -> Choices:
    limits = frozenset((limit.racks, limit.most) for limit in case.device_limits)
    return case.open_racks, case.closed_racks, limits


def _enough_cents(plan: BuiltPlan | None) -> int | None:
    """Return the least bound that proves a plan nearly; None where it does not fit."""
    return _less(plan, _NEARLY_PERMILLION)


def _less(plan: BuiltPlan | None, permillion: int) -> int | None:
    """Return what a plan costs, less so many parts in a million; None where it does not fit."""
    if plan is None or plan.excess:
        return None
    return ceil_div(plan.written.cents * (10**6 - permillion), 10**6)


def _is_good(plan: BuiltPlan | None, bound_cents: int) -> bool:
    """Tell whether a plan fits and costs so little more than a bound that the search may end."""
    good_cents = _less(plan, _GOOD_PERMILLION)
    return good_cents is not None and bound_cents >= good_cents


def is_proved(plan: BuiltPlan | None, bound_cents: int) -> bool:
    """Tell whether a plan fits and costs nearly no more than a bound."""
    enough_cents = _enough_cents(plan)
    return enough_cents is not None and bound_cents >= enough_cents
