"""Whether what the optimizer returns keeps every rule and costs what it says."""

from __future__ import annotations

from collections import Counter

import numpy as np

from planner.model.economics import (
    energy_in_objective_cents,
    labor_cents,
    run_parts_cents,
    run_power_milliwatts,
)
from planner.model.sites import cage_group, candidate_racks, first_cage, rack_capacity, upper_slots
from planner.model.solution import ChosenRun, FabricSolution
from planner.optimize.placement import Placement, plane_groups
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.reach import fabric_cages
from planner.optimize.wiring import PlaneWiring
from tests.reference.exhaustive import keeps_pins, keeps_rules
from tests.reference.floors import Hall
from tests.reference.plain import plain_problem


def check_wiring(problem: PlacementProblem, group: int, slots: IntArray, wiring: PlaneWiring) -> None:
    """A wiring keeps the spread and costs what it says."""
    low, high = problem.pair_runs
    least, most = problem.upper_load
    assert ((wiring.runs >= low) & (wiring.runs <= high)).all()
    assert (wiring.runs.sum(axis=1) == problem.uplinks).all()
    for one in problem.pins.extra if problem.pins else ():
        if one.group == group:
            column = int(np.searchsorted(slots, one.slot)) + one.number
            assert wiring.runs[one.lower, column] > low
    loads = wiring.runs.sum(axis=0)
    assert ((loads >= least) & (loads <= most)).all()
    assert wiring.cents == (wiring.runs * problem.cents[group][:, slots]).sum()
    assert wiring.routed_mm == (wiring.runs * problem.routed_mm[group][:, slots]).sum()


def check_placement(problem: PlacementProblem, placement: Placement) -> None:
    """A placement keeps every rule and costs what it says."""
    planes = sum(len(members) for members in problem.classes)
    assert len(placement.slots) == len(placement.wirings) == planes
    total = 0
    for plane, group in enumerate(plane_groups(problem)):
        slots, wiring = placement.slots[plane], placement.wirings[plane]
        assert len(slots) == problem.units_per_plane
        assert keeps_rules(problem, tuple(slots.tolist()))
        assert keeps_pins(problem, group, tuple(slots.tolist()))
        check_wiring(problem, group, slots, wiring)
        total += wiring.cents
    units = np.bincount(np.concatenate(placement.slots), minlength=len(problem.slots))
    assert units.max() <= problem.units_per_device
    used = np.flatnonzero(units)
    assert len(used) == problem.devices
    assert problem.pins is None or set(np.flatnonzero(problem.pins.fewest)) <= set(used)
    held = np.bincount(problem.slot_rack[used], minlength=len(problem.rack_names))
    assert (held <= problem.capacity).all()
    total += len(used) * problem.device_cents
    total += int(problem.opening_cents[(held > 0) | np.array(problem.is_fixed)].sum())
    assert placement.cents == total


def check_solution(hall: Hall, solution: FabricSolution) -> None:
    """A solution keeps the rules of racks, devices, planes, spread and cages, and its sums are right."""
    assert solution.certificate.bound_cents <= solution.objective_cents
    assert solution.geometric_floor_cents <= solution.objective_cents
    _check_devices(hall, solution)
    _check_spread(hall, solution)
    _check_cages(hall, solution)
    problem = plain_problem(hall)
    opened = {device.rack for device in solution.placed}
    opened |= {name for name, fixed in zip(problem.rack_names, problem.is_fixed, strict=True) if fixed}
    total = sum(run_cents(hall, solution, run) for run in solution.runs) + shared_cents(hall, solution)
    total += len(solution.placed) * problem.device_cents
    opening = zip(problem.rack_names, problem.opening_cents, strict=True)
    total += sum(int(cents) for name, cents in opening if name in opened)
    assert solution.objective_cents == total


def _check_devices(hall: Hall, solution: FabricSolution) -> None:
    fabric = hall.fabric
    places = [(device.rack, device.u) for device in solution.placed]
    assert len(set(places)) == len(places) == fabric.upper_devices
    assert set(places) <= set(upper_slots(hall.layout, hall.catalog, fabric))
    rack_type = hall.catalog.rack_types[fabric.upper_rack_type]
    most = rack_capacity(rack_type, hall.catalog.device_types[fabric.upper_device])
    assert max(Counter(rack for rack, _ in places).values()) <= most
    assert {rack for rack, _ in places} <= {
        position.address for position in candidate_racks(hall.layout, fabric.upper_rack_type)
    }
    planes = Counter(plane for device in solution.placed for plane in device.planes if plane >= 0)
    assert planes == Counter({plane: fabric.upper_per_plane for plane in range(len(fabric.planes))})
    assert all(len(device.planes) == fabric.upper_units_per_device for device in solution.placed)


def upper_unit(hall: Hall, run: ChosenRun) -> tuple[int, int]:
    """Device and 0-based unit that a run ends in, by the cage it takes there."""
    device = hall.catalog.device_types[hall.fabric.upper_device]
    group = cage_group(device, hall.fabric.upper_cages)
    asic = group.asic_of_cage[run.upper_socket.cage - first_cage(device, hall.fabric.upper_cages)]
    return run.upper, asic - 1 if hall.fabric.upper_units_per_device > 1 else 0


def _check_spread(hall: Hall, solution: FabricSolution) -> None:
    fabric = hall.fabric
    pairs = Counter((run.lower, upper_unit(hall, run)) for run in solution.runs)
    loads = Counter(upper_unit(hall, run) for run in solution.runs)
    assert set(Counter(run.lower for run in solution.runs).values()) == {fabric.uplinks}
    assert len(solution.runs) == fabric.uplinks * len(fabric.lower_units)
    assert all(fabric.pair_runs[0] <= count <= fabric.pair_runs[1] for count in pairs.values())
    assert len(pairs) == fabric.upper_per_plane * len(fabric.lower_units)
    assert all(fabric.upper_load[0] <= count <= fabric.upper_load[1] for count in loads.values())
    for lower, (device, unit) in pairs:
        assert solution.placed[device].planes[unit] == fabric.lower_units[lower].plane


def _check_cages(hall: Hall, solution: FabricSolution) -> None:
    lower_ends = [(run.lower, run.lower_socket) for run in solution.runs]
    upper_ends = [(run.upper, run.upper_socket) for run in solution.runs]
    assert len(set(lower_ends)) == len(set(upper_ends)) == len(solution.runs)
    assert all(socket in hall.fabric.lower_units[lower].sockets for lower, socket in lower_ends)


def run_cents(hall: Hall, solution: FabricSolution, run: ChosenRun) -> int:
    """Price of a run as it is made, worked out from its parts; checks that it reaches."""
    unit, device = hall.fabric.lower_units[run.lower], solution.placed[run.upper]
    row = hall.table.lower_index[(unit.rack, unit.u, run.lower_socket.cage)]
    column = hall.table.upper_index[(device.rack, device.u, run.upper_socket.cage)]
    option = hall.catalog.media[run.choice.option]
    routed = int(hall.table.routed_mm[row, column, run.choice.route])
    required = routed + int(hall.table.slack_mm[row, column, run.choice.route])
    assert required <= option.cable.stock[run.choice.stock].length_mm <= option.reach_mm
    economics = hall.layout.economics
    return (
        run_parts_cents(option, run.choice.stock)
        + labor_cents(economics, routed)
        + energy_in_objective_cents(economics, run_power_milliwatts(option))
    )


def shared_cents(hall: Hall, solution: FabricSolution) -> int:
    """Price and energy of what runs share: a plug for each cage in use, a cable for each share.

    Checks that all runs are made one way and that those of a share are of one length.
    """
    fabric, economics = hall.fabric, hall.layout.economics
    options = [hall.catalog.media[index] for index in {run.choice.option for run in solution.runs}]
    if not any(option.is_shared for option in options):
        return 0
    (option,) = options
    groups = fabric_cages(hall.catalog, fabric)
    plugs = option.between(*groups, fabric.runs_per_cage)
    assert plugs is not None
    sides = [
        [
            ((fabric.lower_units[r.lower].rack, fabric.lower_units[r.lower].u), *r.lower_socket)
            for r in solution.runs
        ],
        [((str(r.upper), 0), *r.upper_socket) for r in solution.runs],
    ]
    total = 0
    for plug, ends in zip(plugs, sides, strict=True):
        if plug.runs > 1:
            module = plug.transceiver.price.cents if plug.transceiver else 0
            each = module + energy_in_objective_cents(economics, plug.power_milliwatts)
            total += each * len({(place, cage) for place, cage, _ in ends})
    if option.runs_per_cable == 1:
        return total
    heads = sides[0 if plugs[0].runs >= plugs[1].runs else 1]
    by_cage: dict[object, list[tuple[int, int]]] = {}
    for run, (place, cage, port) in zip(solution.runs, heads, strict=True):
        by_cage.setdefault((place, cage), []).append((port, run.choice.stock))
    for members in by_cage.values():
        stock = [item for _, item in sorted(members)]
        for first in range(0, len(stock), option.runs_per_cable):
            share = stock[first : first + option.runs_per_cable]
            assert len(set(share)) == 1
            total += option.cable.stock[share[0]].price.cents
    return total
