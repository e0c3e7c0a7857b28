"""The entry of the stage: from a layout's path to resolved inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.errors import Finding, InfeasibleError, InputError, Where
from planner.inputs.blocks import unfold_blocks
from planner.inputs.catalog import CatalogReader, LoadYaml
from planner.inputs.check_fabrics import FabricChecks
from planner.inputs.check_floor import check_floor
from planner.inputs.check_names import check_names
from planner.inputs.check_open_racks import check_open_racks
from planner.inputs.check_pins import check_pins
from planner.inputs.check_racks import check_racks
from planner.inputs.check_rules import check_rules
from planner.inputs.findings import Findings
from planner.inputs.layout import read_layout
from planner.inputs.selection import select_parts
from planner.inputs.shipped import find_layout
from planner.inputs.source import Node, load_yaml, places_in
from planner.model.catalog import Catalog
from planner.model.layout import Layout, TiersSpec

__all__ = ["ImpossibleError", "Inputs", "find_layout", "read_inputs", "resolve_inputs"]


class ImpossibleError(InputError):
    """Everything is written right, but it cannot be: things overlap, or a rack holds too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Resolved inputs, and where they say what.

    ``places`` holds the place of every value of the layout's file by its path of keys.
    """

    layout: Layout
    catalog: Catalog
    places: Mapping[str, Where] = field(repr=False, compare=False)

    @contextmanager
    def placing_refusals(self) -> Iterator[None]:
        """Give what later stages refuse its file, line and column; they know only paths of keys.

        What the layout leaves out, a default decides: then the nearest value around it is the place.
        """
        try:
            yield
        except InfeasibleError as error:
            raise InfeasibleError([self._placed(finding) for finding in error.findings]) from error

    def _placed(self, finding: Finding) -> Finding:
        if finding.where is None or finding.where.file:
            return finding
        path = self._as_declared(finding.where.path)
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return replace(finding, where=self.places.get(path, finding.where))

    def _as_declared(self, path: str) -> str:
        """Return a path of keys that names a family where it named one of its fabrics."""
        families = {one.name: one.family for one in self.layout.fabrics if isinstance(one, TiersSpec)}
        for name, family in families.items():
            start = f"fabrics.{name}"
            if family and (path == start or path.startswith(f"{start}.")):
                return f"fabrics.{family}{path.removeprefix(start)}"
        return path


def read_inputs(layout_path: Path) -> Inputs:
    """Read a layout and the catalogs it names.

    Parameters
    ----------
    layout_path
        The layout file; catalogs given as paths are relative to its folder.

    Raises
    ------
    InputError
        With all findings of the first step that has any: the form of the files, the names in
        them, then whether what they say is possible.
    """
    return resolve_inputs(load_yaml(layout_path, str(layout_path)), layout_path)


def resolve_inputs(node: Node, layout_path: Path, load: LoadYaml = load_yaml) -> Inputs:
    """Read what the file of a layout says, with the catalogs that ``load`` reads.

    Raises
    ------
    ImpossibleError
        What is written cannot be; other InputErrors are about how it is written.
    """
    findings = Findings()
    node = unfold_blocks(node, findings)
    draft = read_layout(node, layout_path, findings)
    library = CatalogReader(draft.exchange, findings).read_all(draft.catalog_files, load)
    findings.raise_if_any()
    check_names(draft.layout, library, draft.places, findings)
    catalog = select_parts(library, draft.layout, draft.exchange, draft.places, findings)
    findings.raise_if_any()
    check_racks(catalog, library, findings)
    check_floor(draft.layout, catalog, draft.places, findings)
    FabricChecks(draft.layout, catalog, library, draft.places, findings).check()
    check_rules(draft.layout, draft.places, findings)
    check_pins(draft.layout, catalog, draft.places, findings)
    check_open_racks(draft.layout, catalog, draft.places, findings)
    findings.raise_if_any(ImpossibleError)
    return Inputs(
        layout=draft.layout,
        catalog=catalog,
        places={place.path: place for place in places_in(node)},
    )
