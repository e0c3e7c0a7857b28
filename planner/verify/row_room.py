"""What rows with limits have left for a fabric's racks and upper devices, as bounds know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.catalog import DeviceType, RackType
from planner.model.layout import Row
from planner.verify.costs import Cents
from planner.verify.ground import Ground
from planner.verify.pins import CANNOT_BE
from planner.verify.room import Inside, devices_of_others
from planner.verify.wiring import Tiers


@dataclass(frozen=True, slots=True)
class RowRoom:
    """A row with limits: on power, on cooling, on weight, as many as it has, amounts in their order.

    Parameters
    ----------
    row
        Its name.
    racks
        Candidate racks that stand in it, by their number.
    left
        What is left of each limit.
    rack_takes
        What opening each of its candidate racks takes of each limit, 0 where it stands anyway.
    device_takes
        What an upper device takes.
    """

    row: str
    racks: tuple[int, ...]
    left: tuple[int, ...]
    rack_takes: tuple[tuple[int, ...], ...]
    device_takes: tuple[int, ...]

    def among(self, racks: Sequence[int], moved: Sequence[tuple[int, ...]]) -> RowRoom:
        """Return the row where only some candidate racks are left, and racks that moved stand in it.

        ``moved`` is what each of these takes.
        """
        own = zip(self.racks, self.rack_takes, strict=True)
        kept = [(racks.index(number), takes) for number, takes in own if number in racks]
        return replace(
            self,
            racks=tuple(number for number, _ in kept),
            rack_takes=tuple(takes for _, takes in kept),
            left=tuple(left - sum(taken) for left, *taken in zip(self.left, *moved, strict=True)),
        )

    def most_worth(self, worths: Sequence[Cents], opened: Sequence[bool | None]) -> int | None:
        """Return the most that the row's racks are worth together; None where it cannot hold those opened.

        Parameters
        ----------
        worths
            For each candidate rack of the row, what it is worth opened with 0, 1, .. devices.
        opened
            Whether it is opened, None where either may be.
        """
        best = {tuple([0] * len(self.left)): np.zeros(1, dtype=np.int64)}  # by what racks take: by devices
        for worth, takes, is_open in zip(worths, self.rack_takes, opened, strict=True):
            after: dict[tuple[int, ...], Cents] = {}
            for taken, row in best.items():
                if is_open is not True:
                    after[taken] = _larger(after.get(taken), row)
                if is_open is not False:
                    with_rack = tuple(map(sum, zip(taken, takes, strict=True)))
                    after[with_rack] = _larger(after.get(with_rack), _joined(row, worth))
            best = after
        found = [int(row[: self._devices(taken) + 1].max(initial=CANNOT_BE)) for taken, row in best.items()]
        most = max(found, default=CANNOT_BE)
        return None if most <= CANNOT_BE // 2 else most

    def _devices(self, taken: Sequence[int]) -> int:
        """Return how many devices fit when racks take so much; -1 where not even these fit."""
        rests = [left - racks for left, racks in zip(self.left, taken, strict=True)]
        if min(rests) < 0:
            return -1
        each = zip(rests, self.device_takes, strict=True)
        return min((rest // device for rest, device in each if device > 0), default=2**31)


def _larger(one: Cents | None, other: Cents) -> Cents:
    """Return the better of two worths for every number of devices that either knows."""
    if one is None:
        return other
    size = max(len(one), len(other))
    wide = [np.pad(each, (0, size - len(each)), constant_values=CANNOT_BE) for each in (one, other)]
    return np.asarray(np.maximum(*wide))


def _joined(row: Cents, rack: Cents) -> Cents:
    """Return the most that earlier racks and one more are worth with so many devices in all."""
    sums = np.full((len(row), len(row) + len(rack) - 1), CANNOT_BE, dtype=np.int64)
    for devices, worth in enumerate(row.tolist()):
        sums[devices, devices : devices + len(rack)] = np.maximum(rack + worth, CANNOT_BE)
    return np.asarray(sums.max(axis=0))


def limited_rows(ground: Ground, tiers: Tiers, racks: Sequence[str]) -> tuple[RowRoom, ...]:
    """Return the rows with limits, with what is left of them after all that stands there in any case.

    ``racks`` are the fabric's candidates.
    """
    limited = [row for row in ground.plan.layout.rows if _limits(row)]
    addresses = {position.address for row in limited for position in row.positions}
    placed, pinned = devices_of_others(ground, tiers.spec, addresses) if limited else ({}, {})
    inside = {rack: [*placed.get(rack, []), *pinned.get(rack, [])] for rack in placed.keys() | pinned.keys()}
    return tuple(_row_room(ground, tiers, row, racks, inside) for row in limited)


def takes_of(row: Row, part: RackType | DeviceType) -> tuple[int, ...]:
    """Return what a rack or a device takes of each limit of a row."""
    amounts = {"power": part.power_milliwatts, "cooling": part.power_milliwatts, "weight": part.weight_g}
    return tuple(amounts[name] for name in _limits(row))


def _limits(row: Row) -> dict[str, int]:
    each = {
        "power": row.power_limit_milliwatts,
        "cooling": row.cooling_limit_milliwatts,
        "weight": row.weight_limit_g,
    }
    return {name: limit for name, limit in each.items() if limit is not None}


def _row_room(
    ground: Ground,
    tiers: Tiers,
    row: Row,
    racks: Sequence[str],
    inside: Mapping[str, Sequence[Inside]],
) -> RowRoom:
    left = np.array(list(_limits(row).values()), dtype=np.int64)
    nothing = (0,) * len(left)
    takes = {}
    for position in row.positions:
        devices = inside.get(position.address, [])
        stands = position.is_decided or bool(devices)
        if stands:
            name = position.choices[0] if position.is_decided else devices[0][1]
            rack_type = ground.plan.catalog.rack_types.get(name)
            parts: list[RackType | DeviceType] = [kind for _, _, kind in devices]
            if rack_type is not None:
                parts.append(rack_type)
            left -= np.sum([nothing, *(takes_of(row, part) for part in parts)], axis=0, dtype=np.int64)
        takes[position.address] = nothing if stands else takes_of(row, tiers.rack_type)
    own = [(number, takes[rack]) for number, rack in enumerate(racks) if rack in takes]
    return RowRoom(
        row=row.name,
        racks=tuple(number for number, _ in own),
        left=tuple(left.tolist()),
        rack_takes=tuple(each for _, each in own),
        device_takes=takes_of(row, tiers.upper_device),
    )
