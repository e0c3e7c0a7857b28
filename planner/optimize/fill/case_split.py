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
from planner.optimize.pricing import IntArray
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
) -> tuple[BoundCase, BoundCase] | None:
    """Split a case in two so that every plan is in one, and its relaxation in none; None: it cannot be told.

    A rack that is opened by halves is closed, or it is open; where there is none, devices are counted. Where
    limits are exceeded, there is nothing to split.
    """
    if found.opening is None or not found.is_kept:
        return None
    undecided = np.where(found.region.least < found.region.most, found.opening, 0)
    by_halves = np.minimum(undecided, 1 - undecided)
    if by_halves.max() > _SOME:
        rack = problem.rack_names[int(by_halves.argmax())]
        return (
            replace(case, closed_racks=(*case.closed_racks, rack)),
            replace(case, open_racks=(*case.open_racks, rack)),
        )
    limits = _limits(problem, resources, found)
    if limits is None:
        return None
    fewer, more = (replace(case, device_limits=(*case.device_limits, limit)) for limit in limits)
    return fewer, more


def _limits(
    problem: PlacementProblem, resources: Resources, found: PricedRegion
) -> tuple[DeviceLimit, DeviceLimit] | None:
    """Return two limits of which every plan keeps one, and a relaxation none; None: it counts in wholes.

    Racks are taken together from the one whose devices pay most to what is crowded; of these sets, the one
    whose count is farthest from a whole number. Both limits leave a device: that none stands in a rack is
    said by closing it.
    """
    if found.units is None or found.runs is None:
        return None
    devices, runs = found.units / problem.units_per_device, found.runs
    paid_cents = runs.count * resources.payer(found.prices)(runs.route, runs.kind)
    order = np.argsort(-by_rack(problem, runs.slot, paid_cents) / np.maximum(devices, 1), kind="stable")[:-1]
    counts = np.cumsum(devices[order])
    away = np.where((counts > 1) & (counts < problem.devices - 1), np.abs(counts - np.rint(counts)), 0)
    if away.max(initial=0) < _SOME:
        return None
    last = int(away.argmax())
    is_in = np.zeros(len(devices), dtype=bool)
    is_in[order[: last + 1]] = True
    most = int(counts[last])
    return (
        DeviceLimit(racks=rack_names(problem, is_in), most=most, price_cents=0),
        DeviceLimit(racks=rack_names(problem, ~is_in), most=problem.devices - most - 1, price_cents=0),
    )
