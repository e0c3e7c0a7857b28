"""Reads catalog files into a library, and picks from it what one layout uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from planner.errors import InputError
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.library import Library, PartReader
from planner.inputs.media import read_cable, read_cord, read_transceiver
from planner.inputs.money import Exchange
from planner.inputs.parts import read_device, read_protocol, read_rack_type
from planner.inputs.shipped import shipped_folder, shipped_names
from planner.inputs.source import load_yaml
from planner.inputs.values import NAME, Value

_PartKind = Callable[[PartReader], None]


class CatalogReader:
    """Reads catalog files one after the other into one library; ids are unique across them."""

    def __init__(self, exchange: Exchange, findings: Findings) -> None:
        self.library = Library()
        self._exchange = exchange
        self._findings = findings
        self._sources: dict[str, str] = {}
        self._names: dict[str, Value] = {}

    def read_all(self, files: Sequence[tuple[Path, str]]) -> Library:
        """Read the files, each with what findings call it.

        Cords come before the transceivers that take them, whichever file holds them.
        """
        records = []
        for path, label in files:
            try:
                node = load_yaml(path, label)
            except InputError as error:
                self._findings.extend(error.findings)
                continue
            records.append(record_of(Value(node=node, path="", findings=self._findings), "catalog sections"))
        for record in records:
            self._sources = self._read_sources(record)
            self._read_parts(record)
        for record in records:
            self._sources = self._read_sources(record)
            self._read_section(record, "transceivers", self._add_transceiver)
            self._read_profiles(record.get("profiles"))
            record.finish()
        self._check_profiles()
        return self.library

    def _read_sources(self, record: Record) -> dict[str, str]:
        value = record.get("sources")
        entries = value.as_entries("source keys and what they stand for") if value else []
        return {key: entry.as_text() for key, entry in entries}

    def _read_parts(self, record: Record) -> None:
        library = self.library

        def add_protocol(part: PartReader) -> None:
            library.protocols[part.id] = read_protocol(part)

        def add_rack(part: PartReader) -> None:
            library.rack_types[part.id] = read_rack_type(part)

        def add_device(part: PartReader) -> None:
            library.device_types[part.id] = read_device(part)

        def add_cable(part: PartReader) -> None:
            library.media[part.id] = read_cable(part)

        def add_cord(part: PartReader) -> None:
            library.cords[part.id] = read_cord(part)

        self._read_section(record, "protocols", add_protocol)
        self._read_section(record, "racks", add_rack)
        self._read_section(record, "devices", add_device)
        self._read_section(record, "cables", add_cable)
        self._read_section(record, "cords", add_cord)

    def _add_transceiver(self, part: PartReader) -> None:
        option = read_transceiver(part, self.library.cords)
        if option is not None:
            self.library.media[part.id] = option

    def _read_section(self, record: Record, section: str, add: _PartKind) -> None:
        value = record.get(section)
        for part_id, entry in value.as_entries("parts by their ids") if value else ():
            if not NAME.fullmatch(part_id):
                entry.fail("bad-name", f"found {shown(part_id)}, expected a part id: a-z, 0-9, '.' and '-'")
            first = self.library.places.get(part_id)
            if first is not None:
                place = f"{first.where.file}:{first.where.line}"
                entry.fail("duplicate-part", f"part {shown(part_id)} is there twice, first in {place}")
                continue
            self.library.places[part_id] = entry
            part = PartReader.open(part_id, entry, self._sources, self._exchange)
            add(part)
            self.library.provenance[part_id] = part.close()

    def _read_profiles(self, value: Value | None) -> None:
        """Read the profiles; those of the same name in several catalogs are joined in file order."""
        for name, entry in value.as_entries("profiles by name") if value else ():
            options = self.library.profiles.setdefault(name, [])
            for item in entry.as_items("a list of cables and transceivers"):
                options.append((item.as_name(), item))

    def _check_profiles(self) -> None:
        for options in self.library.profiles.values():
            for option, value in options:
                if option and option not in self.library.media:
                    message = f"unknown cable or transceiver {shown(option)}"
                    value.fail("unknown-part", message + nearest(option, self.library.media))


def catalog_files(names: Sequence[Value], folder: Path) -> list[tuple[Path, str]]:
    """Return the files of the catalogs that a layout names, in the order of their names.

    A name with a slash or a suffix is a path relative to the layout's folder; others ship.
    """
    shipped = shipped_names("catalogs")
    files = {}
    for value in names:
        name = value.as_text("a catalog's name or path")
        if "/" in name or name.endswith((".yaml", ".yml")):
            files[name] = (folder / name, str(folder / name))
        elif name in shipped:
            files[name] = (shipped_folder("catalogs") / f"{name}.yaml", f"catalogs/{name}.yaml")
        elif name:
            value.fail("unknown-catalog", f"no catalog {shown(name)} ships{nearest(name, shipped)}")
    return [files[name] for name in sorted(files)]
