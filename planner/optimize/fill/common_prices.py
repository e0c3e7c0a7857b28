"""One price of each resource for all fabrics that crowd it together.

Several fabrics take of a segment or a limited part, and together they may take no more than there is. At
common prices each is bounded for itself; the sum of these bounds, less what all that there is sells for,
bounds all plans together. The prices are found by cutting planes: a plan of a fabric says how far its
bound can rise as prices change, and the prices at which all plans known allow the most are tried next, not
too far from the best ones so far.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.solution import Certificate
from planner.optimize.certify import MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.fill.members import Member, Reply
from planner.optimize.fill.resources import LARGEST_PRICE, UM2_PER_MM2, Resources, worth_cents
from planner.optimize.fill.taken import Resource, Taken
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.solve_way import with_less_effort
from planner.optimize.stop import is_stopped

_MOST_TRIED = 16
"""Most prices that are tried."""

_NEARLY_PERMILLION = 50
"""What other prices may prove more at most where the search for them ends."""

_FIRST_REACH = 0.25
"""How far from the first prices others are tried, in mean prices of a run for its cross-section."""

_NEARER, _FARTHER = 0.25, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """Prices (R,), what each fabric does at them, and what that proves of all together."""

    prices: IntArray
    replies: tuple[Reply, ...]
    bound_cents: int


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Common prices of resources, and by fabric what plans take that are cheap at these."""

    prices: Mapping[Resource, int]
    taken: Mapping[str, Taken]


class CommonPrices:
    """Searches prices for fabrics that share resources, and proves plans at them."""

    def __init__(
        self, members: Sequence[Member], barred: Collection[Resource], options: SolveOptions
    ) -> None:
        """Take fabrics, and resources that are to have no price in common."""
        self._members = members
        self._options = options
        names: dict[Resource, int] = {}
        self._places = [
            np.array([names.setdefault(key, len(names)) for key in _keys(member.resources)], dtype=np.int64)
            for member in members
        ]
        self.names = tuple(names)
        self._left = np.zeros(len(names), dtype=np.int64)
        self._unit = np.ones(len(names), dtype=np.int64)
        for member, places in zip(members, self._places, strict=True):
            self._left[places] = member.resources.left
            self._unit[places] = member.resources.unit
        self._is_segment = self._unit > 1
        self._may = np.array([key not in barred for key in names], dtype=bool)
        self._cuts = [
            [(float(cents), self._spread(places, used)) for cents, used in member.known()]
            for member, places in zip(members, self._places, strict=True)
        ]

    def search(self, start: Mapping[Resource, int]) -> Agreement | None:
        """Return the prices that prove most of all plans together; None where no prices prove more."""
        plain = sum(member.shared.plain.certificate.bound_cents for member in self._members)
        center, best_cents, best = np.zeros(len(self.names), dtype=np.int64), plain, None
        tried = np.array([start.get(key, 0) for key in self.names], dtype=np.int64) * self._may
        reach = _FIRST_REACH
        for _ in range(_MOST_TRIED):
            if tried.any():
                found = self._try(tried, with_less_effort(self._options))
                if found is None:
                    break
                reach *= _FARTHER if found.bound_cents > best_cents else _NEARER
                if found.bound_cents > best_cents:
                    center, best_cents, best = tried, found.bound_cents, found
            step = self._step(center, reach, tried)
            if step is None or step[1] - best_cents <= best_cents * _NEARLY_PERMILLION / 10**6:
                break
            if np.array_equal(step[0], tried):
                break
            tried = step[0]
        if best is None:
            return None
        names = [member.shared.fabric.name for member in self._members]
        return Agreement(
            prices={key: int(price) for key, price in zip(self.names, center, strict=True) if price},
            taken={name: reply.taken for name, reply in zip(names, best.replies, strict=True)},
        )

    def certificates(self, prices: Mapping[Resource, int]) -> dict[str, Certificate]:
        """Return certificates at common prices, by fabric; none where they prove no more than plain ones.

        What there is of a priced resource is earned once: each fabric earns what its plan takes, and the last
        one what the others leave.
        """
        whole = np.array([prices.get(key, 0) for key in self.names], dtype=np.int64)
        found = self._try(whole, self._options) if whole.any() else None
        if found is None:
            return {}
        certificates = {}
        rest = self._left.copy()
        last = self._last_to_price(whole)
        for number, (member, reply) in enumerate(zip(self._members, found.replies, strict=True)):
            places, own = self._places[number], member.taken()
            is_last = last[places] == number
            allotted = np.where(is_last, rest[places], own)
            rest[places] -= own
            earned = worth_cents(self._is_segment[places], whole[places], allotted)
            certificates[member.shared.fabric.name] = member.certificate(whole[places], reply, earned)
        plain = sum(member.shared.plain.certificate.bound_cents for member in self._members)
        proved = sum(certificate.bound_cents for certificate in certificates.values())
        return certificates if proved > plain else {}

    def _last_to_price(self, prices: IntArray) -> IntArray:
        """Return the number of the last fabric that each resource (R,) concerns."""
        last = np.zeros(len(self.names), dtype=np.int64)
        for number, places in enumerate(self._places):
            last[places] = number
        return last

    def _try(self, prices: IntArray, options: SolveOptions) -> _Tried | None:
        """Let all fabrics decide at prices (R,)."""
        replies = []
        for number, (member, places) in enumerate(zip(self._members, self._places, strict=True)):
            reply = None if is_stopped() else member.reply(prices[places], options)
            if reply is None:
                return None
            self._cuts[number].append((reply.plan_cents, self._spread(places, reply.used)))
            replies.append(reply)
        worth = worth_cents(self._is_segment, prices, self._left)
        return _Tried(prices, tuple(replies), sum(reply.bound_cents for reply in replies) - worth)

    def _step(self, center: IntArray, reach: float, tried: IntArray) -> tuple[IntArray, float] | None:
        """Return prices (R,) near the best ones at which known plans allow the most, and how much that is.

        None where nothing is short in any of these plans.
        """
        is_short = self._may & ((sum(self._most_used()) > self._left) | (center > 0) | (tried > 0))
        short = np.flatnonzero(is_short)
        if not len(short):
            return None
        per_price = np.where(self._is_segment[short], CENTS * MILLI, CENTS)
        around, room = center[short] / per_price, reach * self._scale()[self._is_segment[short].astype(int)]
        model = LinearModel()
        price = model.variables(
            (len(short),),
            np.minimum(around + room, LARGEST_PRICE / per_price),
            self._left[short] / self._unit[short],
            lower=np.maximum(0, around - room),
        )
        bound = model.variables((len(self._cuts),), np.inf, -1)
        for number, cuts in enumerate(self._cuts):
            for cents, used in cuts:
                row = model.rows((1,), -np.inf, cents / CENTS)
                model.add(row, bound[number : number + 1], 1)
                model.add(np.repeat(row, len(short)), price, -used[short] / self._unit[short])
        solution = model.solve_by_simplex()
        if solution is None:
            return None
        prices = np.zeros(len(self.names), dtype=np.int64)
        prices[short] = np.rint(solution.values[price] * per_price)
        return prices, -solution.objective * CENTS

    def _most_used(self) -> list[FloatArray]:
        """Return for each fabric the most that any of its known plans takes of each resource (R,)."""
        return [np.max([used for _, used in cuts], axis=0) for cuts in self._cuts]

    def _scale(self) -> FloatArray:
        """Return what a piece is worth at most, and a square millimeter, as a step: what a run costs."""
        runs = sum(len(member.shared.plain.runs) for member in self._members)
        cents = sum(member.shared.plain.objective_cents for member in self._members)
        section = np.mean([member.resources.section_of_kind.min() for member in self._members])
        return cents / CENTS / runs * np.array([1.0, UM2_PER_MM2 / section])

    def _spread(self, places: IntArray, used: FloatArray) -> FloatArray:
        """Return what a fabric takes (E + P,) as what it takes of all resources (R,)."""
        whole = np.zeros(len(self.names))
        whole[places] = used
        return whole


def _keys(resources: Resources) -> list[Resource]:
    """Return the names of a fabric's resources (E + P,)."""
    parts = [(limit.part, limit.stock_length_mm) for limit in resources.parts.limits]
    return [*(segment.id for segment in resources.segments), *parts]
