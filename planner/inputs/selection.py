"""Picks from the library the parts that a layout uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.library import Library
from planner.inputs.money import Exchange
from planner.inputs.rows import Places
from planner.model.cages import CageGroup
from planner.model.catalog import Catalog, DeviceType
from planner.model.layout import Granularity, Layout, PeersSpec, TierSpec, TiersSpec
from planner.model.media import MediaOption
from planner.model.sites import runs_per_cage


class Ends(NamedTuple):
    """The cages that a fabric joins, and how many runs each of them takes."""

    lower: CageGroup
    upper: CageGroup
    runs_per_cage: tuple[int, int]


def select_parts(
    library: Library, layout: Layout, exchange: Exchange, places: Places, findings: Findings
) -> Catalog:
    """Return the catalog of the layout: what it names, what that brings along, and its profile's media.

    Media that join the cages of no fabric of the layout are left out. Unknown names are reported.
    """
    racks = {name for row in layout.rows for position in row.positions for name in position.choices}
    racks |= {fabric.upper_rack_type for fabric in layout.fabrics if isinstance(fabric, TiersSpec)}
    racks |= {layout.open_racks.rack_type} if layout.open_racks else set()
    rack_types = {name: library.rack_types[name] for name in sorted(racks) if name in library.rack_types}
    devices = {mount.device for rack_type in rack_types.values() for mount in rack_type.mounts}
    devices |= {tier.device for tier in _tiers(layout)}
    device_types = {
        name: library.device_types[name] for name in sorted(devices) if name in library.device_types
    }
    groups = [group for device in device_types.values() for group in device.cages]
    protocols = {group.protocol for group in groups if group.protocol}
    media = _profile(library, layout, places, findings)
    used = set(rack_types) | set(device_types) | protocols
    used |= {option.id for option in media} | {option.cable.id for option in media}
    used |= {plug.transceiver.id for option in media for plug in option.plugs if plug.transceiver}
    exchange.report_missing(findings, places["currency"], used | {""})
    return Catalog(
        rack_types=rack_types,
        device_types=device_types,
        media=media,
        protocols={name: library.protocols[name] for name in sorted(protocols & set(library.protocols))},
        provenance=tuple(record for part in sorted(used) for record in library.provenance.get(part, ())),
    )


def _tiers(layout: Layout) -> list[PeersSpec | TierSpec]:
    tiers: list[PeersSpec | TierSpec] = []
    for fabric in layout.fabrics:
        tiers += [fabric] if isinstance(fabric, PeersSpec) else [fabric.lower, fabric.upper]
    return tiers


def fabric_ends(device_types: Mapping[str, DeviceType], fabric: PeersSpec | TiersSpec) -> Ends | None:
    """Return the lower and the upper cages that the fabric wires; None where they are not known."""
    pair = (fabric, fabric) if isinstance(fabric, PeersSpec) else (fabric.lower, fabric.upper)
    granularity = fabric.granularity if isinstance(fabric, TiersSpec) else Granularity.CAGE
    groups = [
        group
        for tier in pair
        if tier.device in device_types
        for group in device_types[tier.device].cages
        if group.name == tier.cages
    ]
    if len(groups) != len(pair):
        return None
    lower, upper = groups
    return Ends(lower, upper, (runs_per_cage(lower, granularity), runs_per_cage(upper, granularity)))


def _profile(library: Library, layout: Layout, places: Places, findings: Findings) -> tuple[MediaOption, ...]:
    if layout.profile not in library.profiles:
        message = f"unknown media profile {shown(layout.profile)}{nearest(layout.profile, library.profiles)}"
        findings.add("unknown-profile", message, places["profile"])
        return ()
    ends = [fabric_ends(library.device_types, fabric) for fabric in layout.fabrics]
    names = dict.fromkeys(name for name, _value in library.profiles[layout.profile])
    options = [library.media[name] for name in names]
    return tuple(option for option in options if any(one and option.between(*one) for one in ends))
