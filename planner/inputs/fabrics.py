"""Fabrics as layouts describe them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import shown
from planner.inputs.rows import Places, natural_key, read_addresses
from planner.inputs.values import NAME, Value
from planner.model.layout import PeersSpec, Spread, TierSpec, TiersSpec, WiredUnit

_KINDS = ("peers", "tiers")
MOST_PLANES = 999
_RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")


def read_fabrics(
    value: Value | None, defaults: Record, addresses: Sequence[str] | None, places: Places
) -> tuple[PeersSpec | TiersSpec, ...]:
    """Read all fabrics, in natural order of their names."""
    fabrics: list[PeersSpec | TiersSpec] = []
    for name, entry in value.as_entries("fabrics by name") if value else ():
        if not NAME.fullmatch(name):
            message = f"found {shown(name)}, expected a fabric name: a-z, 0-9, '.' and '-'"
            entry.fail("bad-name", message)
        places[f"fabric {name}"] = entry.where
        record = record_of(entry, "the fields of a fabric", defaults)
        kind = record.need("kind")
        text = kind.as_text("peers or tiers") if kind else ""
        if text == "peers":
            fabrics.append(_read_peers(name, record, addresses, places))
        elif text == "tiers":
            fabrics.append(_read_tiers(name, record, addresses, places))
        elif kind and text:
            kind.fail("unknown-choice", f"found {shown(text)}, expected one of {', '.join(_KINDS)}")
    if value is not None and value.is_mapping and not value.as_entries(""):
        value.fail("no-fabric", "there is no fabric to build")
    return tuple(sorted(fabrics, key=lambda fabric: natural_key(fabric.name)))


def _read_peers(name: str, record: Record, addresses: Sequence[str] | None, places: Places) -> PeersSpec:
    pairs = record.need("pairs")
    spec = PeersSpec(
        name=name,
        device=_placed_name(record, "device", f"fabric {name} device", places),
        cages=_placed_name(record, "cages", f"fabric {name} cages", places),
        pairs=_read_pairs(pairs, addresses, f"fabric {name} pairs", places) if pairs else (),
    )
    record.finish()
    return spec


def _read_pairs(
    value: Value, addresses: Sequence[str] | None, place: str, places: Places
) -> tuple[tuple[str, str], ...]:
    places[place] = value.where
    pairs = []
    for item in value.as_items("a list of pairs such as [[A01, A02]]"):
        pair = read_addresses(item, addresses)
        if len(pair) == 2:
            pairs.append((pair[0], pair[1]))
        elif len(item.as_items("two addresses")) != 2:
            item.fail("bad-pair", "expected two addresses, such as [A01, A02]")
    rank = {address: index for index, address in enumerate(addresses or ())}
    return tuple(sorted(pairs, key=lambda pair: tuple(rank.get(address, 0) for address in pair)))


def _read_tiers(name: str, record: Record, addresses: Sequence[str] | None, places: Places) -> TiersSpec:
    lower, upper = record.record("lower"), record.record("upper")
    racks = record.get("racks")
    if racks is not None:
        places[f"fabric {name} racks"] = racks.where
    spec = TiersSpec(
        name=name,
        lower=_read_tier(lower, f"fabric {name} lower", places),
        upper=_read_tier(upper, f"fabric {name} upper", places),
        upper_rack_type=_placed_name(upper, "rack", f"fabric {name} rack", places),
        racks=read_addresses(racks, addresses) if racks else (),
        spread=record.choice("spread", Spread),
        oversubscription=_read_ratio(record.get("oversubscription")),
        planes=_read_planes(lower.get("planes")),
    )
    lower.finish()
    upper.finish()
    record.finish()
    return spec


def _read_tier(record: Record, place: str, places: Places) -> TierSpec:
    return TierSpec(
        device=_placed_name(record, "device", f"{place} device", places),
        cages=_placed_name(record, "cages", f"{place} cages", places),
        unit=record.choice("unit", WiredUnit),
    )


def _placed_name(record: Record, key: str, place: str, places: Places) -> str:
    value = record.need(key)
    if value is None:
        return ""
    places[place] = value.where
    return value.as_name()


def _read_planes(value: Value | None) -> int | None:
    return None if value is None or value.is_null else value.as_integer(1, MOST_PLANES)


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
