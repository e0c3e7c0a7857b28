"""What first layouts of a system are written from, as a sizing catalog describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.groups import UnitKey
from planner.inputs.values import NAME, Value
from planner.model.layout import Granularity, WiredUnit
from planner.model.sizing import CabledTier, Join
from planner.model.starter import Grouping, Starter

MOST_PER_RACK = 999


class _Upper(NamedTuple):
    """Upper devices of all tiers."""

    device: str
    cages: str
    unit: WiredUnit
    rack: str


def read_starter(record: Record, tiers: Sequence[CabledTier]) -> Starter:
    """Read what first layouts of a system with these cabled tiers are written from."""
    catalogs, profile = record.need("catalogs"), record.get("profile")
    granularity, unit_value = record.get("granularity"), record.get("unit")
    unit = unit_value.as_choice(WiredUnit) if unit_value else WiredUnit.ASIC
    groups = _read_groups(record.get("groups"))
    names = [grouping.name for grouping in groups]
    planes = record.get("planes")
    keys = _read_keys(planes, [*names, UnitKey.RAIL.value]) if planes and planes.is_list else ()
    upper = _read_upper(record.record("upper"), unit) if record.has("upper") else None
    if bool(upper) != bool(tiers):
        record.value.fail("missing-key", "'upper' names the switches of the cabled tiers: both or none")
    starter = Starter(
        catalogs=tuple(item.as_name() for item in catalogs.as_items("a list of catalogs"))
        if catalogs
        else (),
        profile=profile.as_name() if profile else "default",
        rack=record.name("rack"),
        blocks_per_rack=record.optional_integer("blocks_per_rack", 1, 1, MOST_PER_RACK),
        racks_per_block=record.optional_integer("racks_per_block", 1, 1, MOST_PER_RACK),
        device=record.name("device"),
        cages=record.name("cages"),
        unit=unit,
        granularity=granularity.as_choice(Granularity) if granularity else Granularity.CAGE,
        planes=planes.as_integer(1, 999) if planes and not planes.is_list else None,
        plane_keys=keys,
        stacked=_read_stacked(record, tiers, [*names, *(key.value for key in UnitKey)]),
        groups=groups,
        upper_device=upper.device if upper else "",
        upper_cages=upper.cages if upper else "",
        upper_unit=upper.unit if upper else unit,
        upper_rack=upper.rack if upper else "",
        spare_racks=record.optional_integer("spare_racks", 0, 0, 99),
    )
    record.finish()
    return starter


def _read_upper(record: Record, lower_unit: WiredUnit) -> _Upper:
    unit = record.get("unit")
    upper = _Upper(
        device=record.name("device"),
        cages=record.name("cages"),
        unit=unit.as_choice(WiredUnit) if unit else lower_unit,
        rack=record.name("rack"),
    )
    if upper.unit not in (WiredUnit.ASIC, WiredUnit.DEVICE):
        message = f"upper devices are wired by asic or device, found {shown(upper.unit.value)}"
        (unit or record.value).fail("bad-unit", message)
    record.finish()
    return upper


def _read_groups(value: Value | None) -> tuple[Grouping, ...]:
    groups = []
    for name, entry in value.as_entries("groupings by name") if value else ():
        if not NAME.fullmatch(name):
            entry.fail("bad-name", f"found {shown(name)}, expected a name: a-z, 0-9, '.' and '-'")
        record = record_of(entry, "the fields of a grouping")
        racks = record.get("racks")
        groups.append(
            Grouping(
                name=name,
                label=record.text("label"),
                racks=racks.as_integer(1, MOST_PER_RACK) if racks else None,
            )
        )
        record.finish()
    if value and sum(grouping.racks is None for grouping in groups) > 1:
        value.fail("missing-key", "one grouping at most may leave the racks of a group open")
    return tuple(groups)


def _read_keys(value: Value, known: Sequence[str]) -> tuple[str, ...]:
    keys = []
    for item in value.as_items("a list of keys"):
        key = item.as_name()
        if key and key not in known:
            item.fail("unknown-plane-key", f"unknown plane key {shown(key)}{nearest(key, known)}")
        keys.append(key)
    if not keys:
        value.fail("unknown-plane-key", f"found an empty list, expected keys: {', '.join(known)}")
    return tuple(keys)


def _read_stacked(
    record: Record, tiers: Sequence[CabledTier], known: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Read the plane keys of fabrics on another; a tier that is a single group on top needs none."""
    value = record.get("stacked")
    names = [tier.name for tier in tiers[1:]]
    stacked = {}
    for name, entry in value.as_entries("plane keys by tier") if value else ():
        if name not in names:
            entry.fail("unknown-tier", f"no tier {shown(name)} on another{nearest(name, names)}")
        stacked[name] = _read_keys(entry, known)
    for tier in tiers[1:]:
        is_single = tier is tiers[-1] and tier.join is Join.GROUPS
        if not is_single and tier.name not in stacked:
            message = f"'stacked' has no plane keys for the tier {shown(tier.name)}"
            (value or record.value).fail("missing-key", message)
    return stacked
