"""Pinned upper devices: which planes their units serve, and whether planes, counts and rules allow them.

A run that is pinned to an upper device pins the device, too, and a unit of it for the run's plane.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from planner.errors import Finding, InfeasibleError, Where
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.pins import DevicePin, PinnedDevice, PinnedRun
from planner.model.rules import ALL_PERMILLE
from planner.model.sites import positions
from planner.topology.run_pins import UNDECIDED as _UNDECIDED

_MOST_NAMED = 8


def pinned_devices(
    layout: Layout, spec: TiersSpec, fabric: TierFabric, runs: Sequence[PinnedRun]
) -> tuple[PinnedDevice, ...]:
    """Return the upper devices that are pinned, themselves or by runs, by the numbers of the planes.

    Raises
    ------
    InfeasibleError
        Planes that there are not, more units than a device or a plane has, more of a plane in one place
        than one failure may take.
    """
    number = {name: plane for plane, name in enumerate(fabric.plane_names)}
    findings = [finding for pin in spec.pins.devices for finding in _wrong(fabric, pin, number)]
    if findings:
        raise InfeasibleError(findings)
    named = {(pin.rack, pin.u): [number[name] for name in pin.planes] for pin in spec.pins.devices}
    rank = {one.address: at for at, one in enumerate(positions(layout))}
    slots = sorted(spec.pins.slots, key=lambda slot: (rank[slot[0]], slot[1]))
    pinned = []
    for rack, u in slots:
        own = [run for run in runs if (run.pin.upper.rack, run.pin.upper.u) == (rack, u)]
        device, found = _with_runs(fabric, (rack, u), named.get((rack, u), []), own)
        findings += found
        pinned.append(device)
    findings += [*_too_many(fabric, pinned), *_at_once(layout, spec, fabric, pinned)]
    if findings:
        raise InfeasibleError(findings)
    return tuple(pinned)


def _with_runs(
    fabric: TierFabric, at: tuple[str, int], named: Sequence[int], runs: Sequence[PinnedRun]
) -> tuple[PinnedDevice, list[Finding]]:
    """Return a device whose units serve the named planes and those of runs to it, and what clashes."""
    planes = [*named, *([_UNDECIDED] * (fabric.upper_units_per_device - len(named)))]
    also: list[int] = []
    findings = []
    for run in runs:
        plane = fabric.lower_units[run.lower].plane
        if run.unit == _UNDECIDED or planes[run.unit] == plane:
            continue
        if planes[run.unit] != _UNDECIDED:
            names = fabric.plane_names
            message = (
                f"the run pinned from {run.pin.lower} to {run.pin.upper} is of plane '{names[plane]}', but"
                f" the unit that it ends at serves plane '{names[planes[run.unit]]}'"
            )
            findings.append(_finding(fabric, "pin-plane", message))
            continue
        planes[run.unit] = plane
    for run in runs:
        plane = fabric.lower_units[run.lower].plane
        if run.unit == _UNDECIDED and plane not in (*planes, *also):
            also.append(plane)
    if len(also) > planes.count(_UNDECIDED):
        message = f"runs pinned to {at[0]} U{at[1]} are of more planes than its units may serve"
        findings.append(_finding(fabric, "pin-units", message))
    return PinnedDevice(*at, tuple(planes), tuple(sorted(also))), findings


def _finding(fabric: TierFabric, code: str, message: str) -> Finding:
    path = f"fabrics.{fabric.name}.pins.devices"
    return Finding(code=code, message=f"fabric '{fabric.name}': {message}", where=Where(file="", path=path))


def _wrong(fabric: TierFabric, pin: DevicePin, known: dict[str, int]) -> Iterator[Finding]:
    """Find what is wrong with one pin."""
    at = f"the device pinned at {pin.rack} U{pin.u}"
    for name in pin.planes:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            others = ", ".join([*known][:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")
            hint = f"did you mean '{close[0]}'?" if close else f"its planes: {others}"
            yield _finding(fabric, "pin-plane", f"{at} serves plane '{name}', which there is not; {hint}")
    units = fabric.upper_units_per_device
    if len(pin.planes) > units:
        yield _finding(
            fabric, "pin-units", f"{at} serves {len(pin.planes)} planes, but has {units} wired units"
        )


def _too_many(fabric: TierFabric, pinned: Sequence[PinnedDevice]) -> Iterator[Finding]:
    """Find more devices, or more units of a plane, than the fabric has."""
    if len(pinned) > fabric.upper_devices:
        yield _finding(
            fabric,
            "pins-too-many",
            f"{len(pinned)} upper devices are pinned, but it has {fabric.upper_devices}",
        )
    for plane, units in sorted(_by_plane(pinned).items()):
        if units > fabric.upper_per_plane:
            yield _finding(
                fabric,
                "pins-too-many",
                f"{units} pinned units serve plane '{fabric.plane_names[plane]}', but a plane has"
                f" {fabric.upper_per_plane}",
            )


def _by_plane(pinned: Sequence[PinnedDevice]) -> Counter[int]:
    return Counter(plane for device in pinned for plane in device.served)


def _at_once(
    layout: Layout, spec: TiersSpec, fabric: TierFabric, pinned: Sequence[PinnedDevice]
) -> Iterator[Finding]:
    """Find racks and power feeds that hold more pinned units of a plane than one failure may take."""
    asked = spec.resilience
    if asked is None:
        return
    per_plane = fabric.upper_per_plane
    parts = [
        ("rack", {one.rack: one.rack for one in pinned}, asked.share_per_rack_permille, asked.racks_per_plane)
    ]
    if asked.feeds:
        feed_of = {rack: feed for feed, racks in layout.groups[asked.feeds].items() for rack in racks}
        parts.append(("feed", feed_of, asked.share_per_feed_permille, asked.feeds_per_plane))
    for word, part_of, permille, fewest in parts:
        # Each part that must hold a unit too leaves one less for the largest.
        most = min(per_plane * permille // ALL_PERMILLE, per_plane - fewest + 1)
        held: Counter[tuple[str, int]] = Counter()
        for one in pinned:
            held.update((part_of[one.rack], plane) for plane in one.served)
        for (part, plane), units in sorted(held.items()):
            if units > most:
                yield _finding(
                    fabric,
                    "pins-at-once",
                    f"{units} pinned units of plane '{fabric.plane_names[plane]}' stand on {word} {part},"
                    f" but one {word} may take {most}",
                )
