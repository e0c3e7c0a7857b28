"""Ends: every cage exists, is used once, and what is plugged into it fits."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.catalog import CageGroup, MediaOption
from planner.model.layout import PeersSpec, TiersSpec, WiredUnit
from planner.model.plan import CableEnd, CableRun, PlanDevice
from planner.verify.ground import Ground, fault


def check_ends(ground: Ground) -> Iterator[Finding]:
    """Check the devices, then both ends of every run against them."""
    listed = {(device.fabric, device.rack, device.u): device for device in ground.plan.devices}
    yield from _check_devices(ground)
    users: dict[tuple[str, int, int], str] = {}
    for run in ground.plan.runs:
        if run.fabric not in ground.fabrics:
            yield fault("unknown-fabric", f"run {run.cable_id}: the layout has no fabric '{run.fabric}'")
        for side, end in (("A", run.a), ("B", run.b)):
            yield from _check_end(ground, run, side, end)
            yield from _check_plane(ground, run, end, listed.get((run.fabric, end.rack, end.u)))
            other = users.setdefault((end.rack, end.u, end.cage), run.cable_id)
            if other != run.cable_id or (side == "B" and end == run.a):
                yield fault(
                    "cage-used-twice",
                    f"cage {end.cage} of {end.rack} U{end.u} is used by runs {other} and {run.cable_id}",
                )
        yield from _check_medium(ground, run)
        yield from _check_tiers(ground, run)


def _check_devices(ground: Ground) -> Iterator[Finding]:
    used = {(run.fabric, end.rack, end.u) for run in ground.plan.runs for end in (run.a, run.b)}
    seen: set[tuple[str, str, int]] = set()
    for device in ground.plan.devices:
        key = (device.fabric, device.rack, device.u)
        if key in seen:
            yield fault("device-listed-twice", f"{device.name}: listed twice in fabric {device.fabric}")
        seen.add(key)
        if key not in used:
            yield fault("idle-device", f"{device.name}: no run of fabric {device.fabric} ends at it")
        if device.name != f"{device.rack}-U{device.u:02d}":
            yield fault(
                "wrong-device-name",
                f"device at {device.rack} U{device.u} is named '{device.name}',"
                f" expected '{device.rack}-U{device.u:02d}'",
            )
        yield from _check_origin(ground, device)


def _check_origin(ground: Ground, device: PlanDevice) -> Iterator[Finding]:
    rack_type = ground.racks.get(device.rack)
    if rack_type is None:
        yield fault("no-such-rack", f"{device.name}: no rack stands at '{device.rack}'")
        return
    brought = any((mount.device, mount.u) == (device.device, device.u) for mount in rack_type.mounts)
    if not device.is_placed and not brought:
        yield fault(
            "no-such-device",
            f"{device.name}: rack type {rack_type.id} brings no {device.device} at U{device.u}",
        )
    spec = ground.fabrics.get(device.fabric)
    upper = isinstance(spec, TiersSpec) and device.is_placed
    if device.tier != (2 if upper else 1):
        yield fault("wrong-tier", f"{device.name}: tier {device.tier}, expected {2 if upper else 1}")
    expected = _device_of(spec, upper)
    if expected is not None and device.device != expected:
        yield fault("wrong-device", f"{device.name}: a {device.device}, the fabric wires {expected} there")


def _device_of(spec: PeersSpec | TiersSpec | None, upper: bool) -> str | None:
    if isinstance(spec, PeersSpec):
        return spec.device
    if isinstance(spec, TiersSpec):
        return spec.upper.device if upper else spec.lower.device
    return None


def _check_end(ground: Ground, run: CableRun, side: str, end: CableEnd) -> Iterator[Finding]:
    what = f"run {run.cable_id}, end {side}"
    place = ground.places.get(end.rack)
    if place is None or end.rack not in ground.racks:
        yield fault("no-such-rack", f"{what}: no rack stands at '{end.rack}'")
        return
    if end.row != place.row.name:
        yield fault("wrong-row", f"{what}: rack {end.rack} is in row {place.row.name}, not '{end.row}'")
    standing = ground.devices.get((end.rack, end.u))
    if standing != end.device:
        yield fault(
            "no-such-device",
            f"{what}: {end.rack} U{end.u} holds {standing or 'no device'}, not {end.device}",
        )
    cage = ground.cage(end.device, end.cage)
    if cage is None:
        yield fault("no-such-cage", f"{what}: {end.device} has no cage {end.cage}")
        return
    if end.asic != cage.asic:
        yield fault(
            "wrong-asic", f"{what}: cage {end.cage} belongs to ASIC {cage.asic}, not to ASIC {end.asic}"
        )
    yield from _check_plug(ground, run, what, end, cage.group)


def _check_plug(
    ground: Ground, run: CableRun, what: str, end: CableEnd, group: CageGroup
) -> Iterator[Finding]:
    if run.rate_gbps != group.lanes * group.lane_rate_gbps:
        yield fault(
            "wrong-rate",
            f"{what}: rate {run.rate_gbps} Gb/s, the cage has {group.lanes} x {group.lane_rate_gbps} Gb/s",
        )
    if run.links != group.links:
        yield fault("wrong-links", f"{what}: {run.links} links, the cage carries {group.links}")
    option = ground.options.get(run.option)
    if option is None:
        return
    for fits, name, has, needs in _fit(option, group):
        if not fits:
            yield fault("medium-does-not-fit", f"{what}: {option.id} has {name} {has}, the cage {needs}")
    expected = option.transceiver.id if option.transceiver is not None else ""
    if end.transceiver != expected:
        yield fault(
            "wrong-transceiver",
            f"{what}: transceiver '{end.transceiver}', option {option.id} takes '{expected}'",
        )


def _fit(option: MediaOption, group: CageGroup) -> tuple[tuple[bool, str, str, str], ...]:
    plug = f"{option.connector.form} {option.connector.thermal}"
    hole = f"{group.connector.form} {group.connector.thermal}"
    lanes = f"{option.lanes} x {option.lane_rate_gbps}G"
    wanted = f"{group.lanes} x {group.lane_rate_gbps}G"
    spoken = "/".join(option.protocols)
    return (
        (plug == hole, "connector", plug, hole),
        (lanes == wanted, "lanes", lanes, wanted),
        (group.protocol in option.protocols, "protocol", spoken, group.protocol),
    )


def _check_plane(
    ground: Ground, run: CableRun, end: CableEnd, device: PlanDevice | None
) -> Iterator[Finding]:
    if device is None:
        yield fault(
            "device-not-listed",
            f"run {run.cable_id}: the device at {end.rack} U{end.u} is not among the plan's devices",
        )
        return
    index = 0 if _is_whole(ground, run.fabric, device.is_placed) else end.asic - 1
    plane = device.planes[index] if 0 <= index < len(device.planes) else None
    if plane != run.plane:
        yield fault(
            "plane-mismatch",
            f"run {run.cable_id}: plane {run.plane}, but ASIC {end.asic} of {device.name} serves {plane}",
        )


def _is_whole(ground: Ground, fabric: str, upper: bool) -> bool:
    spec = ground.fabrics.get(fabric)
    if not isinstance(spec, TiersSpec):
        return False
    return (spec.upper if upper else spec.lower).unit is WiredUnit.DEVICE


def _check_medium(ground: Ground, run: CableRun) -> Iterator[Finding]:
    option = ground.options.get(run.option)
    if option is None:
        yield fault("unknown-option", f"run {run.cable_id}: the profile has no media option '{run.option}'")
    elif option.medium != run.medium:
        yield fault(
            "wrong-medium", f"run {run.cable_id}: medium {run.medium}, option {option.id} is {option.medium}"
        )


def _check_tiers(ground: Ground, run: CableRun) -> Iterator[Finding]:
    spec = ground.fabrics.get(run.fabric)
    if isinstance(spec, PeersSpec):
        if _address_key(ground, run.b) < _address_key(ground, run.a):
            yield fault(
                "ends-swapped",
                f"run {run.cable_id}: end A is {run.a.rack} U{run.a.u}, the lower address is"
                f" {run.b.rack} U{run.b.u}",
            )
        expected = ((run.a, spec.device, spec.cages), (run.b, spec.device, spec.cages))
    elif isinstance(spec, TiersSpec):
        expected = (
            (run.a, spec.lower.device, spec.lower.cages),
            (run.b, spec.upper.device, spec.upper.cages),
        )
    else:
        return
    for side, (end, device, cages) in zip("AB", expected, strict=True):
        if end.device != device:
            yield fault(
                "ends-swapped",
                f"run {run.cable_id}, end {side}: a {end.device}, fabric {run.fabric} has a {device} there",
            )
            continue
        cage = ground.cage(device, end.cage)
        if cage is not None and cage.group.name != cages:
            yield fault(
                "wrong-cage-group",
                f"run {run.cable_id}, end {side}: cage {end.cage} is in group {cage.group.name},"
                f" the fabric wires group {cages}",
            )


def _address_key(ground: Ground, end: CableEnd) -> tuple[tuple[int, int], int, int]:
    return ground.order_of(end.rack), end.u, end.cage
