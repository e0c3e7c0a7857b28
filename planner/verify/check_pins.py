"""Pins: whether what the user decided stands in the plan as it was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.layout import TiersSpec
from planner.model.pins import DevicePin
from planner.verify.ground import Ground, fault
from planner.verify.wiring import Tiers, derive_all


def check_pins(ground: Ground) -> Iterator[Finding]:
    """Check every pinned device of every fabric."""
    for spec in ground.plan.layout.fabrics:
        tiers = derive_all(ground).get(spec.name)
        if isinstance(spec, TiersSpec) and isinstance(tiers, Tiers):
            for pin in spec.pins.devices:
                yield from _check_device(ground, tiers, pin)


def _check_device(ground: Ground, tiers: Tiers, pin: DevicePin) -> Iterator[Finding]:
    what = f"fabric {tiers.spec.name}: a device is pinned at {pin.rack} U{pin.u}"
    found = [
        device
        for device in ground.placed_of.get(tiers.spec.name, ())
        if (device.rack, device.u) == (pin.rack, pin.u)
    ]
    if not found:
        yield fault("pin-not-kept", f"{what}, the plan places none there")
        return
    served = [
        tiers.plane_names[plane] if 0 <= plane < len(tiers.plane_names) else "none"
        for plane in found[0].planes
    ]
    for unit, name in enumerate(pin.planes, start=1):
        got = served[unit - 1] if unit <= len(served) else "none"
        if got != name:
            yield fault("pin-not-kept", f"{what}, its unit {unit} for plane {name}; it serves {got}")
