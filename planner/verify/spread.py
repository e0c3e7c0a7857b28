"""Spread and planes: how many runs each lower-upper pair gets, and the counts of every fabric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.errors import Finding
from planner.model.layout import PeersSpec
from planner.model.plan import CableRun, FabricSummary, PlanDevice
from planner.verify.ground import Ground, fault
from planner.verify.shares import made_of
from planner.verify.units import Unit, unit_of
from planner.verify.wiring import Tiers, derive_all


def check_spread(ground: Ground) -> Iterator[Finding]:
    """Check every fabric that the layout describes, and that the plan summarizes just these."""
    summaries = {summary.name: summary for summary in ground.plan.fabrics}
    if [summary.name for summary in ground.plan.fabrics] != list(ground.fabrics):
        yield fault(
            "wrong-fabrics",
            f"the plan summarizes fabrics {sorted(summaries)}, the layout describes {sorted(ground.fabrics)}",
        )
    modules = _modules(ground)
    for spec in ground.plan.layout.fabrics:
        runs = ground.runs_of[spec.name]
        if isinstance(spec, PeersSpec):
            yield from _check_peers(ground, spec, runs)
            expected = _peer_counts(ground, spec, runs)
        else:
            tiers = derive_all(ground)[spec.name]
            if isinstance(tiers, str):
                yield fault("impossible-fabric", f"fabric {spec.name}: {tiers}")
                continue
            devices = ground.placed_of.get(spec.name, [])
            yield from _check_tiers(tiers, runs, devices)
            expected = _tier_counts(tiers, runs, devices)
        if spec.name in summaries:
            yield from _check_summary(summaries[spec.name], {**expected, "modules": modules[spec.name]})


def _check_tiers(tiers: Tiers, runs: list[CableRun], devices: list[PlanDevice]) -> Iterator[Finding]:
    name = tiers.spec.name
    if len(devices) != tiers.devices:
        yield fault(
            "wrong-device-count",
            f"fabric {name}: {len(devices)} upper devices, {len(tiers.planes)} planes of"
            f" {tiers.upper_per_plane} upper units need {tiers.devices}",
        )
    served = _units_by_plane(tiers, devices)
    for plane in sorted(set(served) - set(range(len(tiers.planes)))):
        yield fault("no-such-plane", f"fabric {name}: upper units serve plane {plane}, there is none")
    pairs = Counter((unit_of(tiers.spec.lower, run.a), unit_of(tiers.spec.upper, run.b)) for run in runs)
    for plane, lower in enumerate(tiers.planes):
        yield from _check_plane(tiers, plane, lower, served.get(plane, []), pairs)
    known = {unit: plane for plane, units in served.items() for unit in units}
    plane_of = tiers.plane_of()
    for (low, up), count in sorted(pairs.items()):
        if plane_of.get(low, -1) != known.get(up, -2):
            yield fault(
                "planes-crossed",
                f"fabric {name}: {count} runs join {_text(low)} of plane {plane_of.get(low)} to {_text(up)}"
                f" of plane {known.get(up)}",
            )


def _units_by_plane(tiers: Tiers, devices: list[PlanDevice]) -> dict[int, list[Unit]]:
    served: dict[int, list[Unit]] = {}
    for device in devices:
        for part, plane in zip(tiers.upper_parts, device.planes, strict=False):
            if plane != -1:
                served.setdefault(plane, []).append(part.at(device.rack, device.u))
    return served


def _check_plane(
    tiers: Tiers,
    plane: int,
    lower: tuple[Unit, ...],
    upper: list[Unit],
    pairs: Counter[tuple[Unit, Unit]],
) -> Iterator[Finding]:
    name = tiers.plane_names[plane]
    where = f"fabric {tiers.spec.name}, plane {plane}" + (f" ({name})" if name != str(plane) else "")
    if len(upper) != tiers.upper_per_plane:
        yield fault(
            "wrong-upper-count", f"{where}: {len(upper)} upper units, expected {tiers.upper_per_plane}"
        )
    low, high = tiers.fewest_per_pair, tiers.most_per_pair
    for a in lower:
        sent = sum(pairs[a, b] for b in upper)
        if sent != tiers.uplinks:
            yield fault("wrong-uplinks", f"{where}: {_text(a)} sends {sent} runs up, not {tiers.uplinks}")
        for b in upper:
            if not max(1, low) <= pairs[a, b] <= high:
                yield fault(
                    "wrong-spread",
                    f"{where}: {_text(a)} to {_text(b)} has {pairs[a, b]} runs, {tiers.spec.spread} asks"
                    f" {low} to {high}",
                )
    for b in upper:
        load = sum(pairs[a, b] for a in lower)
        if not tiers.fewest_per_upper <= load <= tiers.most_per_upper or load > tiers.upper_ports:
            yield fault(
                "wrong-load",
                f"{where}: {_text(b)} takes {load} runs, expected {tiers.fewest_per_upper} to"
                f" {tiers.most_per_upper} of its {tiers.upper_ports} sockets",
            )


def _text(unit: Unit) -> str:
    parts = [f"{unit.rack} U{unit.u}"]
    counted = (("ASIC", unit.asic), ("cage", unit.cage), ("port", unit.port))
    return " ".join([*parts, *(f"{word} {number}" for word, number in counted if number)])


def _check_peers(ground: Ground, spec: PeersSpec, runs: list[CableRun]) -> Iterator[Finding]:
    expected = Counter(_peer_ends(ground, spec))
    found = Counter((run.a.rack, run.a.u, run.b.rack, run.b.u, run.a.cage, run.b.cage) for run in runs)
    for ends in sorted((expected - found) | (found - expected)):
        rack_a, u_a, rack_b, u_b, cage_a, cage_b = ends
        yield fault(
            "wrong-peers",
            f"fabric {spec.name}: {found[ends]} runs from {rack_a} U{u_a} cage {cage_a} to {rack_b} U{u_b}"
            f" cage {cage_b}, expected {expected[ends]}",
        )


def _peer_ends(ground: Ground, spec: PeersSpec) -> Iterator[tuple[str, int, str, int, int, int]]:
    cages = ground.cages.get(spec.device, {})
    numbers = [number for number, cage in cages.items() if cage.group.name == spec.cages]
    for pair in spec.pairs:
        low, high = sorted(pair, key=ground.order_of)
        heights = [
            sorted(mount.u for mount in ground.racks[rack].mounts if mount.device == spec.device)
            if rack in ground.racks
            else []
            for rack in (low, high)
        ]
        for u_low, u_high in zip(*heights, strict=False):
            for number in numbers:
                yield low, u_low, high, u_high, number, number


_Counts = dict[str, object]


def _modules(ground: Ground) -> Counter[str]:
    """Count the transceivers of every fabric, each once however many runs share it."""
    modules: Counter[str] = Counter()
    for index, one in made_of(ground).items():
        modules[ground.plan.runs[index].fabric] += sum(1 for plug in one.plugs if plug.transceiver)
    return modules


def _run_counts(runs: list[CableRun]) -> _Counts:
    mediums = Counter(str(run.medium) for run in runs)
    return {"runs": len(runs), "ends": 2 * len(runs), "runs_by_medium": dict(sorted(mediums.items()))}


def _tier_counts(tiers: Tiers, runs: list[CableRun], devices: list[PlanDevice]) -> _Counts:
    lower = {(unit.rack, unit.u) for plane in tiers.planes for unit in plane}
    ratio = tiers.downlink_gbps / (tiers.uplinks * tiers.rate_gbps)
    return {
        "kind": "tiers",
        "gpus": tiers.gpus,
        "lower_devices": len(lower),
        "lower_asics": len(lower) * tiers.lower_device.asics,
        "upper_devices": len(devices),
        "upper_asics": len(devices) * tiers.upper_device.asics,
        "upper_units_per_plane": tiers.upper_per_plane,
        "planes": len(tiers.planes),
        "plane_names": tiers.plane_names,
        "pair_runs": (tiers.fewest_per_pair, tiers.most_per_pair),
        "ports_reserved": (tiers.full - len(tiers.planes[0])) * tiers.uplinks * len(tiers.planes),
        "oversubscription": (ratio.numerator, ratio.denominator) if ratio else (0, 0),
        **_run_counts(runs),
    }


def _peer_counts(ground: Ground, spec: PeersSpec, runs: list[CableRun]) -> _Counts:
    device = ground.device_type(spec.device)
    racks = sorted({rack for pair in spec.pairs for rack in pair if rack in ground.racks})
    mounts = [mount.device for rack in racks for mount in ground.racks[rack].mounts]
    kinds = [ground.device_type(name) for name in mounts]
    lower = mounts.count(spec.device)
    planes = sorted({run.plane for run in runs})
    return {
        "kind": "peers",
        "gpus": sum(kind.gpus for kind in kinds if kind is not None),
        "lower_devices": lower,
        "lower_asics": lower * (device.asics if device is not None else 0),
        "upper_devices": 0,
        "upper_asics": 0,
        "upper_units_per_plane": 0,
        "planes": len(planes),
        "plane_names": tuple(map(str, planes)),
        "pair_runs": (0, 0),
        "ports_reserved": 0,
        "oversubscription": (0, 0),
        **_run_counts(runs),
    }


def _check_summary(summary: FabricSummary, expected: _Counts) -> Iterator[Finding]:
    for field, value in expected.items():
        found = getattr(summary, field)
        if found != value:
            yield fault(
                "wrong-summary", f"fabric {summary.name}: {field} is {found}, recomputed it is {value}"
            )
