"""Pinned runs that the parts cannot make: ends that are no cages, parts that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from planner.inputs.findings import nearest, shown
from planner.inputs.selection import fabric_ends
from planner.model.catalog import Catalog
from planner.model.layout import Layout, TierSpec, TiersSpec
from planner.model.media import MediaOption
from planner.model.pins import PinnedEnd, RunPin
from planner.model.sites import cage_group, first_cage, runs_per_cage
from planner.units import format_m


def run_pin_faults(
    layout: Layout, catalog: Catalog, spec: TiersSpec, pin: RunPin
) -> Iterator[tuple[str, str]]:
    """Yield code and message of what keeps a run from being pinned so, whatever planes and spread say."""
    if spec.lower.below:
        text = f"found a pinned run from the upper devices of fabric {shown(spec.lower.below)}"
        yield "pin-run-stacked", f"{text}, expected runs from devices that racks bring along"
        return
    ends = fabric_ends(catalog.device_types, spec)
    options = [option for option in catalog.media if ends and option.between(*ends)]
    shared = next((option.id for option in options if option.is_shared), None)
    if shared is not None:
        yield (
            "pin-run-shared",
            f"runs of the fabric may share plugs or cables ({shown(shared)}), so that all are made one way;"
            " expected no pinned runs",
        )
        return
    yield from _no_device(layout, catalog, spec, pin.lower)
    yield from _no_socket(catalog, spec, spec.lower, pin.lower)
    if pin.upper.cage:
        yield from _no_socket(catalog, spec, spec.upper, pin.upper)
    if pin.part:
        yield from _no_part(options, pin)


def _no_device(
    layout: Layout, catalog: Catalog, spec: TiersSpec, end: PinnedEnd
) -> Iterator[tuple[str, str]]:
    """Yield that no lower device of the fabric stands there."""
    position = layout.position(end.rack)
    joins = (not spec.racks or end.rack in spec.racks) and (not spec.within or end.rack in spec.within)
    mounts = catalog.rack_types[position.choices[0]].mounts if joins and position.is_decided else ()
    heights = [mount.u for mount in mounts if mount.device == spec.lower.device]
    if end.u not in heights:
        known = f"they stand at U{', U'.join(map(str, heights))}" if heights else "none of that rack joins"
        yield "pin-end", f"no {shown(spec.lower.device)} stands at U{end.u} of {end.rack}; {known}"


def _no_socket(
    catalog: Catalog, spec: TiersSpec, tier: TierSpec, end: PinnedEnd
) -> Iterator[tuple[str, str]]:
    """Yield that a device has no such cage for the fabric, or the cage no such port."""
    device = catalog.device_types[tier.device]
    group, first = cage_group(device, tier.cages), first_cage(device, tier.cages)
    numbers = tier.numbers or range(first, first + group.count)
    runs = runs_per_cage(group, spec.granularity)
    if end.cage not in numbers:
        yield (
            "pin-end",
            f"{end}: cage {end.cage} is none that the fabric uses of {shown(device.id)}: {numbers[0]} to"
            f" {numbers[-1]}",
        )
    elif runs == 1 and end.port:
        yield "pin-end", f"{end}: a run takes all of the cage, expected no port"
    elif runs > 1 and not 1 <= end.port <= runs:
        yield "pin-end", f"{end}: expected a port from P1 to P{runs}"


def _no_part(options: list[MediaOption], pin: RunPin) -> Iterator[tuple[str, str]]:
    """Yield that no such part of the profile fits, or is not stocked so."""
    option = next((option for option in options if option.id == pin.part), None)
    if option is None:
        known = nearest(pin.part, [option.id for option in options])
        yield "pin-part", f"no part {shown(pin.part)} of the profile fits the cages of the fabric{known}"
        return
    stock = [item.length_mm for item in option.cable.stock if item.length_mm <= option.reach_mm]
    if pin.stock_length_mm and pin.stock_length_mm not in stock:
        lengths = ", ".join(f"{format_m(length)} m" for length in stock)
        yield (
            "pin-stock",
            f"{shown(option.id)} has no stock length of {format_m(pin.stock_length_mm)} m within its reach;"
            f" possible: {lengths}",
        )
