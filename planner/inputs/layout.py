"""Reads a layout file into a layout, with the defaults for what the file leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from planner.inputs.catalog import catalog_files
from planner.inputs.economics import read_currencies, read_economics
from planner.inputs.fabrics import FabricReader
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings
from planner.inputs.groups import read_groups
from planner.inputs.installation import read_installation
from planner.inputs.money import Exchange
from planner.inputs.open_racks import read_open_racks
from planner.inputs.pathways import read_pathways
from planner.inputs.provenance import OriginTable
from planner.inputs.rows import Places, addresses_of, read_rows
from planner.inputs.shipped import shipped_folder
from planner.inputs.source import Node, load_yaml
from planner.inputs.supply import read_supply
from planner.inputs.values import Value, ValueLog
from planner.model.arrangement import stand_where_pinned
from planner.model.evidence import Provenance
from planner.model.layout import Layout, Room
from planner.model.names import printable

DEFAULTS = "defaults"
"""Name of the shipped file of defaults, and subject of their provenance."""


@dataclass(frozen=True, slots=True)
class LayoutDraft:
    """A layout as read, the catalogs it names, and where its things were written."""

    layout: Layout
    catalog_files: list[tuple[Path, str]]
    exchange: Exchange
    places: Places


class Defaults:
    """The shipped defaults; remembers which of them a layout used."""

    def __init__(self, findings: Findings) -> None:
        top = record_of(Value(node=_shipped_defaults(), path="", findings=findings), "sources and layout")
        value = top.need("layout")
        assert value is not None, "the shipped defaults have lost their values"
        self._log = ValueLog(root=value.path, takes_texts=True)
        self.record = Record(value.logging_to(self._log))
        sources = top.get("sources")
        entries = sources.as_entries("source keys and what they stand for") if sources else []
        table = {key: entry.as_text() for key, entry in entries}
        self._origins = OriginTable(DEFAULTS, Record(value), table)

    def used(self) -> tuple[Provenance, ...]:
        """Return the provenance of the defaults that were used."""
        return self._origins.used_records(self._log)


@cache
def _shipped_defaults() -> Node:
    """Return what the file of defaults holds; scenarios of a study are many layouts."""
    return load_yaml(shipped_folder("catalogs") / f"{DEFAULTS}.yaml", f"catalogs/{DEFAULTS}.yaml")


def read_layout(node: Node, path: Path, findings: Findings) -> LayoutDraft:
    """Read the layout whose file holds ``node``; all that is wrong goes to ``findings``."""
    defaults = Defaults(findings)
    value = Value(node=node, path="", findings=findings)
    record = record_of(value, "the fields of a layout", defaults.record)
    places: Places = {}
    economics = record.record("economics")
    currency = economics.value.child("currency")
    places["currency"] = currency.where if currency else replace(node.where, path="economics.exchange")
    exchange = read_currencies(economics)
    catalogs = record.need("catalogs")
    profile = record.need("profile")
    if profile:
        places["profile"] = profile.where
    before = len(findings.items)
    rows = read_rows(record.need("rows"), defaults.record.record("row"), places)
    addresses = addresses_of(rows) if len(findings.items) == before else None
    groups = read_groups(record.get("groups"), addresses)
    supply = read_supply(record.get("supply"), places)
    fabric_reader = FabricReader(defaults.record.record("fabric"), addresses, groups, places)
    layout = Layout(
        name=printable(path.stem),
        title=record.text("title"),
        profile=profile.as_name() if profile else "",
        room=_read_room(record, places),
        rows=rows,
        pathways=read_pathways(record.record("pathways"), rows, places),
        fabrics=fabric_reader.read(record.need("fabrics")),
        economics=read_economics(economics, exchange),
        installation=read_installation(record.record("installation")),
        groups=groups,
        open_racks=read_open_racks(record.get("open_racks"), rows, places),
        supply=supply.limits,
        provenance=(
            *defaults.used(),
            *sorted(exchange.provenance, key=lambda one: one.field),
            *supply.provenance,
        ),
    )
    record.finish()
    names = catalogs.as_items("a list of catalogs") if catalogs else []
    return LayoutDraft(stand_where_pinned(layout), catalog_files(names, path.parent), exchange, places)


def _read_room(record: Record, places: Places) -> Room:
    room = record.record("room")
    places["room"] = room.value.where
    size = Room(
        width_mm=room.length_mm("width", 1),
        depth_mm=room.length_mm("depth", 1),
        height_mm=room.length_mm("height", 1),
    )
    room.finish()
    return size
