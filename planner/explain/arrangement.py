"""Where else a rack that may move could stand, and what the plan then costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from planner.model.arrangement import Arrangement, ArrangementRules, chosen_of, reopen
from planner.model.explanation import OtherChoice
from planner.model.layout import RackPosition
from planner.model.open_racks import OpenRacks
from planner.model.plan import Plan
from planner.units import money

MOST_PLANNED = 3
"""Arrangements that are planned for one explanation, those that differ least."""

MOST_RUNS = 10_000
"""Most runs of a plan that is planned again for an explanation."""


class Planned(NamedTuple):
    """A plan with racks elsewhere: its cost and bound, or why there is none."""

    cost_cents: int
    bound_cents: int
    refusal: str = ""


Replan = Callable[[Arrangement], Planned]


class _Other(NamedTuple):
    distance_mm: int
    left: Arrangement
    taken: Arrangement
    chosen: Arrangement


class OpenPositions:
    """What the planner decided about racks that may move, as seen from one position."""

    def __init__(self, plan: Plan, spec: OpenRacks, position: RackPosition, replan: Replan) -> None:
        self._plan = plan
        self._spec = spec
        self._address = position.address
        self._rules = ArrangementRules(reopen(plan.layout), plan.catalog)
        self._chosen = chosen_of(plan.layout)
        self._replan = replan

    @property
    def holds_one(self) -> bool:
        """True where a rack that may move stands at the position."""
        return self._address in self._chosen

    def facts(self) -> Iterator[str]:
        """Say that the planner decided, among how many arrangements, and what is proved of them."""
        kind, places = self._spec.rack_type, len(self._spec.positions)
        whether = "put one here" if self.holds_one else "put none here"
        yield (
            f"open_racks: the planner decides where {len(self._chosen)} x {kind} stand among {places} open"
            f" positions; it {whether}"
        )
        is_proved = any(one.arrangements for one in self._plan.solve.certificates)
        bound = money(self._plan.solve.lower_bound_cents)
        currency = self._plan.layout.economics.currency
        told = (
            f"none costs less than {bound} {currency}, that is proved"
            if is_proved
            else "they were searched, and nothing is proved of those not taken"
        )
        yield f"{self._rules.count:,} arrangements keep the layout's rules: {told}"

    def choices(self) -> Iterator[OtherChoice]:
        """Yield the plan's arrangement, and those that differ least from it at this position."""
        kind = self._spec.rack_type
        if self.holds_one:
            yield OtherChoice(what=f"{kind} here", cents=0, reason="as planned", is_chosen=True)
        if len(self._plan.runs) > MOST_RUNS:
            return
        for other in sorted(self._others())[:MOST_PLANNED]:
            what = f"{kind} of {' and '.join(other.left)} to {' and '.join(other.taken)}"
            planned = self._replan(other.chosen)
            if planned.refusal:
                yield OtherChoice(what=what, cents=None, reason=planned.refusal)
                continue
            cost = self._plan.solve.objective_cents
            least = money(planned.bound_cents - cost)
            reason = f"difference to the plan, planned again; {least} or more for sure"
            yield OtherChoice(what=what, cents=planned.cost_cents - cost, reason=reason)

    def rule(self, choices: Sequence[OtherChoice]) -> str:
        """Return what binds where a rack that may move stands here."""
        if len(self._plan.runs) > MOST_RUNS:
            return "cost: the planner chose this arrangement; the plan is too large to plan others for this"
        others = [one for one in choices if not one.is_chosen]
        priced = [one.cents for one in others if one.cents is not None]
        if not others:
            return "the layout's rules for racks that may move: this one has nowhere else to go by itself"
        if not priced:
            return "the layout: the fabrics cannot be built with this rack at the nearest other positions"
        if min(priced) < 0:
            saved = f"{money(-min(priced))} {self._plan.layout.economics.currency}"
            return f"not the best by itself: the rack elsewhere would save {saved}"
        return "cost: the planner chose this arrangement; with the rack elsewhere it costs as much or more"

    def _others(self) -> Iterator[_Other]:
        """Yield arrangements with one rack, or two side by side, elsewhere, so that this position changes."""
        stand = self._groups(self._chosen)
        free = self._groups([one.address for one in self._spec.positions if one.address not in self._chosen])
        for left, taken in product(stand, free):
            if len(left) != len(taken) or self._address not in (*left, *taken):
                continue
            after = {*self._chosen, *taken} - {*left}
            if self._rules.allow(after):
                chosen = tuple(one.address for one in self._spec.positions if one.address in after)
                yield _Other(self._distance_mm(left, taken), left, taken, chosen)

    def _groups(self, addresses: Sequence[str]) -> list[Arrangement]:
        """Return the addresses one by one and, where racks stand in pairs, two side by side."""
        here = [self._plan.layout.position(address) for address in addresses]
        groups: list[Arrangement] = [(one.address,) for one in here]
        if self._spec.in_pairs:
            numbers = {(one.row, one.number): one.address for one in here}
            groups += [
                (one.address, numbers[one.row, one.number + 1])
                for one in here
                if (one.row, one.number + 1) in numbers
            ]
        return groups

    def _distance_mm(self, left: Arrangement, taken: Arrangement) -> int:
        """Return how far the racks move along rows and across them."""
        ends = [
            (self._plan.layout.position(one), self._plan.layout.position(two))
            for one, two in zip(left, taken, strict=True)
        ]
        return sum(abs(one.x_mm - two.x_mm) + abs(one.y_mm - two.y_mm) for one, two in ends)
