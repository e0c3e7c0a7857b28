"""What a fabric of tiers must look like, derived from its description: units, planes, counts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from planner.model.catalog import DeviceType, RackType
from planner.model.layout import Spread, TiersSpec
from planner.verify.bounds import specs_below
from planner.verify.ground import Ground, Place, group_of
from planner.verify.media import Fit, Site, fitting, is_dark
from planner.verify.units import (
    Labels,
    Member,
    Part,
    Unit,
    group_planes,
    parts_of,
    placed_members,
    shared_labels,
    sockets_per_cage,
    standing_members,
)


@dataclass(frozen=True, slots=True)
class Tiers:
    """A fabric of tiers as the layout's description demands it.

    Parameters
    ----------
    spec, lower_device, upper_device, rack_type
        The description and the parts that it names.
    sites
        The cages of a lower and of an upper unit, and how many runs each takes.
    fits
        Media options that join such cages, in the profile's order.
    planes, plane_names, plane_labels
        The lower units of each plane, in canonical order, what to call it, and what they share.
    parts, upper_parts
        The wired units of a lower and of an upper device; ``part_of`` is that of each lower unit.
    gpus
        GPUs in the racks that join.
    rate_gbps, links
        Rate and links of one run.
    downlink_gbps
        What a lower unit carries toward the tier below.
    uplinks, upper_ports
        Runs that a lower unit sends up; sockets of an upper unit.
    upper_per_plane, devices
        Upper units of a plane, upper devices in all.
    fewest_per_pair, most_per_pair, fewest_per_upper, most_per_upper
        Runs between a lower and an upper unit of one plane, and runs at an upper unit.
    full
        Lower units of a plane that it is sized for.
    """

    spec: TiersSpec
    lower_device: DeviceType
    upper_device: DeviceType
    rack_type: RackType
    sites: tuple[Site, Site]
    fits: tuple[Fit, ...]
    planes: tuple[tuple[Unit, ...], ...]
    plane_names: tuple[str, ...]
    plane_labels: tuple[Labels, ...]
    parts: tuple[Part, ...]
    upper_parts: tuple[Part, ...]
    part_of: dict[Unit, Part]
    gpus: int
    rate_gbps: int
    links: int
    downlink_gbps: Fraction
    uplinks: int
    upper_ports: int
    upper_per_plane: int
    devices: int
    fewest_per_pair: int
    most_per_pair: int
    fewest_per_upper: int
    most_per_upper: int
    full: int

    @property
    def most_when_full(self) -> int:
        """Most runs at an upper unit once the planes have all the lower units that they are sized for."""
        return -(-self.full * self.uplinks // self.upper_per_plane)

    @property
    def units_per_device(self) -> int:
        """Upper units in one upper device."""
        return len(self.upper_parts)

    @property
    def extra_per_lower(self) -> int:
        """Runs of a lower unit beyond the fewest to each upper unit of its plane."""
        return self.uplinks - self.fewest_per_pair * self.upper_per_plane

    @property
    def is_one_way(self) -> bool:
        """Whether all runs must be made by one option: where any that fits shares plugs or cables."""
        return any(fit.is_shared for fit in self.fits)

    def plane_of(self) -> dict[Unit, int]:
        """Return the plane of each lower unit."""
        return {unit: plane for plane, units in enumerate(self.planes) for unit in units}


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What a description names, looked up."""

    lower: DeviceType
    upper: DeviceType
    rack_type: RackType
    sites: tuple[Site, Site]
    parts: tuple[Part, ...]
    upper_parts: tuple[Part, ...]


def carries_lower(ground: Ground, place: Place) -> bool:
    """Tell whether the layout fixes a rack there that brings lower devices of some fabric along.

    That rack stands in any plan, so none pays for it.
    """
    rack_type = ground.racks.get(place.position.address) if place.position.is_decided else None
    brought = {mount.device for mount in rack_type.mounts} if rack_type is not None else set()
    return any(
        (spec.lower.device if isinstance(spec, TiersSpec) else spec.device) in brought
        for spec in ground.plan.layout.fabrics
        if not (isinstance(spec, TiersSpec) and spec.lower.below)
    )


@lru_cache(maxsize=1)
def derive_all(ground: Ground) -> dict[str, Tiers | str]:
    """Derive what every fabric of tiers must look like, or say what makes that impossible.

    A tier of a fabric below consists of what the plan placed for that fabric, so fabrics are taken in
    the layout's order.
    """
    derived: dict[str, Tiers | str] = {}
    for spec in ground.plan.layout.fabrics:
        if isinstance(spec, TiersSpec):
            derived[spec.name] = _derive(ground, spec, derived)
    return derived


def _derive(ground: Ground, spec: TiersSpec, derived: dict[str, Tiers | str]) -> Tiers | str:
    kinds = _kinds(ground, spec)
    if isinstance(kinds, str):
        return kinds
    named = [derived.get(one.name) for one in specs_below(ground, spec)]
    below = [one for one in named if isinstance(one, Tiers)]
    if spec.lower.below and (not below or len(below) < len(named)):
        return f"it wires the upper devices of '{spec.lower.below}', which cannot be derived"
    if below:
        labels = {unit: labels for one in below for unit, labels in _upper_labels(ground, one).items()}
        members = placed_members(ground, spec, kinds.parts, labels, {one.spec.name for one in below})
    else:
        members = standing_members(ground, spec, kinds.parts)
    grouped = group_planes(members, spec.plane_keys, spec.planes, is_chained=bool(below))
    if isinstance(grouped, str):
        return grouped
    return _count(ground, spec, kinds, grouped, below)


def _kinds(ground: Ground, spec: TiersSpec) -> _Kinds | str:
    lower, upper = ground.device_type(spec.lower.device), ground.device_type(spec.upper.device)
    rack_type = ground.plan.catalog.rack_types.get(spec.upper_rack_type)
    if lower is None or upper is None or rack_type is None:
        return "it names a device or rack type that the catalog lacks"
    groups = group_of(lower, spec.lower.cages), group_of(upper, spec.upper.cages)
    if groups[0] is None or groups[1] is None:
        return "it names a group of cages that the device lacks"
    runs = tuple(sockets_per_cage(group, spec.granularity) for group in groups if group)
    return _Kinds(
        lower,
        upper,
        rack_type,
        (Site(groups[0], runs[0]), Site(groups[1], runs[1])),
        parts_of(lower, ground.cages[lower.id], spec.lower, runs[0]),
        parts_of(upper, ground.cages[upper.id], spec.upper, runs[1]),
    )


def _upper_labels(ground: Ground, tiers: Tiers) -> dict[Unit, Labels]:
    """Return by what the tier above tells this fabric's upper units apart, of those that serve a plane."""
    units = sorted(
        (ground.order_of(device.rack), Unit(device.rack, device.u, part.asic), plane)
        for device in ground.placed_of.get(tiers.spec.name, ())
        for part, plane in zip(tiers.upper_parts, device.planes, strict=False)
        if 0 <= plane < len(tiers.planes)
    )
    labels: dict[Unit, Labels] = {}
    served = [0] * len(tiers.planes)
    for _, unit, plane in units:
        labels[unit] = {**tiers.plane_labels[plane], "index": str(served[plane])}
        served[plane] += 1
    return labels


def _count(
    ground: Ground,
    spec: TiersSpec,
    kinds: _Kinds,
    grouped: tuple[list[list[Member]], list[str]],
    below: list[Tiers],
) -> Tiers | str:
    members, names = grouped
    lit = [site for site in kinds.sites if not is_dark(site.group)]
    rates = [site.group.lanes * site.group.lane_rate_gbps // site.runs for site in lit]
    if len(set(rates)) != 1 or rates[0] < 1:
        return f"runs of {' and '.join(map(str, rates)) or 'no'} Gb/s cannot be joined"
    downlink = _downlink(kinds, below)
    uplinks = _uplinks(spec, kinds, downlink, rates[0])
    ports = min((len(part.sockets) for part in kinds.upper_parts), default=0)
    if not members or uplinks < 1 or ports < 1:
        return f"{len(members)} planes, {uplinks} uplinks and {ports} downlink cages cannot be wired"
    sizes = [len(plane) for plane in members]
    if min(sizes) < max(sizes):
        return f"its planes have from {min(sizes)} to {max(sizes)} lower units"
    full = sizes[0] if spec.sized_for is None else spec.sized_for
    if full < sizes[0]:
        return f"its planes have {sizes[0]} lower units, and it is sized for {full}"
    runs, runs_when_full = sizes[0] * uplinks, full * uplinks
    per_plane = _upper_per_plane(spec.spread, runs_when_full, uplinks, ports)
    if per_plane is None:
        return f"{uplinks} uplinks have no divisor from {runs_when_full} runs / {ports} cages"
    return Tiers(
        spec=spec,
        lower_device=kinds.lower,
        upper_device=kinds.upper,
        rack_type=kinds.rack_type,
        sites=kinds.sites,
        fits=fitting(ground.plan.catalog.media, kinds.sites),
        planes=tuple(tuple(member.unit for member in plane) for plane in members),
        plane_names=tuple(names),
        plane_labels=tuple(shared_labels(member.labels for member in plane) for plane in members),
        parts=kinds.parts,
        upper_parts=kinds.upper_parts,
        part_of={member.unit: member.part for plane in members for member in plane},
        gpus=sum(one.gpus for one in below) if below else _gpus(ground, members),
        rate_gbps=rates[0],
        links=max(1, lit[0].group.links // lit[0].runs),
        downlink_gbps=downlink,
        uplinks=uplinks,
        upper_ports=ports,
        upper_per_plane=per_plane,
        devices=-(-len(members) * per_plane // len(kinds.upper_parts)),
        fewest_per_pair=uplinks // per_plane,
        most_per_pair=-(-uplinks // per_plane),
        fewest_per_upper=runs // per_plane,
        most_per_upper=-(-runs // per_plane),
        full=full,
    )


def _gpus(ground: Ground, planes: list[list[Member]]) -> int:
    racks = {member.unit.rack for plane in planes for member in plane}
    devices = [
        ground.device_type(mount.device) for rack in sorted(racks) for mount in ground.racks[rack].mounts
    ]
    return sum(device.gpus for device in devices if device is not None)


def _downlink(kinds: _Kinds, below: list[Tiers]) -> Fraction:
    """Return what a lower unit carries toward the tier below: as stated, or all that ends there."""
    if not below:
        whole = kinds.lower.downlink_gbps
    else:
        whole = below[0].units_per_device * below[0].most_when_full * below[0].rate_gbps
    return Fraction(whole, max(1, len(kinds.parts)))


def _uplinks(spec: TiersSpec, kinds: _Kinds, downlink: Fraction, rate: int) -> int:
    sockets = min((len(part.sockets) for part in kinds.parts), default=0)
    if spec.oversubscription is None:
        return sockets
    down, up = spec.oversubscription
    return int(downlink * up / (down * rate)) if down > 0 else 0


def _upper_per_plane(spread: Spread, runs: int, uplinks: int, ports: int) -> int | None:
    fewest = -(-runs // ports)
    if spread is Spread.BALANCED:
        return fewest
    return next((k for k in range(fewest, uplinks + 1) if uplinks % k == 0), None)
