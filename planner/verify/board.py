"""Costs and places of a fabric of tiers, as the verifier derives them to bound it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.solution import PartPrice
from planner.verify.costs import UNREACHABLE_CENTS, Cents, least_costs, shared_cents
from planner.verify.ground import Ground
from planner.verify.pinned_runs import pinned_more_cents
from planner.verify.pins import Pinned, Slot, pinned_of
from planner.verify.plane_bound import ClassTable, PartLimit, class_table
from planner.verify.prices import counted_energy, price_of
from planner.verify.resilience import part_limits
from planner.verify.room import room_left
from planner.verify.router import End, Least, end_of, least_lengths
from planner.verify.row_room import RowRoom, limited_rows
from planner.verify.tolled_router import tolled_lengths
from planner.verify.tolls import TollBook
from planner.verify.units import Unit
from planner.verify.wiring import Tiers


@dataclass(frozen=True, slots=True)
class Board:
    """Costs and places of one fabric of tiers, as left by the fabrics planned before it.

    Parameters
    ----------
    tiers
        What the fabric must look like.
    racks, decided, capacity
        Candidate racks in canonical order, those that stand in any case, and upper devices of each.
    opening_cents, device_cents
        What opening each rack and what one upper device adds to the objective.
    rack_slots
        Free slots of each rack (a row), counted through all racks; -1 fills short rows.
    row_of
        The row of each lower unit in the tables of costs.
    tables, constant_cents
        Least cost of a run, by lower unit, for every slot, and what plugs that runs share, or pinned runs
        more than others, cost in all: by option where all runs are made by one, else under "".
    part_limits
        What a plane may have in parts of the racks.
    pinned, places
        Units that stand in given slots, and rack and U of each slot.
    rows
        Rows with limits on power, cooling or weight.
    """

    tiers: Tiers
    racks: tuple[str, ...]
    decided: frozenset[str]
    capacity: tuple[int, ...]
    opening_cents: dict[str, int]
    device_cents: int
    rack_slots: Cents
    row_of: dict[Unit, int]
    tables: dict[str, Cents]
    constant_cents: dict[str, int]
    part_limits: tuple[PartLimit, ...]
    pinned: Pinned
    places: tuple[Slot, ...]
    rows: tuple[RowRoom, ...]

    @property
    def slots(self) -> int:
        """Free slots of all racks."""
        return int((self.rack_slots >= 0).sum())

    def most_worth(self, worths: Sequence[Cents], opened: Sequence[bool | None]) -> int | None:
        """Return the most that all racks are worth, row by row within limits; None where no row can hold so.

        Parameters
        ----------
        worths
            For each rack, what it is worth opened with 0, 1, .. devices.
        opened
            Whether it is opened, None where either may be.
        """
        limited = {rack for row in self.rows for rack in row.racks}
        total = 0
        for rack, (worth, is_open) in enumerate(zip(worths, opened, strict=True)):
            if rack not in limited and is_open is not False:
                most = int(worth.max())
                total += most if is_open else max(0, most)
        for row in self.rows:
            racks = row.racks
            found = row.most_worth([worths[rack] for rack in racks], [opened[rack] for rack in racks])
            if found is None:
                return None
            total += found
        return total

    def floor_cents(self) -> int:
        """Return the geometric floor: every run at its cheapest slot, fill and room ignored."""
        rows = np.array(list(self.row_of.values()), dtype=np.int64)
        floors = []
        for option, table in self.tables.items():
            least = table.min(axis=1, initial=UNREACHABLE_CENTS)
            floors.append(self.tiers.uplinks * int(least[rows].sum()) + self.constant_cents[option])
        return self.tiers.devices * self.device_cents + min(floors, default=UNREACHABLE_CENTS)

    def forced(self, planes: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
        """Return the slots of units with pinned extra runs, and whose, of a plane alone in its class."""
        own = self.pinned.forced.get(planes[0], ()) if len(planes) == 1 else ()
        return [(self.places.index(slot), lowers) for slot, lowers in own]

    def class_table(self, option: str, planes: Sequence[int]) -> ClassTable:
        """Return the least cost of each lower unit at each slot, over the planes of a class."""
        rows = dict.fromkeys(
            tuple(self.row_of[unit] for unit in self.tiers.planes[plane]) for plane in planes
        )
        cost: Cents = np.minimum.reduce([self.tables[option][list(each)] for each in rows])
        is_full = self.pinned.is_full_for(planes, self.tiers.units_per_device)
        return class_table(self.tiers, cost, self.rack_slots[is_full])


def lay_out(
    ground: Ground,
    tiers: Tiers,
    book: TollBook | None = None,
    standing: Ground | None = None,
    parts: Sequence[PartPrice] = (),
) -> Board:
    """Price every free slot for every lower unit, what priced segments and parts charge included.

    ``standing`` is where lower units stand, if elsewhere than in ``ground``.
    """
    rack_type, upper = tiers.rack_type, tiers.upper_device
    economics = ground.plan.layout.economics
    rooms = room_left(ground, tiers)
    numbers = {socket.cage for part in tiers.upper_parts for socket in part.sockets}
    cages = [cage for number, cage in ground.cages[upper.id].items() if number in numbers]
    slots = [end_of(room.place, rack_type, upper, u, cages) for room in rooms for u in room.slots_u]
    lower = {unit: _lower_end(standing or ground, tiers, unit) for plane in tiers.planes for unit in plane}
    ends = list(dict.fromkeys(lower.values()))
    row = {end: index for index, end in enumerate(ends)}
    lengths: Sequence[Least] = ()
    if ends and slots:
        lengths = tolled_lengths(ground, ends, slots, book) if book else least_lengths(ground, ends, slots)
    shape = (len(ends), len(slots))
    ways = {fit.option.id: (fit,) for fit in tiers.fits} if tiers.is_one_way else {"": tiers.fits}
    tables = {option: least_costs(ground, fits, lengths, shape, parts) for option, fits in ways.items()}
    places = [(room.place.position.address, u) for room in rooms for u in room.slots_u]
    racks = tuple(room.place.position.address for room in rooms)

    def least_of(unit: Unit, slot: Slot) -> int:
        return int(tables[""][row[lower[unit]], places.index(slot)])

    return Board(
        tiers=tiers,
        racks=racks,
        decided=frozenset(room.place.position.address for room in rooms if room.stands),
        capacity=tuple(room.capacity for room in rooms),
        opening_cents={room.place.position.address: room.opening_cents for room in rooms},
        device_cents=price_of(upper.price) + counted_energy(economics, upper.power_milliwatts),
        rack_slots=_numbered([len(room.slots_u) for room in rooms]),
        row_of={unit: row[end] for unit, end in lower.items()},
        tables=tables,
        constant_cents={
            option: shared_cents(economics, tiers, fits[0])
            if option
            else pinned_more_cents(ground, tiers, book, least_of)
            for option, fits in ways.items()
        },
        part_limits=part_limits(ground, tiers, racks),
        pinned=pinned_of(tiers, [[(room.place.position.address, u) for u in room.slots_u] for room in rooms]),
        places=tuple(places),
        rows=limited_rows(ground, tiers, racks),
    )


def _numbered(counts: Sequence[int]) -> Cents:
    """Return the numbers of slots, counted through all racks, a row a rack."""
    table = np.full((len(counts), max(counts, default=0)), -1, dtype=np.int64)
    number = 0
    for rack, count in enumerate(counts):
        table[rack, :count] = range(number, number + count)
        number += count
    return table


def _lower_end(ground: Ground, tiers: Tiers, unit: Unit) -> End:
    cages = ground.cages[tiers.lower_device.id]
    own = [cages[number] for number in dict.fromkeys(one.cage for one in tiers.part_of[unit].sockets)]
    return end_of(ground.places[unit.rack], ground.racks[unit.rack], tiers.lower_device, unit.u, own)
