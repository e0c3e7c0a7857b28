"""Pins: whether what the user decided stands in the plan as it was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.layout import TiersSpec
from planner.model.pins import DevicePin, PinnedEnd, RunPin
from planner.model.plan import CableRun
from planner.verify.ground import Ground, fault
from planner.verify.wiring import Tiers, derive_all


def check_pins(ground: Ground) -> Iterator[Finding]:
    """Check every pinned device and run of every fabric."""
    for spec in ground.plan.layout.fabrics:
        tiers = derive_all(ground).get(spec.name)
        if isinstance(spec, TiersSpec) and isinstance(tiers, Tiers):
            for pin in spec.pins.devices:
                yield from _check_device(ground, tiers, pin)
            starts = [(run, run.a) for run in ground.runs_of[spec.name]]
            runs = {PinnedEnd(end.rack, end.u, end.cage, end.port): run for run, end in starts}
            for run_pin in spec.pins.runs:
                yield from _check_run(spec.name, run_pin, runs.get(run_pin.lower))


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


def _check_run(fabric: str, pin: RunPin, run: CableRun | None) -> Iterator[Finding]:
    what = f"fabric {fabric}: a run is pinned from {pin.lower} to {pin.upper}"
    if run is None:
        yield fault("pin-not-kept", f"{what}, none starts there")
        return
    b, end = run.b, pin.upper
    if (b.rack, b.u) != (end.rack, end.u) or (end.cage and (b.cage, b.port) != (end.cage, end.port)):
        yield fault("pin-not-kept", f"{what}, {run.cable_id} ends at {b.rack} U{b.u} cage {b.cage}")
    if pin.part and run.option != pin.part:
        yield fault("pin-not-kept", f"{what} of {pin.part}, {run.cable_id} is of {run.option}")
    if pin.stock_length_mm and run.stock_length_mm != pin.stock_length_mm:
        yield fault(
            "pin-not-kept",
            f"{what} of stock length {pin.stock_length_mm} mm, that of {run.cable_id} is"
            f" {run.stock_length_mm} mm",
        )
