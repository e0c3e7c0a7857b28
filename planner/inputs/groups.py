"""Groupings of racks: what layouts call together, so that planes can be told apart by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from planner.inputs.findings import shown
from planner.inputs.rows import read_addresses
from planner.inputs.values import NAME, Value
from planner.model.names import natural_key

_GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,15}")


class UnitKey(StrEnum):
    """Keys of planes that every layout has, beside its groupings."""

    RAIL = "rail"
    INDEX = "index"


def read_groups(
    value: Value | None, addresses: Mapping[str, int] | None
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Read all groupings and their groups, both in natural order of their names."""
    groups = {}
    for name, entry in value.as_entries("groupings by name") if value else ():
        if not NAME.fullmatch(name):
            message = f"found {shown(name)}, expected the name of a grouping: a-z, 0-9, '.' and '-'"
            entry.fail("bad-name", message)
        if name in {key.value for key in UnitKey}:
            entry.fail("bad-name", f"{shown(name)} tells planes apart by itself; expected another name")
        groups[name] = _read_grouping(name, entry, addresses)
    return {name: groups[name] for name in sorted(groups, key=natural_key)}


def _read_grouping(
    grouping: str, value: Value, addresses: Mapping[str, int] | None
) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    group_of: dict[str, str] = {}
    for name, entry in value.as_entries("groups by name, each with the addresses of its racks"):
        if not _GROUP_NAME.fullmatch(name):
            message = f"found {shown(name)}, expected the name of a group: letters, digits, '.' and '-'"
            entry.fail("bad-name", f"{message}, at most 16")
        groups[name] = read_addresses(entry, addresses, may_be_single=True)
        for address in groups[name]:
            first = group_of.setdefault(address, name)
            if first != name:
                message = f"{address} is in two groups of {shown(grouping)}: {shown(first)} and {shown(name)}"
                entry.fail("rack-in-two-groups", message)
    return {name: groups[name] for name in sorted(groups, key=natural_key)}
