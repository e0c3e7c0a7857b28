"""Reads catalog files into a library, and picks from it what one layout uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from planner.errors import InputError
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.joins import read_join
from planner.inputs.library import Library, PartReader
from planner.inputs.media import port_option, read_cable, read_cord, read_transceiver
from planner.inputs.money import Exchange
from planner.inputs.parts import read_device, read_protocol, read_rack_type
from planner.inputs.shipped import shipped_folder, shipped_names
from planner.inputs.source import Node, load_yaml
from planner.inputs.values import NAME, Value

LoadYaml = Callable[[Path, str], Node]
"""Reads a file, given what findings call it."""

_PartKind = Callable[[PartReader], None]


class CatalogReader:
    """Reads catalog files one after the other into one library; ids are unique across them."""

    def __init__(self, exchange: Exchange, findings: Findings) -> None:
        self.library = Library()
        self._exchange = exchange
        self._findings = findings
        self._port_options: dict[str, str] = {}

    def read_all(self, files: Sequence[tuple[Path, str]], load: LoadYaml = load_yaml) -> Library:
        """Read the files, each with what findings call it.

        Parts that name others come after them, whichever file holds which: cords, then the
        transceivers that take them, then joins, then profiles.
        """
        records = []
        for path, label in files:
            try:
                node = load(path, label)
            except InputError as error:
                self._findings.extend(error.findings)
                continue
            value = Value(node=node, path="", findings=self._findings)
            record = record_of(value, "catalog sections")
            records.append((record, _read_sources(record)))
        for sections in (self._parts(), {"transceivers": self._add_transceiver}, {"joins": self._add_join}):
            for record, sources in records:
                for section, add in sections.items():
                    self._read_section(record, section, sources, add)
        self._add_port_options()
        for record, _sources in records:
            self._read_profiles(record.get("profiles"))
            record.finish()
        self._check_profiles()
        return self.library

    def _parts(self) -> dict[str, _PartKind]:
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

        return {
            "protocols": add_protocol,
            "racks": add_rack,
            "devices": add_device,
            "cables": add_cable,
            "cords": add_cord,
        }

    def _add_transceiver(self, part: PartReader) -> None:
        option = read_transceiver(part, self.library.cords)
        self.library.media[part.id] = self.library.transceivers[part.id] = option

    def _add_join(self, part: PartReader) -> None:
        self.library.media[part.id] = self.library.joins[part.id] = read_join(part, self.library)

    def _add_port_options(self) -> None:
        """Add the options whose runs take a cord of a transceiver each; no part may bear their ids."""
        for name, option in self.library.transceivers.items():
            ports = port_option(option)
            if ports is None:
                continue
            part = self.library.places.get(ports.id)
            if part is not None:
                message = f"{shown(ports.id)} is what {shown(name)} is called where each cord is a run"
                part.fail("duplicate-part", f"{message}; expected another id")
            self.library.media[ports.id] = ports
            self._port_options[name] = ports.id

    def _read_section(self, record: Record, section: str, sources: Mapping[str, str], add: _PartKind) -> None:
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
            part = PartReader.open(part_id, entry, sources, self._exchange)
            add(part)
            self.library.provenance[part_id] = part.close()

    def _read_profiles(self, value: Value | None) -> None:
        """Read the profiles; those of the same name in several catalogs are joined in file order.

        A transceiver brings along the option of its cords, right after it.
        """
        for name, entry in value.as_entries("profiles by name") if value else ():
            options = self.library.profiles.setdefault(name, [])
            for item in entry.as_items("a list of cables, transceivers and joins"):
                option = item.as_name()
                options.append((option, item))
                if option in self._port_options:
                    options.append((self._port_options[option], item))

    def _check_profiles(self) -> None:
        for options in self.library.profiles.values():
            for option, value in options:
                if option and option not in self.library.media:
                    message = f"unknown cable, transceiver or join {shown(option)}"
                    value.fail("unknown-part", message + nearest(option, self.library.media))


def _read_sources(record: Record) -> dict[str, str]:
    value = record.get("sources")
    entries = value.as_entries("source keys and what they stand for") if value else []
    return {key: entry.as_text() for key, entry in entries}


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
