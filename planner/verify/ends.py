"""Ends: every socket exists, is used once, and what is plugged into it fits."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.layout import PeersSpec, TierSpec, TiersSpec, WiredUnit
from planner.model.media import MediaOption, Plug
from planner.model.plan import CableEnd, CableRun, PlanDevice
from planner.verify.bounds import specs_below
from planner.verify.ground import Ground, fault
from planner.verify.kinds import alike_fabrics, kind_of
from planner.verify.media import Site, is_dark, misfits
from planner.verify.shares import Made, made_of, sites_of
from planner.verify.units import Unit, unit_of
from planner.verify.wiring import Tiers, derive_all

Users = dict[tuple[str, int, int], dict[int, str]]


def check_ends(ground: Ground) -> Iterator[Finding]:
    """Check the devices, then both ends of every run against them."""
    listed = {(device.fabric, device.rack, device.u): device for device in ground.plan.devices}
    yield from _check_devices(ground)
    users: Users = {}
    made = made_of(ground)
    numbers = _UnitNumbers(ground)
    alike = alike_fabrics(ground)
    good: set[tuple[object, ...]] = set()
    for index, (run, sites) in enumerate(zip(ground.plan.runs, sites_of(ground), strict=True)):
        fit = made.get(index)
        for n, (side, end) in enumerate((("A", run.a), ("B", run.b))):
            # What is alike for many ends is looked at once; only what is well is remembered.
            kind = kind_of(run, alike.get(run.fabric, run.fabric), end, n)
            if kind not in good:
                findings = list(_check_kind(ground, run, n, sites, fit))
                yield from findings
                if not findings:
                    good.add(kind)
            place = (end.rack, end.u, end.row, end.device)
            if place not in good:
                findings = list(_check_place(ground, f"run {run.cable_id}, end {side}", end))
                yield from findings
                if not findings:
                    good.add(place)
            yield from _check_plane(ground, run, end, listed.get((run.fabric, end.rack, end.u)), numbers)
            yield from _check_use(users, run, end)
        yield from _check_order(ground, run)


def _check_kind(
    ground: Ground, run: CableRun, side: int, sites: tuple[Site, Site] | None, made: Made | None
) -> Iterator[Finding]:
    """Check cage, socket, plug and tier of an end, and with the first one what is the run's own."""
    end, what = (run.a, run.b)[side], f"run {run.cable_id}, end {'AB'[side]}"
    if side == 0:
        if run.fabric not in ground.fabrics:
            yield fault("unknown-fabric", f"run {run.cable_id}: the layout has no fabric '{run.fabric}'")
        if sites is not None:
            yield from _check_links(run, sites)
        yield from _check_medium(ground, run)
        yield from _check_tiers(ground, run)
    yield from _check_cage(ground, what, end)
    if sites is not None:
        yield from _check_socket(run, what, end, sites[side])
    if made is not None and sites is not None:
        yield from _check_plug(made.fit.option, made.fit.plugs[side], what, end, sites[side])


def _check_use(users: Users, run: CableRun, end: CableEnd) -> Iterator[Finding]:
    """Check that nothing else ends in the socket: a cage as a whole and its ports exclude each other."""
    ports = users.setdefault((end.rack, end.u, end.cage), {})
    where = f"cage {end.cage} of {end.rack} U{end.u}"
    if end.port in ports:
        socket = f"port {end.port} of {where}" if end.port else where
        yield fault("cage-used-twice", f"{socket} is used by runs {ports[end.port]} and {run.cable_id}")
    elif ports and 0 in (end.port, *ports):
        other = next(iter(ports.values()))
        yield fault(
            "cage-and-port",
            f"{where} is used as a whole and by its ports: runs {other} and {run.cable_id}",
        )
    ports.setdefault(end.port, run.cable_id)


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
    spec = ground.fabrics.get(device.fabric)
    below = [one.name for one in specs_below(ground, spec)] if isinstance(spec, TiersSpec) else []
    if not device.is_placed and not _stands(ground, device, below):
        source = f"fabric {' or '.join(below)} places" if below else f"rack type {rack_type.id} brings"
        yield fault(
            "no-such-device", f"{device.name}: {source} no {device.device} at {device.rack} U{device.u}"
        )
    upper = isinstance(spec, TiersSpec) and device.is_placed
    if device.tier != (2 if upper else 1):
        yield fault("wrong-tier", f"{device.name}: tier {device.tier}, expected {2 if upper else 1}")
    expected = _device_of(spec, upper)
    if expected is not None and device.device != expected:
        yield fault("wrong-device", f"{device.name}: a {device.device}, the fabric wires {expected} there")


def _stands(ground: Ground, device: PlanDevice, below: list[str]) -> bool:
    """Tell whether a lower device is there: a fabric below placed it, or its rack brings it along."""
    if below:
        placed = ground.placed.get((device.rack, device.u))
        return placed is not None and placed.fabric in below and placed.device == device.device
    mounts = ground.racks[device.rack].mounts
    return any((mount.device, mount.u) == (device.device, device.u) for mount in mounts)


def _device_of(spec: PeersSpec | TiersSpec | None, upper: bool) -> str | None:
    if isinstance(spec, PeersSpec):
        return spec.device
    if isinstance(spec, TiersSpec):
        return spec.upper.device if upper else spec.lower.device
    return None


def _check_place(ground: Ground, what: str, end: CableEnd) -> Iterator[Finding]:
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


def _check_cage(ground: Ground, what: str, end: CableEnd) -> Iterator[Finding]:
    cage = ground.cage(end.device, end.cage)
    if cage is None:
        yield fault("no-such-cage", f"{what}: {end.device} has no cage {end.cage}")
    elif end.asic != cage.asic:
        yield fault(
            "wrong-asic", f"{what}: cage {end.cage} belongs to ASIC {cage.asic}, not to ASIC {end.asic}"
        )


def _check_socket(run: CableRun, what: str, end: CableEnd, site: Site) -> Iterator[Finding]:
    """Check the port, and the rate against that of the cage: where light only passes, any will do."""
    group, runs = site
    if end.port not in (range(1, runs + 1) if runs > 1 else (0,)):
        yield fault(
            "no-such-port",
            f"{what}: port {end.port}, cage {end.cage} takes {runs} runs in fabric {run.fabric}",
        )
    if is_dark(group):
        return
    if run.rate_gbps != group.lanes * group.lane_rate_gbps // runs:
        share = f" for {runs} runs" if runs > 1 else ""
        yield fault(
            "wrong-rate",
            f"{what}: rate {run.rate_gbps} Gb/s, the cage has {group.lanes} x {group.lane_rate_gbps} Gb/s"
            f"{share}",
        )


def _check_links(run: CableRun, sites: tuple[Site, Site]) -> Iterator[Finding]:
    group, runs = sites[int(is_dark(sites[0].group))]
    if run.links != max(1, group.links // runs):
        share = f", {runs} runs share it" if runs > 1 else ""
        yield fault(
            "wrong-links", f"run {run.cable_id}: {run.links} links, the cage carries {group.links}{share}"
        )


def _check_plug(option: MediaOption, plug: Plug, what: str, end: CableEnd, site: Site) -> Iterator[Finding]:
    for name, has, needs in misfits(option, plug, site):
        yield fault("medium-does-not-fit", f"{what}: {option.id} has {name} {has}, the cage {needs}")
    expected = plug.transceiver.id if plug.transceiver is not None else ""
    if end.transceiver != expected:
        yield fault(
            "wrong-transceiver",
            f"{what}: transceiver '{end.transceiver}', option {option.id} takes '{expected}'",
        )


class _UnitNumbers:
    """The place of each wired unit in its device, by fabric and tier."""

    def __init__(self, ground: Ground) -> None:
        self._numbers: dict[tuple[str, bool], dict[Unit, int]] = {}
        self._of_end: dict[tuple[str, bool, int, int, int], int] = {}
        for name, tiers in derive_all(ground).items():
            if isinstance(tiers, Tiers):
                for is_upper, parts in ((False, tiers.parts), (True, tiers.upper_parts)):
                    self._numbers[name, is_upper] = {part.at("", 0): n for n, part in enumerate(parts)}

    def of(self, spec: TiersSpec, end: CableEnd, *, is_upper: bool) -> int:
        """Return the place of the unit that an end belongs to, whichever device it is on; -1: none has it."""
        key = spec.name, is_upper, end.asic, end.cage, end.port
        if key not in self._of_end:
            unit = unit_of(spec.upper if is_upper else spec.lower, end)._replace(rack="", u=0)
            self._of_end[key] = self._numbers.get((spec.name, is_upper), {}).get(unit, -1)
        return self._of_end[key]


def _check_plane(
    ground: Ground,
    run: CableRun,
    end: CableEnd,
    device: PlanDevice | None,
    numbers: _UnitNumbers,
) -> Iterator[Finding]:
    if device is None:
        yield fault(
            "device-not-listed",
            f"run {run.cable_id}: the device at {end.rack} U{end.u} is not among the plan's devices",
        )
        return
    spec, index = ground.fabrics.get(run.fabric), end.asic - 1
    if isinstance(spec, TiersSpec):
        index = numbers.of(spec, end, is_upper=device.is_placed)
    plane = device.planes[index] if 0 <= index < len(device.planes) else None
    if plane != run.plane:
        yield fault(
            "plane-mismatch",
            f"run {run.cable_id}: plane {run.plane}, but ASIC {end.asic} of {device.name} serves {plane}",
        )


def _check_medium(ground: Ground, run: CableRun) -> Iterator[Finding]:
    option = ground.options.get(run.option)
    if option is None:
        yield fault("unknown-option", f"run {run.cable_id}: the profile has no media option '{run.option}'")
    elif option.medium != run.medium:
        yield fault(
            "wrong-medium", f"run {run.cable_id}: medium {run.medium}, option {option.id} is {option.medium}"
        )


def _check_order(ground: Ground, run: CableRun) -> Iterator[Finding]:
    spec = ground.fabrics.get(run.fabric)
    if isinstance(spec, PeersSpec) and _address_key(ground, run.b) < _address_key(ground, run.a):
        yield fault(
            "ends-swapped",
            f"run {run.cable_id}: end A is {run.a.rack} U{run.a.u}, the lower address is"
            f" {run.b.rack} U{run.b.u}",
        )


def _check_tiers(ground: Ground, run: CableRun) -> Iterator[Finding]:
    spec = ground.fabrics.get(run.fabric)
    if isinstance(spec, PeersSpec):
        tier = TierSpec(device=spec.device, cages=spec.cages, unit=WiredUnit.DEVICE)
        expected = ((run.a, tier), (run.b, tier))
    elif isinstance(spec, TiersSpec):
        expected = ((run.a, spec.lower), (run.b, spec.upper))
    else:
        return
    for side, (end, tier) in zip("AB", expected, strict=True):
        what = f"run {run.cable_id}, end {side}"
        if end.device != tier.device:
            yield fault(
                "ends-swapped", f"{what}: a {end.device}, fabric {run.fabric} has a {tier.device} there"
            )
            continue
        cage = ground.cage(tier.device, end.cage)
        if cage is not None and cage.group.name != tier.cages:
            yield fault(
                "wrong-cage-group",
                f"{what}: cage {end.cage} is in group {cage.group.name}, the fabric wires group {tier.cages}",
            )
        elif tier.numbers is not None and end.cage not in tier.numbers:
            yield fault("cage-not-offered", f"{what}: cage {end.cage} is none of those that the fabric wires")


def _address_key(ground: Ground, end: CableEnd) -> tuple[tuple[int, int], int, int]:
    return ground.order_of(end.rack), end.u, end.cage
