"""Fabrics that the parts and the floor cannot make; sums of ports and runs are the next stage's."""

from __future__ import annotations

from collections import Counter

from planner.inputs.check_racks import cages_beside
from planner.inputs.findings import Findings, shown
from planner.inputs.library import Library
from planner.inputs.rows import Places
from planner.model.catalog import CageGroup, Catalog, Connector, MediaOption, RackType
from planner.model.layout import Layout, PeersSpec, RackPosition, TiersSpec
from planner.model.sites import cage_group, candidate_racks, stands_anyway


class FabricChecks:
    """Checks the fabrics of one layout."""

    def __init__(
        self, layout: Layout, catalog: Catalog, library: Library, places: Places, findings: Findings
    ) -> None:
        self._layout = layout
        self._catalog = catalog
        self._library = library
        self._places = places
        self._findings = findings

    def check(self) -> None:
        """Report open GPU racks, racks without the device, unequal pairs, cages no cable fits."""
        for row in self._layout.rows:
            for position in row.positions:
                self._check_open_position(position)
        for fabric in self._layout.fabrics:
            if isinstance(fabric, PeersSpec):
                self._check_peers(fabric)
            else:
                self._check_tiers(fabric)

    def _check_open_position(self, position: RackPosition) -> None:
        """GPU racks stand where the layout puts them, for now."""
        if position.is_decided:
            return
        for name in position.choices:
            if self._gpus(self._catalog.rack_types[name]):
                message = (
                    f"{shown(name)} holds GPUs and is one of several choices, which is not supported yet; "
                    "expected a choice of racks without GPUs, or this rack alone"
                )
                self._findings.add("gpu-rack-open", message, self._places[f"position {position.address}"])

    def _gpus(self, rack_type: RackType) -> int:
        return sum(self._catalog.device_types[mount.device].gpus for mount in rack_type.mounts)

    def _devices_at(self, address: str, device: str) -> int:
        position = self._layout.position(address)
        if not position.is_decided:
            return 0
        mounts = self._catalog.rack_types[position.choices[0]].mounts
        return sum(mount.device == device for mount in mounts)

    def _check_peers(self, fabric: PeersSpec) -> None:
        place = self._places[f"fabric {fabric.name} pairs"]
        counts = Counter(address for pair in fabric.pairs for address in pair)
        for address in (address for address, count in counts.items() if count > 1):
            self._findings.add("peers-twice", f"{address} is in more than one pair", place)
        for low, high in fabric.pairs:
            there = [self._devices_at(address, fabric.device) for address in (low, high)]
            if there[0] != there[1] or not there[0]:
                message = (
                    f"{low} holds {there[0]} and {high} holds {there[1]} of {shown(fabric.device)}, "
                    "expected the same number in both, and at least one"
                )
                self._findings.add("peers-unequal", message, place)
        group = self._group(fabric.device, fabric.cages)
        self._check_media(fabric.name, (group, group))

    def _check_tiers(self, fabric: TiersSpec) -> None:
        for address in fabric.racks:
            if not self._devices_at(address, fabric.lower.device):
                message = f"no {shown(fabric.lower.device)} stands at {address} for sure"
                self._findings.add("no-device", message, self._places[f"fabric {fabric.name} racks"])
        for part, place in self._bought(fabric):
            known = self._catalog.device_types.get(part) or self._catalog.rack_types.get(part)
            if known is not None and known.price is None:
                message = f"{shown(part)} has no price, and the planner decides how many to buy"
                self._findings.add("no-price", message, self._places[f"fabric {fabric.name} {place}"])
        rack_type = self._catalog.rack_types[fabric.upper_rack_type]
        for message in cages_beside(rack_type, self._catalog.device_types[fabric.upper.device]):
            where = self._places[f"fabric {fabric.name} upper device"]
            self._findings.add("cages-beside-rack", message, where)
        lower = self._group(fabric.lower.device, fabric.lower.cages)
        upper = self._group(fabric.upper.device, fabric.upper.cages)
        self._check_media(fabric.name, (lower, upper))

    def _bought(self, fabric: TiersSpec) -> list[tuple[str, str]]:
        """Return the parts that the planner buys for upper devices, and the names of their places."""
        racks = candidate_racks(self._layout, fabric.upper_rack_type)
        is_bought = not all(stands_anyway(self._layout, self._catalog, rack) for rack in racks)
        return [
            (fabric.upper.device, "upper device"),
            *([(fabric.upper_rack_type, "rack")] if is_bought else []),
        ]

    def _group(self, device: str, cages: str) -> CageGroup:
        return cage_group(self._catalog.device_types[device], cages)

    def _check_media(self, fabric: str, groups: tuple[CageGroup, CageGroup]) -> None:
        options = self._catalog.media
        if any(option.fits(groups[0]) and option.fits(groups[1]) for option in options):
            return
        profile = self._library.profiles[self._layout.profile]
        offered = [self._library.media[name] for name, _value in profile]
        for group in dict.fromkeys(groups):
            if not any(option.fits(group) for option in options):
                message = f"no part of profile {shown(self._layout.profile)} fits {_needs(group)}"
                message += _closest(group, offered)
                self._findings.add("no-medium", message, self._places[f"fabric {fabric}"])


def _needs(group: CageGroup) -> str:
    return (
        f"cages {shown(group.name)}: {_words(group.connector)}, {group.protocol}, "
        f"{group.lanes} x {group.lane_rate_gbps} Gb/s"
    )


def _words(connector: Connector) -> str:
    return f"{connector.form} {connector.thermal}"


def _closest(group: CageGroup, offered: list[MediaOption]) -> str:
    """Return the end of a message that says what the nearest part has instead."""
    misfits = {}
    for option in offered:
        misfit = [
            _words(option.connector) if option.connector != group.connector else "",
            "/".join(option.protocols) if group.protocol not in option.protocols else "",
            f"{option.lanes} x {option.lane_rate_gbps} Gb/s"
            if (option.lanes, option.lane_rate_gbps) != (group.lanes, group.lane_rate_gbps)
            else "",
        ]
        misfits[option.id] = [word for word in misfit if word]
    if not misfits:
        return "; the profile is empty"
    nearest_id = min(misfits, key=lambda name: len(misfits[name]))
    return f"; nearest is {shown(nearest_id)}: {', '.join(misfits[nearest_id])}"
