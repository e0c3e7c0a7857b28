"""What is wired: the racks that join, their lower units, and the sums of a pair of tiers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog, DeviceMount, DeviceType, RackType
from planner.model.fabric import WiredUnitRef
from planner.model.layout import Layout, RackPosition, TierSpec, TiersSpec, WiredUnit
from planner.model.sites import cage_group, first_cage, positions


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSums:
    """The numbers that decide a fabric's size.

    ``lower_units`` are those of one plane, ``units_per_rack`` of them in each rack (None where racks
    differ). ``upper_units_per_device`` upper units of ``upper_ports`` cages share one upper device.
    """

    lower_units: int
    planes: int
    uplinks: int
    upper_ports: int
    upper_units_per_device: int
    units_per_rack: int | None = 1

    @property
    def size_text(self) -> str:
        """The size in words: racks where all are alike, else lower units."""
        if self.units_per_rack is None:
            return f"{self.lower_units} lower units a plane"
        racks = self.lower_units // self.units_per_rack
        return "1 rack" if racks == 1 else f"{racks} racks"


def refusal(code: str, message: str, path: str) -> InfeasibleError:
    """Return the error that carries this one finding about the layout's value at that path."""
    return InfeasibleError([Finding(code=code, message=message, where=Where(file="", path=path))])


def standing_rack_type(catalog: Catalog, position: RackPosition) -> RackType | None:
    """Return the type of the rack that stands at the position for sure, None where none does."""
    return catalog.rack_types[position.choices[0]] if position.is_decided else None


def mounts_of(rack_type: RackType | None, device: str) -> tuple[DeviceMount, ...]:
    """Return where the rack type holds devices of that type, lowest U first."""
    mounts = rack_type.mounts if rack_type else ()
    return tuple(sorted((mount for mount in mounts if mount.device == device), key=lambda mount: mount.u))


def gpus_of(catalog: Catalog, rack_type: RackType | None) -> int:
    """Return the GPUs of all devices that the rack type brings along."""
    mounts = rack_type.mounts if rack_type else ()
    return sum(catalog.device_types[mount.device].gpus for mount in mounts)


def joining_racks(layout: Layout, catalog: Catalog, spec: TiersSpec) -> tuple[RackPosition, ...]:
    """Return the positions whose lower devices join, in canonical order.

    Raises
    ------
    InfeasibleError
        No rack joins, or one that should has no lower device for sure.
    """
    device = spec.lower.device
    named = set(spec.racks)
    asked = [position for position in positions(layout) if position.address in named or not named]
    holding = [position for position in asked if mounts_of(standing_rack_type(catalog, position), device)]
    lacking = [position.address for position in asked if position not in holding] if named else []
    if lacking or not holding:
        names = ", ".join(lacking) if lacking else "any position"
        raise refusal(
            "lower-missing",
            f"fabric '{spec.name}' joins racks with '{device}', but none stands for sure at {names}; "
            f"name racks that hold one",
            f"fabrics.{spec.name}.racks",
        )
    return tuple(holding)


def unit_cages(device: DeviceType, tier: TierSpec) -> tuple[tuple[int, ...], ...]:
    """Return the cage numbers of each wired unit of a device in the tier's cage group, ascending."""
    group = cage_group(device, tier.cages)
    first = first_cage(device, tier.cages)
    numbers = range(first, first + group.count)
    if tier.unit is WiredUnit.DEVICE:
        return (tuple(numbers),)
    return tuple(
        tuple(n for n, of in zip(numbers, group.asic_of_cage, strict=True) if of == asic)
        for asic in range(1, device.asics + 1)
    )


def cages_per_unit(catalog: Catalog, tier: TierSpec, path: str) -> tuple[int, int]:
    """Return the wired units of the tier's device and the cages of each, the same for all.

    ``path`` is the tier's place in the layout.

    Raises
    ------
    InfeasibleError
        The units of the device have different numbers of cages.
    """
    device = catalog.device_types[tier.device]
    counts = [len(cages) for cages in unit_cages(device, tier)]
    if len(set(counts)) != 1:
        listed = ", ".join(str(count) for count in counts)
        raise refusal(
            "uneven-cages",
            f"'{tier.cages}' cages of '{device.id}' lie unevenly on its ASICs ({listed}): "
            f"expected the same number on each; possible: the device as the wired unit",
            f"{path}.cages",
        )
    return len(counts), counts[0]


def unit_downlink_gbps(device: DeviceType, unit: WiredUnit) -> Fraction:
    """Return what one wired unit carries toward the tier below."""
    return Fraction(device.downlink_gbps, 1 if unit is WiredUnit.DEVICE else device.asics)


def uplinks_per_unit(catalog: Catalog, spec: TiersSpec) -> int:
    """Return the runs that each lower unit sends up: all its cages, or what oversubscription asks.

    Raises
    ------
    InfeasibleError
        The ratio needs a fraction of a cage, or more cages than there are.
    """
    _, cages = cages_per_unit(catalog, spec.lower, f"fabrics.{spec.name}.lower")
    if spec.oversubscription is None:
        return cages
    device = catalog.device_types[spec.lower.device]
    rate = cage_group(device, spec.lower.cages).rate_gbps
    downlink = unit_downlink_gbps(device, spec.lower.unit)
    down, up = spec.oversubscription
    wish = f"fabric '{spec.name}' asks for oversubscription {down}:{up}"
    path = f"fabrics.{spec.name}.oversubscription"
    if not downlink:
        raise refusal(
            "oversubscription-impossible",
            f"{wish}, but '{device.id}' states no downlink",
            path,
        )
    wanted = downlink * up / (down * rate)
    if wanted.denominator == 1 and wanted <= cages:
        return int(wanted)
    near = sorted({min(max(1, n), cages) for n in (int(wanted), int(wanted) + 1)})
    ratios = ", ".join(f"{_ratio_text(downlink / (n * rate))} ({n} cages)" for n in near)
    raise refusal(
        "oversubscription-impossible",
        f"{wish}: {_plain(downlink)} Gb/s down of a wired unit of '{device.id}' take {_plain(wanted)} "
        f"uplink cages of {rate} Gb/s, but a unit has {cages} whole ones; possible: {ratios}",
        path,
    )


def tier_sums(
    catalog: Catalog, spec: TiersSpec, lower_units: int, planes: int, units_per_rack: int | None = 1
) -> TierSums:
    """Return the sums of a fabric of so many lower units a plane; raises as ``uplinks_per_unit``."""
    upper_units, upper_ports = cages_per_unit(catalog, spec.upper, f"fabrics.{spec.name}.upper")
    return TierSums(
        lower_units=lower_units,
        planes=planes,
        uplinks=uplinks_per_unit(catalog, spec),
        upper_ports=upper_ports,
        upper_units_per_device=upper_units,
        units_per_rack=units_per_rack,
    )


def lower_units(
    catalog: Catalog, spec: TiersSpec, racks: tuple[RackPosition, ...]
) -> tuple[WiredUnitRef, ...]:
    """Return every lower unit in canonical order, each with its plane.

    The plane is the unit's index within its rack, modulo the planes that the fabric declares.

    Raises
    ------
    InfeasibleError
        Planes would have different sizes.
    """
    device = catalog.device_types[spec.lower.device]
    by_unit = unit_cages(device, spec.lower)
    first_asic = 0 if spec.lower.unit is WiredUnit.DEVICE else 1
    units: list[WiredUnitRef] = []
    counts: dict[str, int] = {}
    for position in racks:
        places = [
            (mount.u, index)
            for mount in mounts_of(standing_rack_type(catalog, position), device.id)
            for index in range(len(by_unit))
        ]
        counts[position.address] = len(places)
        units.extend(
            WiredUnitRef(
                rack=position.address,
                u=u,
                device=device.id,
                asic=first_asic + index,
                cages=by_unit[index],
                plane=number % spec.planes if spec.planes else number,
            )
            for number, (u, index) in enumerate(places)
        )
    _refuse_unequal(spec, counts)
    return tuple(units)


def _refuse_unequal(spec: TiersSpec, units_of_rack: dict[str, int]) -> None:
    if spec.planes:
        _refuse_remainders(spec, spec.planes, units_of_rack)
        return
    counts = list(units_of_rack.values())
    usual = max(sorted(set(counts)), key=counts.count)
    odd = [f"{rack} has {count}" for rack, count in units_of_rack.items() if count != usual]
    if odd:
        raise refusal(
            "planes-unequal",
            f"fabric '{spec.name}': every rack needs the same number of lower units, one a plane; "
            f"most have {usual}, but {', '.join(odd)}",
            f"fabrics.{spec.name}",
        )


def _refuse_remainders(spec: TiersSpec, planes: int, units_of_rack: dict[str, int]) -> None:
    """Refuse racks that do not fill all planes alike: earlier planes would get more of every one."""
    odd = [f"{rack} has {count}" for rack, count in units_of_rack.items() if count % planes]
    if odd:
        raise refusal(
            "planes-unequal",
            f"fabric '{spec.name}': {planes} planes take the lower units of each rack in turn, so every "
            f"rack needs a multiple of {planes}, but {', '.join(odd)}",
            f"fabrics.{spec.name}.lower.planes",
        )


def _ratio_text(ratio: Fraction) -> str:
    return f"{ratio.numerator}:{ratio.denominator}"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
