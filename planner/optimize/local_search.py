"""Improves a placement by exchanging upper units between planes and moving devices to free slots.

Each step is first bounded from below with whole arrays, at prices of extra runs that prove every plane as
it is wired now (``wired_prices``); only those that may gain are wired exactly, most promising first. The
number of wirings is the budget, so that the result does not depend on the clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Set
from typing import NamedTuple

import numpy as np

from planner.optimize.certify import extra_cost
from planner.optimize.placement import Placement, make_placement, plane_groups, rank
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.optimize.wired_prices import wired_prices
from planner.optimize.wiring import LENGTH_SCALE, PlaneWiring, Wirer

_MOST_EXCHANGES = 2000
"""Exchanges looked at before the next step, most promising first."""

_OUT_OF_REACH = 2**61
"""Cost of a unit where none of its class may stand."""


class _Change(NamedTuple):
    """A plane's upper unit that goes to another slot: its position among the plane's slots."""

    plane: int
    position: int
    slot: int


class _Step(NamedTuple):
    """Changes of different planes, and the least that they cost together (below 0: they may gain).

    They exchange units, or move a device to a free slot.
    """

    least: int
    changes: tuple[_Change, ...]
    is_move: bool


def search(
    problem: PlacementProblem,
    placement: Placement,
    enough_cents: int,
    wirer: Wirer,
) -> Placement:
    """Improve until the cost is low enough, nothing gains, the budget is spent, or the search is to end."""
    looking = _Search(problem, enough_cents, wirer)
    while not looking.may_end(placement):
        better = looking.improve(placement)
        if better is placement:
            break
        placement = better
    return placement


class _Search:
    """Steps of one problem. Costs are those of wirings: a cent outweighs all the length of a plane.

    They are counted from every lower unit's cheapest slot: it has so many runs in any case.
    """

    def __init__(self, problem: PlacementProblem, enough_cents: int, wirer: Wirer) -> None:
        self._problem = problem
        self._enough_cents = enough_cents
        self._wirer = wirer
        self._groups = plane_groups(problem)
        allowed = problem.is_allowed[:, None, :]
        costs = np.where(allowed, problem.cents, 0) * LENGTH_SCALE + np.where(allowed, problem.routed_mm, 0)
        self._cheapest = np.where(allowed, costs, _OUT_OF_REACH).min(axis=2)
        self._costs = np.where(allowed, costs - self._cheapest[:, :, None], 0)
        self._base = problem.pair_runs[0] * self._costs.sum(axis=1)

    def may_end(self, placement: Placement) -> bool:
        """Tell whether a placement is good enough, the budget is spent, or the search is to end."""
        return placement.cents <= self._enough_cents or self._wirer.budget <= 0 or is_stopped()

    def improve(self, placement: Placement) -> Placement:
        """Take steps that really gain, most promising first, each of planes that no other has changed."""
        units, more = self._unit_costs(placement)
        slots = np.stack(placement.slots)
        moves = sorted(self._device_moves(placement, slots, units, more))
        changed: set[int] = set()
        has_moved = False
        for step in heapq.merge(self._exchanges(slots, units, more, changed), moves):
            if self.may_end(placement):
                break
            planes = {change.plane for change in step.changes}
            if planes & changed or (has_moved and step.is_move):
                continue
            found = self._take(placement, step, units, more)
            if found is not None and rank(found) < rank(placement):
                placement = found
                changed |= planes
                has_moved |= step.is_move
        return placement

    def _cost(self, plane: int, wiring: PlaneWiring) -> int:
        """Return what a plane's wiring costs."""
        given = self._problem.uplinks * int(self._cheapest[self._groups[plane]].sum())
        return wiring.cents * LENGTH_SCALE + wiring.routed_mm - given

    def _unit_costs(self, placement: Placement) -> tuple[IntArray, IntArray]:
        """Return the least cost of a unit of each plane in each slot (P, S), and what planes cost more (P,).

        The latter is 0 where prices prove a plane as it is.
        """
        problem = self._problem
        wired = [
            self._costs[group][:, slots] for group, slots in zip(self._groups, placement.slots, strict=True)
        ]
        runs = [wiring.runs - problem.pair_runs[0] for wiring in placement.wirings]
        prices = wired_prices(
            np.stack(wired), np.stack(runs), problem.extra_per_pair, problem.extra_per_upper
        )
        units = np.empty((len(wired), len(problem.slots)), dtype=np.int64)
        more = np.empty(len(wired), dtype=np.int64)
        for plane, group in enumerate(self._groups):
            units[plane] = self._base[group]
            if problem.extra_per_lower:
                units[plane] += extra_cost(problem, self._costs[group] - prices[plane][:, None])
            proved = (
                units[plane][placement.slots[plane]].sum() + problem.extra_per_lower * prices[plane].sum()
            )
            more[plane] = self._cost(plane, placement.wirings[plane]) - proved
            units[plane][~problem.is_allowed[group]] = _OUT_OF_REACH
        return units, more

    def _exchanges(
        self, slots: IntArray, units: IntArray, more: IntArray, changed: Set[int]
    ) -> Iterator[_Step]:
        """Give exchanges of units of two planes, neither changed yet, that may gain, the most first."""
        planes, count = slots.shape
        flat = slots.ravel()
        owner = np.repeat(np.arange(planes), count)
        moved = units[owner][:, flat] - (units[owner, flat] + more[owner])[:, None]
        least = moved + moved.T
        may_gain = (least < 0) & (owner[:, None] < owner[None, :]) & (flat[:, None] != flat[None, :])
        pairs = np.argwhere(may_gain)[np.argsort(least[may_gain], kind="stable")[:_MOST_EXCHANGES]]
        first, second = pairs.T
        order = np.lexsort((second, flat[second], first, least[first, second]))
        for a, b in pairs[order].tolist():
            if a // count in changed or b // count in changed:
                continue
            changes = (
                _Change(a // count, a % count, int(flat[b])),
                _Change(b // count, b % count, int(flat[a])),
            )
            yield _Step(int(least[a, b]), changes, is_move=False)

    def _device_moves(
        self, placement: Placement, slots: IntArray, units: IntArray, more: IntArray
    ) -> list[_Step]:
        """Return moves of a whole device to a free slot of an open rack with room that may gain."""
        problem = self._problem
        used = np.unique(slots)
        held = problem.held(placement.slots)
        is_open = (held > 0) | np.array(problem.is_fixed)
        free = np.setdiff1d(np.flatnonzero(is_open[problem.slot_rack]), used)
        at_free = units[:, free]
        steps = []
        for slot in used[problem.fewest_units[used] == 0]:
            planes, positions = np.nonzero(slots == slot)
            if (np.diff(planes) == 0).any():
                continue  # two units of one plane: what is known of one that moves does not cover both
            there = at_free[planes]
            is_reached = (there < _OUT_OF_REACH).all(axis=0)
            reached = free[is_reached]
            least = there[:, is_reached].sum(axis=0) - (units[planes, slot] + more[planes]).sum()
            rack = problem.slot_rack[slot]
            if held[rack] == 1 and not problem.is_fixed[rack]:  # a rack less, since free slots are in others
                least -= (
                    np.where(problem.slot_rack[reached] != rack, problem.opening_cents[rack], 0)
                    * LENGTH_SCALE
                )
            for target, gain in zip(reached[least < 0].tolist(), least[least < 0].tolist(), strict=True):
                if problem.may_hold(_moved(problem, held, int(slot), target)):
                    ends = zip(planes.tolist(), positions.tolist(), strict=True)
                    steps.append(_Step(gain, tuple(_Change(*end, target) for end in ends), is_move=True))
        return steps

    def _take(self, placement: Placement, step: _Step, units: IntArray, more: IntArray) -> Placement | None:
        """Wire the planes that a step changes; None once it is seen not to gain, or keeps no rule."""
        slots, wirings = list(placement.slots), list(placement.wirings)
        least = step.least
        for plane, position, target in step.changes:
            group, before = self._groups[plane], int(slots[plane][position])
            changed = slots[plane].copy()
            changed[position] = target
            slots[plane] = np.sort(changed)
            if not self._problem.may_stand(group, slots[plane]):
                return None
            wiring = self._wirer.wire(group, slots[plane])
            if wiring is None:
                return None
            now = self._cost(plane, wirings[plane])
            # What the plane really costs more takes the place of the least that it may.
            least += self._cost(plane, wiring) - now
            least -= int(units[plane, target] - units[plane, before] - more[plane])
            if least >= 0:
                return None
            wirings[plane] = wiring
        return make_placement(self._problem, tuple(slots), tuple(wirings))


def _moved(problem: PlacementProblem, held: IntArray, slot: int, target: int) -> IntArray:
    """Return how many devices each rack holds when the one in a slot moves."""
    after = held.copy()
    after[problem.slot_rack[slot]] -= 1
    after[problem.slot_rack[target]] += 1
    return after
