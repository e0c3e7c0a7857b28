"""Where each number of a part comes from: its basis, source and date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planner.errors import Where
from planner.inputs.fields import Record
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.money import read_date
from planner.inputs.values import Value, ValueLog
from planner.model.evidence import Basis, Provenance

_DEFAULT = "default"
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a number rests on; ``is_given`` is False for the stand-in after an error."""

    basis: Basis
    source: str
    date: str
    is_given: bool = True


SET_BY_STUDY = Origin(Basis.ASSUMPTION, "set by the study", "")
"""Origin of what a study sets in a part, whatever stood there before."""

_UNKNOWN = Origin(Basis.ASSUMPTION, "", "", is_given=False)


class OriginTable:
    """The ``provenance`` of one part: for each field, else for all, an origin."""

    def __init__(self, subject: str, record: Record, sources: Mapping[str, str]) -> None:
        self._subject = subject
        self._where = record.value.where
        self._findings: Findings = record.value.findings
        self._origins: dict[str, Origin] = {}
        self._places: dict[str, Where] = {}
        table = record.need("provenance")
        for field_name, value in table.as_entries("fields, each with a basis and a source") if table else ():
            self._origins[field_name] = _read_origin(value, sources)
            self._places[field_name] = value.where
        self._told_by_study = {name for name, place in self._places.items() if place.file != self._where.file}
        self._is_usable = table is not None

    def of(self, field_name: str) -> Origin:
        """Return the origin of a field: its own, that of the nearest field above, or the default."""
        parts = field_name.split(".")
        for count in range(len(parts), 0, -1):
            origin = self._origins.get(".".join(parts[:count]))
            if origin is not None:
                return origin
        return self._origins.get(_DEFAULT, _UNKNOWN)

    def _origin(self, field_name: str, where: Where) -> Origin:
        """Return the origin of what stands at a place: in another file than the part, a study has set it.

        Unless the study says itself where it comes from.
        """
        if where.file == self._where.file or field_name in self._told_by_study:
            return self.of(field_name)
        return SET_BY_STUDY

    def price_origin(self, field_name: str, value: Value) -> Origin:
        """Return the origin of a price, which needs a date."""
        origin = self._origin(field_name, value.where)
        if origin is not SET_BY_STUDY and origin.is_given and origin.source and not origin.date:
            value.fail(
                "no-price-date", "this price has no date; give its provenance one: [basis, source, date]"
            )
        return origin

    def records(self, log: ValueLog, *, is_whole: bool) -> tuple[Provenance, ...]:
        """Turn the values of a part into records, reporting numbers without an origin.

        Origins of numbers that the part does not have are reported too, if it could be read whole.
        """
        records = self.used_records(log)
        if is_whole:
            self._check_names({record.field for record in records})
        return records

    def used_records(self, log: ValueLog) -> tuple[Provenance, ...]:
        """Turn the values that were used into records, reporting numbers without an origin."""
        values: dict[str, list[str]] = defaultdict(list)
        origins: dict[str, Origin] = {}
        for path, text, where in log.entries:
            name = _INDEX.sub("", path)
            if name not in values and self._is_usable and not self.of(name).is_given:
                message = f"'{name}' has no source; name it or '{_DEFAULT}' under provenance"
                self._findings.add("no-source", message, where)
            values[name].append(text)
            if origins.get(name) is not SET_BY_STUDY:
                origins[name] = self._origin(name, where)
        return tuple(self._provenance(name, texts, origins[name]) for name, texts in sorted(values.items()))

    def _provenance(self, name: str, texts: list[str], origin: Origin) -> Provenance:
        return Provenance(
            subject=self._subject,
            field=name,
            value=", ".join(texts),
            basis=origin.basis,
            source=origin.source,
            date=origin.date,
        )

    def _check_names(self, names: set[str]) -> None:
        above = {name[:cut] for name in names for cut in range(len(name)) if name[cut] == "."}
        for name, place in self._places.items():
            if name != _DEFAULT and name not in names | above:
                message = f"provenance of {shown(name)}, but this part has no such number"
                self._findings.add("unknown-field", message + nearest(name, names | above), place)


def _read_origin(value: Value, sources: Mapping[str, str]) -> Origin:
    items = value.as_items("[basis, source] or [basis, source, date]")
    if not items:
        return _UNKNOWN
    if len(items) not in (2, 3):
        value.fail(
            "wrong-type", f"found {len(items)} items, expected [basis, source] or [basis, source, date]"
        )
        return _UNKNOWN
    basis = items[0].as_choice(Basis)
    key = items[1].as_text()
    if key and key not in sources:
        items[1].fail("unknown-source", f"unknown source {shown(key)}{nearest(key, sources)}")
    date = read_date(items[2]) if len(items) > 2 else ""
    return Origin(basis, sources.get(key, ""), date)
