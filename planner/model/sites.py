"""Facts derived from a layout and its parts: what stands where, and where things may be placed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from planner.model.cages import CageGroup
from planner.model.catalog import Catalog, DeviceType, RackType
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import Granularity, Layout, PeersSpec, RackPosition, TiersSpec
from planner.model.media import MediaOption


class Slot(NamedTuple):
    """A place for one upper device: the rack's address and the lowest U."""

    rack: str
    u: int


def positions(layout: Layout) -> tuple[RackPosition, ...]:
    """Return all rack positions in canonical order: row, then number."""
    return tuple(position for row in layout.rows for position in row.positions)


def candidate_racks(layout: Layout, rack_type: str, within: tuple[str, ...] = ()) -> tuple[RackPosition, ...]:
    """Return positions where a rack of the type stands or may stand, in canonical order.

    ``within`` are the addresses that bound them, none: all of the layout.
    """
    bound = frozenset(within)
    return tuple(
        position
        for row in layout.rows
        for position in row.positions
        if rack_type in position.choices and (not bound or position.address in bound)
    )


def fabrics_below(layout: Layout, spec: TiersSpec) -> tuple[TiersSpec, ...]:
    """Return the fabrics whose upper devices the fabric's lower tier consists of, in the layout's order."""
    return below_among(layout.fabrics, spec)


def below_among(fabrics: Iterable[PeersSpec | TiersSpec], spec: TiersSpec) -> tuple[TiersSpec, ...]:
    """Return those of the fabrics whose upper devices the fabric's lower tier consists of.

    Of a family, a fabric of a family itself takes those that lie within its own group.
    """
    if not spec.lower.below:
        return ()
    own = frozenset(spec.within)
    return tuple(
        one
        for one in fabrics
        if isinstance(one, TiersSpec)
        and (
            one.name == spec.lower.below
            or (one.family == spec.lower.below and (not spec.family or own.issuperset(one.within)))
        )
    )


def stands_anyway(layout: Layout, catalog: Catalog, position: RackPosition) -> bool:
    """Tell whether a rack stands there in any plan: fixed by the layout, with lower devices of a fabric.

    Such a rack is bought for what it brings along, so that it costs no plan anything, even where
    upper devices are placed in it.
    """
    if not position.is_decided:
        return False
    lower = {
        spec.device if isinstance(spec, PeersSpec) else spec.lower.device
        for spec in layout.fabrics
        if isinstance(spec, PeersSpec) or not spec.lower.below
    }
    return any(mount.device in lower for mount in catalog.rack_types[position.choices[0]].mounts)


def rack_capacity(rack_type: RackType, device: DeviceType) -> int:
    """Return how many devices of the type fit a rack by slots, added power and added weight."""
    limits = [len(rack_type.tray_slots_u)]
    if device.power_milliwatts:
        limits.append(rack_type.max_added_power_milliwatts // device.power_milliwatts)
    if device.weight_g:
        limits.append(rack_type.max_added_weight_g // device.weight_g)
    return min(limits)


def upper_slots(layout: Layout, catalog: Catalog, fabric: TierFabric) -> tuple[Slot, ...]:
    """Return every place for an upper device of the fabric: by rack in canonical order, then U."""
    rack_type = catalog.rack_types[fabric.upper_rack_type]
    return tuple(
        Slot(position.address, u)
        for position in candidate_racks(layout, fabric.upper_rack_type, fabric.within)
        for u in rack_type.tray_slots_u
    )


class RackUse(NamedTuple):
    """What earlier fabrics of a plan put into a rack: its type, slots, added power and weight."""

    rack_type: str
    slots_u: tuple[int, ...]
    power_milliwatts: int
    weight_g: int


def runs_per_cage(group: CageGroup, granularity: Granularity) -> int:
    """Return how many runs one cage takes."""
    return {Granularity.CAGE: 1, Granularity.PORT: group.ports, Granularity.LINK: group.links}[granularity]


def cage_sockets(cages: Iterable[int], runs: int) -> tuple[Socket, ...]:
    """Return the sockets of cages that take so many runs each, ascending."""
    if runs == 1:
        return tuple(Socket(cage, 0) for cage in cages)
    return tuple(Socket(cage, port) for cage in cages for port in range(1, runs + 1))


def cage_group(device: DeviceType, name: str) -> CageGroup:
    """Return the device's cage group of that name; KeyError where there is none."""
    for group in device.cages:
        if group.name == name:
            return group
    raise KeyError(name)


def joins_cages(catalog: Catalog, spec: PeersSpec | TiersSpec, option: MediaOption) -> bool:
    """Tell whether a run of the fabric can be made that way, however long it is."""
    if isinstance(spec, PeersSpec):
        group = cage_group(catalog.device_types[spec.device], spec.cages)
        return option.between(group, group, (1, 1)) is not None
    lower, upper = (
        cage_group(catalog.device_types[tier.device], tier.cages) for tier in (spec.lower, spec.upper)
    )
    runs = runs_per_cage(lower, spec.granularity), runs_per_cage(upper, spec.granularity)
    return option.between(lower, upper, runs) is not None


def first_cage(device: DeviceType, name: str) -> int:
    """Return the number of the first cage of the group (cages count from 1 through the groups)."""
    number = 1
    for group in device.cages:
        if group.name == name:
            return number
        number += group.count
    raise KeyError(name)


def device_z_mm(rack_type: RackType, u: int, height_u: int) -> int:
    """Return the height of a device's center above the floor, rounded once, half up.

    The center of a span of ``height_u`` units from U ``u`` lies (u - 1 + height_u / 2) units above
    the lower edge of U1.
    """
    twice_um = (2 * (u - 1) + height_u) * rack_type.unit_height_um
    return rack_type.u1_z_mm + (twice_um + 1000) // 2000
