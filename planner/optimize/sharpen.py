"""Sharpens the bound of a case: prices slots so that planes, divided among racks in whole units, cost most.

Columns are planes; a master chooses shares of them and prices the slots; at these prices each class
is searched for a plane that costs less than the master knows. Prices move within a box around the best
ones so far, which grows while they improve and shrinks while they do not. Each step certifies a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.bound import masks, read_multipliers
from planner.optimize.certify import MILLI, Multipliers, divisions, racks_value
from planner.optimize.class_model import CENTS
from planner.optimize.master import Master, MasterAnswer, PlaneColumn
from planner.optimize.plane_prices import PlanePrices
from planner.optimize.plane_relaxation import PlaneRelaxations, cheapest_slots
from planner.optimize.priced_units import lawful
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped

_FIRST_BOX_SHARE = 700
"""The first box is a unit's mean cost over this, to either side."""
_WAYS_TRIED = 2
"""Divisions of a class relaxed in a step, cheapest first."""
_CLOSE_PERMILLION = 50
"""Sharpening ends where prices within the box cannot gain more."""

_WIDER, _WIDEST = 4, 64
"""A box that stops prices gets so much wider, up to so many times the first one."""
_WHOLE = 1e-6
_GOOD_STEP = 0.3
"""The box doubles where a step brings this share of what the master promised."""


@dataclass(frozen=True, slots=True, eq=False)
class Sharpened:
    """What was found about a case: multipliers, openings of racks (Q,), and what dives start from.

    ``relaxed`` counts the planes relaxed for it.
    """

    multipliers: Multipliers
    opening: tuple[float, ...]
    is_open: IntArray
    is_closed: IntArray
    columns: tuple[PlaneColumn, ...]
    relaxed: int
    planes: tuple[PlanePrices, ...]


def sharpen(
    problem: PlacementProblem,
    case: BoundCase,
    limit: int,
    relaxations: PlaneRelaxations,
    wired: Sequence[PlaneColumn] = (),
) -> Sharpened | None:
    """Return better multipliers for a case; None where nothing is divided or the ways are too many.

    The climb starts from the case's multipliers and ends once it has relaxed ``limit`` planes. Planes of
    the case's racks that are wired already keep the master's prices from running wild at first.
    """
    is_open, is_closed = masks(problem, case)
    ways = divisions(problem, is_closed) if problem.extra_per_lower else None
    if ways is None or not len(ways.ways):
        return None
    known = read_multipliers(case)
    planes = tuple(
        PlanePrices(problem, group, is_closed, ways, known.uplinks[group])
        for group in range(len(problem.classes))
    )
    return _Ascent(problem, is_open, is_closed, planes, relaxations, known.slots, wired).climb(limit)


def offered_slots(problem: PlacementProblem, sharpened: Sharpened) -> BoolArray:
    """Tell which slots some good plane of each class uses (G, S): columns, and the cheapest units."""
    offered = np.zeros(problem.base_cents.shape, dtype=bool)
    for column in sharpened.columns:
        offered[column.group] |= column.units > 0
    middle = problem.units_per_plane // 2
    for plane in sharpened.planes:
        for number in range(len(plane.uplink_sets)):
            costs = plane.units(number) + sharpened.multipliers.slots
            offered[plane.group] |= costs <= np.sort(costs)[middle]
    return offered


class _Ascent:
    """The search for slot prices."""

    def __init__(
        self,
        problem: PlacementProblem,
        is_open: IntArray,
        is_closed: IntArray,
        planes: tuple[PlanePrices, ...],
        relaxations: PlaneRelaxations,
        slot_prices: IntArray,
        wired: Sequence[PlaneColumn],
    ) -> None:
        self._problem = problem
        self._is_open, self._is_closed = is_open, is_closed
        self._planes = planes
        self._relaxations = relaxations
        self._master = Master(problem, is_open, is_closed)
        self._columns: list[PlaneColumn] = list(wired)
        self._wired = len(wired)
        self._in_master = 0
        self._whole = np.full(len(problem.slots), problem.units_per_device, dtype=np.int64)
        self._best_prices = slot_prices
        self._best = -(2**62)
        mean = float(problem.base_cents[problem.is_allowed].mean())
        self._first_box = self._box = max(1, int(MILLI * mean / _FIRST_BOX_SHARE))

    def climb(self, limit: int) -> Sharpened | None:
        """Step until the master promises nothing more, so many planes were relaxed, or it is to end."""
        prices = self._best_prices
        promised = 0
        answer: MasterAnswer | None = None
        while len(self._columns) - self._wired < limit and not is_stopped():
            bound = self._price_planes(prices)
            if bound is not None:
                self._judge(bound, prices, promised)
            latest = None if bound is None else self._promise()
            if latest is None:
                if is_stopped():
                    break  # what was reached so far holds
                return None
            answer = latest
            prices = lawful(self._problem, answer.slot_prices)
            promised = int(answer.cost * CENTS * MILLI)
            if promised - self._best <= self._best * _CLOSE_PERMILLION // 10**6:
                # Prices that press against the box may rise further beyond it.
                if answer.missing < _WHOLE or self._box >= _WIDEST * self._first_box:
                    break
                self._box = max(self._first_box, _WIDER * self._box)
        return self._sharpened(answer) if answer else None

    def _price_planes(self, prices: IntArray) -> int | None:
        """Look for cheaper planes of every class; returns what the prices then prove (milli-cents)."""
        problem = self._problem
        total = MILLI * problem.given_cents
        total += racks_value(problem, prices, self._is_open, self._is_closed)
        for plane, members in zip(self._planes, problem.classes, strict=True):
            least = self._price_class(plane, prices)
            if least is None:
                return None
            total += len(members) * least
        return total

    def _price_class(self, plane: PlanePrices, prices: IntArray) -> int | None:
        """Relax the divisions that look cheapest until one costs what it seems to; returns the least."""
        costs = plane.costs(prices, self._whole)
        if plane.forget(costs):
            costs = plane.costs(prices, self._whole)
        most, number = costs.max(axis=0), costs.argmax(axis=0)
        tried = set()
        for _ in range(_WAYS_TRIED):
            way = int(most.argmin())
            if way in tried:
                break
            tried.add(way)
            first = len(plane.uplink_sets)
            if not self._relax_way(plane, way, int(number[way]), prices):
                return None
            proves = plane.costs(prices, self._whole, first)
            better = proves.max(axis=0) > most
            number = np.where(better, first + proves.argmax(axis=0), number)
            most = np.maximum(most, proves.max(axis=0))
        return int(most.min())

    def _relax_way(self, plane: PlanePrices, way: int, number: int, prices: IntArray) -> bool:
        """Relax a division over its cheapest slots, and those cheapest at the uplink prices it then has.

        Adds the plane and the prices found; tells whether there is a solution.
        """
        division = plane.ways[way]
        offered = np.zeros(len(prices), dtype=bool)
        while True:
            slots = cheapest_slots(self._problem, division, plane.units(number) + prices)
            if not (slots & ~offered).any():
                return True
            offered |= slots | (self._problem.pinned(plane.group) > 0)
            relaxed = self._relaxations.relax(plane.group, division, offered, prices)
            if relaxed is None:
                return False
            self._columns.append(PlaneColumn(plane.group, relaxed.units, relaxed.cost))
            number = len(plane.uplink_sets)
            plane.learn(relaxed.uplink_prices)

    def _judge(self, bound: int, prices: IntArray, promised: int) -> None:
        """Move the box to better prices, wider after a good step; or make it smaller."""
        gain, hoped = bound - self._best, max(1, promised - self._best)
        if promised and gain < -hoped:
            self._box = max(1, self._box * hoped // min(-gain, 4 * hoped))
        elif promised and gain > hoped * _GOOD_STEP:
            self._box *= 2
        if gain > 0:
            self._best, self._best_prices = bound, prices

    def _promise(self) -> MasterAnswer | None:
        """Solve the master with prices within the box."""
        unit = CENTS * MILLI
        over = (self._best_prices + self._box) / unit
        short = -lawful(self._problem, self._best_prices - self._box) / unit
        self._master.add(self._columns[self._in_master :])
        self._in_master = len(self._columns)
        self._master.price_misfits(over, short)
        return self._master.relax()

    def _sharpened(self, answer: MasterAnswer) -> Sharpened:
        """Keep what proves the bound at the best prices."""
        for plane in self._planes:
            plane.keep_enough(plane.costs(self._best_prices, self._whole))
        multipliers = Multipliers(self._best_prices, tuple(plane.uplink_sets for plane in self._planes))
        opening = tuple(answer.opening.tolist())
        return Sharpened(
            multipliers=multipliers,
            opening=opening,
            is_open=self._is_open,
            is_closed=self._is_closed,
            columns=tuple(self._columns),
            relaxed=len(self._columns) - self._wired,
            planes=self._planes,
        )
