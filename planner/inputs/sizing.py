"""The entry for sizing: systems, what is said about them, prices of media, and how first layouts look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from planner.inputs.catalog import CatalogReader, catalog_files
from planner.inputs.economics import read_currencies
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.layout import Defaults
from planner.inputs.library import Library, PartReader
from planner.inputs.money import Exchange
from planner.inputs.shipped import SYSTEMS, shipped_folder
from planner.inputs.source import load_yaml
from planner.inputs.systems import read_system
from planner.inputs.values import NAME, Value
from planner.model.catalog import Catalog
from planner.model.evidence import Provenance
from planner.model.media import MediaOption
from planner.model.sizing import Claim, Demand, Figure, System
from planner.model.starter import Floor

_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SizingInputs:
    """Everything that sizing and first layouts read; ``media`` is the profile in its order."""

    systems: dict[str, System]
    compare: tuple[str, ...]
    claims: tuple[Claim, ...]
    demand: Demand
    media: tuple[MediaOption, ...]
    profile: str
    currency: str
    floor: Floor
    provenance: tuple[Provenance, ...]


def read_sizing(path: Path | None, profile: str | None = None) -> SizingInputs:
    """Read a sizing catalog, by default the one that ships, and the media catalogs it names.

    Raises
    ------
    InputError
        With all findings about the files, or with an unknown media profile.
    """
    label = str(path) if path else f"catalogs/{SYSTEMS}.yaml"
    path = path or shipped_folder("catalogs") / f"{SYSTEMS}.yaml"
    findings = Findings()
    exchange = read_currencies(Defaults(findings).record.record("economics"))
    value = Value(node=load_yaml(path, label), path="", findings=findings)
    reader = _SizingReader(record_of(value, "sections of a sizing catalog"), exchange)
    inputs = reader.read(path.parent, profile)
    exchange.report_missing(findings, value.where)
    findings.raise_if_any()
    return inputs


def read_parts(names: tuple[str, ...]) -> Catalog:
    """Read shipped catalogs whole, all their parts."""
    findings = Findings()
    exchange = read_currencies(Defaults(findings).record.record("economics"))
    files = [(shipped_folder("catalogs") / f"{name}.yaml", f"catalogs/{name}.yaml") for name in names]
    library = CatalogReader(exchange, findings).read_all(files)
    findings.raise_if_any()
    return Catalog(
        rack_types=library.rack_types,
        device_types=library.device_types,
        media=tuple(library.media.values()),
        protocols=library.protocols,
        provenance=(),
    )


class _SizingReader:
    """Reads the sections of one sizing catalog."""

    def __init__(self, record: Record, exchange: Exchange) -> None:
        self._record = record
        self._exchange = exchange
        self._findings = record.value.findings
        value = record.get("sources")
        entries = value.as_entries("source keys and what they stand for") if value else []
        self._sources = {key: entry.as_text() for key, entry in entries}
        self._provenance: list[Provenance] = []

    def read(self, folder: Path, profile: str | None) -> SizingInputs:
        systems = self._read_systems()
        compare = self._record.need("compare")
        media = self._record.record("media")
        library = self._read_media(media, folder)
        usual = media.name("profile")
        wanted = profile or usual
        options = self._profile(media, library, wanted)
        media.finish()
        inputs = SizingInputs(
            systems=systems,
            compare=_names(compare, systems) if compare else (),
            claims=self._read_claims(systems),
            demand=self._read_demand(),
            media=options,
            profile=wanted,
            currency=self._exchange.currency,
            floor=self._read_floor(),
            provenance=(),
        )
        self._record.finish()
        return replace(inputs, provenance=tuple(self._provenance))

    def _open(self, name: str, value: Value) -> PartReader:
        if not NAME.fullmatch(name):
            value.fail("bad-name", f"found {shown(name)}, expected an id: a-z, 0-9, '.' and '-'")
        return PartReader.open(name, value, self._sources, self._exchange)

    def _read_systems(self) -> dict[str, System]:
        value = self._record.need("systems")
        systems = {}
        for name, entry in value.as_entries("systems by id") if value else ():
            part = self._open(name, entry)
            system = read_system(part)
            systems[name] = replace(system, provenance=part.close())
        return systems

    def _read_media(self, record: Record, folder: Path) -> Library:
        value = record.need("catalogs")
        files = catalog_files(value.as_items("a list of catalogs"), folder) if value else []
        return CatalogReader(self._exchange, self._findings).read_all(files)

    def _profile(self, record: Record, library: Library, name: str) -> tuple[MediaOption, ...]:
        if name not in library.profiles:
            message = f"unknown media profile {shown(name)}{nearest(name, library.profiles)}"
            record.value.fail("unknown-profile", message)
            return ()
        names = dict.fromkeys(option for option, _value in library.profiles[name])
        return tuple(library.media[option] for option in names if option in library.media)

    def _read_claims(self, systems: Mapping[str, System]) -> tuple[Claim, ...]:
        value = self._record.get("claims")
        claims = []
        for name, entry in value.as_entries("claims by id") if value else ():
            part = self._open(name, entry)
            claims.append(_read_claim(part, systems))
            self._provenance += part.close()
        return tuple(claims)

    def _read_demand(self) -> Demand:
        value = self._record.need("demand")
        if value is None:
            return Demand(capex_cents=0, chip_share_permille=0, chip_price_cents=1)
        part = self._open("demand", value)
        capex, chip_price = part.record.need("capex"), part.record.need("chip_price")
        demand = Demand(
            capex_cents=part.price(capex, "capex").cents if capex else 0,
            chip_share_permille=part.record.share_permille("chip_share"),
            chip_price_cents=part.price(chip_price, "chip_price").cents if chip_price else 1,
        )
        if chip_price and not demand.chip_price_cents:
            chip_price.fail("bad-money", "a chip has a price above nothing")
        self._provenance += part.close()
        return demand

    def _read_floor(self) -> Floor:
        value = self._record.need("floor")
        if value is None:
            return Floor(
                wall_mm=0,
                aisle_mm=0,
                ceiling_mm=1,
                positions_per_row=1,
                tray_z_mm=1,
                tray_width_mm=1,
                tray_depth_mm=1,
                tray_fill_permille=1,
            )
        part = self._open("floor", value)
        floor = Floor(
            wall_mm=part.record.length_mm("wall"),
            aisle_mm=part.record.length_mm("aisle"),
            ceiling_mm=part.record.length_mm("ceiling", 1),
            positions_per_row=part.record.integer("positions_per_row", 4, 99),
            tray_z_mm=part.record.length_mm("tray_height", 1),
            tray_width_mm=part.record.length_mm("tray_width", 1),
            tray_depth_mm=part.record.length_mm("tray_depth", 1),
            tray_fill_permille=max(part.record.share_permille("tray_fill"), 1),
        )
        self._provenance += part.close()
        return floor


def _read_claim(part: PartReader, systems: Mapping[str, System]) -> Claim:
    record = part.record
    of, against, about = record.need("of"), record.get("against"), record.get("about")
    low, high = record.need("low"), record.get("high")
    lowest = _decimal(low) if low else Fraction(0)
    return Claim(
        id=part.id,
        says=record.text("says"),
        figure=record.choice("figure", Figure),
        of=_names(of, systems) if of else (),
        against=_names(against, systems) if against else (),
        low=lowest,
        high=_decimal(high) if high else lowest,
        about_permille=record.share_permille("about") if about else 0,
        remark=record.optional_text("remark") or "",
    )


def _decimal(value: Value) -> Fraction:
    text = value.as_number_text("a decimal number")
    if not _DECIMAL.fullmatch(text):
        if text:
            value.fail("bad-number", f"found {shown(text)}, expected a decimal number such as '7.5'")
        return Fraction(0)
    return Fraction(text)


def _names(value: Value, systems: Mapping[str, System]) -> tuple[str, ...]:
    found = []
    for item in value.as_items("a list of systems"):
        name = item.as_name()
        if name and name not in systems:
            item.fail("unknown-system", f"unknown system {shown(name)}{nearest(name, systems)}")
        elif name:
            found.append(name)
    return tuple(found)
