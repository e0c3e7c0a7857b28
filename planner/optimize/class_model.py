"""The placement model by plane class: how many upper units of each class stand in each slot.

Planes of a class share their costs, so the model counts units instead of telling planes apart. Any
plan of the fabric is a point of the model at the same cost, so its relaxation bounds all plans;
a point of it becomes a plan once the units of each class are dealt to its planes (``placement``).
Costs are in money units of 100 cents, which keeps the solver's numbers near one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem

CENTS = 100
_MILLIWATTS = 10**6  # row power in kilowatts, near the other numbers


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """A model and where its parts are.

    ``units`` (G, S), ``extra`` (G, N, S) and ``open`` (Q,) index variables; ``slot_rows`` (S,) and
    ``uplink_rows`` (G, N) index the rows whose duals price slots and extra runs (extra runs and
    uplink rows are empty where the spread leaves none, or the model has no runs of its own).
    """

    model: LinearModel
    units: IntArray
    extra: IntArray
    open: IntArray
    slot_rows: IntArray
    uplink_rows: IntArray


def build_class_model(
    problem: PlacementProblem,
    rack_bounds: tuple[IntArray, IntArray] | None = None,
    unit_cost: FloatArray | None = None,
    *,
    integer: bool | None = None,
) -> ClassModel:
    """Build the model.

    Parameters
    ----------
    problem
        The placement problem.
    rack_bounds
        Least and most opening of each candidate rack, 0 or 1 (Q,): then units, devices and racks
        must be whole. None: the relaxation over all choices of racks.
    integer
        Whether units, devices and racks must be whole, where that is not as above.
    unit_cost
        Cost of one unit of each class in each slot, extra runs included (G, S): then the model has
        no runs of its own. None: the fewest runs cost what they cost, and extra runs are variables.
    """
    integer = rack_bounds is not None if integer is None else integer
    # A bound that the rows imply anyway would take a share of their prices.
    per_device = problem.units_per_device
    groups, _, slots = problem.cents.shape
    model = LinearModel()
    base = problem.base_cents / CENTS if unit_cost is None else unit_cost
    units = model.variables(
        (groups, slots),
        np.where(problem.is_allowed, per_device if integer else np.inf, 0),
        np.where(problem.is_allowed, base, 0),
        integer=integer,
    )
    devices = model.variables((slots,), 1, 0, integer=integer)
    racks = len(problem.rack_names)
    least, most = rack_bounds or (np.zeros(racks, np.int64), np.ones(racks, np.int64))
    rack_open = model.variables((racks,), most, problem.opening_cents / CENTS, lower=least, integer=integer)
    if integer:
        _add_row_power(problem, model, devices, rack_open)
    needed = problem.planes_per_class * problem.units_per_plane
    class_rows = model.rows((groups,), needed, needed)
    model.add(class_rows[:, None], units, 1)
    slot_rows = add_devices(problem, model, units, devices, rack_open)
    extra, uplink_rows = np.empty((groups, 0, slots), np.int64), np.empty((groups, 0), np.int64)
    if unit_cost is None and problem.extra_per_lower:
        extra, uplink_rows = _add_extra_runs(problem, model, units)
    return ClassModel(model, units, extra, rack_open, slot_rows, uplink_rows)


def _add_row_power(
    problem: PlacementProblem, model: LinearModel, devices: IntArray, opened: IntArray
) -> None:
    """Keep the power limits of rows; only of plans, since bounds do not price power."""
    for row in problem.row_power:
        limit = row.left_milliwatts / _MILLIWATTS
        drawn = model.rows((1,), -np.inf, limit)
        inside = np.flatnonzero(row.is_in_row)
        model.add(drawn, opened[inside], row.rack_milliwatts[inside] / _MILLIWATTS)
        model.add(drawn, devices[row.is_in_row[problem.slot_rack]], row.device_milliwatts / _MILLIWATTS)


def add_devices(
    problem: PlacementProblem, model: LinearModel, units: IntArray, devices: IntArray, opened: IntArray
) -> IntArray:
    """Tie units (.., S) to devices and devices to racks; returns the slots' rows (S,)."""
    slots = devices.size
    total_units = int((problem.planes_per_class * problem.units_per_plane).sum())
    no_unit_idle = total_units == problem.devices * problem.units_per_device
    filled = model.rows((slots,), 0 if no_unit_idle else -np.inf, 0)
    model.add(filled, units, 1)
    model.add(filled, devices, -problem.units_per_device)
    if not no_unit_idle:  # else implied; stated twice, its price would hide in an arbitrary share
        model.add(model.rows((1,), -np.inf, problem.devices), devices, 1)
    in_open_rack = model.rows((slots,), -np.inf, 0)
    model.add(in_open_rack, devices, 1)
    model.add(in_open_rack, opened[problem.slot_rack], -1)
    held = model.rows((opened.size,), -np.inf, 0)
    model.add(held[problem.slot_rack], devices, 1)
    model.add(held, opened, -problem.capacity)
    return filled


def _add_extra_runs(
    problem: PlacementProblem, model: LinearModel, units: IntArray
) -> tuple[IntArray, IntArray]:
    """Add the runs beyond the fewest per pair; returns them and the rows that count each lower unit's."""
    groups, lowers, slots = problem.cents.shape
    allowed = problem.is_allowed[:, None, :]
    fewest, most = problem.extra_per_upper
    extra = model.variables(
        problem.cents.shape,
        np.where(allowed, np.inf, 0),
        np.where(allowed, problem.cents, 0) / CENTS,
    )
    needed = (problem.planes_per_class * problem.extra_per_lower)[:, None]
    uplink_rows = model.rows((groups, lowers), needed, needed)
    model.add(uplink_rows[:, :, None], extra, 1)
    loads: list[tuple[float, float, int]] = [(-np.inf, 0, most), (0, np.inf, fewest)]
    if fewest == most:
        loads = [(0, 0, most)]
    for low, high, share in loads:
        load = model.rows((groups, slots), low, high)
        model.add(load[:, None, :], extra, 1)
        model.add(load, units, -share)
    pair = model.rows((groups, lowers, slots), -np.inf, 0)
    model.add(pair, extra, 1)
    model.add(pair, units[:, None, :], -problem.extra_per_pair)
    return extra, uplink_rows
