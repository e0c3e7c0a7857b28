"""The least that one plane can cost when slots and extra runs have prices; in integers, no solver.

A plane's upper units stand in some number of slots of each rack. For one such division and one set of
uplink prices the least cost is a sum of the cheapest places, rack by rack. Any set of prices gives a
valid least cost, so for each division the best set counts, and the plane costs at least the least
over all divisions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from planner.model.solution import MAX_DIVISIONS
from planner.verify.costs import UNREACHABLE_CENTS, Cents
from planner.verify.wiring import Tiers

PER_CENT = 1000
NOWHERE = 2**52
"""Priced cost of a place that does not exist or is out of reach: more than any plan's."""


@dataclass(frozen=True, slots=True)
class ClassTable:
    """What the planes of a class cost at each slot.

    Parameters
    ----------
    cost
        Least cost of a run from each lower unit of a plane (rows) to each slot, cents.
    base
        Priced cost of an upper unit with the fewest runs from each lower unit, for each slot.
    out_of_reach
        Whether a lower unit does not reach the slot, or others take all of it.
    """

    cost: Cents
    base: Cents
    out_of_reach: NDArray[np.bool_]

    def with_entry(self, tiers: Tiers, entry: Cents) -> ClassTable:
        """Return the table where every run to a slot pays so many cents more (S,)."""
        fewest = PER_CENT * tiers.fewest_per_pair * len(self.cost)
        return replace(self, cost=self.cost + entry, base=self.base + fewest * entry)


@dataclass(frozen=True, slots=True)
class PartLimit:
    """Parts of the racks, by number: units of a plane that one may hold, and parts that must hold some."""

    parts: tuple[tuple[int, ...], ...]
    most: int
    fewest: int

    def allows(self, division: Cents) -> NDArray[np.bool_]:
        """Tell which divisions of units among racks (ways, racks) keep the limit."""
        held = np.stack([division[:, list(racks)].sum(axis=1) for racks in self.parts])
        return np.asarray((held.max(axis=0) <= self.most) & ((held > 0).sum(axis=0) >= self.fewest))

    def among(self, racks: Sequence[int]) -> PartLimit:
        """Return the limit where only these racks are left, numbered anew."""
        number = {rack: index for index, rack in enumerate(racks)}
        left = [tuple(number[rack] for rack in part if rack in number) for part in self.parts]
        return replace(self, parts=tuple(part for part in left if part))

    def part_of_rack(self) -> dict[int, int]:
        """Return the part of each rack."""
        return {rack: part for part, racks in enumerate(self.parts) for rack in racks}


def class_table(tiers: Tiers, cost: Cents, barred: Cents | None = None) -> ClassTable:
    """Return the table of a class with that least cost of a run (lower units, slots).

    ``barred`` are numbers of slots that others take wholly.
    """
    base = PER_CENT * tiers.fewest_per_pair * cost.sum(axis=0)
    out_of_reach = np.asarray((cost >= UNREACHABLE_CENTS).any(axis=0), dtype=np.bool_)
    if barred is not None:
        out_of_reach[barred] = True
    return ClassTable(cost, base, out_of_reach)


def least_plane_cost(
    tiers: Tiers,
    table: ClassTable,
    price_sets: Sequence[Sequence[int]],
    slot_prices: Cents,
    rack_slots: Cents,
    rack_is_closed: NDArray[np.bool_],
    part_limits: Sequence[PartLimit] = (),
    pinned: Cents | None = None,
    forced: Sequence[tuple[int, Sequence[int]]] = (),
) -> int:
    """Return a valid least priced cost of one plane, in thousandths of a cent.

    Parameters
    ----------
    tiers
        What the fabric must look like.
    table
        What a plane of the class costs at each slot.
    price_sets
        Sets of prices of extra runs, one price a lower unit.
    slot_prices
        Price of one upper unit in each slot, a row a rack.
    rack_slots
        Numbers of the slots of each rack, -1 where it has fewer.
    rack_is_closed
        For each rack, whether nothing may stand in it.
    part_limits
        What the plane may have in parts of the racks; those of a later one hold whole parts of earlier ones.
    pinned
        Units, at least, that the plane has in each slot, a row a rack.
    forced
        Of pinned units, the number of the slot and the lower units that have a pinned run beyond the fewest.
    """
    racks, units = len(rack_slots), tiers.upper_per_plane
    absent = rack_is_closed[:, None] | (rack_slots < 0)
    sums = []
    for prices in price_sets:
        values = unit_values(tiers, table, np.array(prices, dtype=np.int64))
        by_rack = np.where(absent, NOWHERE, np.append(values, NOWHERE)[rack_slots] + slot_prices)
        own = sum(_forced_more(tiers, table, prices, one, int(values[one[0]])) for one in forced)
        sums.append((tiers.extra_per_lower * sum(prices) + own, np.minimum(by_rack, NOWHERE)))
    open_racks = racks - int(rack_is_closed.sum())
    given_units = np.zeros_like(rack_slots) if pinned is None else pinned
    # With one set of prices the least over all divisions is the sum of the cheapest places anywhere.
    is_simple = len(sums) == 1 and not part_limits
    if is_simple or not open_racks or comb(units + open_racks - 1, units) > MAX_DIVISIONS:
        least = _least_within(part_limits) if part_limits else _least_over_all
        return max(given + least(tiers, places, given_units) for given, places in sums)
    division = _divisions(units, tuple(rack_is_closed.tolist()))
    for limit in part_limits:
        division = division[limit.allows(division)]
    if not len(division):
        return NOWHERE
    each = [
        given + _cheapest_sums(tiers, places, given_units)[np.arange(racks), division].sum(axis=1)
        for given, places in sums
    ]
    return int(np.maximum.reduce(each).min())


@cache
def _divisions(units: int, rack_is_closed: tuple[bool, ...]) -> Cents:
    """Return every way to divide units among the racks that are not closed (ways, racks).

    A way is given by bars between units laid out in a line: which of the units + racks - 1 places
    hold bars.
    """
    free = [rack for rack, closed in enumerate(rack_is_closed) if not closed]
    held = list(combinations(range(units + len(free) - 1), len(free) - 1))
    bars = np.array(held, dtype=np.int64).reshape(len(held), len(free) - 1)
    edges = np.pad(bars, ((0, 0), (1, 0)), constant_values=-1)
    edges = np.pad(edges, ((0, 0), (0, 1)), constant_values=units + len(free) - 1)
    ways = np.zeros((len(bars), len(rack_is_closed)), dtype=np.int64)
    ways[:, free] = np.diff(edges, axis=1) - 1
    return ways


def _free_units(tiers: Tiers, places: Cents, pinned: Cents) -> Cents:
    """Return the cost of each unit of each slot, a row a rack; those that pinned units take are nowhere."""
    each = np.repeat(places, tiers.units_per_device, axis=1)
    number = np.arange(each.shape[1]) % tiers.units_per_device
    return np.asarray(np.where(number < np.repeat(pinned, tiers.units_per_device, axis=1), NOWHERE, each))


def _cheapest_sums(tiers: Tiers, places: Cents, pinned: Cents) -> Cents:
    """Return the sum of the 0, 1, .. K cheapest units of each rack, shape (racks, K + 1).

    The pinned units are always among them: fewer than these are nowhere.
    """
    units = tiers.upper_per_plane
    each = np.sort(_free_units(tiers, places, pinned), axis=1)[:, :units]
    short = units - each.shape[1]
    each = np.pad(each, ((0, 0), (0, max(0, short))), constant_values=NOWHERE)
    sums = np.pad(np.cumsum(np.minimum(each, NOWHERE), axis=1), ((0, 0), (1, 0)))
    if not pinned.any():
        return sums
    more = np.arange(units + 1) - pinned.sum(axis=1)[:, None]
    own = (pinned * places).sum(axis=1)[:, None]
    return np.where(more < 0, NOWHERE, own + np.take_along_axis(sums, np.maximum(more, 0), axis=1))


def _least_over_all(tiers: Tiers, places: Cents, pinned: Cents) -> int:
    """Return the sum of the cheapest units whichever racks they stand in, the pinned ones among them."""
    units = tiers.upper_per_plane
    if pinned.any():
        missing = units - int(pinned.sum())
        free = np.sort(_free_units(tiers, places, pinned), axis=None)[:missing]
        return int((pinned * places).sum()) + int(free.sum()) + (missing - len(free)) * NOWHERE
    # No slot holds more units of a plane than it has, so the cheapest ones hold them all.
    slots = min(-(-units // tiers.units_per_device), places.size)
    cheapest = np.sort(np.partition(places, slots - 1, axis=None)[:slots]) if slots else places.ravel()
    each = np.repeat(cheapest, tiers.units_per_device)[:units]
    return int(each.sum()) + (units - len(each)) * NOWHERE


def _least_within(limits: Sequence[PartLimit]) -> Callable[[Tiers, Cents, Cents], int]:
    """Return what sums the cheapest units that no part has too many of.

    Parts lie inside one another, so that the cheapest unit still allowed is always right to take. That
    units stand in several parts is left out: it could only raise the sum.
    """

    def least(tiers: Tiers, places: Cents, pinned: Cents) -> int:
        in_rack = pinned.sum(axis=1)
        held = [[int(in_rack[list(racks)].sum()) for racks in limit.parts] for limit in limits]
        part_of = [limit.part_of_rack() for limit in limits]
        per_rack = places.shape[1] * tiers.units_per_device
        each = _free_units(tiers, places, pinned).ravel()
        total, missing = int((pinned * places).sum()), tiers.upper_per_plane - int(pinned.sum())
        for place in np.argsort(each, kind="stable").tolist():
            if not missing:
                break
            parts = [parts[place // per_rack] for parts in part_of]
            if all(held[n][part] < limits[n].most for n, part in enumerate(parts)):
                for n, part in enumerate(parts):
                    held[n][part] += 1
                total += int(each[place])
                missing -= 1
        return total + missing * NOWHERE

    return least


def _forced_more(
    tiers: Tiers, table: ClassTable, prices: Sequence[int], forced: tuple[int, Sequence[int]], plain: int
) -> int:
    """Return what a unit costs more, priced, where certain lower units each send it an extra run."""
    slot, lowers = forced
    if plain >= NOWHERE:
        return 0
    members = len(table.cost)
    least = max(0, tiers.fewest_per_upper - tiers.fewest_per_pair * members)
    most = max(least, tiers.most_per_upper - tiers.fewest_per_pair * members)
    reduced = (PER_CENT * table.cost[:, slot] - np.array(prices, dtype=np.int64)).tolist()
    others = sorted(cents for lower, cents in enumerate(reduced) if lower not in lowers)
    needed = max(0, least - len(lowers))
    total = int(table.base[slot]) + sum(reduced[lower] for lower in lowers) + sum(others[:needed])
    total += sum(min(0, cents) for cents in others[needed : max(needed, most - len(lowers))])
    return max(0, int(total) - plain)


def unit_values(tiers: Tiers, table: ClassTable, uplink_prices: Cents) -> Cents:
    """Return the least priced cost of one upper unit at each slot, in thousandths of a cent.

    Every lower unit gets the fewest runs per pair; which of them get more is chosen by reduced cost,
    as many as the upper unit's load allows. Slots that a lower unit does not reach cost ``NOWHERE``.
    """
    members, values = len(table.cost), table.base
    if tiers.extra_per_lower:
        spare = tiers.most_per_pair - tiers.fewest_per_pair
        least = max(0, tiers.fewest_per_upper - tiers.fewest_per_pair * members)
        most = max(least, tiers.most_per_upper - tiers.fewest_per_pair * members)
        reduced = np.sort(PER_CENT * table.cost - uplink_prices[:, None], axis=0)
        if spare > 1:
            reduced = np.repeat(reduced, spare, axis=0)
        values = values + reduced[:least].sum(axis=0) + np.minimum(reduced[least:most], 0).sum(axis=0)
    return np.asarray(np.where(table.out_of_reach, NOWHERE, values), dtype=np.int64)
