"""Names in a layout and in the parts it uses that stand for nothing."""

from __future__ import annotations

from collections.abc import Iterable

from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.library import Library
from planner.inputs.rows import Places
from planner.model.layout import Layout, PeersSpec, TierSpec, TiersSpec
from planner.model.sites import cage_group, first_cage
from planner.model.supply import SupplyLimit
from planner.units import format_m


def check_names(layout: Layout, library: Library, places: Places, findings: Findings) -> None:
    """Report unknown rack types, devices, cage groups and protocols."""
    names = _Names(library, places, findings)
    for row in layout.rows:
        for position in row.positions:
            for rack_type in position.choices:
                names.rack_type(rack_type, f"position {position.address}")
    if layout.open_racks:
        names.rack_type(layout.open_racks.rack_type, "open racks")
    for fabric in layout.fabrics:
        if isinstance(fabric, PeersSpec):
            names.device(fabric.device, f"fabric {fabric.name}", fabric.cages)
        elif isinstance(fabric, TiersSpec):
            names.tier(fabric.lower, f"fabric {fabric.name} lower")
            names.tier(fabric.upper, f"fabric {fabric.name} upper")
            names.rack_type(fabric.upper_rack_type, f"fabric {fabric.name} rack")
    for limit in layout.supply:
        names.limited(limit)


class _Names:
    """Looks names up and reports each unknown one where it was written."""

    def __init__(self, library: Library, places: Places, findings: Findings) -> None:
        self._library = library
        self._places = places
        self._findings = findings

    def rack_type(self, name: str, place: str) -> None:
        known = self._library.rack_types
        if not self._is_known(name, known, place, "rack type"):
            return
        for device in sorted({mount.device for mount in known[name].mounts}):
            if device not in self._library.device_types:
                message = f"brings along an unknown device {shown(device)}"
                self._at_part(name, message + nearest(device, self._library.device_types))
            else:
                self._protocols(device)

    def tier(self, tier: TierSpec, place: str) -> None:
        known = self._library.device_types
        if tier.below and tier.device not in known:
            return  # reported where the fabric below names it
        self.device(tier.device, place, tier.cages)
        groups = known[tier.device].cages if tier.device in known else ()
        if tier.numbers and any(group.name == tier.cages for group in groups):
            first = first_cage(known[tier.device], tier.cages)
            last = first + cage_group(known[tier.device], tier.cages).count - 1
            outside = [number for number in tier.numbers if not first <= number <= last]
            if outside:
                cages = f"cages {shown(tier.cages)} of {shown(tier.device)}"
                message = f"found {outside[0]}, expected numbers of {cages}: {first}-{last}"
                self._findings.add("cage-numbers", message, self._places[f"{place} numbers"])

    def device(self, name: str, place: str, cages: str) -> None:
        known = self._library.device_types
        if not self._is_known(name, known, f"{place} device", "device"):
            return
        groups = [group.name for group in known[name].cages]
        if groups:
            self._is_known(cages, groups, f"{place} cages", f"cages of {shown(name)}:")
        else:
            message = (
                f"{shown(name)} has no cages, so no cable run can leave it: its links end inside its rack; "
                "expected a device with cages"
            )
            self._findings.add("no-cages", message, self._places[f"{place} cages"])
        self._protocols(name)

    def limited(self, limit: SupplyLimit) -> None:
        """Look up what supply limits: a part of runs, and a stock length that it has."""
        families = {option.cable.id: option.cable for option in self._library.media.values()}
        families |= self._library.cords
        modules = {
            plug.transceiver.id
            for option in self._library.media.values()
            for plug in option.plugs
            if plug.transceiver
        }
        place = f"supply {limit.part}"
        if not self._is_known(limit.part, sorted({*families, *modules}), place, "part of cable runs"):
            return
        if limit.stock_length_mm is None:
            return
        lengths = [item.length_mm for item in families[limit.part].stock] if limit.part in families else []
        if limit.stock_length_mm not in lengths:
            told = ", ".join(f"{format_m(length)} m" for length in lengths)
            message = f"found {format_m(limit.stock_length_mm)} m, " + (
                f"expected a stock length of {shown(limit.part)}: {told}"
                if lengths
                else f"but {shown(limit.part)} has no stock lengths"
            )
            self._findings.add("unknown-stock-length", message, self._places[f"supply {limit.name}"])

    def _protocols(self, device: str) -> None:
        known = self._library.protocols
        for group in self._library.device_types[device].cages:
            if group.protocol and group.protocol not in known:
                message = f"cages {shown(group.name)} speak an unknown protocol {shown(group.protocol)}"
                self._at_part(device, message + nearest(group.protocol, known))

    def _is_known(self, name: str, known: Iterable[str], place: str, what: str) -> bool:
        names = tuple(known)
        if name not in names:
            message = f"unknown {what} {shown(name)}{nearest(name, names)}"
            self._findings.add("unknown-part", message, self._places[place])
        return name in names

    def _at_part(self, part: str, message: str) -> None:
        self._findings.add("unknown-part", message, self._library.places[part].where)
