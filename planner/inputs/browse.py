"""All parts of the catalogs, to look through: of one layout, or of everything that ships."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.errors import Where
from planner.inputs.catalog import CatalogReader
from planner.inputs.economics import read_currencies
from planner.inputs.findings import Findings
from planner.inputs.layout import DEFAULTS, Defaults, read_layout
from planner.inputs.library import Library
from planner.inputs.shipped import LABELS, SYSTEMS, shipped_folder, shipped_names
from planner.inputs.source import load_yaml
from planner.model.evidence import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The parts, the currency their prices are in, and the defaults that a layout used."""

    library: Library
    currency: str
    defaults: tuple[Provenance, ...]


def read_shelf(layout_path: Path | None) -> Shelf:
    """Read the catalogs that a layout names, or, without one, all that ship.

    Raises
    ------
    InputError
        With all findings about the files.
    """
    findings = Findings()
    if layout_path is None:
        exchange = read_currencies(Defaults(findings).record.record("economics"))
        names = [name for name in shipped_names("catalogs") if name not in (DEFAULTS, LABELS, SYSTEMS)]
        files = [(shipped_folder("catalogs") / f"{name}.yaml", f"catalogs/{name}.yaml") for name in names]
        defaults: tuple[Provenance, ...] = ()
        currency_place = Where(file=f"catalogs/{DEFAULTS}.yaml", path="layout.economics.currency")
    else:
        draft = read_layout(load_yaml(layout_path, str(layout_path)), layout_path, findings)
        exchange, files, defaults = draft.exchange, draft.catalog_files, draft.layout.provenance
        currency_place = draft.places["currency"]
    library = CatalogReader(exchange, findings).read_all(files)
    exchange.report_missing(findings, currency_place)
    findings.raise_if_any()
    return Shelf(library=library, currency=exchange.currency, defaults=defaults)
