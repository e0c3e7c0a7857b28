"""Wired units: what counts as one when runs are spread, and which sockets each has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planner.model.catalog import Catalog, DeviceType
from planner.model.fabric import Socket, WiredUnitRef
from planner.model.layout import Granularity, Layout, RackPosition, TierSpec, TiersSpec, WiredUnit
from planner.model.sites import cage_group, cage_sockets, first_cage, runs_per_cage
from planner.topology.planes import RAIL
from planner.topology.racks import mounts_of, standing_rack_type
from planner.topology.refusal import refusal


class UnitOfDevice(NamedTuple):
    """A wired unit of a device type: the ASIC it is or belongs to (0: the device), its sockets."""

    asic: int
    sockets: tuple[Socket, ...]


def units_of_device(device: DeviceType, tier: TierSpec, granularity: Granularity) -> tuple[UnitOfDevice, ...]:
    """Return the wired units of a device in the tier's cages, each with its sockets, ascending."""
    group = cage_group(device, tier.cages)
    runs = runs_per_cage(group, granularity)
    usable = None if tier.numbers is None else set(tier.numbers)
    asic_of = {
        number: asic
        for number, asic in enumerate(group.asic_of_cage, start=first_cage(device, tier.cages))
        if usable is None or number in usable
    }
    if tier.unit is WiredUnit.DEVICE:
        return (UnitOfDevice(0, cage_sockets(asic_of, runs)),)
    if tier.unit is WiredUnit.ASIC:
        return tuple(
            UnitOfDevice(asic, cage_sockets((cage for cage, of in asic_of.items() if of == asic), runs))
            for asic in range(1, device.asics + 1)
        )
    by_cage = [UnitOfDevice(asic, cage_sockets((cage,), runs)) for cage, asic in asic_of.items()]
    if tier.unit is WiredUnit.CAGE:
        return tuple(by_cage)
    return tuple(UnitOfDevice(unit.asic, (socket,)) for unit in by_cage for socket in unit.sockets)


def sockets_per_unit(
    catalog: Catalog, tier: TierSpec, granularity: Granularity, path: str
) -> tuple[int, int]:
    """Return the wired units of the tier's device and the sockets of each, the same for all.

    ``path`` is the tier's place in the layout.

    Raises
    ------
    InfeasibleError
        The units of the device have different numbers of sockets.
    """
    device = catalog.device_types[tier.device]
    counts = [len(unit.sockets) for unit in units_of_device(device, tier, granularity)]
    if len(set(counts)) != 1:
        listed = ", ".join(str(count) for count in counts)
        raise refusal(
            "uneven-cages",
            f"'{tier.cages}' cages of '{device.id}' lie unevenly on its ASICs ({listed}): "
            f"expected the same number on each; possible: the device as the wired unit",
            f"{path}.cages",
        )
    return len(counts), counts[0]


def units_of_racks(
    layout: Layout, catalog: Catalog, spec: TiersSpec, racks: Sequence[RackPosition]
) -> tuple[tuple[WiredUnitRef, ...], tuple[int, ...]]:
    """Return every lower unit that racks bring along, in canonical order, and its index in its rack."""
    device = catalog.device_types[spec.lower.device]
    by_device = units_of_device(device, spec.lower, spec.granularity)
    groups = _groups_of_racks(layout)
    units: list[WiredUnitRef] = []
    indices: list[int] = []
    for position in racks:
        labels = [{**groups.get(position.address, {}), RAIL: str(index)} for index in range(len(by_device))]
        here = [
            WiredUnitRef(
                rack=position.address,
                u=mount.u,
                device=device.id,
                asic=unit.asic,
                sockets=unit.sockets,
                plane=0,
                labels=labels[index],
            )
            for mount in mounts_of(standing_rack_type(catalog, position), device.id)
            for index, unit in enumerate(by_device)
        ]
        units.extend(here)
        indices.extend(range(len(here)))
    return tuple(units), tuple(indices)


def _groups_of_racks(layout: Layout) -> dict[str, dict[str, str]]:
    """Return for each rack that is in a group of some grouping: the group, by grouping."""
    found: dict[str, dict[str, str]] = {}
    for grouping, groups in layout.groups.items():
        for group, racks in groups.items():
            for rack in racks:
                found.setdefault(rack, {})[grouping] = group
    return found
