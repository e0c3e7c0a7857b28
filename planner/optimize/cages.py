"""Gives each run its cages, medium and route once the placement stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import linear_sum_assignment

from planner.model.catalog import Catalog
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, MediumChoice, PlacedDevice
from planner.optimize.devices import place_devices
from planner.optimize.pinned_runs import PinnedMake
from planner.optimize.placement import Placement
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, PairPrices
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
    """A run while its cages are being chosen: lower unit, device, ASIC, and the two sockets.

    ``make`` is set where the run is pinned: its sockets stay as far as they are.
    """

    lower: int
    device: int
    asic: int
    lower_socket: Socket = _NO_SOCKET
    upper_socket: Socket = _NO_SOCKET
    make: PinnedMake | None = None


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
    if problem.pins and not board.pin(joints, problem.pins.runs):
        return None
    board.assign_sockets(joints)
    made = board.make(joints)
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
        cents=placement.cents - placement.run_cents - problem.pinned_cents + cents,
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

    def pin(self, joints: Sequence[_Joint], makes: Sequence[PinnedMake]) -> bool:
        """Find the run of its pair that each pinned run is; whether there is one for each."""
        waiting = _grouped(joints, lambda joint: (joint.lower, joint.device))
        at = {(placed.rack, placed.u): device for device, placed in enumerate(self.devices)}
        # Those whose cage says which unit they end at come first.
        for make in sorted(makes, key=lambda make: make.run.unit < 0):
            run, upper = make.run, make.run.pin.upper
            device = at.get((upper.rack, upper.u), -1)
            own = [
                joint
                for joint in waiting.get((run.lower, device), ())
                if joint.make is None and (run.unit < 0 or joint.asic in (0, run.unit + 1))
            ]
            if not own:
                return False
            own[0].make = make
            own[0].lower_socket, own[0].upper_socket = Socket(*run.lower_socket), Socket(*run.upper_socket)
        return True

    def make(self, joints: Sequence[_Joint]) -> tuple[list[MediumChoice], int] | None:
        """Return what each run is made of and what all cost together; None where one does not reach."""
        free = [joint for joint in joints if joint.make is None]
        made = make_runs(self.catalog, self.fabric, self.prices, [self.end_pair(one) for one in free])
        if made is None:
            return None
        found, total = made
        choices = iter(found)
        result = []
        for joint in joints:
            if joint.make is None:
                result.append(next(choices))
                continue
            ends = self.end_pair(joint)
            cents, choice = joint.make.cheapest(self.table, self.layout.economics, ends.lower, ends.upper)
            if cents >= UNREACHABLE_CENTS:
                return None
            total += cents
            result.append(choice)
        return result, total

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
            _fill_lower(members, self.fabric.lower_units[lower].sockets[: len(members)])
        by_upper = _grouped(sorted(joints, key=lambda joint: (joint.lower, joint.lower_socket)), _upper_key)
        for (_, asic), members in by_upper.items():
            _fill_upper(members, upper[asic])
        self._reassign(by_lower, by_upper)
        self._sort_heads(by_lower, by_upper)

    def _reassign(self, by_lower: _Groups, by_upper: _Groups) -> None:
        """Assign each unit's sockets at least cost, in turn; only where they stand at different places."""
        below, above = [], []
        for (lower,), members in by_lower.items():
            free = [joint for joint in members if joint.make is None]
            sockets = sorted(joint.lower_socket for joint in free)
            rows = [self.lower_attachment(lower, socket) for socket in sockets]
            if len(set(rows)) > 1:
                below.append((free, sockets, rows))
        for (device, _), members in by_upper.items():
            free = [joint for joint in members if not joint.make or not joint.make.run.pin.upper.cage]
            sockets = sorted(joint.upper_socket for joint in free)
            columns = [self.upper_attachment(device, socket) for socket in sockets]
            if len(set(columns)) > 1:
                above.append((free, sockets, columns))
        for _ in range(_SWEEPS):
            for free, sockets, rows in below:
                columns = [self.upper_attachment(joint.device, joint.upper_socket) for joint in free]
                for joint, pick in zip(
                    free, _assign(self.prices.cents[np.ix_(rows, columns)].T), strict=True
                ):
                    joint.lower_socket = sockets[pick]
            for free, sockets, columns in above:
                rows = [self.lower_attachment(joint.lower, joint.lower_socket) for joint in free]
                for joint, pick in zip(free, _assign(self.prices.cents[np.ix_(rows, columns)]), strict=True):
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


def _fill_lower(members: Sequence[_Joint], sockets: Sequence[Socket]) -> None:
    """Give runs of a lower unit its first sockets in order; pinned ones have theirs."""
    taken = {joint.lower_socket for joint in members if joint.make}
    free = iter([socket for socket in sockets if socket not in taken])
    for joint in members:
        if not joint.make:
            joint.lower_socket = next(free)


def _fill_upper(members: Sequence[_Joint], sockets: Sequence[Socket]) -> None:
    """Give runs of an upper unit its first sockets in order; where one is pinned to a cage, it has that."""
    taken = {joint.upper_socket for joint in members if joint.upper_socket != _NO_SOCKET}
    free = iter([socket for socket in sockets if socket not in taken])
    for joint in members:
        if joint.upper_socket == _NO_SOCKET:
            joint.upper_socket = next(free)


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
