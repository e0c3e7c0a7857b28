"""Reads a study: one or more layouts, and what is varied in them and in their catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

from planner.errors import InputError, Where
from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, shown
from planner.inputs.key_paths import node_text
from planner.inputs.shipped import find_layout
from planner.inputs.source import MappingNode, Node, load_yaml
from planner.inputs.values import Value
from planner.model.names import printable

MAX_SCENARIOS = 100_000
"""Most scenarios of one study: each takes a fraction of a second at least."""

NAME_KEY = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value at one path of keys; ``place`` is where the study writes the path."""

    path: str
    node: Node
    place: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """An entry of a study's list: settings that go together, and what to call them."""

    name: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One scenario of a study: a layout, and what is set in it."""

    number: int
    layout: Path
    name: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study as written; ``grid`` holds the settings of each axis."""

    name: str
    title: str
    layouts: tuple[Path, ...]
    grid: tuple[tuple[Setting, ...], ...]
    variations: tuple[Variation, ...]

    @property
    def size(self) -> int:
        """Number of scenarios."""
        return len(self.layouts) * len(self.variations) * prod(len(axis) for axis in self.grid)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is varied, in the order of the file."""
        listed = (setting.path for one in self.variations for setting in one.settings)
        return tuple(dict.fromkeys([*listed, *(axis[0].path for axis in self.grid)]))

    def points(self) -> Iterator[Point]:
        """Yield every scenario: by layout, then by entry of the list, then by the grid, last axis fastest."""
        number = 0
        for layout, variation in product(self.layouts, self.variations):
            for settings in product(*self.grid):
                number += 1
                yield Point(
                    number=number,
                    layout=layout,
                    name=variation.name,
                    settings=(*variation.settings, *settings),
                )


def read_study(path: Path) -> Study:
    """Read a study file; raises InputError with everything that is wrong with its form."""
    findings = Findings()
    value = Value(node=load_yaml(path, str(path)), path="", findings=findings)
    record = record_of(value, "the fields of a study")
    title = record.text("title")
    layouts = _read_layouts(record, path.parent)
    vary = record.record("vary")
    grid = tuple(_read_axes(vary.get("grid")))
    variations = _read_list(vary.get("list"))
    if not grid and not variations and vary.value.is_mapping and not findings.items:
        vary.value.fail("nothing-varied", "nothing is varied; expected 'grid', 'list' or both")
    vary.finish()
    record.finish()
    nothing = Variation(name="", settings=())
    study = Study(
        name=printable(path.stem),
        title=title,
        layouts=layouts,
        grid=grid,
        variations=variations or (nothing,),
    )
    if study.size > MAX_SCENARIOS:
        message = f"the study makes {study.size:,} scenarios, expected at most {MAX_SCENARIOS:,}"
        vary.value.fail("too-many-scenarios", message)
    findings.raise_if_any()
    return study


def _read_layouts(record: Record, folder: Path) -> tuple[Path, ...]:
    value = record.need("layout")
    if value is None:
        return ()
    items = value.as_items("layouts") if value.is_list else [value]
    if not items and value.is_list:
        value.fail("no-layout", "expected at least one layout")
    found = [_find_layout(item, folder) for item in items]
    paths = [path for path in found if path is not None]
    for index, path in enumerate(paths):
        if path in paths[:index]:
            items[index].fail("layout-twice", f"layout {shown(str(path))} is there twice")
    return tuple(paths)


def _find_layout(value: Value, folder: Path) -> Path | None:
    name = value.as_text("a layout's name or path")
    if not name:
        return None
    if "/" in name or name.endswith((".yaml", ".yml")):
        return folder / name
    try:
        return find_layout(name, may_be_path=False)
    except InputError as error:
        value.fail(error.findings[0].code, error.findings[0].message)
        return None


def _read_axes(value: Value | None) -> Iterator[tuple[Setting, ...]]:
    for path, entry in value.as_entries("paths of keys, each with a list of values") if value else ():
        place = _key_place(value, path)
        items = entry.as_items("a list of values")
        if not items and entry.is_list:
            entry.fail("no-values", "expected at least one value")
        texts: list[str] = []
        for item in items:
            text = node_text(item.node)
            if text in texts:
                item.fail("value-twice", f"value {shown(text)} is there twice")
            texts.append(text)
        if items:
            yield tuple(Setting(path=path, node=item.node, place=place) for item in items)


def _read_list(value: Value | None) -> tuple[Variation, ...]:
    variations = []
    for item in value.as_items("a list of variations, each with paths of keys and values") if value else ():
        settings, name = [], ""
        for path, entry in item.as_entries("paths of keys and their values, '{}' for the layout as it is"):
            if path == NAME_KEY:
                name = entry.as_text()
            else:
                settings.append(Setting(path=path, node=entry.node, place=_key_place(item, path)))
        variations.append(Variation(name=name, settings=tuple(settings)))
    return tuple(variations)


def _key_place(value: Value | None, key: str) -> Where:
    assert value is not None and isinstance(value.node, MappingNode)
    return value.node.keys[key]
