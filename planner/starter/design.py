"""How many switches each tier of a first layout takes, and how its planes are told apart."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.model.cages import CageGroup
from planner.model.catalog import Catalog
from planner.model.layout import Spread, WiredUnit
from planner.model.sites import cage_group, first_cage, runs_per_cage
from planner.model.sizing import CabledTier, Join
from planner.model.starter import Starter
from planner.units import ceil_div

RAIL = "rail"


class SpreadFigures(Protocol):
    """Upper units of a plane."""

    @property
    def upper_units(self) -> int:
        """Upper units of a plane."""


SpreadRule = Callable[[Spread, int, int, int], SpreadFigures | None]
"""Takes the spread, lower units of a plane, uplinks of each and sockets of an upper unit; None: no design."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One fabric: lower units of each plane and what they send up, upper units of each plane.

    ``lower_numbers`` and ``upper_numbers`` are the cages that it may use, empty for all of a group.
    """

    name: str
    below: str
    keys: tuple[str, ...]
    planes: int
    lower_units: int
    uplinks: int
    upper_units: int
    devices: int
    lower_numbers: tuple[int, ...]
    upper_numbers: tuple[int, ...]

    @property
    def runs(self) -> int:
        """Cable runs."""
        return self.planes * self.lower_units * self.uplinks


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The fabrics from the lowest up, and how many racks a group of each grouping in use has."""

    tiers: tuple[Tier, ...]
    groups: Mapping[str, int]

    @property
    def devices(self) -> int:
        """Upper devices of all fabrics."""
        return sum(tier.devices for tier in self.tiers)

    @property
    def runs(self) -> int:
        """Cable runs of all fabrics."""
        return sum(tier.runs for tier in self.tiers)


def find_design(
    starter: Starter,
    parts: Catalog,
    racks: int,
    tiers: Sequence[CabledTier],
    spread: Spread,
    rule: SpreadRule,
) -> Design | None:
    """Return the design with the fewest switches; among equals the one with the largest groups."""
    keys = [_keys(starter, tiers, index) for index in range(len(tiers))]
    names = [tier.name.lower() for tier in tiers]
    sides = _Sides(starter=starter, parts=parts)
    found = []
    for groups in _groupings(starter, racks, {key for each in keys for key in each}):
        stack = _Stack(sides=sides, racks=racks, groups=groups, spread=spread, rule=rule)
        design = stack.design(names, keys)
        found += [design] if design else []
    return min(found, key=lambda design: design.devices) if found else None


def _keys(starter: Starter, tiers: Sequence[CabledTier], index: int) -> tuple[str, ...]:
    """Return the plane keys of a tier; one on top that joins by groups is a single group."""
    if not index:
        return starter.plane_keys
    is_top = index + 1 == len(tiers)
    return () if is_top and tiers[index].join is Join.GROUPS else starter.stacked[tiers[index].name]


def _groupings(starter: Starter, racks: int, used: Container[str]) -> list[dict[str, int]]:
    """Return the racks of groups worth trying, larger ones first; only of groupings in use."""
    fixed = {one.name: one.racks for one in starter.groups if one.racks and one.name in used}
    free = [one.name for one in starter.groups if not one.racks and one.name in used]
    if not free:
        return [fixed]
    step = max(fixed.values(), default=1)
    counts = [count for count in range(racks // step, 0, -1) if racks // step % count == 0]
    return [{**fixed, free[0]: count * step} for count in counts]


def halves(cages: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the cages that look down and those that look up."""
    middle = ceil_div(len(cages), 2)
    return tuple(cages[:middle]), tuple(cages[middle:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """What the parts of both sides have: units of a device, and sockets of their cages."""

    starter: Starter
    parts: Catalog

    @property
    def lower(self) -> CageGroup:
        """Cages of the lowest devices."""
        return cage_group(self.parts.device_types[self.starter.device], self.starter.cages)

    @property
    def upper(self) -> CageGroup:
        """Cages of the upper devices."""
        return cage_group(self.parts.device_types[self.starter.upper_device], self.starter.upper_cages)

    def sockets(self, group: CageGroup) -> int:
        """Return how many runs end in a cage."""
        return runs_per_cage(group, self.starter.granularity)

    @property
    def lower_devices(self) -> int:
        """Lower devices of a rack."""
        mounts = self.parts.rack_types[self.starter.rack].mounts
        return sum(mount.device == self.starter.device for mount in mounts)

    @property
    def lower_units(self) -> int:
        """Units of a lower device."""
        group = self.lower
        return {
            WiredUnit.ASIC: self.parts.device_types[self.starter.device].asics,
            WiredUnit.DEVICE: 1,
            WiredUnit.CAGE: group.count,
            WiredUnit.PORT: group.count * self.sockets(group),
        }[self.starter.unit]

    @property
    def upper_units(self) -> int:
        """Units of an upper device."""
        is_device = self.starter.upper_unit is WiredUnit.DEVICE
        return 1 if is_device else self.parts.device_types[self.starter.upper_device].asics

    def upper_numbers(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the numbers of the upper devices' cages that look down and up, unit by unit."""
        device, group = self.parts.device_types[self.starter.upper_device], self.upper
        first = first_cage(device, group.name)
        numbers = range(first, first + group.count)
        if self.upper_units == 1:
            return halves(numbers)
        asics = dict.fromkeys(group.asic_of_cage)
        parts = [
            halves([number for number, of in zip(numbers, group.asic_of_cage, strict=True) if of == asic])
            for asic in asics
        ]
        downs, ups = zip(*parts, strict=True)
        return tuple(sorted(sum(downs, ()))), tuple(sorted(sum(ups, ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stack:
    """Stacks tier on tier, with groups of that many racks."""

    sides: _Sides
    racks: int
    groups: Mapping[str, int]
    spread: Spread
    rule: SpreadRule

    def design(self, names: Sequence[str], keys: Sequence[tuple[str, ...]]) -> Design | None:
        """Return the tiers, or None where one has no spread."""
        tiers: list[Tier] = []
        for name, own in zip(names, keys, strict=True):
            below = tiers[-1] if tiers else None
            tier = self._tier(name, own, below, is_top=name == names[-1])
            if tier is None:
                return None
            tiers.append(tier)
        return Design(tiers=tuple(tiers), groups=self.groups)

    def _tier(self, name: str, keys: tuple[str, ...], below: Tier | None, *, is_top: bool) -> Tier | None:
        sides = self.sides
        down, up = sides.upper_numbers()
        runs, per_device = sides.sockets(sides.upper), sides.upper_units
        if below:
            units, uplinks = below.planes * below.upper_units, len(up) * runs // per_device
        else:
            units = self.racks * sides.lower_devices * sides.lower_units
            uplinks = sides.lower.count * sides.sockets(sides.lower) // max(sides.lower_units, 1)
        planes = self._planes(keys, below)
        ports = (len(down) + (len(up) if is_top else 0)) * runs // per_device
        if not planes or units % planes:
            return None
        spread = self.rule(self.spread, units // planes, uplinks, ports)
        if spread is None:
            return None
        return Tier(
            name=name,
            below=below.name if below else "",
            keys=keys,
            planes=planes,
            lower_units=units // planes,
            uplinks=uplinks,
            upper_units=spread.upper_units,
            devices=ceil_div(planes * spread.upper_units, per_device),
            lower_numbers=up if below else (),
            upper_numbers=() if is_top else down,
        )

    def _planes(self, keys: Sequence[str], below: Tier | None) -> int:
        starter, sides = self.sides.starter, self.sides
        if not keys:
            return 1 if below else starter.planes or sides.lower_devices * sides.lower_units
        count = 1
        for key in keys:
            if key in self.groups:
                count *= self.racks // self.groups[key]
            elif key == RAIL:
                count *= sides.lower_units
            else:
                count *= below.upper_units if below else 1
        return count
