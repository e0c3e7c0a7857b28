"""The placement problem in integers: plane classes, slots, pair costs, racks to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from planner.model.catalog import Catalog
from planner.model.economics import energy_in_objective_cents
from planner.model.fabric import TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.sites import RackUse, Slot
from planner.optimize.pins import PinnedUnits, pin_units, pinned_planes
from planner.optimize.plane_rules import NO_RULES, PlaneRules, find_rules
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray, PairPrices
from planner.optimize.room import RowPower, find_room
from planner.optimize.row_limits import RowLimit, limits_of_rows
from planner.optimize.sockets import upper_cages

NOTHING_USED: Mapping[str, RackUse] = MappingProxyType({})
"""No earlier fabric has put anything into a rack."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlacementProblem:
    """Choose racks and slots for upper units, and spread the runs.

    Planes whose lower units stand at the same places have the same costs: they form a class and
    share one table. G classes, N lower units in each plane, S slots, Q candidate racks.

    Parameters
    ----------
    classes
        Planes of each class.
    cents, routed_mm
        Cost and routed length of one run, shape (G, N, S).
    slots, slot_rack
        The slots, and the index of each one's rack (S,).
    rack_names, opening_cents, is_fixed, capacity
        Candidate racks: address, cost of opening, whether it stands anyway (by the layout, or since
        an earlier fabric opened it), and how many upper devices it can hold, each (Q,).
    units_per_plane, units_per_device, devices, device_cents
        K, A and T of the fabric, and the cost of one upper device.
    uplinks, pair_runs, upper_load
        As in the fabric.
    row_power
        The limits of rows.
    constant_cents
        What every plan costs besides: plugs that runs share.
    rules
        How much of a plane may stand in one rack, or on one power feed.
    pins
        Units that are pinned, None where none are. Their racks are fixed.
    are_cages_together
        Whether all cages of every unit stand at one place: else a pair costs what its cheapest cages do.
    is_allowed, base_cents
        Derived (G, S): whether a class may have units in the slot, since every lower unit reaches it and
        pins leave room, and what the fewest runs from all of them to it cost.
    row_limits
        Derived: the rows whose limits bind.
    """

    classes: tuple[tuple[int, ...], ...]
    cents: IntArray
    routed_mm: IntArray
    slots: tuple[Slot, ...]
    slot_rack: IntArray
    rack_names: tuple[str, ...]
    opening_cents: IntArray
    is_fixed: tuple[bool, ...]
    capacity: IntArray
    units_per_plane: int
    units_per_device: int
    devices: int
    device_cents: int
    uplinks: int
    pair_runs: tuple[int, int]
    upper_load: tuple[int, int]
    row_power: tuple[RowPower, ...] = ()
    constant_cents: int = 0
    rules: PlaneRules = NO_RULES
    pins: PinnedUnits | None = None
    are_cages_together: bool = False
    is_allowed: BoolArray = field(init=False)
    base_cents: IntArray = field(init=False)
    row_limits: tuple[RowLimit, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Derive what is asked for again and again."""
        is_allowed = (self.cents < UNREACHABLE_CENTS).all(axis=1)
        if self.pins is not None:
            is_full = self.pins.units.sum(axis=0) >= self.units_per_device
            is_allowed &= ~is_full | (self.pins.units > 0)
        object.__setattr__(self, "is_allowed", is_allowed)
        object.__setattr__(self, "base_cents", self.pair_runs[0] * self.cents.sum(axis=1))
        object.__setattr__(self, "row_limits", limits_of_rows(self.row_power, self.capacity))

    def held(self, slots: Sequence[IntArray]) -> IntArray:
        """Return how many devices each rack holds (Q,) when the planes' upper units stand there."""
        used = np.flatnonzero(np.bincount(np.concatenate(slots)))
        return np.bincount(self.slot_rack[used], minlength=len(self.rack_names))

    def units_by_rack(self, slots: IntArray) -> IntArray:
        """Return how many units each rack holds (Q,) of a plane whose units stand in those slots."""
        return np.bincount(self.slot_rack[slots], minlength=len(self.rack_names))

    def may_stand(self, group: int, slots: IntArray) -> bool:
        """Tell whether a plane of a class whose units stand in those slots keeps its pins and the rules."""
        if self.pins and (np.bincount(slots, minlength=len(self.slots)) < self.pinned(group)).any():
            return False
        return not self.rules or bool(self.rules.keep(self.units_by_rack(slots)))

    def pinned(self, group: int) -> IntArray:
        """Return how many units, at least, the planes of a class have in each slot (S,)."""
        return np.zeros(len(self.slots), dtype=np.int64) if self.pins is None else self.pins.units[group]

    @property
    def pinned_cents(self) -> int:
        """What pinned runs cost more than the cheapest of their pairs; part of ``constant_cents``."""
        return 0 if self.pins is None else self.pins.more_cents

    @property
    def fewest_units(self) -> IntArray:
        """Units, at least, in each slot where a pinned device stands, 0 elsewhere (S,)."""
        return np.zeros(len(self.slots), dtype=np.int64) if self.pins is None else self.pins.fewest

    def may_hold(self, held: IntArray) -> bool:
        """Tell whether racks have the room, power and weight, and rows the power, for devices (Q,)."""
        return bool((held <= self.capacity).all()) and not self.overdrawn(held)

    def overdrawn(self, held: IntArray) -> tuple[RowPower, ...]:
        """Return the rows in which that many devices in each rack (Q,) draw more than is left."""
        return tuple(row for row in self.row_power if row.drawn_milliwatts(held) > row.left_milliwatts)

    @property
    def given_cents(self) -> int:
        """What every plan costs: the devices, and plugs that runs share."""
        return self.devices * self.device_cents + self.constant_cents

    @property
    def extra_per_lower(self) -> int:
        """Runs of a lower unit beyond the fewest to each upper unit of its plane."""
        return self.uplinks - self.pair_runs[0] * self.units_per_plane

    @property
    def extra_per_pair(self) -> int:
        """Most runs of a pair beyond the fewest."""
        return self.pair_runs[1] - self.pair_runs[0] if self.extra_per_lower else 0

    @property
    def extra_per_upper(self) -> tuple[int, int]:
        """Fewest and most runs of an upper unit beyond the fewest from each lower unit."""
        return self.extra_per_upper_among(self.cents.shape[1])

    def extra_per_upper_among(self, lowers: int) -> tuple[int, int]:
        """Return fewest and most runs of an upper unit beyond the fewest from each of so many lower units."""
        base = self.pair_runs[0] * lowers
        return max(0, self.upper_load[0] - base), self.upper_load[1] - base

    @property
    def planes_per_class(self) -> IntArray:
        """Number of planes of each class (G,)."""
        return np.array([len(members) for members in self.classes], dtype=np.int64)


def unit_attachments(fabric: TierFabric, table: RouteTable) -> list[list[int]]:
    """Return, for each lower unit, the attachment of each of its sockets."""
    return [
        [table.lower_index[(unit.rack, unit.u, socket.cage)] for socket in unit.sockets]
        for unit in fabric.lower_units
    ]


def build_problem(
    layout: Layout,
    catalog: Catalog,
    fabric: TierFabric,
    table: RouteTable,
    prices: PairPrices,
    used: Mapping[str, RackUse] = NOTHING_USED,
) -> PlacementProblem:
    """Fold attachments into units: a pair costs what its cheapest cages cost.

    Where all cages of a unit start at one place, that is exact; elsewhere it is a lower bound, and
    the cages are assigned afterwards (``cages``). ``used`` is what earlier fabrics put into racks.
    """
    room = find_room(layout, catalog, fabric, used)
    cages = upper_cages(layout, catalog, fabric, 0)
    columns = [[table.upper_index[(slot.rack, slot.u, cage)] for cage in cages] for slot in room.slots]
    attachments = unit_attachments(fabric, table)
    classes = _plane_classes(fabric, attachments)
    cents, routed_mm = _fold(prices, [fabric.planes[members[0]] for members in classes], attachments, columns)
    device = catalog.device_types[fabric.upper_device]
    return PlacementProblem(
        classes=classes,
        cents=cents,
        routed_mm=routed_mm,
        slots=room.slots,
        slot_rack=room.slot_rack,
        rack_names=room.rack_names,
        opening_cents=room.opening_cents,
        is_fixed=room.is_fixed,
        capacity=room.capacity,
        units_per_plane=fabric.upper_per_plane,
        units_per_device=fabric.upper_units_per_device,
        devices=fabric.upper_devices,
        device_cents=_cost(device.price.cents if device.price else 0, device.power_milliwatts, layout),
        uplinks=fabric.uplinks,
        pair_runs=fabric.pair_runs,
        upper_load=fabric.upper_load,
        row_power=room.row_power,
        rules=find_rules(layout, fabric.name, fabric.upper_per_plane, room.rack_names),
        pins=pin_units(fabric, room.slots, classes),
        are_cages_together=all(len(set(places)) == 1 for places in (*attachments, *columns)),
    )


def _cost(price_cents: int, power_milliwatts: int, layout: Layout) -> int:
    """Price and energy of one device, as the objective counts them."""
    return price_cents + energy_in_objective_cents(layout.economics, power_milliwatts)


def _plane_classes(fabric: TierFabric, attachments: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    """Group planes whose lower units start at the same places; those with pinned units stay alone."""
    groups: dict[tuple[int, tuple[tuple[int, ...], ...]], list[int]] = {}
    alone = pinned_planes(fabric)
    for plane, members in enumerate(fabric.planes):
        places = tuple(tuple(sorted(set(attachments[unit]))) for unit in members)
        groups.setdefault((plane if plane in alone else -1, places), []).append(plane)
    return tuple(tuple(members) for members in groups.values())


def _fold(
    prices: PairPrices,
    planes: list[tuple[int, ...]],
    attachments: list[list[int]],
    columns: list[list[int]],
) -> tuple[IntArray, IntArray]:
    """Take the cheapest cages of each unit and slot; ties go to the shorter run."""
    shape = (len(planes), len(planes[0]), len(columns))
    cents = np.empty(shape, dtype=np.int64)
    routed = np.empty(shape, dtype=np.int64)
    column_sets = [sorted(set(column)) for column in columns]
    alone = [column[0] for column in column_sets] if all(len(each) == 1 for each in column_sets) else None
    for g, members in enumerate(planes):
        for i, unit in enumerate(members):
            rows = sorted(set(attachments[unit]))
            if len(rows) == 1 and alone is not None:
                cents[g, i], routed[g, i] = prices.cents[rows[0], alone], prices.routed_mm[rows[0], alone]
                continue
            for s, column in enumerate(column_sets):
                block = np.ix_(rows, column)
                pairs = prices.cents[block].ravel(), prices.routed_mm[block].ravel()
                pick = np.lexsort((pairs[1], pairs[0]))[0]
                cents[g, i, s], routed[g, i, s] = pairs[0][pick], pairs[1][pick]
    return cents, routed
