"""Where to split a case in two: by a rack that is opened by halves, or by how many devices stand in some.

Whole devices leave room in crowded segments that halves of units would fill. No price of one segment tells
that, but a number of devices does: either at most so many stand in the racks whose runs crowd most, or more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import BoundCase, DeviceLimit
from planner.optimize.fill.case_bounds import Region, rack_names
from planner.optimize.fill.resources import Resources
from planner.optimize.linear_model import FloatArray
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem

_SOME = 1e-3
"""Share of a rack or a device that is to be more than none and less than whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of a relaxation: their slot, numbers of route and kind, and how many; below 0 what is less."""

    slot: IntArray
    route: IntArray
    kind: IntArray
    count: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PricedRegion:
    """What a relaxation says of plans in a region.

    ``prices`` of resources (E + P,), and those of the region's limits, are such that plans leave room;
    ``is_kept`` tells whether no limit is exceeded. ``opening`` is how far each rack opens, ``units`` are
    those in it (Q,), ``runs`` all runs; None where nothing was found.
    """

    prices: IntArray
    region: Region
    is_kept: bool
    opening: FloatArray | None = None
    units: FloatArray | None = None
    runs: Runs | None = None


def by_rack(problem: PlacementProblem, slot: IntArray, amount: FloatArray) -> FloatArray:
    """Add up amounts in slots, rack by rack (Q,)."""
    racks = len(problem.rack_names)
    return np.bincount(problem.slot_rack[slot], weights=amount, minlength=racks).astype(float)


def split(
    problem: PlacementProblem, resources: Resources, found: PricedRegion, case: BoundCase
) -> tuple[BoundCase, ...]:
    """Split a case so that every plan is in a part, and its relaxation in none; nothing: it cannot be told.

    A rack that is opened by halves is closed, or it is open; then a device stands in it, else it would be
    closed. Where that is so, devices are counted. Where limits are exceeded, there is nothing to split.
    """
    if found.opening is None or found.units is None or found.runs is None or not found.is_kept:
        return ()
    least, most = found.region.least, found.region.most
    undecided = np.where(least < most, found.opening, 0)
    by_halves = np.minimum(undecided, 1 - undecided)
    if by_halves.max() > _SOME:
        rack = problem.rack_names[int(by_halves.argmax())]
        return (
            replace(case, closed_racks=(*case.closed_racks, rack)),
            replace(case, open_racks=(*case.open_racks, rack)),
        )
    devices = found.units / problem.units_per_device
    nearly_empty = np.flatnonzero((least > np.array(problem.is_fixed)) & (devices < 1 - _SOME))
    if len(nearly_empty):
        elsewhere = (np.arange(len(devices)) != rack for rack in nearly_empty)
        limits = [_limit(problem, is_in, problem.devices - 1) for is_in in elsewhere]
        return (replace(case, device_limits=(*case.device_limits, *limits)),)
    paid_cents = found.runs.count * resources.payer(found.prices)(found.runs.route, found.runs.kind)
    counted = _crowding(problem, devices, by_rack(problem, found.runs.slot, paid_cents))
    if counted is None:
        return ()
    is_in, fewer = counted
    limits = [_limit(problem, is_in, fewer), _limit(problem, ~is_in, problem.devices - fewer - 1)]
    return tuple(replace(case, device_limits=(*case.device_limits, one)) for one in limits)


def _crowding(
    problem: PlacementProblem, devices: FloatArray, paid_cents: FloatArray
) -> tuple[BoolArray, int] | None:
    """Return racks (Q,) whose devices crowd most, and their whole number; None where counts are whole.

    Racks are taken together from the one whose devices pay most to what is crowded; of these sets, the one
    whose count is farthest from a whole number. It and the other racks hold a device at least: that none
    stands in a rack is said by closing it.
    """
    order = np.argsort(-paid_cents / np.maximum(devices, 1), kind="stable")[:-1]
    counts = np.cumsum(devices[order])
    away = np.where((counts > 1) & (counts < problem.devices - 1), np.abs(counts - np.rint(counts)), 0)
    if away.max(initial=0) < _SOME:
        return None
    last = int(away.argmax())
    is_in = np.zeros(len(devices), dtype=bool)
    is_in[order[: last + 1]] = True
    return is_in, int(counts[last])


def _limit(problem: PlacementProblem, is_in: BoolArray, most: int) -> DeviceLimit:
    return DeviceLimit(racks=rack_names(problem, is_in), most=most, price_cents=0)
