"""Fabrics that the parts and the floor cannot make; sums of ports and runs are the next stage's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.inputs.check_media import missing_media
from planner.inputs.check_racks import cages_beside
from planner.inputs.findings import Findings, first_of, shown
from planner.inputs.library import Library
from planner.inputs.rows import Places
from planner.inputs.selection import fabric_ends
from planner.model.catalog import Catalog
from planner.model.layout import Layout, PeersSpec, TierSpec, TiersSpec, WiredUnit
from planner.model.sites import (
    cage_group,
    candidate_racks,
    fabrics_below,
    first_cage,
    positions,
    stands_anyway,
)


class FabricChecks:
    """Checks the fabrics of one layout."""

    def __init__(
        self, layout: Layout, catalog: Catalog, library: Library, places: Places, findings: Findings
    ) -> None:
        self._layout = layout
        self._positions = {position.address: position for position in positions(layout)}
        self._catalog = catalog
        self._library = library
        self._places = places
        self._findings = findings

    def check(self) -> None:
        """Report racks without device or group, unequal pairs, cages without a cable."""
        for fabric in self._layout.fabrics:
            if isinstance(fabric, PeersSpec):
                self._check_peers(fabric)
            else:
                self._check_tiers(fabric)
            self._check_media(fabric)
        self._check_shared_devices()

    def _devices_at(self, address: str, device: str) -> int:
        position = self._positions[address]
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
        for tier, place in ((fabric.lower, "lower"), (fabric.upper, "upper")):
            if tier.unit is WiredUnit.ASIC and not self._catalog.device_types[tier.device].asics:
                message = f"{shown(tier.device)} has no ASICs to wire one by one; expected unit: device"
                where = self._places[f"fabric {fabric.name} {place} cages"]
                self._findings.add("no-asics", message, where)
        self._check_groups(fabric)

    def _bought(self, fabric: TiersSpec) -> list[tuple[str, str]]:
        """Return the parts that the planner buys for upper devices, and the names of their places."""
        racks = candidate_racks(self._layout, fabric.upper_rack_type, fabric.within)
        is_bought = not all(stands_anyway(self._layout, self._catalog, rack) for rack in racks)
        return [
            (fabric.upper.device, "upper device"),
            *([(fabric.upper_rack_type, "rack")] if is_bought else []),
        ]

    def _check_groups(self, fabric: TiersSpec) -> None:
        """Each rack that joins must be in a group of every grouping that tells its planes apart.

        Planes of a fabric below hand their groups on, so nothing is to be said of these here.
        """
        if fabric.lower.below:
            return
        racks = fabric.racks or fabric.within or self._positions
        joining = [address for address in racks if self._devices_at(address, fabric.lower.device)]
        for grouping in (key for key in fabric.plane_keys if key in self._layout.groups):
            grouped = {address for group in self._layout.groups[grouping].values() for address in group}
            missing = [address for address in joining if address not in grouped]
            if missing:
                message = (
                    f"in no group of {shown(grouping)}: {first_of(missing)}; "
                    "expected every rack that joins in one"
                )
                self._findings.add(
                    "rack-without-group", message, self._places[f"fabric {fabric.name} planes"]
                )

    def _check_shared_devices(self) -> None:
        """Fabrics that use cages of the same placed devices must use different ones."""
        tiers = [fabric for fabric in self._layout.fabrics if isinstance(fabric, TiersSpec)]
        users = {fabric.name: [(fabric.upper, fabric.name)] for fabric in tiers}
        for fabric in tiers:
            for below in fabrics_below(self._layout, fabric):
                users[below.name] += self._clashing(fabric, users[below.name])

    def _clashing(
        self, fabric: TiersSpec, users: Sequence[tuple[TierSpec, str]]
    ) -> list[tuple[TierSpec, str]]:
        """Report earlier users of the cages that the fabric's lower tier takes; return it as one more."""
        tier, place = fabric.lower, f"fabric {fabric.name} lower"
        where = self._places.get(f"{place} numbers") or self._places[f"{place} cages"]
        for other, name in users:
            shared = self._cages(tier) & self._cages(other)
            if shared:
                more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
                message = (
                    f"fabric {shown(name)} takes cage {min(shared)}{more} of {shown(tier.device)} too; "
                    "expected other cages, told apart by 'numbers'"
                )
                self._findings.add("cages-twice", message, where)
        return [(tier, fabric.name)]

    def _cages(self, tier: TierSpec) -> set[int]:
        device = self._catalog.device_types[tier.device]
        first = first_cage(device, tier.cages)
        return set(tier.numbers or range(first, first + cage_group(device, tier.cages).count))

    def _check_media(self, fabric: PeersSpec | TiersSpec) -> None:
        ends = fabric_ends(self._catalog.device_types, fabric)
        profile = self._library.profiles[self._layout.profile]
        offered = [self._library.media[name] for name, _value in profile]
        for message in missing_media(ends, offered, self._layout.profile) if ends else ():
            self._findings.add("no-medium", message, self._places[f"fabric {fabric.name}"])
