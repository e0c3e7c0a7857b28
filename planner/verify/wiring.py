"""What a fabric of tiers must look like, derived from its description: units, planes, counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from planner.model.catalog import CageGroup, DeviceType, RackType
from planner.model.layout import Spread, TierSpec, TiersSpec, WiredUnit
from planner.verify.ground import Cage, Ground, Place, group_of


class Unit(NamedTuple):
    """A wired unit that stands somewhere; ``asic`` is 0 where the unit is the whole device."""

    rack: str
    u: int
    asic: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """A fabric of tiers as the layout's description demands it.

    Parameters
    ----------
    spec, lower_device, upper_device, lower_group, upper_group, rack_type
        The description and the parts that it names.
    planes
        The lower units of each plane, in canonical order.
    gpus
        GPUs in the racks that join.
    uplinks, upper_ports
        Runs that a lower unit sends up; cages of an upper unit.
    upper_per_plane, units_per_device, devices
        Upper units of a plane, upper units in one upper device, upper devices in all.
    fewest_per_pair, most_per_pair, fewest_per_upper, most_per_upper
        Runs between a lower and an upper unit of one plane, and runs at an upper unit.
    """

    spec: TiersSpec
    lower_device: DeviceType
    upper_device: DeviceType
    lower_group: CageGroup
    upper_group: CageGroup
    rack_type: RackType
    planes: tuple[tuple[Unit, ...], ...]
    gpus: int
    uplinks: int
    upper_ports: int
    upper_per_plane: int
    units_per_device: int
    devices: int
    fewest_per_pair: int
    most_per_pair: int
    fewest_per_upper: int
    most_per_upper: int

    @property
    def extra_per_lower(self) -> int:
        """Runs of a lower unit beyond the fewest to each upper unit of its plane."""
        return self.uplinks - self.fewest_per_pair * self.upper_per_plane

    def plane_of(self) -> dict[Unit, int]:
        """Return the plane of each lower unit."""
        return {unit: plane for plane, units in enumerate(self.planes) for unit in units}


def unit_cages(cages: Mapping[int, Cage], tier: TierSpec, asic: int) -> tuple[int, ...]:
    """Return those of a device's cages, in the tier's group, that belong to one wired unit."""
    return tuple(
        number
        for number, cage in cages.items()
        if cage.group.name == tier.cages and (tier.unit is WiredUnit.DEVICE or cage.asic == asic)
    )


def unit_of(tier: TierSpec, rack: str, u: int, asic: int) -> Unit:
    """Return the wired unit that a cage of that ASIC belongs to."""
    return Unit(rack, u, 0 if tier.unit is WiredUnit.DEVICE else asic)


def joining_racks(ground: Ground, spec: TiersSpec) -> tuple[str, ...]:
    """Return the racks whose lower devices join, in canonical order."""
    named = set(spec.racks)
    return tuple(
        address
        for address, rack_type in ground.racks.items()
        if ground.places[address].position.is_decided
        and any(mount.device == spec.lower.device for mount in rack_type.mounts)
        and (not named or address in named)
    )


def candidates(ground: Ground, rack_type: str) -> tuple[Place, ...]:
    """Return the positions where a rack of the type stands or may stand, in canonical order."""
    return tuple(place for place in ground.places.values() if rack_type in place.position.choices)


def carries_lower(ground: Ground, place: Place) -> bool:
    """Tell whether the layout fixes a rack there that brings lower devices of some fabric along.

    That rack stands in any plan, so none pays for it.
    """
    rack_type = ground.racks.get(place.position.address) if place.position.is_decided else None
    brought = {mount.device for mount in rack_type.mounts} if rack_type is not None else set()
    return any(
        (spec.lower.device if isinstance(spec, TiersSpec) else spec.device) in brought
        for spec in ground.plan.layout.fabrics
    )


def derive_tiers(ground: Ground, spec: TiersSpec) -> Tiers | str:
    """Derive what the fabric must look like, or say what makes that impossible."""
    lower, upper = ground.device_type(spec.lower.device), ground.device_type(spec.upper.device)
    rack_type = ground.plan.catalog.rack_types.get(spec.upper_rack_type)
    if lower is None or upper is None or rack_type is None:
        return "it names a device or rack type that the catalog lacks"
    lower_group, upper_group = group_of(lower, spec.lower.cages), group_of(upper, spec.upper.cages)
    if lower_group is None or upper_group is None:
        return "it names a group of cages that the device lacks"
    planes, gpus = _planes(ground, spec, lower)
    uplinks = _uplinks(spec, lower, lower_group)
    per_device = 1 if spec.upper.unit is WiredUnit.DEVICE else upper.asics
    ports = min(
        (
            len(unit_cages(ground.cages[spec.upper.device], spec.upper, asic))
            for asic in range(1, per_device + 1)
        ),
        default=0,
    )
    if not planes or uplinks < 1 or ports < 1 or per_device < 1:
        return f"{len(planes)} planes, {uplinks} uplinks and {ports} downlink cages cannot be wired"
    sizes = [len(plane) for plane in planes]
    members = max(sizes)
    if min(sizes) < members:
        return f"its planes have from {min(sizes)} to {members} lower units"
    per_plane = _upper_per_plane(spec.spread, members * uplinks, uplinks, ports)
    if per_plane is None:
        return f"{uplinks} uplinks have no divisor from {members * uplinks} runs / {ports} cages"
    return Tiers(
        spec=spec,
        lower_device=lower,
        upper_device=upper,
        lower_group=lower_group,
        upper_group=upper_group,
        rack_type=rack_type,
        planes=planes,
        gpus=gpus,
        uplinks=uplinks,
        upper_ports=ports,
        upper_per_plane=per_plane,
        units_per_device=per_device,
        devices=-(-len(planes) * per_plane // per_device),
        fewest_per_pair=uplinks // per_plane,
        most_per_pair=-(-uplinks // per_plane),
        fewest_per_upper=members * uplinks // per_plane,
        most_per_upper=-(-members * uplinks // per_plane),
    )


def _planes(ground: Ground, spec: TiersSpec, lower: DeviceType) -> tuple[tuple[tuple[Unit, ...], ...], int]:
    planes: list[list[Unit]] = []
    gpus = 0
    asics = (0,) if spec.lower.unit is WiredUnit.DEVICE else tuple(range(1, lower.asics + 1))
    for address in joining_racks(ground, spec):
        mounts = sorted(ground.racks[address].mounts, key=lambda mount: mount.u)
        units = [
            Unit(address, mount.u, asic)
            for mount in mounts
            if mount.device == spec.lower.device
            for asic in asics
        ]
        count = len(units) if spec.planes is None else spec.planes
        planes.extend([] for _ in range(count - len(planes)))
        for index, unit in enumerate(units):
            planes[index % count].append(unit)
        for mount in mounts:
            device = ground.device_type(mount.device)
            gpus += device.gpus if device is not None else 0
    return tuple(tuple(plane) for plane in planes), gpus


def _uplinks(spec: TiersSpec, lower: DeviceType, group: CageGroup) -> int:
    units = 1 if spec.lower.unit is WiredUnit.DEVICE else lower.asics
    if spec.oversubscription is None:
        return group.count // units if units else 0
    down, up = spec.oversubscription
    divisor = down * units * group.lanes * group.lane_rate_gbps
    return lower.downlink_gbps * up // divisor if divisor > 0 else 0


def _upper_per_plane(spread: Spread, runs: int, uplinks: int, ports: int) -> int | None:
    fewest = -(-runs // ports)
    if spread is Spread.BALANCED:
        return fewest
    return next((k for k in range(fewest, uplinks + 1) if uplinks % k == 0), None)
