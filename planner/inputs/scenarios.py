"""Resolves the scenarios of a study: each layout and catalog with its settings, strictly read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Finding, InputError
from planner.inputs.catalog import catalog_files
from planner.inputs.findings import Findings, nearest, shown
from planner.inputs.key_paths import (
    Steps,
    UnknownPathError,
    find_steps,
    node_text,
    overlap,
    path_text,
    with_value,
)
from planner.inputs.layout import DEFAULTS
from planner.inputs.load import ImpossibleError, Inputs, resolve_inputs
from planner.inputs.shipped import shipped_folder
from planner.inputs.source import ListNode, MappingNode, Node, load_yaml
from planner.inputs.study import Point, Setting, Study
from planner.inputs.values import Value

CATALOG_PREFIX = "catalog."
_LAYOUT = ""
"""Name of the layout among a scenario's documents; catalogs go by their labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario, resolved; ``refusals`` say why what it asks for cannot be, and then inputs are None."""

    point: Point
    values: dict[str, str]
    inputs: Inputs | None
    refusals: tuple[Finding, ...]


def resolve_scenarios(study: Study) -> Iterator[Scenario]:
    """Yield every scenario of a study in canonical order.

    Raises
    ------
    InputError
        At the end, with everything that is written wrong, once each. What is written right but
        impossible is a scenario with refusals.
    """
    reader = _ScenarioReader()
    told: dict[Finding, Finding] = {}
    for point in study.points():
        try:
            yield reader.read(point)
        except InputError as error:
            plain = reader.plain_findings(point.layout)
            for finding in error.findings:
                told.setdefault(finding, finding if finding in plain else _told(finding, point))
    if told:
        findings = Findings()
        findings.extend(told.values())
        findings.raise_if_any()


def _told(finding: Finding, point: Point) -> Finding:
    """Name the settings where what they break stands in another file than the study."""
    study_file = point.settings[0].place.file if point.settings else ""
    if not point.settings or (finding.where is not None and finding.where.file == study_file):
        return finding
    made = ", ".join(f"{one.path}: {node_text(one.node)}" for one in point.settings)
    return replace(finding, message=f"{finding.message} (with {made})")


class _ScenarioReader:
    """Reads each file once; settings are applied to the nodes of what was read."""

    def __init__(self) -> None:
        self._nodes: dict[Path, Node] = {}
        self._plain: dict[Path, frozenset[Finding]] = {}
        defaults = self._load(shipped_folder("catalogs") / f"{DEFAULTS}.yaml", f"catalogs/{DEFAULTS}.yaml")
        assert isinstance(defaults, MappingNode)
        layout = defaults.entries["layout"]
        assert isinstance(layout, MappingNode)
        # What else has defaults there is written below names of the user's own.
        known = {key: layout.entries[key] for key in ("pathways", "economics")}
        self._defaults = replace(layout, entries=known)

    def _load(self, path: Path, label: str) -> Node:
        if path not in self._nodes:
            self._nodes[path] = load_yaml(path, label)
        return self._nodes[path]

    def plain_findings(self, layout: Path) -> frozenset[Finding]:
        """Return what is wrong with a layout where nothing is set in it."""
        if layout not in self._plain:
            self._plain[layout] = frozenset()
            try:
                resolve_inputs(self._load(layout, str(layout)), layout, self._load)
            except InputError as error:
                self._plain[layout] = frozenset(error.findings)
        return self._plain[layout]

    def read(self, point: Point) -> Scenario:
        """Return the scenario of a point; raises InputError where something is written wrong."""
        findings = Findings()
        documents = {_LAYOUT: self._load(point.layout, str(point.layout))}
        taken: list[tuple[str, Steps]] = []
        for setting in point.settings:
            if not setting.path.startswith(CATALOG_PREFIX):
                self._set(documents, taken, setting, findings)
        files = _catalogs_of(documents[_LAYOUT], point.layout)
        for path, label in files:
            documents[label] = self._load(path, label)
        for setting in point.settings:
            if setting.path.startswith(CATALOG_PREFIX):
                self._set(documents, taken, setting, findings)

        def load(path: Path, label: str) -> Node:
            return documents[label] if label in documents else self._load(path, label)

        inputs: Inputs | None = None
        refusals: tuple[Finding, ...] = ()
        try:
            inputs = resolve_inputs(documents[_LAYOUT], point.layout, load)
        except ImpossibleError as error:
            refusals = error.findings
        except InputError as error:
            findings.extend(error.findings)
        findings.raise_if_any()
        values = {setting.path: node_text(setting.node) for setting in point.settings}
        return Scenario(point=point, values=values, inputs=inputs, refusals=refusals)

    def _set(
        self,
        documents: dict[str, Node],
        taken: list[tuple[str, Steps]],
        setting: Setting,
        findings: Findings,
    ) -> None:
        """Apply a setting to the document that it is about."""
        try:
            if setting.path.startswith(CATALOG_PREFIX):
                document, found = _find_part(documents, setting.path.removeprefix(CATALOG_PREFIX))
            else:
                document = _LAYOUT
                found = find_steps(documents[_LAYOUT], setting.path, self._defaults)
        except UnknownPathError as error:
            findings.add("unknown-path", str(error), setting.place)
            return
        for steps in found:
            if any(document == other and overlap(steps, before) for other, before in taken):
                message = f"two settings of one scenario are about '{path_text(steps)}'"
                findings.add("set-twice", message, setting.place)
                return
        for steps in found:
            taken.append((document, steps))
            documents[document] = with_value(documents[document], steps, setting.node, setting.place)


def _catalogs_of(layout: Node, path: Path) -> list[tuple[Path, str]]:
    """Return the catalogs that a layout names; what is wrong there is told when it is read."""
    names = layout.entries.get("catalogs") if isinstance(layout, MappingNode) else None
    if not isinstance(names, ListNode):
        return []
    value = Value(node=names, path="catalogs", findings=Findings())
    return catalog_files(value.as_items("a list of catalogs"), path.parent)


def _find_part(documents: dict[str, Node], path: str) -> tuple[str, list[Steps]]:
    """Return the catalog that holds the part of a path "SECTION.ID.FIELD", and the places in it."""
    catalogs = {label: node for label, node in documents.items() if label != _LAYOUT}
    sections: dict[str, dict[str, list[str]]] = {}
    for label, node in catalogs.items():
        for section, parts in node.entries.items() if isinstance(node, MappingNode) else ():
            for part in parts.entries if isinstance(parts, MappingNode) else ():
                sections.setdefault(section, {}).setdefault(part, []).append(label)
    section, _, rest = path.partition(".")
    if section not in sections:
        raise UnknownPathError(_unknown_section(section, path, sections))
    known = sections[section]
    fitting = [part for part in known if rest == part or rest.startswith((f"{part}.", f"{part}["))]
    if not fitting:
        first = rest.split(".")[0]
        raise UnknownPathError(f"unknown part {shown(first)} in {section}{nearest(first, known)}")
    part = max(fitting, key=len)
    labels = sections[section][part]
    if len(labels) > 1:
        raise UnknownPathError(f"{shown(part)} is in several catalogs: {', '.join(labels)}")
    return labels[0], find_steps(catalogs[labels[0]], path)


def _unknown_section(section: str, path: str, sections: dict[str, dict[str, list[str]]]) -> str:
    for name, parts in sections.items():
        for part in parts:
            if path == part or path.startswith(f"{part}."):
                return f"a part is named with its section; did you mean '{CATALOG_PREFIX}{name}.{path}'?"
    return f"unknown catalog section {shown(section)}{nearest(section, sections)}"
