"""Gives each run its cages, medium and route once the placement stands."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import linear_sum_assignment

from planner.model.catalog import Catalog
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import Layout
from planner.model.pins import PinnedDevice
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, PlacedDevice
from planner.optimize.placement import Placement
from planner.optimize.pricing import IntArray, PairPrices
from planner.optimize.problem import PlacementProblem
from planner.optimize.shared_cables import EndPair, head_side, longest_first, make_runs, shared_option
from planner.optimize.sockets import option_plugs, upper_sockets

_SWEEPS = 3
"""Rounds of re-assigning one side's cages against the other's; later ones change nothing much."""

_NO_SOCKET = Socket(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRuns:
    """A placement as it is built: devices, runs with their cages, and the objective."""

    devices: tuple[PlacedDevice, ...]
    runs: tuple[ChosenRun, ...]
    cents: int


@dataclass(slots=True)
class _Joint:
    """A run while its cages are being chosen: lower unit, device, ASIC, and the two sockets."""

    lower: int
    device: int
    asic: int
    lower_socket: Socket = _NO_SOCKET
    upper_socket: Socket = _NO_SOCKET


def place_devices(
    problem: PlacementProblem, placement: Placement, pinned: Sequence[PinnedDevice] = ()
) -> tuple[tuple[PlacedDevice, ...], list[list[tuple[int, int]]]]:
    """Give the devices their order and their ASICs to planes: as pinned, the others ascending.

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
    given = {(one.rack, one.u): one.planes for one in pinned}
    planes = [list(given.get(problem.slots[slot], (-1,) * problem.units_per_device)) for slot in used]
    taken: list[set[int]] = [set() for _ in used]
    units: list[list[tuple[int, int]]] = []
    whole = problem.units_per_device == 1
    for plane, slots in enumerate(placement.slots):
        units.append([])
        for slot in slots:
            device = device_of[int(slot)]
            unit = _next_unit(planes[device], taken[device], plane)
            planes[device][unit] = plane
            taken[device].add(unit)
            units[plane].append((device, 0 if whole else unit + 1))
    devices = tuple(
        PlacedDevice(rack=problem.slots[slot].rack, u=problem.slots[slot].u, planes=tuple(planes[index]))
        for index, slot in enumerate(used)
    )
    return devices, units


def _next_unit(planes: Sequence[int], taken: Container[int], plane: int) -> int:
    """Return the first unit of a device that is pinned to the plane, else the first that is free."""
    own = [unit for unit, served in enumerate(planes) if served == plane and unit not in taken]
    return own[0] if own else list(planes).index(-1)


def choose_runs(
    layout: Layout,
    catalog: Catalog,
    fabric: TierFabric,
    table: RouteTable,
    prices: PairPrices,
    problem: PlacementProblem,
    placement: Placement,
) -> WrittenRuns | None:
    """Write the placement out as devices and runs, cage by cage; None where a cage is out of reach.

    Units use their first sockets. Lower sockets ascend with the upper unit's place and upper sockets
    with the lower unit's, so that runs of a bundle do not cross. Where the cages of a unit stand at
    different places, each side is assigned at least cost against the other, in turn.
    """
    devices, units = place_devices(problem, placement, fabric.pinned)
    joints = [
        _Joint(lower, *units[plane][k])
        for plane, members in enumerate(fabric.planes)
        for i, lower in enumerate(members)
        for k in range(len(units[plane]))
        for _ in range(int(placement.wirings[plane].runs[i, k]))
    ]
    board = _Board(layout, catalog, fabric, table, prices, devices)
    board.assign_sockets(joints)
    made = make_runs(catalog, fabric, prices, [board.end_pair(joint) for joint in joints])
    if made is None:
        return None
    choices, cents = made
    runs = [
        ChosenRun(
            lower=joint.lower,
            lower_socket=joint.lower_socket,
            upper=joint.device,
            upper_socket=joint.upper_socket,
            choice=choice,
        )
        for joint, choice in zip(joints, choices, strict=True)
    ]
    return WrittenRuns(
        devices=devices,
        runs=tuple(sorted(runs, key=lambda run: (run.lower, run.lower_socket))),
        cents=placement.cents - placement.run_cents + cents,
    )


@dataclass(frozen=True, slots=True)
class _Board:
    """Where the sockets of both sides attach, and what a run between two attachments costs."""

    layout: Layout
    catalog: Catalog
    fabric: TierFabric
    table: RouteTable
    prices: PairPrices
    devices: tuple[PlacedDevice, ...]

    def lower_attachment(self, lower: int, socket: Socket) -> int:
        unit = self.fabric.lower_units[lower]
        return self.table.lower_index[(unit.rack, unit.u, socket.cage)]

    def upper_attachment(self, device: int, socket: Socket) -> int:
        placed = self.devices[device]
        return self.table.upper_index[(placed.rack, placed.u, socket.cage)]

    def end_pair(self, joint: _Joint) -> EndPair:
        """Return where the joint's two ends attach and which cages they take."""
        unit = self.fabric.lower_units[joint.lower]
        return EndPair(
            lower=self.lower_attachment(joint.lower, joint.lower_socket),
            upper=self.upper_attachment(joint.device, joint.upper_socket),
            lower_cage=((unit.rack, unit.u, joint.lower_socket.cage), joint.lower_socket.port),
            upper_cage=((joint.device, joint.upper_socket.cage), joint.upper_socket.port),
        )

    def assign_sockets(self, joints: list[_Joint]) -> None:
        """Fill in the sockets of all joints, in place."""
        upper = {
            asic: upper_sockets(self.layout, self.catalog, self.fabric, asic)
            for asic in {joint.asic for joint in joints}
        }
        by_lower = _grouped(
            sorted(joints, key=lambda joint: (joint.lower, joint.device, joint.asic)), _lower_key
        )
        for (lower,), members in by_lower.items():
            for joint, socket in zip(members, self.fabric.lower_units[lower].sockets, strict=False):
                joint.lower_socket = socket
        by_upper = _grouped(sorted(joints, key=lambda joint: (joint.lower, joint.lower_socket)), _upper_key)
        for (_, asic), members in by_upper.items():
            for joint, socket in zip(members, upper[asic], strict=False):
                joint.upper_socket = socket
        for _ in range(_SWEEPS):
            for (lower,), members in by_lower.items():
                self._reassign_lower(lower, members)
            for (device, asic), members in by_upper.items():
                self._reassign_upper(device, upper[asic][: len(members)], members)
        self._sort_heads(by_lower, by_upper)

    def _reassign_lower(self, lower: int, members: list[_Joint]) -> None:
        sockets = self.fabric.lower_units[lower].sockets[: len(members)]
        rows = [self.lower_attachment(lower, socket) for socket in sockets]
        if len(set(rows)) > 1:
            columns = [self.upper_attachment(joint.device, joint.upper_socket) for joint in members]
            for joint, pick in zip(members, _assign(self.prices.cents[np.ix_(rows, columns)].T), strict=True):
                joint.lower_socket = sockets[pick]

    def _reassign_upper(self, device: int, sockets: tuple[Socket, ...], members: list[_Joint]) -> None:
        columns = [self.upper_attachment(device, socket) for socket in sockets]
        if len(set(columns)) > 1:
            rows = [self.lower_attachment(joint.lower, joint.lower_socket) for joint in members]
            for joint, pick in zip(members, _assign(self.prices.cents[np.ix_(rows, columns)]), strict=True):
                joint.upper_socket = sockets[pick]

    def _sort_heads(self, by_lower: _Groups, by_upper: _Groups) -> None:
        """Put runs of like length next to each other in the cages of shared cables' heads."""
        option = shared_option(self.catalog, self.fabric, self.prices)
        if option is None:
            return
        is_upper = head_side(option_plugs(self.catalog, self.fabric, option)) == 1
        for members in (by_upper if is_upper else by_lower).values():
            ends = [self.end_pair(joint) for joint in members]
            if len({end.upper if is_upper else end.lower for end in ends}) > 1:
                continue  # sockets apart from each other: to exchange runs would change what they cost
            stock = [int(self.prices.stock[end.lower, end.upper]) for end in ends]
            order = [members[run] for run in longest_first(stock)]
            if is_upper:
                for joint, socket in zip(order, sorted(j.upper_socket for j in members), strict=True):
                    joint.upper_socket = socket
            else:
                for joint, socket in zip(order, sorted(j.lower_socket for j in members), strict=True):
                    joint.lower_socket = socket


_Groups = dict[tuple[int, ...], list[_Joint]]


def _lower_key(joint: _Joint) -> tuple[int, ...]:
    return (joint.lower,)


def _upper_key(joint: _Joint) -> tuple[int, ...]:
    return joint.device, joint.asic


def _grouped(joints: Sequence[_Joint], key: Callable[[_Joint], tuple[int, ...]]) -> _Groups:
    """Return the joints by key, in their order."""
    groups: _Groups = {}
    for joint in joints:
        groups.setdefault(key(joint), []).append(joint)
    return groups


def _assign(cents: IntArray) -> list[int]:
    """Return the column of each row at least cost: an assignment of as many columns as rows."""
    rows, columns = cents.shape
    left, right = np.indices(cents.shape).reshape(2, -1)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left, right, cents.ravel())
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError(f"{rows} runs cannot be assigned to {columns} cages")
    return [solver.right_mate(row) for row in range(rows)]
