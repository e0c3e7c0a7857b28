"""Fabrics as layouts describe them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from planner.inputs.chain import chain_fabrics
from planner.inputs.families import FamilyReader
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.groups import UnitKey
from planner.inputs.parts import MAX_CAGES
from planner.inputs.pins import read_pins
from planner.inputs.ranges import read_numbers
from planner.inputs.rows import Places, read_addresses
from planner.inputs.rules import read_resilience
from planner.inputs.values import NAME, Value
from planner.model.layout import Granularity, PeersSpec, Spread, TierSpec, TiersSpec, WiredUnit

_KINDS = ("peers", "tiers")
MOST_PLANES = 999
MOST_LOWER_UNITS = 9999
_RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_UPPER_UNITS = (WiredUnit.ASIC, WiredUnit.DEVICE)


class FabricReader:
    """Reads the fabrics of one layout.

    ``addresses`` is None where the rows could not be read; ``groupings`` are the layout's by name;
    ``places`` takes down where things were written.
    """

    def __init__(
        self,
        defaults: Record,
        addresses: Mapping[str, int] | None,
        groupings: Mapping[str, Mapping[str, tuple[str, ...]]],
        places: Places,
    ) -> None:
        self._defaults = defaults
        self._addresses = addresses
        self._groupings = groupings
        self._places = places
        self._families = FamilyReader(groupings, places)

    def read(self, value: Value | None) -> tuple[PeersSpec | TiersSpec, ...]:
        """Read all fabrics, in natural order of their names, each after the one it is wired to."""
        fabrics: list[PeersSpec | TiersSpec] = []
        for name, entry in value.as_entries("fabrics by name") if value else ():
            if not NAME.fullmatch(name):
                message = f"found {shown(name)}, expected a fabric name: a-z, 0-9, '.' and '-'"
                entry.fail("bad-name", message)
            self._places[f"fabric {name}"] = entry.where
            record = record_of(entry, "the fields of a fabric", self._defaults)
            kind = record.need("kind")
            text = kind.as_text("peers or tiers") if kind else ""
            if text == "peers":
                fabrics.append(self._read_peers(name, record))
            elif text == "tiers":
                grouping = record.get("per")
                spec = self._read_tiers(name, record)
                fabrics += self._families.members(spec, grouping) if grouping else [spec]
            elif kind and text:
                kind.fail("unknown-choice", f"found {shown(text)}, expected one of {', '.join(_KINDS)}")
        if value is None:
            return ()
        if value.is_mapping and not value.as_entries(""):
            value.fail("no-fabric", "there is no fabric to build")
        names = [name for name, _entry in value.as_entries("")] if value.is_mapping else []
        return chain_fabrics(fabrics, names, self._places, value.findings)

    def _read_peers(self, name: str, record: Record) -> PeersSpec:
        pairs = record.need("pairs")
        spec = PeersSpec(
            name=name,
            device=self._placed_name(record, "device", f"fabric {name} device"),
            cages=self._placed_name(record, "cages", f"fabric {name} cages"),
            pairs=self._read_pairs(pairs, f"fabric {name} pairs") if pairs else (),
        )
        record.finish()
        return spec

    def _read_pairs(self, value: Value, place: str) -> tuple[tuple[str, str], ...]:
        self._places[place] = value.where
        pairs = []
        for item in value.as_items("a list of pairs such as [[A01, A02]]"):
            pair = read_addresses(item, self._addresses)
            if len(pair) == 2:
                pairs.append((pair[0], pair[1]))
            elif len(item.as_items("two addresses")) != 2:
                item.fail("bad-pair", "expected two addresses, such as [A01, A02]")
        rank = self._addresses or {}
        return tuple(sorted(pairs, key=lambda pair: tuple(rank.get(address, 0) for address in pair)))

    def _read_tiers(self, name: str, record: Record) -> TiersSpec:
        lower, upper = record.record("lower"), record.record("upper")
        granularity = record.choice("granularity", Granularity)
        tier = self._read_tier(lower, f"fabric {name} lower", may_chain=True)
        if tier.unit is WiredUnit.PORT and granularity is Granularity.CAGE:
            (lower.get("unit") or lower.value).fail(
                "unit-granularity", "unit 'port' needs granularity 'port' or 'link': runs that share a cage"
            )
        planes = lower.get("planes")
        if planes:
            self._places[f"fabric {name} planes"] = planes.where
        count, keys = self._read_planes(planes, is_chained=bool(tier.below))
        sized = record.get("sized_for")
        spec = TiersSpec(
            name=name,
            lower=tier,
            upper=self._read_tier(upper, f"fabric {name} upper", may_chain=False),
            upper_rack_type=self._placed_name(upper, "rack", f"fabric {name} rack"),
            racks=self._read_racks(record.get("racks"), name, is_chained=bool(tier.below)),
            within=self._read_within(record.get("within"), name),
            spread=record.choice("spread", Spread),
            oversubscription=_read_ratio(record.get("oversubscription")),
            planes=count,
            plane_keys=keys,
            granularity=granularity,
            sized_for=sized.as_integer(1, MOST_LOWER_UNITS) if sized else None,
            resilience=read_resilience(record.get("resilience"), name, self._groupings, self._places),
            pins=read_pins(record.get("pins"), name, self._addresses, self._places),
        )
        lower.finish()
        upper.finish()
        record.finish()
        return spec

    def _read_tier(self, record: Record, place: str, *, may_chain: bool) -> TierSpec:
        below = self._read_below(record, f"{place} device") if may_chain else ""
        numbers = record.get("numbers")
        if numbers:
            self._places[f"{place} numbers"] = numbers.where
        tier = TierSpec(
            device="" if below else self._placed_name(record, "device", f"{place} device"),
            cages=self._placed_name(record, "cages", f"{place} cages"),
            unit=record.choice("unit", WiredUnit),
            numbers=read_numbers(numbers, MAX_CAGES) if numbers else None,
            below=below,
        )
        unit = record.get("unit")
        if unit and not may_chain and tier.unit not in _UPPER_UNITS:
            expected = ", ".join(_UPPER_UNITS)
            unit.fail("unknown-choice", f"found {shown(tier.unit)}, expected one of {expected}")
        return tier

    def _read_below(self, record: Record, place: str) -> str:
        """Read the fabric whose upper devices the tier is; what is known of the device is its place."""
        value = record.get("fabric")
        if value is None:
            return ""
        if record.has("device"):
            value.fail("two-devices", "found both 'device' and 'fabric', expected one of them")
        self._places[place] = value.where
        return value.as_name("the name of another fabric")

    def _read_racks(self, value: Value | None, name: str, *, is_chained: bool) -> tuple[str, ...]:
        if value is None:
            return ()
        self._places[f"fabric {name} racks"] = value.where
        if is_chained:
            message = "found racks, expected none: all devices of the fabric below join, wherever they stand"
            value.fail("racks-of-fabric", message)
        return read_addresses(value, self._addresses)

    def _read_within(self, value: Value | None, name: str) -> tuple[str, ...]:
        if value is None:
            return ()
        self._places[f"fabric {name} within"] = value.where
        return read_addresses(value, self._addresses, may_be_single=True)

    def _read_planes(self, value: Value | None, *, is_chained: bool) -> tuple[int | None, tuple[str, ...]]:
        """Read how many planes lower units are dealt out to, or the keys that tell planes apart.

        Keys come in one order, whatever the file's: groupings, then what every layout has.
        """
        if value is None or value.is_null:
            return None, ()
        if not value.is_list:
            return value.as_integer(1, MOST_PLANES), ()
        own = [key.value for key in UnitKey if is_chained or key is not UnitKey.INDEX]
        known = [*self._groupings, *own]
        keys: list[str] = []
        items = value.as_items("a number of planes, or a list of keys")
        for item in items:
            key = item.as_name()
            if key and key not in known:
                item.fail("unknown-plane-key", f"unknown plane key {shown(key)}{nearest(key, known)}")
            elif key in keys:
                item.fail("key-twice", f"{shown(key)} is there twice")
            keys.append(key)
        if not items:
            value.fail("unknown-plane-key", f"found an empty list, expected keys: {', '.join(known)}")
        return None, tuple(key for key in known if key in keys)

    def _placed_name(self, record: Record, key: str, place: str) -> str:
        value = record.need(key)
        if value is None:
            return ""
        self._places[place] = value.where
        return value.as_name()


def _read_ratio(value: Value | None) -> tuple[int, int] | None:
    if value is None or value.is_null:
        return None
    text = value.as_number_text("downlink : uplink, such as '2:1'")
    match = _RATIO.fullmatch(text)
    if match is None:
        if text:
            value.fail("bad-ratio", f"found {shown(text)}, expected downlink : uplink, such as '2:1'")
        return None
    return int(match[1]), int(match[2])
