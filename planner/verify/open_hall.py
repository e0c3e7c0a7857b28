"""A hall whose racks may move: what every run would cost, whatever stands where; integers, no solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.open_racks import OpenRacks
from planner.model.solution import Certificate
from planner.verify.arrangement import rules_of_rows, stand_at
from planner.verify.board import Board, lay_out
from planner.verify.costs import UNREACHABLE_CENTS, Cents
from planner.verify.ground import Ground, survey
from planner.verify.plane_bound import NOWHERE, PER_CENT
from planner.verify.row_room import takes_of
from planner.verify.units import Unit, group_planes, standing_members
from planner.verify.wiring import Tiers


@dataclass(frozen=True, slots=True)
class OpenHall:
    """Costs from lower units at every place to every slot, whatever stands where.

    Parameters
    ----------
    everywhere
        The board with lower units at all open positions and slots in all racks that may stand.
    at
        Index of the open position, in the order of the layout's, of each lower unit of a plane (-1: it
        stands for sure), by class, and of each candidate rack.
    cost
        Least cost of a run by class, lower unit and slot.
    planes
        How many planes each class has.
    members
        Lower units of each plane, wherever racks stand.
    moving
        How many of the open positions hold a rack.
    takes
        Row of each open position, and what a rack there takes of the row's limits.
    """

    spec: OpenRacks
    everywhere: Board
    unit_at: Cents
    rack_at: Cents
    cost: Cents
    planes: Cents
    members: int
    moving: int
    takes: dict[str, tuple[str, tuple[int, ...]]]

    def board(self, taken: Sequence[str]) -> Board:
        """Return the board of one arrangement."""
        board, here = self.everywhere, set(taken)
        racks = [index for index, rack in enumerate(board.racks) if rack not in here]
        slots = board.rack_slots[racks]
        columns = slots[slots >= 0]
        numbers = np.full(board.slots + 1, -1, dtype=np.int64)
        numbers[columns] = np.arange(len(columns))
        open_at = {one.address for one in self.spec.positions}
        planes = tuple(
            tuple(unit for unit in plane if unit.rack in here or unit.rack not in open_at)
            for plane in board.tiers.planes
        )
        tiers = replace(board.tiers, planes=planes)
        return replace(
            board,
            tiers=tiers,
            racks=tuple(board.racks[index] for index in racks),
            capacity=tuple(board.capacity[index] for index in racks),
            rack_slots=numbers[slots],
            tables={option: table[:, columns] for option, table in board.tables.items()},
            part_limits=tuple(limit.among(racks) for limit in board.part_limits),
            pinned=board.pinned.among(racks, tiers),
            places=tuple(board.places[column] for column in columns.tolist()),
            rows=tuple(row.among(racks, self._moved_to(row.row, taken)) for row in board.rows),
        )

    def _moved_to(self, row: str, taken: Sequence[str]) -> list[tuple[int, ...]]:
        """Return what racks that stand at open positions of a row take of its limits."""
        return [takes for name, takes in map(self.takes.__getitem__, taken) if name == row]

    def bound(self, taken: Sequence[str], prices: Sequence[int]) -> int:
        """Return what slot prices prove of one arrangement; extra runs cost what the nearest slot asks."""
        board, tiers = self.everywhere, self.everywhere.tiers
        stands = np.append([one.address in set(taken) for one in self.spec.positions], True)
        racks = np.flatnonzero(~np.append(stands[:-1], False)[self.rack_at])
        if sum(board.capacity[rack] for rack in racks.tolist()) < tiers.devices:
            return NOWHERE // PER_CENT
        slots = board.rack_slots[racks]
        beta = np.array(prices, dtype=np.int64)[: slots.size].reshape(-1, slots.shape[1])
        if len(beta) < len(racks):
            return 0
        cost = self.cost[stands[self.unit_at]].reshape(len(self.cost), self.members, -1)
        cost = cost[:, :, slots.ravel()]
        values, given = self._units(cost)
        priced = np.minimum(values + beta.ravel(), NOWHERE)
        each = np.repeat(np.sort(priced, axis=1), tiers.units_per_device, axis=1)[:, : tiers.upper_per_plane]
        short = tiers.upper_per_plane - each.shape[1]
        total = int((self.planes * (given + each.sum(axis=1) + short * NOWHERE)).sum())
        total += PER_CENT * (tiers.devices * board.device_cents + board.constant_cents[""])
        dearest = -np.sort(-beta, axis=1)
        for rack, own in zip(racks.tolist(), dearest.tolist(), strict=True):
            name = board.racks[rack]
            net = PER_CENT * board.opening_cents[name]
            net -= tiers.units_per_device * sum(own[: board.capacity[rack]])
            total += net if name in board.decided else min(0, net)
        return -(-total // PER_CENT)

    def _units(self, cost: Cents) -> tuple[Cents, Cents]:
        """Return the priced cost of an upper unit by class and slot, and what extra runs are priced at."""
        tiers = self.everywhere.tiers
        values = PER_CENT * tiers.fewest_per_pair * cost.sum(axis=1)
        given = np.zeros(len(cost), dtype=np.int64)
        if tiers.extra_per_lower:
            nearest = np.minimum(cost.min(axis=2), UNREACHABLE_CENTS)
            given = PER_CENT * tiers.extra_per_lower * nearest.sum(axis=1)
            # All reduced costs are 0 or more, so that a unit takes the fewest extra runs that it must.
            least = max(0, tiers.fewest_per_upper - tiers.fewest_per_pair * self.members)
            reduced = np.sort(PER_CENT * (cost - nearest[:, :, None]), axis=1)
            reduced = np.repeat(reduced, tiers.most_per_pair - tiers.fewest_per_pair, axis=1)
            values = values + reduced[:, :least].sum(axis=1)
        out_of_reach = (cost >= UNREACHABLE_CENTS).any(axis=1)
        return np.where(out_of_reach, NOWHERE, np.minimum(values, NOWHERE)), given


def open_hall(ground: Ground, tiers: Tiers, spec: OpenRacks, certificate: Certificate) -> OpenHall:
    """Price every run that might be, with lower units at all open positions and slots in all racks."""
    addresses = [one.address for one in spec.positions]
    below = survey(replace(ground.plan, layout=stand_at(ground.plan.layout, spec, addresses)))
    above = survey(replace(ground.plan, layout=stand_at(ground.plan.layout, spec, ())))
    members = standing_members(below, tiers.spec, tiers.parts)
    grouped = group_planes(members, tiers.spec.plane_keys, tiers.spec.planes, is_chained=False)
    assert not isinstance(grouped, str)
    planes = tuple(tuple(member.unit for member in plane) for plane in grouped[0])
    part_of = {member.unit: member.part for plane in grouped[0] for member in plane}
    wide = replace(tiers, planes=planes, part_of=part_of)
    board = lay_out(above, wide, standing=below)
    at = {address: index for index, address in enumerate(addresses)}
    first = [planes[members[0]] for members in certificate.plane_classes]
    cost = [
        np.minimum.reduce([board.tables[""][_rows(board, planes[plane])] for plane in members])
        for members in certificate.plane_classes
    ]
    return OpenHall(
        spec=spec,
        everywhere=board,
        unit_at=np.array([[at.get(unit.rack, -1) for unit in plane] for plane in first], dtype=np.int64),
        rack_at=np.array([at.get(rack, -1) for rack in board.racks], dtype=np.int64),
        cost=np.stack(cost),
        planes=np.array([len(members) for members in certificate.plane_classes], dtype=np.int64),
        members=len(tiers.planes[0]),
        moving=spec.needed - sum(len(row.sure_numbers) for row in rules_of_rows(ground, spec)),
        takes={
            position.address: (row.name, takes_of(row, ground.plan.catalog.rack_types[spec.rack_type]))
            for row in ground.plan.layout.rows
            for position in row.positions
            if position.address in at
        },
    )


def _rows(board: Board, plane: Sequence[Unit]) -> list[int]:
    return [board.row_of[unit] for unit in plane]
