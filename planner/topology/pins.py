"""Pinned upper devices: which planes their units serve, and whether planes, counts and rules allow them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from planner.errors import Finding, InfeasibleError, Where
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.pins import DevicePin, PinnedDevice
from planner.model.rules import ALL_PERMILLE

_UNDECIDED = -1
_MOST_NAMED = 8


def pinned_devices(layout: Layout, spec: TiersSpec, fabric: TierFabric) -> tuple[PinnedDevice, ...]:
    """Return what is pinned of a fabric, by the numbers of its planes.

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
    pinned = tuple(
        PinnedDevice(
            pin.rack,
            pin.u,
            tuple(number[name] for name in pin.planes)
            + (_UNDECIDED,) * (fabric.upper_units_per_device - len(pin.planes)),
        )
        for pin in spec.pins.devices
    )
    findings = [*_too_many(fabric, pinned), *_at_once(layout, spec, fabric, pinned)]
    if findings:
        raise InfeasibleError(findings)
    return pinned


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
    return Counter(plane for device in pinned for plane in device.planes if plane != _UNDECIDED)


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
            held.update((part_of[one.rack], plane) for plane in one.planes if plane != _UNDECIDED)
        for (part, plane), units in sorted(held.items()):
            if units > most:
                yield _finding(
                    fabric,
                    "pins-at-once",
                    f"{units} pinned units of plane '{fabric.plane_names[plane]}' stand on {word} {part},"
                    f" but one {word} may take {most}",
                )
