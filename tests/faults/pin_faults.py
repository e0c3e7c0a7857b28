"""Planted faults: what is pinned stands elsewhere, serves other planes, or makes a bound that it does not."""

from __future__ import annotations

from dataclasses import replace

from planner.model.layout import TiersSpec
from planner.model.pins import DevicePin, Pins, RunPin
from planner.model.plan import Plan
from tests.faults.kinds import Planted

_BASE = "pinned"


def with_pins(plan: Plan, *devices: DevicePin) -> Plan:
    """Ask for other pins than those the plan was made with."""
    specs = tuple(
        replace(spec, pins=Pins(devices=devices, runs=spec.pins.runs))
        if isinstance(spec, TiersSpec)
        else spec
        for spec in plan.layout.fabrics
    )
    return replace(plan, layout=replace(plan.layout, fabrics=specs))


def _pinned_of(plan: Plan) -> tuple[DevicePin, ...]:
    spec = next(spec for spec in plan.layout.fabrics if isinstance(spec, TiersSpec))
    return spec.pins.devices


def _pin_free_slot(plan: Plan) -> Plan:
    """Pin a device where the plan has none."""
    taken = {(one.rack, one.u) for one in plan.devices}
    slots = plan.catalog.rack_types["switch-rack"].tray_slots_u
    rack = next(iter(plan.opened_racks))
    u = next(u for u in slots if (rack, u) not in taken)
    return with_pins(plan, *_pinned_of(plan), DevicePin(rack=rack, u=u))


def _pin_other_plane(plan: Plan) -> Plan:
    """Ask that the first pinned device serves planes in the other order."""
    first, *others = _pinned_of(plan)
    return with_pins(plan, replace(first, planes=first.planes[::-1]), *others)


def _pin_no_plane(plan: Plan) -> Plan:
    """Leave it open which planes the first pinned device serves."""
    first, *others = _pinned_of(plan)
    return with_pins(plan, replace(first, planes=()), *others)


def _with_run_pins(plan: Plan, *runs: RunPin) -> Plan:
    """Ask for other runs than those the plan was made with."""
    specs = tuple(
        replace(spec, pins=replace(spec.pins, runs=runs)) if isinstance(spec, TiersSpec) else spec
        for spec in plan.layout.fabrics
    )
    return replace(plan, layout=replace(plan.layout, fabrics=specs))


def _run_pin(plan: Plan) -> RunPin:
    spec = next(spec for spec in plan.layout.fabrics if isinstance(spec, TiersSpec))
    return spec.pins.runs[0]


def _pin_run_elsewhere(plan: Plan) -> Plan:
    """Pin the run's upper end to the next cage."""
    pin = _run_pin(plan)
    return _with_run_pins(plan, replace(pin, upper=pin.upper._replace(cage=pin.upper.cage + 1)))


def _pin_run_nowhere(plan: Plan) -> Plan:
    """Pin a run that starts where the lower device has no cage."""
    pin = _run_pin(plan)
    return _with_run_pins(plan, replace(pin, lower=pin.lower._replace(cage=99)))


def _sell_below_zero(plan: Plan) -> Plan:
    """Give a slot where nothing is pinned a price below zero."""
    (certificate,) = plan.solve.certificates
    case, *others = certificate.cases
    prices = (*case.slot_prices_millicents[:-1], -1)
    cases = (replace(case, slot_prices_millicents=prices), *others)
    return replace(plan, solve=replace(plan.solve, certificates=(replace(certificate, cases=cases),)))


PIN_FAULTS = (
    Planted("nothing-where-pinned", "pin-not-kept", "the plan places none there", _pin_free_slot, _BASE),
    Planted("other-plane-than-pinned", "pin-not-kept", "its unit 1 for plane", _pin_other_plane, _BASE),
    Planted("bound-of-more-pins", "forged-bound", "its numbers prove", _pin_no_plane, _BASE),
    Planted("cases-of-other-pins", "forged-cases", "cover nothing where", with_pins, _BASE),
    Planted("run-ends-elsewhere", "pin-not-kept", "ends at", _pin_run_elsewhere, _BASE),
    Planted("run-starts-nowhere", "pin-not-kept", "none starts there", _pin_run_nowhere, _BASE),
    Planted(
        "run-of-other-part",
        "pin-not-kept",
        "is of optics",
        lambda p: _with_run_pins(p, replace(_run_pin(p), part="aec", stock_length_mm=0)),
        _BASE,
    ),
    Planted(
        "run-of-other-stock-length",
        "pin-not-kept",
        "of stock length 20000 mm",
        lambda p: _with_run_pins(p, replace(_run_pin(p), stock_length_mm=20_000)),
        _BASE,
    ),
    Planted(
        "longer-than-pinned",
        "cable-too-long",
        "covers the required",
        lambda p: _with_run_pins(p, replace(_run_pin(p), stock_length_mm=0)),
        _BASE,
    ),
    Planted("price-below-zero-unpinned", "forged-prices", "price is below 0", _sell_below_zero, _BASE),
)
