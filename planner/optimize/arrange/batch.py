"""Bounds many arrangements at once: whole arrays, sorting and adding, in integers.

An arrangement's bound is that of ``certify`` at one set of slot prices and with extra runs priced at
their lower unit's cheapest slot. What does not depend on slot prices is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.certify import FORBIDDEN, MILLI
from planner.optimize.pricing import BoolArray, IntArray

_FAR = FORBIDDEN // MILLI
_CELLS = 2_000_000
"""Costs of runs that are sorted together."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Arrangements, priced but for their slots.

    B arrangements, F racks at most that an arrangement leaves for upper devices, n slots a rack.

    Parameters
    ----------
    taken
        Which open positions hold a rack that moves (B, P).
    racks
        Candidate racks that each leaves, in canonical order, -1 behind the last (B, F).
    units
        Least priced cost of an upper unit of each class in each of their slots (B, G, F * n).
    given
        What each costs besides, thousandths of a cent (B,).
    """

    taken: BoolArray
    racks: IntArray
    units: IntArray
    given: IntArray

    def pick(self, chosen: BoolArray | IntArray) -> Batch:
        """Return some of the arrangements."""
        return Batch(self.taken[chosen], self.racks[chosen], self.units[chosen], self.given[chosen])


class BatchBound:
    """Bounds arrangements of one open problem."""

    def __init__(self, open_problem: OpenProblem) -> None:
        self._open = open_problem
        problem = self._problem = open_problem.problem
        racks = len(problem.rack_names)
        of_rack = [np.flatnonzero(problem.slot_rack == rack) for rack in range(racks)]
        self.slots_per_rack = max(map(len, of_rack))
        self._rack_slots = np.full((racks + 1, self.slots_per_rack), -1, dtype=np.int64)
        for rack, slots in enumerate(of_rack):
            self._rack_slots[rack, : len(slots)] = slots
        self._rack_position = open_problem.rack_position
        self._is_fixed = np.array(problem.is_fixed, dtype=bool)
        # As many lower units are in a plane wherever racks stand: so are the extra runs of an upper unit.
        at = np.bincount(open_problem.unit_position[0] + 1, minlength=2)
        self._members = int(at[0] + open_problem.moving * at[1:].max())
        base = problem.pair_runs[0] * self._members
        self._extra = max(0, problem.upper_load[0] - base), problem.upper_load[1] - base
        self._nearest = np.stack(
            [problem.cents[:, :, slots].min(axis=2) for slots in of_rack], axis=2
        )  # (G, N, Q)

    def most_racks(self, taken: BoolArray) -> int:
        """Return how many racks an arrangement may leave for upper devices at most."""
        return int(self._left(taken).sum(axis=1).max())

    def _left(self, taken: BoolArray) -> BoolArray:
        """Tell which candidate racks each arrangement leaves (B, Q)."""
        wide = np.concatenate([taken, np.zeros((len(taken), 1), dtype=bool)], axis=1)
        return np.asarray(~wide[:, self._rack_position], dtype=np.bool_)

    def batches(self, taken: BoolArray) -> Iterator[Batch]:
        """Price arrangements (B, P), a few at a time."""
        groups, lowers, _ = self._problem.cents.shape
        width = self.most_racks(taken) * self.slots_per_rack
        size = max(1, _CELLS // (groups * lowers * width))
        for first in range(0, len(taken), size):
            yield self._priced(taken[first : first + size], width // self.slots_per_rack)

    def price(self, taken: BoolArray) -> Batch:
        """Price arrangements (B, P)."""
        parts = list(self.batches(taken))
        return Batch(
            taken,
            np.concatenate([part.racks for part in parts]),
            np.concatenate([part.units for part in parts]),
            np.concatenate([part.given for part in parts]),
        )

    def _priced(self, taken: BoolArray, width: int) -> Batch:
        problem = self._problem
        left = self._left(taken)
        order = np.argsort(~left, axis=1, kind="stable")[:, :width]
        racks = np.where(np.take_along_axis(left, order, axis=1), order, -1)
        slots = self._rack_slots[racks].reshape(len(taken), -1)
        has_room = np.where(left, problem.capacity, 0).sum(axis=1) >= problem.devices
        given = np.where(has_room, MILLI * problem.given_cents, FORBIDDEN)
        units = np.empty((len(taken), len(problem.classes), slots.shape[1]), dtype=np.int64)
        wide = np.concatenate([taken, np.ones((len(taken), 1), dtype=bool)], axis=1)
        for group, planes in enumerate(problem.classes):
            stands = wide[:, self._open.unit_position[group]]  # (B, N)
            cents = problem.cents[group][:, slots].transpose(1, 0, 2)  # (B, N, F * n)
            here = np.where(stands[:, :, None], cents, 0)
            cost = MILLI * problem.pair_runs[0] * here.sum(axis=1)
            if problem.extra_per_lower:
                nearest = np.where(left[:, None, :], self._nearest[group][None], _FAR).min(axis=2)
                nearest = np.minimum(nearest, _FAR)
                all_extra = problem.extra_per_lower * np.where(stands, nearest, 0).sum(axis=1)
                given += len(planes) * MILLI * all_extra
                cost += self._extras(stands, MILLI * (cents - nearest[:, :, None]))
            reached = (here < _FAR).all(axis=1) & (slots >= 0)
            units[:, group] = np.where(reached, np.minimum(cost, FORBIDDEN), FORBIDDEN)
        return Batch(taken, racks, units, given)

    def _extras(self, stands: BoolArray, reduced: IntArray) -> IntArray:
        """Return the least that the extra runs of an upper unit add, all of them 0 or more (B, F * n)."""
        fewest = self._extra[0]
        if not fewest:
            return np.zeros((len(reduced), reduced.shape[2]), dtype=np.int64)
        here = np.where(stands[:, :, None], reduced, FORBIDDEN)
        times = self._problem.extra_per_pair
        lowers = -(-fewest // times)
        least = np.sort(np.partition(here, lowers - 1, axis=1)[:, :lowers], axis=1)
        return np.asarray(np.repeat(least, times, axis=1)[:, :fewest].sum(axis=1), dtype=np.int64)

    def bound(self, batch: Batch, slot_prices: IntArray) -> IntArray:
        """Return each bound in thousandths of a cent at slot prices (F * n,) by rank of rack."""
        problem = self._problem
        per_device, units = problem.units_per_device, problem.units_per_plane
        priced = np.minimum(batch.units + slot_prices, FORBIDDEN)
        whole, rest = divmod(units, per_device)
        most = whole + (rest > 0)
        if priced.shape[2] < most:
            return np.full(len(batch.given), FORBIDDEN, dtype=np.int64)
        least = np.sort(np.partition(priced, most - 1, axis=2)[:, :, :most], axis=2)
        times = np.array([per_device] * whole + ([rest] if rest else []), dtype=np.int64)
        planes = (least * times).sum(axis=2) * problem.planes_per_class
        return np.asarray(batch.given + planes.sum(axis=1) + self._racks(batch.racks, slot_prices))

    def _racks(self, racks: IntArray, slot_prices: IntArray) -> IntArray:
        """Return the least that racks add when their slots earn their prices (B,)."""
        problem = self._problem
        dearest = -np.sort(-slot_prices.reshape(-1, self.slots_per_rack), axis=1)
        sums = np.concatenate([np.zeros((len(dearest), 1), np.int64), np.cumsum(dearest, axis=1)], axis=1)
        capacity = np.append(problem.capacity, 0)[racks]
        worth = problem.units_per_device * sums[np.arange(racks.shape[1]), capacity]
        value = MILLI * np.append(problem.opening_cents, 0)[racks] - worth
        value = np.where(np.append(self._is_fixed, False)[racks], value, np.minimum(0, value))
        return np.asarray(np.where(racks >= 0, value, 0).sum(axis=1), dtype=np.int64)


def masks_of(open_problem: OpenProblem, arrangements: Sequence[Sequence[str]]) -> BoolArray:
    """Return arrangements as rows of a table of open positions (B, P)."""
    masks = [open_problem.mask(chosen) > 0 for chosen in arrangements]
    return np.array(masks, dtype=bool).reshape(len(masks), len(open_problem.positions))
