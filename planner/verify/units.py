"""Wired units: what of a device counts as one, which sockets it has, and by what planes tell it apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.cages import CageGroup
from planner.model.catalog import DeviceType
from planner.model.layout import Granularity, TierSpec, TiersSpec, WiredUnit
from planner.model.plan import CableEnd
from planner.verify.ground import Cage, Ground

Labels = dict[str, str]


class Unit(NamedTuple):
    """A wired unit that stands somewhere.

    ``asic`` is 0 where the unit is more or less than an ASIC; ``cage`` and ``port`` are 0 where it is
    more than one.
    """

    rack: str
    u: int
    asic: int
    cage: int = 0
    port: int = 0


class Socket(NamedTuple):
    """Where a run ends on a device; port 0 is the whole cage."""

    cage: int
    port: int


class Part(NamedTuple):
    """One wired unit of a device type, wherever such a device stands, and its sockets in order."""

    asic: int
    cage: int
    port: int
    sockets: tuple[Socket, ...]

    def at(self, rack: str, u: int) -> Unit:
        """Return the unit of a device that stands there."""
        return Unit(rack, u, self.asic, self.cage, self.port)


@dataclass(frozen=True, slots=True)
class Member:
    """A lower unit, the part of its device that it is, and by what planes tell it apart.

    ``number`` counts the units of one rack (of the whole tier, where a fabric below placed it).
    """

    unit: Unit
    part: Part
    labels: Labels
    number: int


def sockets_per_cage(group: CageGroup, granularity: Granularity) -> int:
    """Return how many runs a cage of the group takes."""
    if granularity is Granularity.CAGE:
        return 1
    return max(1, group.ports if granularity is Granularity.PORT else group.links)


def parts_of(device: DeviceType, cages: Mapping[int, Cage], tier: TierSpec, runs: int) -> tuple[Part, ...]:
    """Return the wired units of a device, whose cages take so many runs each, in canonical order."""
    sockets = [
        (cage.asic, Socket(number, port))
        for number, cage in sorted(cages.items())
        if cage.group.name == tier.cages and (tier.numbers is None or number in tier.numbers)
        for port in ((0,) if runs == 1 else range(1, runs + 1))
    ]
    every = tuple(socket for _, socket in sockets)
    if tier.unit is WiredUnit.DEVICE:
        return (Part(0, 0, 0, every),)
    if tier.unit is WiredUnit.ASIC:
        own = [tuple(socket for behind, socket in sockets if behind == n) for n in range(device.asics + 1)]
        return tuple(Part(asic, 0, 0, own[asic]) for asic in range(1, device.asics + 1))
    if tier.unit is WiredUnit.CAGE:
        numbers = dict.fromkeys(socket.cage for socket in every)
        return tuple(Part(0, n, 0, tuple(one for one in every if one.cage == n)) for n in numbers)
    return tuple(Part(0, socket.cage, socket.port, (socket,)) for socket in every)


def unit_of(tier: TierSpec, end: CableEnd) -> Unit:
    """Return the wired unit that an end of a run belongs to."""
    if tier.unit is WiredUnit.DEVICE:
        return Unit(end.rack, end.u, 0)
    if tier.unit is WiredUnit.ASIC:
        return Unit(end.rack, end.u, end.asic)
    return Unit(end.rack, end.u, 0, end.cage, end.port if tier.unit is WiredUnit.PORT else 0)


def standing_members(ground: Ground, spec: TiersSpec, parts: Sequence[Part]) -> list[Member]:
    """Return the lower units that racks bring along, in canonical order."""
    members: list[Member] = []
    for address in joining_racks(ground, spec):
        mounts = sorted(
            mount.u for mount in ground.racks[address].mounts if mount.device == spec.lower.device
        )
        groups = ground.groups.get(address, {})
        number = 0
        for u in mounts:
            for index, part in enumerate(parts):
                labels = {**groups, "rail": str(index)}
                members.append(Member(part.at(address, u), part, labels, number))
                number += 1
    return members


def joining_racks(ground: Ground, spec: TiersSpec) -> tuple[str, ...]:
    """Return the racks whose lower devices join, in canonical order."""
    named, bound = set(spec.racks), set(spec.within)
    return tuple(
        address
        for address, rack_type in ground.racks.items()
        if (not named or address in named)
        and (not bound or address in bound)
        and ground.places[address].position.is_decided
        and any(mount.device == spec.lower.device for mount in rack_type.mounts)
    )


def shared_labels(several: Iterable[Labels]) -> Labels:
    """Return the labels that all of several units have in common."""
    first, *others = list(several) or [{}]
    return {key: label for key, label in first.items() if all(other.get(key) == label for other in others)}


def placed_members(
    ground: Ground, spec: TiersSpec, parts: Sequence[Part], labels_of: Mapping[Unit, Labels], below: set[str]
) -> list[Member]:
    """Return the lower units that the fabrics ``below`` placed, in canonical order.

    ``labels_of`` holds the upper units of the fabric below that serve a plane there; what serves none
    has nothing below it and is no lower unit.
    """
    places = sorted(
        (ground.order_of(device.rack), device.u, device.rack)
        for name in sorted(below)
        for device in ground.placed_of.get(name, ())
        if device.device == spec.lower.device and device.rack in ground.racks
    )
    cages = ground.cages[spec.lower.device]
    found = [
        (part.at(rack, u), part, shared_labels(labels_of[unit] for unit in served))
        for _, u, rack in places
        for part in parts
        if (served := [unit for unit in _units_below(rack, u, part, cages) if unit in labels_of])
    ]
    return [Member(unit, part, labels, number) for number, (unit, part, labels) in enumerate(found)]


def _units_below(rack: str, u: int, part: Part, cages: Mapping[int, Cage]) -> list[Unit]:
    """Return the upper units that a part of a device may be, one for each ASIC behind its cages."""
    asics = sorted({cages[socket.cage].asic for socket in part.sockets})
    return [Unit(rack, u, 0), *(Unit(rack, u, asic) for asic in asics if asic)]


def group_planes(
    members: Sequence[Member], keys: Sequence[str], planes: int | None, *, is_chained: bool
) -> tuple[list[list[Member]], list[str]] | str:
    """Return the lower units of each plane and the planes' names, or say why there are none."""
    if keys:
        return _by_labels(members, keys)
    count = planes or (1 if is_chained else max((member.number for member in members), default=-1) + 1)
    found: list[list[Member]] = [[] for _ in range(count)]
    for member in members:
        found[member.number % count].append(member)
    return found, [str(plane) for plane in range(count)]


def _by_labels(members: Sequence[Member], keys: Sequence[str]) -> tuple[list[list[Member]], list[str]] | str:
    found: dict[tuple[str, ...], list[Member]] = {}
    for member in members:
        lacking = [key for key in keys if key not in member.labels]
        if lacking:
            return f"{member.unit.rack} U{member.unit.u} has no {' and no '.join(lacking)} to tell planes by"
        found.setdefault(tuple(member.labels[key] for key in keys), []).append(member)
    ordered = sorted(found, key=lambda labels: [_natural(label) for label in labels])
    return [found[labels] for labels in ordered], [_name(keys, labels) for labels in ordered]


def _name(keys: Sequence[str], labels: Sequence[str]) -> str:
    counted = ("rail", "index")
    return " ".join(
        f"{key} {label}" if key in counted else label for key, label in zip(keys, labels, strict=True)
    )


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return a sort key that puts numbers before words and 2 before 10."""
    parts = [part for part in re.split("([0-9]+)", text) if part]
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
