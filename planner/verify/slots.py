"""Slots and racks: where devices stand, what racks are opened, power and weight."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from planner.errors import Finding
from planner.model.catalog import RackType
from planner.model.layout import TiersSpec
from planner.model.plan import PlanDevice
from planner.verify.ground import Ground, fault


def check_slots(ground: Ground) -> Iterator[Finding]:
    """Check opened racks, then what was placed into every rack, then the power of every row."""
    yield from _check_opened(ground)
    by_rack: dict[str, list[PlanDevice]] = defaultdict(list)
    for device in ground.plan.devices:
        if device.is_placed:
            by_rack[device.rack].append(device)
    for rack, devices in sorted(by_rack.items()):
        rack_type = ground.racks.get(rack)
        if rack_type is None:
            yield fault("rack-not-open", f"{devices[0].name}: placed in '{rack}', where no rack is opened")
            continue
        yield from _check_places(ground, rack, rack_type, devices)
        yield from _check_limits(ground, rack, rack_type, devices)
    yield from _check_rows(ground, by_rack)


def _check_opened(ground: Ground) -> Iterator[Finding]:
    wanted = {spec.upper_rack_type for spec in ground.plan.layout.fabrics if isinstance(spec, TiersSpec)}
    occupied = {device.rack for device in ground.plan.devices if device.is_placed}
    for address, rack_type in ground.plan.opened_racks.items():
        place = ground.places.get(address)
        if place is None:
            yield fault("not-a-candidate", f"opened rack '{address}': the layout has no such position")
        elif place.position.is_reserved:
            yield fault("not-a-candidate", f"opened rack {address}: the layout reserves this position")
        elif rack_type not in place.position.choices or rack_type not in wanted:
            choices = ", ".join(place.position.choices) or "nothing"
            yield fault(
                "not-a-candidate",
                f"opened rack {address} is a {rack_type}, the layout allows {choices} there"
                f" and the fabrics place into {', '.join(sorted(wanted)) or 'none'}",
            )
        if address not in occupied and not (place is not None and place.position.is_decided):
            yield fault("empty-rack", f"opened rack {address}: no device is placed in it")
    for address in sorted(occupied - set(ground.plan.opened_racks)):
        yield fault(
            "rack-not-open", f"rack {address} holds placed devices, but is not among the opened racks"
        )


def _check_places(
    ground: Ground, rack: str, rack_type: RackType, devices: list[PlanDevice]
) -> Iterator[Finding]:
    taken: dict[int, str] = {}
    for mount in rack_type.mounts:
        kind = ground.device_type(mount.device)
        for u in range(mount.u, mount.u + (kind.height_u if kind is not None else 1)):
            taken[u] = f"the rack's own {mount.device}"
    seen: Counter[tuple[str, int]] = Counter()
    for device in devices:
        kind, spec = ground.device_type(device.device), ground.fabrics.get(device.fabric)
        if kind is None:
            yield fault("no-such-device", f"{device.name}: the catalog has no device '{device.device}'")
            continue
        if isinstance(spec, TiersSpec) and rack_type.id != spec.upper_rack_type:
            yield fault(
                "wrong-rack-type",
                f"{device.name}: stands in a {rack_type.id}, fabric {spec.name} asks {spec.upper_rack_type}",
            )
        if isinstance(spec, TiersSpec) and spec.within and device.rack not in spec.within:
            yield fault("out-of-bounds", f"{device.name}: rack {rack} is none of those of fabric {spec.name}")
        if device.u not in rack_type.tray_slots_u or kind.height_u > rack_type.slot_height_u:
            yield fault(
                "slot-not-allowed",
                f"{device.name}: {kind.height_u}U at U{device.u}, {rack_type.id} has slots of"
                f" {rack_type.slot_height_u}U at U {', '.join(map(str, rack_type.tray_slots_u))}",
            )
        seen[device.name, device.u] += 1
        mine = f"{device.name} ({seen[device.name, device.u]})"
        for u in range(device.u, device.u + kind.height_u):
            if u in taken or not 1 <= u <= rack_type.units:
                other = taken.get(u, f"the end of its {rack_type.units} units")
                yield fault("overlap", f"{mine} in {rack}: U{u} is taken by {other}")
                break
            taken[u] = mine


def _check_limits(
    ground: Ground, rack: str, rack_type: RackType, devices: list[PlanDevice]
) -> Iterator[Finding]:
    kinds = [kind for device in devices if (kind := ground.device_type(device.device)) is not None]
    power = sum(kind.power_milliwatts for kind in kinds)
    weight = sum(kind.weight_g for kind in kinds)
    if power > rack_type.max_added_power_milliwatts:
        yield fault(
            "rack-power",
            f"rack {rack}: {len(kinds)} placed devices draw {power / 1000:g} W,"
            f" {rack_type.id} allows {rack_type.max_added_power_milliwatts / 1000:g} W",
        )
    if weight > rack_type.max_added_weight_g:
        yield fault(
            "rack-weight",
            f"rack {rack}: {len(kinds)} placed devices weigh {weight / 1000:g} kg,"
            f" {rack_type.id} allows {rack_type.max_added_weight_g / 1000:g} kg",
        )


def _check_rows(ground: Ground, by_rack: dict[str, list[PlanDevice]]) -> Iterator[Finding]:
    for row in ground.plan.layout.rows:
        power = weight = 0
        for position in row.positions:
            rack_type = ground.racks.get(position.address)
            power += rack_type.power_milliwatts if rack_type is not None else 0
            weight += rack_type.weight_g if rack_type is not None else 0
            for device in by_rack.get(position.address, ()):
                kind = ground.device_type(device.device)
                power += kind.power_milliwatts if kind is not None else 0
                weight += kind.weight_g if kind is not None else 0
        what = f"row {row.name}: racks and placed devices"
        if row.power_limit_milliwatts is not None and power > row.power_limit_milliwatts:
            limit = row.power_limit_milliwatts / 1000
            yield fault("row-power", f"{what} draw {power / 1000:g} W, its limit is {limit:g} W")
        if row.cooling_limit_milliwatts is not None and power > row.cooling_limit_milliwatts:
            limit = row.cooling_limit_milliwatts / 1000
            yield fault("row-cooling", f"{what} give off {power / 1000:g} W, its cooling takes {limit:g} W")
        if row.weight_limit_g is not None and weight > row.weight_limit_g:
            limit = row.weight_limit_g / 1000
            yield fault("row-weight", f"{what} weigh {weight / 1000:g} kg, its limit is {limit:g} kg")
