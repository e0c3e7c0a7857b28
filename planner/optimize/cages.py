"""Gives each run its cages, medium and route once the placement stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import linear_sum_assignment

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, MediumChoice, PlacedDevice
from planner.optimize.placement import Placement
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, PairPrices
from planner.optimize.problem import PlacementProblem, slot_cages

_SWEEPS = 3
"""Rounds of re-assigning one side's cages against the other's; later ones change nothing much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRuns:
    """A placement as it is built: devices, runs with their cages, and the objective."""

    devices: tuple[PlacedDevice, ...]
    runs: tuple[ChosenRun, ...]
    cents: int


@dataclass(slots=True)
class _Joint:
    """A run while its cages are being chosen: lower unit, device, ASIC, and the two cages."""

    lower: int
    device: int
    asic: int
    lower_cage: int = 0
    upper_cage: int = 0


def place_devices(
    problem: PlacementProblem, placement: Placement
) -> tuple[tuple[PlacedDevice, ...], list[list[tuple[int, int]]]]:
    """Give the devices their order and their ASICs to planes, ascending.

    Returns
    -------
    devices
        Placed devices in slot order.
    units
        For each plane, (device, ASIC) of its upper units in the order of ``placement.slots``; the
        ASIC is 0 where the device is the unit.
    """
    used = sorted({int(slot) for plane in placement.slots for slot in plane})
    device_of = {slot: index for index, slot in enumerate(used)}
    planes: list[list[int]] = [[] for _ in used]
    units: list[list[tuple[int, int]]] = []
    whole = problem.units_per_device == 1
    for plane, slots in enumerate(placement.slots):
        units.append([])
        for slot in slots:
            device = device_of[int(slot)]
            planes[device].append(plane)
            units[plane].append((device, 0 if whole else len(planes[device])))
    devices = tuple(
        PlacedDevice(
            rack=problem.slots[slot].rack,
            u=problem.slots[slot].u,
            planes=tuple(planes[index] + [-1] * (problem.units_per_device - len(planes[index]))),
        )
        for index, slot in enumerate(used)
    )
    return devices, units


def choose_runs(
    catalog: Catalog,
    fabric: TierFabric,
    table: RouteTable,
    prices: PairPrices,
    problem: PlacementProblem,
    placement: Placement,
) -> WrittenRuns | None:
    """Write the placement out as devices and runs, cage by cage; None where a cage is out of reach.

    Lower cages ascend with the upper unit's place and upper cages with the lower unit's, so that
    runs of a bundle do not cross. Where the cages of a unit stand at different places, each side is
    assigned at least cost against the other, in turn.
    """
    devices, units = place_devices(problem, placement)
    joints = [
        _Joint(lower, *units[plane][k])
        for plane, members in enumerate(fabric.planes)
        for i, lower in enumerate(members)
        for k in range(len(units[plane]))
        for _ in range(int(placement.wirings[plane].runs[i, k]))
    ]
    _assign_cages(catalog, fabric, table, prices, devices, joints)
    runs = []
    cents = 0
    for joint in joints:
        a, b = _attachments(fabric, table, devices, joint)
        if prices.cents[a, b] >= UNREACHABLE_CENTS:
            return None
        cents += int(prices.cents[a, b])
        choice = MediumChoice(
            option=int(prices.option[a, b]), stock=int(prices.stock[a, b]), route=int(prices.route[a, b])
        )
        runs.append(
            ChosenRun(
                lower=joint.lower,
                lower_cage=joint.lower_cage,
                upper=joint.device,
                upper_cage=joint.upper_cage,
                choice=choice,
            )
        )
    return WrittenRuns(
        devices=devices,
        runs=tuple(sorted(runs, key=lambda run: (run.lower, run.lower_cage))),
        cents=placement.cents - placement.run_cents + cents,
    )


def _attachments(
    fabric: TierFabric, table: RouteTable, devices: Sequence[PlacedDevice], joint: _Joint
) -> tuple[int, int]:
    unit, device = fabric.lower_units[joint.lower], devices[joint.device]
    return (
        table.lower_index[(unit.rack, unit.u, joint.lower_cage)],
        table.upper_index[(device.rack, device.u, joint.upper_cage)],
    )


def _assign_cages(
    catalog: Catalog,
    fabric: TierFabric,
    table: RouteTable,
    prices: PairPrices,
    devices: tuple[PlacedDevice, ...],
    joints: list[_Joint],
) -> None:
    """Fill in the cages of all joints, in place."""
    upper_cages = {asic: slot_cages(catalog, fabric, asic) for asic in {joint.asic for joint in joints}}
    by_lower = _grouped(sorted(joints, key=lambda joint: (joint.lower, joint.device, joint.asic)), _lower_key)
    for (lower,), members in by_lower.items():
        for joint, cage in zip(members, fabric.lower_units[lower].cages, strict=False):
            joint.lower_cage = cage
    by_upper = _grouped(sorted(joints, key=lambda joint: (joint.lower, joint.lower_cage)), _upper_key)
    for (_, asic), members in by_upper.items():
        for joint, cage in zip(members, upper_cages[asic], strict=False):
            joint.upper_cage = cage
    for _ in range(_SWEEPS):
        for (lower,), members in by_lower.items():
            unit = fabric.lower_units[lower]
            rows = [table.lower_index[(unit.rack, unit.u, cage)] for cage in unit.cages]
            columns = [_attachments(fabric, table, devices, joint)[1] for joint in members]
            for joint, pick in zip(members, _cheapest(prices, rows, columns), strict=True):
                joint.lower_cage = unit.cages[pick]
        for (index, asic), members in by_upper.items():
            device, cages = devices[index], upper_cages[asic]
            columns = [table.upper_index[(device.rack, device.u, cage)] for cage in cages]
            rows = [_attachments(fabric, table, devices, joint)[0] for joint in members]
            for joint, pick in zip(members, _cheapest(prices, columns, rows, swap=True), strict=True):
                joint.upper_cage = cages[pick]


def _lower_key(joint: _Joint) -> tuple[int, ...]:
    return (joint.lower,)


def _upper_key(joint: _Joint) -> tuple[int, ...]:
    return joint.device, joint.asic


def _grouped(
    joints: Sequence[_Joint], key: Callable[[_Joint], tuple[int, ...]]
) -> dict[tuple[int, ...], list[_Joint]]:
    """Return the joints by key, in their order."""
    groups: dict[tuple[int, ...], list[_Joint]] = {}
    for joint in joints:
        groups.setdefault(key(joint), []).append(joint)
    return groups


def _cheapest(prices: PairPrices, cages: list[int], partners: list[int], *, swap: bool = False) -> list[int]:
    """Return the position in ``cages`` for each partner, at least total cost.

    ``cages`` and ``partners`` are attachments; ``swap`` tells that the cages are the upper side.
    """
    if len(set(cages)) == 1:
        return list(range(len(partners)))
    grid = np.ix_(partners, cages) if swap else np.ix_(cages, partners)
    cents = prices.cents[grid] if swap else prices.cents[grid].T
    return _assign(cents)


def _assign(cents: IntArray) -> list[int]:
    """Solve a rectangular assignment (rows <= columns) by padding with rows that cost nothing."""
    rows, columns = cents.shape
    square = np.zeros((columns, columns), dtype=np.int64)
    square[:rows] = cents
    left, right = np.indices(square.shape).reshape(2, -1)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left, right, square.ravel())
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError(f"{rows} runs cannot be assigned to {columns} cages")
    return [solver.right_mate(row) for row in range(rows)]
