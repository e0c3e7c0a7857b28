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
from planner.optimize.pricing import IntArray
from planner.optimize.stop import is_stopped

_MOST_TRIED = 16
"""Most prices that are tried."""

_NEARLY_PERMILLION = 50
"""What other prices may prove more at most where the search for them ends."""

_FIRST_REACH = 0.25
"""How far from the first prices others are tried, in mean prices of a run for its cross-section."""

_NEARER, _FARTHER = 0.7, 2.0

_TIMES_DEARER = 2
"""Where every plan that keeps limits is proved to cost so many times what is known, none is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """What each fabric does at common prices, and what that proves of all together."""

    replies: tuple[Reply, ...]
    bound_cents: int


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Common prices of resources, and by fabric what plans take that are cheap at these.

    ``bound_cents`` is what that proves of all plans together. ``is_hopeless``: plans that keep limits would
    cost a multiple of those known, if there are any.
    """

    prices: Mapping[Resource, int]
    taken: Mapping[str, Taken]
    bound_cents: int
    is_hopeless: bool


class CommonPrices:
    """Searches prices for fabrics that share resources, and proves plans at them."""

    def __init__(self, members: Sequence[Member], barred: Collection[Resource]) -> None:
        """Take fabrics, and resources that are to have no price in common."""
        self._members = members
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
        center, best_cents, best = np.zeros(len(self.names), dtype=np.int64), self._plain_cents, None
        known_cents = sum(member.shared.chosen.objective_cents for member in self._members)
        tried = np.array([start.get(key, 0) for key in self.names], dtype=np.int64) * self._may
        reach = _FIRST_REACH
        for _ in range(_MOST_TRIED):
            found = self._try(tried) if tried.any() else None
            if tried.any() and found is None:
                break
            if found is not None:
                is_better = found.bound_cents > best_cents
                reach *= _FARTHER if is_better else _NEARER
                if is_better:
                    center, best_cents, best = tried, found.bound_cents, found
            step, most_cents = self._step(center, reach)
            is_near = most_cents - best_cents <= best_cents * _NEARLY_PERMILLION / 10**6
            if is_near or np.array_equal(step, tried) or best_cents > _TIMES_DEARER * known_cents:
                break
            tried = step
        if best is None:
            return None
        names = [member.shared.fabric.name for member in self._members]
        return Agreement(
            prices={key: int(price) for key, price in zip(self.names, center, strict=True) if price},
            taken={name: reply.taken for name, reply in zip(names, best.replies, strict=True)},
            bound_cents=best_cents,
            is_hopeless=best_cents > _TIMES_DEARER * known_cents,
        )

    def certificates(self, prices: Mapping[Resource, int]) -> dict[str, Certificate]:
        """Return certificates at common prices, by fabric; none where they prove no more than plain ones.

        What there is of a priced resource is earned once: each fabric earns what its plan takes, and the last
        one what the others leave.
        """
        whole = np.array([prices.get(key, 0) for key in self.names], dtype=np.int64)
        found = self._try(whole) if whole.any() else None
        if found is None:
            return {}
        certificates = {}
        rest = self._left.copy()
        last = self._last_takers()
        for number, (member, reply) in enumerate(zip(self._members, found.replies, strict=True)):
            places, own = self._places[number], member.taken()
            is_last = last[places] == number
            allotted = np.where(is_last, rest[places], own)
            rest[places] -= own
            earned = worth_cents(self._is_segment[places], whole[places], allotted)
            certificates[member.shared.fabric.name] = member.certificate(whole[places], reply, earned)
        proved = sum(certificate.bound_cents for certificate in certificates.values())
        return certificates if proved > self._plain_cents else {}

    @property
    def _plain_cents(self) -> int:
        """What is proved of all plans together without prices."""
        return sum(member.shared.plain.certificate.bound_cents for member in self._members)

    def _last_takers(self) -> IntArray:
        """Return the number of the last fabric that each resource (R,) concerns."""
        last = np.zeros(len(self.names), dtype=np.int64)
        for number, places in enumerate(self._places):
            last[places] = number
        return last

    def _try(self, prices: IntArray) -> _Tried | None:
        """Let all fabrics decide at prices (R,)."""
        replies = []
        for number, (member, places) in enumerate(zip(self._members, self._places, strict=True)):
            reply = None if is_stopped() else member.reply(prices[places])
            if reply is None:
                return None
            self._cuts[number].append((reply.plan_cents, self._spread(places, reply.used)))
            replies.append(reply)
        worth = worth_cents(self._is_segment, prices, self._left)
        return _Tried(tuple(replies), sum(reply.bound_cents for reply in replies) - worth)

    def _step(self, center: IntArray, reach: float) -> tuple[IntArray, float]:
        """Return prices (R,) near the best ones at which known plans allow the most, and how much that is."""
        most_used = np.sum([np.max([used for _, used in cuts], axis=0) for cuts in self._cuts], axis=0)
        short = np.flatnonzero(self._may & ((most_used > self._left) | (center > 0)))
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
            return center, -np.inf
        prices = np.zeros(len(self.names), dtype=np.int64)
        prices[short] = np.rint(solution.values[price] * per_price)
        return prices, -solution.objective * CENTS

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
