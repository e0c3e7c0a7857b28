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
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem

CENTS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Planes placed already: how many of each class (G,), and their units in each slot (S,)."""

    planes: IntArray
    units: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """A model and where its parts are.

    ``group`` and ``slot`` (n,) say which class in which slot each of the ``units`` variables (n,)
    counts, ``extra`` (n, N) their runs beyond the fewest, empty where the spread leaves none or the model
    has no runs of its own; ``open`` (Q,) indexes variables. The duals of ``slot_rows`` (S,) price slots,
    those of ``class_rows`` (G,) units, those of ``uplink_rows`` (G, N), where there are any, extra runs.
    """

    model: LinearModel
    group: IntArray
    slot: IntArray
    units: IntArray
    extra: IntArray
    open: IntArray
    slot_rows: IntArray
    class_rows: IntArray
    uplink_rows: IntArray

    def counts(self, values: FloatArray, shape: tuple[int, int]) -> IntArray:
        """Return how many units of each class stand in each slot (G, S), rounded."""
        counts = np.zeros(shape, dtype=np.int64)
        counts[self.group, self.slot] = np.rint(values[self.units]).astype(np.int64)
        return counts


def build_class_model(
    problem: PlacementProblem,
    rack_bounds: tuple[IntArray, IntArray],
    *,
    integer: bool = False,
    offered: BoolArray | None = None,
    unit_cost: FloatArray | None = None,
    standing: Standing | None = None,
) -> ClassModel:
    """Build the model.

    Parameters
    ----------
    problem
        The placement problem.
    rack_bounds
        Least and most opening of each candidate rack, 0 or 1 (Q,).
    integer
        Whether units, devices and racks must be whole.
    offered
        Which slots each class is offered of those that it reaches (G, S); None: all.
    unit_cost
        Cost of one unit of each class in each slot, extra runs included (G, S): then the model has
        no runs of its own. None: the fewest runs cost what they cost, and extra runs are variables.
    standing
        Planes that are placed already; the model places the others, and costs them alone.
    """
    per_device = problem.units_per_device
    groups, _, slots = problem.cents.shape
    least, most = rack_bounds
    usable = problem.is_allowed & (most[problem.slot_rack] > 0)
    pinned = _pinned(problem, standing)
    group, slot = np.nonzero(usable if offered is None else usable & (offered | (pinned > 0)))
    model = LinearModel()
    cost = problem.base_cents[group, slot] / CENTS if unit_cost is None else unit_cost[group, slot]
    # A bound that the rows imply anyway would take a share of their prices.
    units = model.variables(
        group.shape,
        per_device if integer else np.inf,
        cost,
        lower=pinned[group, slot],
        integer=integer,
    )
    devices = model.variables((slots,), 1, 0, lower=problem.fewest_units > 0, integer=integer)
    rack_open = model.variables(
        least.shape, most, problem.opening_cents / CENTS, lower=least, integer=integer
    )
    add_row_power(problem, model, devices, rack_open)
    planes = problem.planes_per_class if standing is None else problem.planes_per_class - standing.planes
    needed = planes * problem.units_per_plane
    class_rows = model.rows((groups,), needed, needed)
    model.add(class_rows[group], units, 1)
    problem.rules.limit_classes(model, planes, units, group, problem.slot_rack[slot])
    slot_rows = add_devices(problem, model, devices, rack_open, standing.units if standing else 0)
    model.add(slot_rows[slot], units, 1)
    extra, uplink_rows = np.empty((len(units), 0), np.int64), np.empty((groups, 0), np.int64)
    if unit_cost is None and problem.extra_per_lower:
        extra, uplink_rows = _add_extra_runs(problem, model, planes, group, slot, units)
    return ClassModel(model, group, slot, units, extra, rack_open, slot_rows, class_rows, uplink_rows)


def _pinned(problem: PlacementProblem, standing: Standing | None) -> IntArray:
    """Return the units, at least, that the model's planes of each class have in each slot (G, S)."""
    if problem.pins is None:
        return np.zeros(problem.base_cents.shape, dtype=np.int64)
    if standing is None:
        return problem.pins.units
    return np.where((standing.planes > 0)[:, None], 0, problem.pins.units)


def add_row_power(problem: PlacementProblem, model: LinearModel, devices: IntArray, opened: IntArray) -> None:
    """Keep the limits of rows."""
    for row in problem.row_power:
        inside = np.flatnonzero(row.is_in_row)
        # In parts of what takes most: solvers take numbers for one that are far from all others.
        unit = max(1, row.device_milliwatts, int(row.rack_milliwatts[inside].max(initial=0)))
        taken = model.rows((1,), -np.inf, row.left_milliwatts / unit)
        model.add(taken, opened[inside], row.rack_milliwatts[inside] / unit)
        model.add(taken, devices[row.is_in_row[problem.slot_rack]], row.device_milliwatts / unit)


def add_devices(
    problem: PlacementProblem,
    model: LinearModel,
    devices: IntArray,
    opened: IntArray,
    standing: IntArray | int = 0,
) -> IntArray:
    """Tie devices to racks; returns the slots' rows (S,), to which units not standing are to be added."""
    slots = devices.size
    total_units = int((problem.planes_per_class * problem.units_per_plane).sum())
    no_unit_idle = total_units == problem.devices * problem.units_per_device
    fewest = problem.fewest_units
    short = np.where(fewest > 0, fewest - problem.units_per_device, -np.inf)
    filled = model.rows((slots,), -standing if no_unit_idle else short - standing, -standing)
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
    problem: PlacementProblem,
    model: LinearModel,
    planes: IntArray,
    group: IntArray,
    slot: IntArray,
    units: IntArray,
) -> tuple[IntArray, IntArray]:
    """Add the runs beyond the fewest per pair, as many as each lower unit has; returns them, and rows."""
    groups, lowers, _ = problem.cents.shape
    cents = problem.cents[group, :, slot]
    fewest, most = problem.extra_per_upper
    pinned = np.zeros(cents.shape)
    for one in problem.pins.extra if problem.pins else ():
        if planes[one.group]:
            pinned[(group == one.group) & (slot == one.slot), one.lower] += 1
    extra = model.variables(cents.shape, np.inf, cents / CENTS, lower=pinned)
    needed = (planes * problem.extra_per_lower)[:, None]
    uplink_rows = model.rows((groups, lowers), needed, needed)
    model.add(uplink_rows[group], extra, 1)
    loads: list[tuple[float, float, int]] = [(-np.inf, 0, most), (0, np.inf, fewest)]
    if fewest == most:
        loads = [(0, 0, most)]
    for low, high, share in loads:
        load = model.rows(units.shape, low, high)
        model.add(load[:, None], extra, 1)
        model.add(load, units, -share)
    pair = model.rows(cents.shape, -np.inf, 0)
    model.add(pair, extra, 1)
    model.add(pair, units[:, None], -problem.extra_per_pair)
    return extra, uplink_rows
