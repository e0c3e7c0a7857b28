"""The placement problem over all places: lower units wherever racks may stand, and slots likewise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.model.arrangement import Arrangement, ArrangementRules
from planner.model.catalog import RackType
from planner.model.fabric import TierFabric, WiredUnitRef
from planner.optimize.pins import PinnedUnits
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.room import RowPower


@dataclass(frozen=True, eq=False, kw_only=True)
class OpenProblem:
    """Choose positions of racks that may move, then place as in ``problem`` restricted to them.

    G classes, N lower units in each plane over all places, S slots, P open positions.

    Parameters
    ----------
    rules
        Which arrangements may be.
    problem
        Lower units at every open position and every slot that may be; not solvable as it is.
    rack_type
        The type of the racks that may move.
    positions
        Addresses of the open positions (P,).
    unit_position, slot_position
        Index of the open position that a lower unit or a slot is at, -1 for one that stands for sure:
        shapes (G, N) and (S,).
    """

    rules: ArrangementRules
    problem: PlacementProblem
    rack_type: RackType
    positions: tuple[str, ...]
    unit_position: IntArray
    slot_position: IntArray

    @property
    def moving(self) -> int:
        """How many of the open positions hold a rack that moves."""
        return self.rules.spec.needed - sum(len(row.fixed_numbers) for row in self.rules.rows)

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Index of each open position by its address."""
        return {address: index for index, address in enumerate(self.positions)}

    @cached_property
    def rack_position(self) -> IntArray:
        """Index of the open position that each candidate rack would stand at, -1 where at none (Q,)."""
        return np.array([self.index_of.get(name, -1) for name in self.problem.rack_names], dtype=np.int64)

    def mask(self, chosen: Collection[str]) -> IntArray:
        """Return an arrangement as 0 or 1 for each position (P,)."""
        taken = np.zeros(len(self.positions), dtype=np.int64)
        taken[[self.index_of[address] for address in chosen]] = 1
        return taken

    def restricted(self, chosen: Arrangement) -> PlacementProblem:
        """Return the placement problem once the racks that may move stand at these positions."""
        taken = np.append(self.mask(chosen), 1)  # what stands for sure is position -1
        return self._without(taken, 1 - np.append(self.mask(chosen), 0), chosen)

    def _without(self, taken: IntArray, free: IntArray, chosen: Arrangement) -> PlacementProblem:
        problem = self.problem
        slots = np.flatnonzero(free[self.slot_position] > 0)
        racks = np.unique(problem.slot_rack[slots])
        units = [np.flatnonzero(row) for row in taken[self.unit_position] > 0]

        def picked(table: IntArray) -> IntArray:
            return np.stack([each[np.ix_(own, slots)] for each, own in zip(table, units, strict=True)])

        return replace(
            problem,
            cents=picked(problem.cents),
            routed_mm=picked(problem.routed_mm),
            slots=tuple(problem.slots[slot] for slot in slots),
            slot_rack=np.searchsorted(racks, problem.slot_rack[slots]),
            rack_names=tuple(problem.rack_names[rack] for rack in racks),
            opening_cents=problem.opening_cents[racks],
            is_fixed=tuple(problem.is_fixed[rack] for rack in racks),
            capacity=problem.capacity[racks],
            rules=problem.rules.among(racks),
            pins=problem.pins and _pins_among(problem.pins, units, slots),
            row_power=tuple(self._row_power(row, racks, chosen) for row in problem.row_power),
        )

    def _row_power(self, row: RowPower, racks: IntArray, chosen: Arrangement) -> RowPower:
        names = {address for address in chosen if self.rules.row_name(address) == row.row}
        each = self.rack_type.weight_g if row.limit == "weight" else self.rack_type.power_milliwatts
        return replace(
            row,
            left_milliwatts=row.left_milliwatts - len(names) * each,
            is_in_row=row.is_in_row[racks],
            rack_milliwatts=row.rack_milliwatts[racks],
        )


def _pins_among(pins: PinnedUnits, units: Sequence[IntArray], slots: IntArray) -> PinnedUnits:
    """Return what is pinned once only some lower units of each class and some slots are there.

    Pinned devices stand, and pinned runs start, where no rack moves, so that all of it is.
    """
    return replace(
        pins,
        units=pins.units[:, slots],
        fewest=pins.fewest[slots],
        extra=tuple(
            one._replace(
                lower=int(np.searchsorted(units[one.group], one.lower)),
                slot=int(np.searchsorted(slots, one.slot)),
            )
            for one in pins.extra
        ),
    )


def everywhere(fabric: TierFabric, moved: Collection[str], places: Sequence[str]) -> TierFabric:
    """Return the fabric with the lower units of one rack that moves copied to every open position.

    Parameters
    ----------
    fabric
        The fabric with racks that move at some arrangement.
    moved
        That arrangement, at least one address.
    places
        All addresses in canonical order that hold such a rack: the open ones, and those of racks that stand.
    """
    units_of: dict[str, list[WiredUnitRef]] = {}
    for unit in fabric.lower_units:
        units_of.setdefault(unit.rack, []).append(unit)
    template = units_of[min(moved)]
    units = [
        unit
        for address in places
        for unit in (
            units_of[address]
            if address in units_of and address not in moved
            else [replace(unit, rack=address) for unit in template]
        )
    ]
    planes: list[list[int]] = [[] for _ in fabric.planes]
    for index, unit in enumerate(units):
        planes[unit.plane].append(index)
    index_of = {(unit.rack, unit.u, unit.asic, unit.sockets): index for index, unit in enumerate(units)}
    started = [fabric.lower_units[run.lower] for run in fabric.pinned_runs]
    return replace(
        fabric,
        lower_units=tuple(units),
        planes=tuple(map(tuple, planes)),
        pinned_runs=tuple(
            run._replace(lower=index_of[unit.rack, unit.u, unit.asic, unit.sockets])
            for run, unit in zip(fabric.pinned_runs, started, strict=True)
        ),
    )


def open_problem(
    rules: ArrangementRules, rack_type: RackType, fabric: TierFabric, problem: PlacementProblem
) -> OpenProblem:
    """Say of each lower unit and slot of a problem over all places at which open position it is."""
    spec = rules.spec
    index_of = {one.address: index for index, one in enumerate(spec.positions)}
    units = [[fabric.lower_units[unit].rack for unit in fabric.planes[each[0]]] for each in problem.classes]
    return OpenProblem(
        rules=rules,
        problem=problem,
        rack_type=rack_type,
        positions=tuple(index_of),
        unit_position=np.array([[index_of.get(rack, -1) for rack in row] for row in units], dtype=np.int64),
        slot_position=np.array([index_of.get(slot.rack, -1) for slot in problem.slots], dtype=np.int64),
    )
