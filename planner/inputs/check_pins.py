"""Pins that the floor and the parts cannot keep; planes and their units are a later stage's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.inputs.check_run_pins import run_pin_faults
from planner.inputs.findings import Findings, first_of, shown
from planner.inputs.pins import pin_place
from planner.inputs.rows import Places
from planner.model.catalog import Catalog, DeviceType
from planner.model.layout import Layout, TiersSpec
from planner.model.pins import DevicePin, RunPin
from planner.model.sites import candidate_racks


class _Pinned(NamedTuple):
    """A pin of a fabric, and the place for an upper device that it takes."""

    spec: TiersSpec
    pin: DevicePin | RunPin
    rack: str
    u: int


def check_pins(layout: Layout, catalog: Catalog, places: Places, findings: Findings) -> None:
    """Report pins in racks, slots and cages that may not hold them, and racks that are pinned too full."""
    specs = [spec for spec in layout.fabrics if isinstance(spec, TiersSpec)]
    pinned = [_Pinned(spec, pin, pin.rack, pin.u) for spec in specs for pin in spec.pins.devices]
    pinned += [_Pinned(spec, pin, pin.upper.rack, pin.upper.u) for spec in specs for pin in spec.pins.runs]
    for one in pinned:
        for code, message in _misplaced(layout, catalog, one):
            findings.add(code, message, places[pin_place(one.spec.name, one.pin)])
        if isinstance(one.pin, RunPin):
            for code, message in run_pin_faults(layout, catalog, one.spec, one.pin):
                findings.add(code, message, places[pin_place(one.spec.name, one.pin)])
    for one, code, message in _together(catalog, pinned):
        findings.add(code, message, places[pin_place(one.spec.name, one.pin)])


def _misplaced(layout: Layout, catalog: Catalog, one: _Pinned) -> Iterator[tuple[str, str]]:
    """Yield what keeps a device from standing there alone, at most one thing."""
    spec, _, rack, u = one
    allowed = {rack.address for rack in candidate_racks(layout, spec.upper_rack_type, spec.within)}
    slots = catalog.rack_types[spec.upper_rack_type].tray_slots_u
    if rack not in allowed:
        bound = " within the fabric's bound" if spec.within else ""
        yield (
            "pin-rack",
            f"no {shown(spec.upper_rack_type)} may stand at {rack}{bound}, so that no upper device can;"
            f" possible: {first_of(sorted(allowed))}",
        )
    elif u not in slots:
        nearest = min(slots, key=lambda slot: (abs(slot - u), slot))
        yield "pin-slot", f"{shown(spec.upper_rack_type)} has no slot at U{u}; the nearest one is U{nearest}"


def _together(catalog: Catalog, pinned: list[_Pinned]) -> Iterator[tuple[_Pinned, str, str]]:
    """Yield what keeps devices from standing together, at the later pin."""
    slot_of: dict[tuple[str, int], _Pinned] = {}
    first_of_rack: dict[str, _Pinned] = {}
    held: dict[str, list[DeviceType]] = {}
    for one in pinned:
        spec, _, rack, u = one
        other = slot_of.setdefault((rack, u), one)
        if other.spec.name == spec.name and other is not one:
            continue  # several pins of one device
        if other is not one:
            message = f"fabric {shown(other.spec.name)} pins a device at U{u} of {rack} too"
            yield one, "pin-twice", message
        first = first_of_rack.setdefault(rack, one).spec
        if first.upper_rack_type != spec.upper_rack_type:
            yield (
                one,
                "pin-rack",
                f"{rack} would be a {shown(first.upper_rack_type)} for the pins of fabric"
                f" {shown(first.name)} and a {shown(spec.upper_rack_type)} for this one",
            )
            continue
        devices = held.setdefault(rack, [])
        devices.append(catalog.device_types[spec.upper.device])
        rack_type = catalog.rack_types[spec.upper_rack_type]
        for what, amount, most, unit in (
            ("draw", sum(d.power_milliwatts for d in devices), rack_type.max_added_power_milliwatts, "kW"),
            ("weigh", sum(d.weight_g for d in devices), rack_type.max_added_weight_g, "t"),
        ):
            if amount > most:
                yield (
                    one,
                    "pin-rack-full",
                    f"{len(devices)} devices pinned in {rack} {what} {amount / 10**6:g} {unit},"
                    f" {shown(rack_type.id)} takes {most / 10**6:g} {unit}",
                )
