"""All parts of the catalogs that a layout names, before the layout picks from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from planner.inputs.fields import Record, record_of
from planner.inputs.money import Exchange, read_money
from planner.inputs.provenance import Origin, OriginTable
from planner.inputs.values import Value, ValueLog
from planner.model.catalog import DeviceType, Protocol, RackType
from planner.model.evidence import Price, Provenance
from planner.model.media import CableFamily, MediaOption


@dataclass(slots=True)
class Library:
    """Parts by id, profiles by name, and what each part's numbers rest on.

    ``media`` holds all ways to make a run; ``transceivers`` those of them that fill a cage with one
    run and two alike transceivers, ``joins`` those whose ends the catalog writes one by one.
    """

    rack_types: dict[str, RackType] = field(default_factory=dict)
    device_types: dict[str, DeviceType] = field(default_factory=dict)
    media: dict[str, MediaOption] = field(default_factory=dict)
    transceivers: dict[str, MediaOption] = field(default_factory=dict)
    joins: dict[str, MediaOption] = field(default_factory=dict)
    cords: dict[str, CableFamily] = field(default_factory=dict)
    protocols: dict[str, Protocol] = field(default_factory=dict)
    profiles: dict[str, list[tuple[str, Value]]] = field(default_factory=dict)
    provenance: dict[str, tuple[Provenance, ...]] = field(default_factory=dict)
    places: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartReader:
    """One part being read: its record, its numbers, their origins and its prices."""

    id: str
    record: Record
    origins: OriginTable
    log: ValueLog
    exchange: Exchange
    findings_before: int
    prefix: str = ""

    @classmethod
    def open(cls, part_id: str, value: Value, sources: Mapping[str, str], exchange: Exchange) -> PartReader:
        """Start to read the part of that id."""
        log = ValueLog(root=value.path)
        record = record_of(value.logging_to(log), "the fields of a part")
        origins = OriginTable(part_id, record, sources)
        return cls(part_id, record, origins, log, exchange, len(value.findings.items))

    def close(self) -> tuple[Provenance, ...]:
        """Report unknown keys and numbers without an origin; return the part's provenance."""
        self.record.finish()
        is_whole = len(self.record.value.findings.items) == self.findings_before
        return self.origins.records(self.log, is_whole=is_whole)

    def below(self, key: str) -> PartReader:
        """Return a reader of the mapping below a key; its record is to be finished by itself."""
        return replace(self, record=self.record.record(key), prefix=f"{self.prefix}{key}.")

    def price_origin(self, field_name: str, value: Value) -> Origin:
        """Return the origin of a price that is written in this record."""
        return self.origins.price_origin(self.prefix + field_name, value)

    def price(self, value: Value, field_name: str) -> Price:
        """Read a price with its origin."""
        money = read_money(value)
        origin = self.price_origin(field_name, value)
        cents = self.exchange.cents(money, self.id)
        return Price(cents=cents, basis=origin.basis, source=origin.source, date=origin.date)

    def optional_price(self) -> Price | None:
        """Read the part's price, None where it is null: not public, and not assumed either."""
        value = self.record.need("price")
        if value is None or value.is_null:
            return None
        return self.price(value, "price")
