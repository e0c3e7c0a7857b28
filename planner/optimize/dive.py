"""Makes a placement out of shares of planes: takes the largest, prices the rest anew, and so on.

Every plane taken fills its slots; what is left over is priced by the master, and each class is searched
for a plane that fits it. Nothing is proved here: the planes' known uplink prices guide the search, and
each plane found is wired exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.optimize.certify import FORBIDDEN, MILLI
from planner.optimize.class_model import CENTS
from planner.optimize.master import Master, MasterAnswer, PlaneColumn
from planner.optimize.plane_prices import PlanePrices
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.sharpen import Sharpened
from planner.optimize.stop import is_stopped
from planner.optimize.wiring import Wirer

_WHOLE = 1e-6
_ROUNDS = 3
"""Searches for planes between two takes; more while slots are over- or underfull."""
_LEAST_GAIN = 1e-4  # in money of 100 cents


class Dive:
    """A dive in the racks of one case."""

    def __init__(self, problem: PlacementProblem, sharpened: Sharpened, wirer: Wirer) -> None:
        self._problem = problem
        self._planes = sharpened.planes
        self._master = Master(problem, sharpened.is_open, sharpened.is_closed)
        self._in_master = 0
        self._wirer = wirer
        whole = (column for column in sharpened.columns if column.is_whole)
        self._known = {(column.group, column.slots): column for column in whole}
        self._columns = list(self._known.values())
        self._taken = np.zeros(len(self._columns))
        self._used = np.zeros(len(problem.slots), dtype=np.int64)
        self._order: list[int] = []
        dearest = float(problem.base_cents[problem.is_allowed].max()) / CENTS
        penalty = np.full(len(problem.slots), dearest)
        self._master.price_misfits(penalty, penalty)

    def run(self) -> list[tuple[int, IntArray]]:
        """Take planes until all are, or the rest would not fit; returns planes and their slots.

        They come in the order in which they were taken, surest first.
        """
        before = 0
        while not is_stopped():
            answer = self._relax()
            if answer is None or answer.missing > _WHOLE:
                del self._order[before:]
                break
            before = len(self._order)
            if not self._take(answer):
                break
        waiting = [list(members) for members in self._problem.classes]
        taken = (self._columns[index] for index in self._order)
        return [(waiting[each.group].pop(0), np.array(each.slots, dtype=np.int64)) for each in taken]

    def begun(self, taken: Mapping[int, IntArray]) -> BoolArray:
        """Tell which slots those planes leave neither empty nor full (S,): the others must fill them."""
        each = [np.bincount(slots, minlength=len(self._problem.slots)) for slots in taken.values()]
        used = np.sum(each, axis=0, dtype=np.int64) if each else np.zeros(len(self._problem.slots))
        return np.asarray((used > 0) & (used < self._problem.units_per_device))

    def _left(self) -> IntArray:
        """Return how many units each slot still takes (S,)."""
        return np.maximum(0, self._problem.units_per_device - self._used)

    def _relax(self) -> MasterAnswer | None:
        """Solve the master, with better planes for what is left until there are none."""
        left = self._left()
        groups = [self._columns[index].group for index in self._order]
        standing = np.bincount(groups, minlength=len(self._planes))
        rounds = 0
        while True:
            self._master.add(self._columns[self._in_master :])
            self._in_master = len(self._columns)
            if not rounds:
                self._master.keep(self._taken, self._used)
            answer = self._master.relax()
            rounds += 1
            if answer is None or rounds > (_ROUNDS if answer.missing < _WHOLE else 3 * _ROUNDS):
                return answer
            before = len(self._columns)
            for plane, members in zip(self._planes, self._problem.classes, strict=True):
                if standing[plane.group] < len(members):
                    self._look(plane, answer, left)
            if len(self._columns) == before:
                return answer
            self._taken = np.concatenate([self._taken, np.zeros(len(self._columns) - before)])

    def _look(self, plane: PlanePrices, answer: MasterAnswer, left: IntArray) -> None:
        """Add the cheapest plane of a class in what is left, if it costs less than the master knows."""
        costs = plane.costs(answer.slot_prices, left)
        most = costs.max(axis=0)
        way = int(most.argmin())
        if most[way] >= FORBIDDEN:
            return
        slots = plane.cheapest_slots(way, int(costs[:, way].argmax()), answer.slot_prices, left)
        key = plane.group, tuple(slots.tolist())
        if key in self._known:
            return
        wiring = self._wirer.wire(plane.group, slots)
        paid = float(answer.slot_prices[slots].sum()) / (CENTS * MILLI)
        if wiring is not None and wiring.cents / CENTS < answer.class_costs[plane.group] - paid - _LEAST_GAIN:
            self._known[key] = PlaneColumn.wired(self._problem, plane.group, slots, wiring)
            self._columns.append(self._known[key])

    def _take(self, answer: MasterAnswer) -> bool:
        """Take what the master takes wholly, or else the largest share; whether anything fits."""
        more = answer.shares - self._taken
        whole = np.floor(more + _WHOLE)
        order = np.argsort(-more, kind="stable")
        taken = 0
        for index in order:
            if more[index] < _WHOLE or (taken and whole[index] < 1):
                break
            units = np.rint(self._columns[index].units).astype(np.int64)
            for _ in range(max(1, int(whole[index]))):
                if (units <= self._left()).all():
                    self._taken[index] += 1
                    self._order.append(int(index))
                    self._used += units
                    taken += 1
        return taken > 0
