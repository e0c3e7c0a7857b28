"""Rules of a fabric: how much of a plane one failure may take."""

from __future__ import annotations

from collections.abc import Collection

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import nearest, shown
from planner.inputs.rows import Places
from planner.inputs.values import Value
from planner.model.rules import ALL_PERMILLE, Resilience

_MOST_PARTS = 999
_OF_FEEDS = ("feeds_per_plane", "share_per_feed")


def read_resilience(
    value: Value | None, fabric: str, groupings: Collection[str], places: Places
) -> Resilience | None:
    """Read a fabric's ``resilience``; None where nothing is asked for."""
    if value is None or value.is_null:
        return None
    record = record_of(value, "the fields of resilience")
    for key in ("racks_per_plane", "share_per_rack", "feeds", *_OF_FEEDS):
        part = record.get(key)
        places[f"fabric {fabric} resilience {key}"] = part.where if part else value.where
    feeds = _read_feeds(record, groupings)
    resilience = Resilience(
        racks_per_plane=_count(record, "racks_per_plane"),
        share_per_rack_permille=_share(record, "share_per_rack"),
        feeds=feeds,
        feeds_per_plane=_count(record, "feeds_per_plane"),
        share_per_feed_permille=_share(record, "share_per_feed"),
    )
    record.finish()
    return resilience


def _read_feeds(record: Record, groupings: Collection[str]) -> str:
    """Read the grouping of racks by power feed; what is asked of feeds needs one."""
    value = record.get("feeds")
    if value is None or value.is_null:
        for key in _OF_FEEDS:
            asked = record.get(key)
            if asked is not None:
                asked.fail("no-feeds", "expected 'feeds' beside it: the grouping that names racks' feeds")
        return ""
    name = value.as_name("the name of a grouping")
    if name and name not in groupings:
        message = f"unknown grouping {shown(name)}{nearest(name, groupings)}"
        value.fail("unknown-grouping", message)
    return name


def _count(record: Record, key: str) -> int:
    value = record.get(key)
    return value.as_integer(1, _MOST_PARTS) if value else 1


def _share(record: Record, key: str) -> int:
    if not record.has(key):
        return ALL_PERMILLE
    share = record.share_permille(key)
    value = record.get(key)
    if value is not None and not share:
        value.fail("bad-quantity", f"found {value.kind()}, expected more than nothing, for instance '50 %'")
    return share
