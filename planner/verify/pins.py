"""Pinned devices as bounds know them: units that stand in given slots, whatever else is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.catalog import DeviceType
from planner.model.layout import TiersSpec
from planner.model.media import MediaOption
from planner.model.pins import RunPin
from planner.model.plan import CableRun
from planner.verify.costs import Cents
from planner.verify.ground import Ground
from planner.verify.units import Unit
from planner.verify.wiring import Tiers

CANNOT_BE = -(2**60)
"""Worth of a rack with fewer devices than are pinned there: less than any sum of prices."""

Slot = tuple[str, int]
"""A rack's address and the lowest U of a device in it."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is pinned, by slot as bounds number them.

    ``units`` are the pinned units of each plane, and ``fewest`` those that each pinned device has of all
    planes, 0 in other slots; both have a row a rack. ``forced`` are, plane by plane, places of pinned
    units and the lower units, by their number in the plane, of pinned runs beyond the fewest of their pairs.
    """

    units: dict[int, Cents]
    fewest: Cents
    forced: dict[int, tuple[tuple[Slot, tuple[int, ...]], ...]]

    def of_class(self, planes: Sequence[int]) -> Cents:
        """Return the units that every plane of a class has pinned."""
        nothing = np.zeros_like(self.fewest)
        return np.asarray(np.minimum.reduce([self.units.get(plane, nothing) for plane in planes]))

    def among(self, racks: Sequence[int], tiers: Tiers) -> Pinned:
        """Return what is pinned where only these racks, and the lower units of ``tiers``, are left."""
        kept = list(racks)
        units = {plane: units[kept] for plane, units in self.units.items()}
        return Pinned(units, self.fewest[kept], _forced(tiers))

    def is_full_for(self, planes: Sequence[int], units_per_device: int) -> Cents:
        """Tell in which slots a class has no unit pinned and all units are pinned to other planes."""
        total = np.sum([np.zeros_like(self.fewest), *self.units.values()], axis=0)
        return np.asarray((total >= units_per_device) & (self.of_class(planes) == 0))

    def worths(self, prices: Cents, capacity: Cents, units_per_device: int) -> list[Cents]:
        """Return what the units of each rack are worth with 0, 1, .. devices, at prices of slots.

        Prices have a row a rack. Pinned devices are among those that it holds, with their fewest units where
        the price is below 0.
        """
        stands = self.fewest > 0
        units = np.where(prices < 0, self.fewest, units_per_device)
        own = np.where(stands, prices * units, 0).sum(axis=1)
        others = -np.sort(-np.where(stands, 0, prices), axis=1)
        dearest = np.pad(np.cumsum(others, axis=1), ((0, 0), (1, 0)))
        table = own[:, None] + units_per_device * dearest
        standing = stands.sum(axis=1)
        left = np.maximum(0, capacity - standing)
        return [
            np.pad(row[: more + 1], (pinned, 0), constant_values=CANNOT_BE)
            for row, more, pinned in zip(table, left.tolist(), standing.tolist(), strict=True)
        ]


def planes_by_slot(tiers: Tiers) -> dict[Slot, Counter[int]]:
    """Return the planes that units of each pinned device serve."""
    number = {name: plane for plane, name in enumerate(tiers.plane_names)}
    served = {
        (pin.rack, pin.u): [number.get(name, -1) for name in pin.planes] for pin in tiers.spec.pins.devices
    }
    plane_of = tiers.plane_of()
    ends = {
        (socket.cage, socket.port): index
        for index, part in enumerate(tiers.upper_parts)
        for socket in part.sockets
    }
    loose: list[tuple[Slot, int]] = []
    for pin in tiers.spec.pins.runs:
        slot = pin.upper.rack, pin.upper.u
        planes = served.setdefault(slot, [])
        unit = lower_unit(tiers, pin)
        plane = plane_of[unit] if unit is not None else -1
        index = ends.get((pin.upper.cage, pin.upper.port), 0 if tiers.units_per_device == 1 else None)
        if index is None:
            loose.append((slot, plane))
            continue
        planes += [-1] * (index + 1 - len(planes))
        planes[index] = plane
    for slot, plane in loose:
        if plane not in served[slot]:
            served[slot].append(plane)
    return {slot: Counter(plane for plane in planes if plane >= 0) for slot, planes in served.items()}


def lower_unit(tiers: Tiers, pin: RunPin) -> Unit | None:
    """Return the lower unit that a pinned run starts from."""
    for unit, part in tiers.part_of.items():
        is_there = (unit.rack, unit.u) == (pin.lower.rack, pin.lower.u)
        if is_there and (pin.lower.cage, pin.lower.port) in part.sockets:
            return unit
    return None


def option_of(option: MediaOption, pin: RunPin) -> MediaOption:
    """Return an option with the stock length only that is pinned, with all of it where none is."""
    length = pin.stock_length_mm
    stock = tuple(item for item in option.cable.stock if length in (0, item.length_mm))
    return replace(option, cable=replace(option.cable, stock=stock))


def pinned_of(tiers: Tiers, slots: Sequence[Sequence[Slot]]) -> Pinned:
    """Return what is pinned of a fabric whose racks have these slots.

    Fewer units are idle than one device has, so that a pinned device has all but these in use.
    """
    width = max(map(len, slots), default=0)
    shape = (len(slots), width)
    idle = tiers.devices * tiers.units_per_device - len(tiers.planes) * tiers.upper_per_plane
    served = planes_by_slot(tiers)
    units = {plane: np.zeros(shape, np.int64) for planes in served.values() for plane in planes}
    fewest = np.zeros(shape, np.int64)
    for rack, row in enumerate(slots):
        for column, slot in enumerate(row):
            if slot in served:
                count = served[slot]
                fewest[rack, column] = max(tiers.units_per_device - idle, count.total())
                for plane, number in count.items():
                    units[plane][rack, column] = number
    return Pinned(units, fewest, _forced(tiers))


def _forced(tiers: Tiers) -> dict[int, tuple[tuple[Slot, tuple[int, ...]], ...]]:
    """Return the lower units with pinned runs beyond the fewest to each pinned upper unit."""
    ends = {
        (socket.cage, socket.port): index
        for index, part in enumerate(tiers.upper_parts)
        for socket in part.sockets
    }
    plane_of = tiers.plane_of()
    pairs: Counter[tuple[Slot, int, Unit]] = Counter()
    for pin in tiers.spec.pins.runs:
        unit = lower_unit(tiers, pin)
        index = ends.get((pin.upper.cage, pin.upper.port), 0 if tiers.units_per_device == 1 else None)
        if unit is not None and index is not None:
            pairs[(pin.upper.rack, pin.upper.u), index, unit] += 1
    found: dict[int, dict[tuple[Slot, int], list[int]]] = {}
    for (slot, index, unit), count in pairs.items():
        if count > tiers.fewest_per_pair:
            plane = plane_of[unit]
            number = tiers.planes[plane].index(unit)
            found.setdefault(plane, {}).setdefault((slot, index), []).append(number)
    return {
        plane: tuple((slot, tuple(lowers)) for (slot, _), lowers in units.items())
        for plane, units in found.items()
    }


def pinned_by_others(ground: Ground, own: TiersSpec) -> dict[str, list[tuple[int, str, DeviceType]]]:
    """Return the devices that other fabrics pin: U, rack type and device type, by rack."""
    found: dict[str, list[tuple[int, str, DeviceType]]] = {}
    for spec in ground.plan.layout.fabrics:
        if isinstance(spec, TiersSpec) and spec.name != own.name:
            kind = ground.device_type(spec.upper.device)
            for rack, u in spec.pins.slots if kind is not None else ():
                assert kind is not None
                found.setdefault(rack, []).append((u, spec.upper_rack_type, kind))
    return found


def is_pinned_length(ground: Ground, run: CableRun) -> bool:
    """Tell whether the layout asks for just this stock length of a run, longer than needed or not."""
    spec = ground.fabrics.get(run.fabric)
    pins = spec.pins.runs if isinstance(spec, TiersSpec) else ()
    end = run.a.rack, run.a.u, run.a.cage, run.a.port
    return any(pin.lower == end and pin.stock_length_mm == run.stock_length_mm for pin in pins)
