"""Cases over switch racks that together cover every arrangement, the weakest one divided first."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from planner.model.solution import RackCase
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.arrange.units_alone import LARGEST_PRICE, UnitsAlone
from planner.optimize.linear_model import FloatArray
from planner.optimize.priced_units import PricedUnits
from planner.optimize.pricing import IntArray
from planner.optimize.stop import is_stopped

_IMPOSSIBLE_CENTS = 2**60
"""Bound of a case in which nothing can be."""
_HARDLY = 1e-6
_MOST_CELLS = 250_000_000
"""Most costs of runs that are sorted to price units, over all cases."""
_MOST_CASES = 240


class _Case(NamedTuple):
    """A case with its bound, and how far its relaxation opens each rack (Q,); cases compare by age."""

    bound_cents: int
    age: int
    is_open: IntArray
    is_closed: IntArray
    slot_prices: IntArray
    opening: FloatArray

    @property
    def branch(self) -> int | None:
        """The rack that the relaxation opens most of those not open for sure; None: none."""
        share = np.where(self.is_open > 0, 0, self.opening)
        rack = int(np.argmax(share))
        return rack if share[rack] > _HARDLY else None


class RackTree:
    """Cases that cover every choice of switch racks, and with it every arrangement."""

    def __init__(self, open_problem: OpenProblem) -> None:
        self._alone = UnitsAlone(open_problem)
        self._units = PricedUnits(self._alone.priced_problem())
        self._rack_names = open_problem.problem.rack_names
        self._slots = len(open_problem.problem.slots)
        self._heap: list[_Case] = []
        self._born = 0
        nothing = np.zeros(len(self._rack_names), dtype=np.int64)
        self._add(self._alone.stands.astype(np.int64), nothing, np.zeros(self._slots, dtype=np.int64))

    def run(self) -> None:
        """Divide the weakest case again and again: a rack open, or closed."""
        while self._born < _MOST_CASES and self._born * self._alone.cells < _MOST_CELLS:
            branch = self._heap[0].branch
            if branch is None or is_stopped():
                return
            weakest = heapq.heappop(self._heap)
            mark = np.zeros_like(weakest.is_open)
            mark[branch] = 1
            self._add(weakest.is_open + mark, weakest.is_closed, weakest.slot_prices)
            self._add(weakest.is_open, weakest.is_closed + mark, weakest.slot_prices)

    @property
    def bound_cents(self) -> int:
        """The least that any arrangement is proved to cost."""
        return self._heap[0].bound_cents

    @property
    def likely_racks(self) -> tuple[int, ...]:
        """Switch racks that the weakest case's relaxation opens for the most part."""
        return tuple(np.flatnonzero(self._heap[0].opening > 0.5).tolist())

    def cases(self) -> tuple[RackCase, ...]:
        """Return all cases for a certificate, in the order in which they came to be."""
        ordered = sorted(self._heap, key=lambda case: case.age)
        return tuple(self._alone.case(each.is_open, each.is_closed, each.slot_prices) for each in ordered)

    def _add(self, is_open: IntArray, is_closed: IntArray, known: IntArray) -> None:
        """Bound a case at prices of its own or, where those prove less, at those of the case it came from."""
        self._born += 1
        opening = is_open.astype(float)
        if self._alone.lacks_room(is_open, is_closed):
            found = _Case(_IMPOSSIBLE_CENTS, self._born, is_open, is_closed, known, opening)
            heapq.heappush(self._heap, found)
            return
        costs = self._alone.costs(is_open)
        self._units.open_racks(is_open, is_closed)
        placed = self._units.place(costs)
        prices = [known] if placed is None else [known, np.minimum(placed.slot_prices, LARGEST_PRICE)]
        bounds = [self._alone.bound_cents(costs, each, is_open, is_closed) for each in prices]
        best = int(np.argmax(bounds))
        if placed is not None:
            opening = placed.opening
        heapq.heappush(self._heap, _Case(bounds[best], self._born, is_open, is_closed, prices[best], opening))
