"""Blocks of a floor that repeat: written once, unfolded into copies before anything is read.

What stands in a block is that of a layout without blocks; a run of ``#`` in a name or address is the number
of the copy, and each copy lies a step further. A block may hold blocks: there the first run of ``#`` is the
number of the outer copy, the next that of the inner one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import Findings, shown
from planner.inputs.source import ListNode, MappingNode, Node, ScalarNode
from planner.inputs.values import Value
from planner.units import LENGTH_MM, parse_quantity

MAX_COPIES = 9999
_KEY = "blocks"
_NUMBER = re.compile("#+")
_SECTIONS = {
    "rows": ("rows",),
    "groups": ("groups",),
    "row_trays": ("pathways", "row_trays"),
    "cross_trays": ("pathways", "cross_trays"),
}
"""Sections of a block, and where their copies go in the layout."""

_SHIFTED = {"rows": ("x", "y"), "row_trays": ("y",), "cross_trays": ("x",)}
"""Lengths that a copy's place is added to."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy of a block: its number, and how far it lies from the first."""

    number: int
    shift_mm: dict[str, int]


def unfold_blocks(node: Node, findings: Findings) -> Node:
    """Return the layout with the copies of all blocks among its rows, groups and cable trays.

    What is wrong with blocks goes to ``findings``, which learn that what stands in one is read more than
    once.
    """
    if not isinstance(node, MappingNode) or _KEY not in node.entries:
        return node
    blocks = Value(node=node.entries[_KEY], path=_KEY, findings=findings)
    findings.read_more_than_once(_lines(blocks.node))
    whole = replace(node, entries={key: one for key, one in node.entries.items() if key != _KEY})
    return _unfold(whole, blocks, {"x": 0, "y": 0})


def _unfold(whole: MappingNode, blocks: Value, at_mm: dict[str, int]) -> MappingNode:
    """Return the layout with the copies of blocks whose first copy is moved so far."""
    for name, value in blocks.as_entries("blocks by name"):
        record = record_of(value, "the fields of a block")
        copies = _read_copies(record, at_mm)
        sections = {section: record.get(section) for section in _SECTIONS}
        inner = record.get(_KEY)
        record.finish()
        if inner is None and not any(sections.values()):
            value.fail("empty-block", f"block {shown(name)} holds none of {', '.join((*_SECTIONS, _KEY))}")
        for section, content in sections.items():
            if content is not None:
                whole = _with_copies(whole, section, content, copies)
        if inner is not None:
            for copy in copies:
                below = replace(inner, node=_copied(inner.node, copy, ()))
                whole = _unfold(whole, below, copy.shift_mm)
    return whole


def _lines(node: Node) -> Iterator[tuple[int, int]]:
    yield node.where.line, node.where.column
    if isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield node.keys[key].line, node.keys[key].column
            yield from _lines(child)
    elif isinstance(node, ListNode):
        for child in node.items:
            yield from _lines(child)


def _read_copies(record: Record, at_mm: dict[str, int]) -> list[_Copy]:
    """Read how many copies there are and where: line after line, so many of them in a line along x."""
    copies = record.integer("copies", 1, MAX_COPIES)
    columns = record.optional_integer("columns", 1, 1, MAX_COPIES)
    step_x, step_y = _read_step(record)
    lines = -(-copies // columns)
    lines_mm = [line * step_y for line in range(lines)]
    stated = record.get("lines")
    if stated is not None:
        items = stated.as_items("how far lines lie from the first")
        lines_mm = sorted(item.as_quantity(LENGTH_MM, "30 m") for item in items)
        if len(lines_mm) < lines:
            stated.fail("too-few-lines", f"found {len(lines_mm)} lines, expected {lines} for {copies} copies")
            lines_mm += [0] * lines
    elif copies > 1 and not (step_x if columns > 1 else step_y):
        record.value.fail(
            "missing-key", "'step' or 'lines' is missing here: how far copies lie from each other"
        )
    found = []
    for number in range(1, copies + 1):
        line, column = divmod(number - 1, columns)
        shift_mm = {"x": at_mm["x"] + column * step_x, "y": at_mm["y"] + lines_mm[line]}
        found.append(_Copy(number, shift_mm))
    return found


def _read_step(record: Record) -> tuple[int, int]:
    if not record.has("step"):
        return 0, 0
    step = record.record("step")
    x_mm, y_mm = (step.length_mm(axis) if step.has(axis) else 0 for axis in ("x", "y"))
    step.finish()
    return x_mm, y_mm


def _with_copies(whole: MappingNode, section: str, content: Value, copies: list[_Copy]) -> MappingNode:
    """Return the layout with the copies of one section of a block."""
    if not isinstance(content.node, MappingNode):
        content.fail("wrong-type", f"found {content.kind()}, expected {section} by name")
        return whole
    entries = content.node
    if section == "groups":
        for grouping, groups in entries.entries.items():
            below = Value(node=groups, path=f"{content.path}.{grouping}", findings=content.findings)
            if not isinstance(groups, MappingNode):
                below.fail("wrong-type", f"found {below.kind()}, expected groups by name")
            else:
                whole = _merged(whole, ("groups", grouping), groups, section, copies, content)
        return whole
    if not _has_numbers(content, entries, copies):
        return whole
    return _merged(whole, _SECTIONS[section], entries, section, copies, content)


def _has_numbers(content: Value, entries: MappingNode, copies: list[_Copy]) -> bool:
    """Report names that all copies would share, and too few digits; tell whether all is well."""
    is_well = True
    for name in entries.entries:
        value = Value(node=entries.entries[name], path=f"{content.path}.{name}", findings=content.findings)
        numbers = _NUMBER.findall(name)[:1]
        if not numbers and len(copies) > 1:
            message = (
                f"{shown(name)} would be there {len(copies)} times; expected '#', the copy's number, in it"
            )
            value.fail("name-repeats", message)
            is_well = False
        if any(len(copies) >= 10 ** len(digits) for digits in numbers):
            message = (
                f"{shown(name)} has too few '#' for {len(copies)} copies; expected {len(str(len(copies)))}"
            )
            value.fail("too-few-digits", message)
            is_well = False
    return is_well


def _merged(
    whole: MappingNode,
    path: tuple[str, ...],
    entries: MappingNode,
    section: str,
    copies: list[_Copy],
    content: Value,
) -> MappingNode:
    """Return the layout with copies of entries added below a path of keys."""
    key, *deeper = path
    known = whole.entries.get(key, MappingNode(where=entries.where))
    if not isinstance(known, MappingNode):
        return whole  # the reader of that section says what is wrong with it
    if deeper:
        below = _merged(known, tuple(deeper), entries, section, copies, content)
    else:
        below = replace(known, entries=dict(known.entries), keys=dict(known.keys))
        for copy in copies:
            for name, node in entries.entries.items():
                full = _numbered(name, copy.number)
                made = _copied(node, copy, _SHIFTED.get(section, ()))
                if full in below.entries and section == "groups":
                    made = _joined(below.entries[full], made)  # a group's racks may come from several copies
                elif full in below.entries:
                    where = replace(entries.keys[name], path=f"{content.path}.{name}")
                    message = f"copy {copy.number} of {shown(name)} is {shown(full)}, which is there already"
                    content.findings.add("duplicate-key", message, where)
                below.entries[full] = made
                below.keys[full] = entries.keys[name]
    return replace(
        whole,
        entries={**whole.entries, key: below},
        keys={key: entries.where, **whole.keys},
    )


def _joined(first: Node, second: Node) -> Node:
    """Return one list of what two nodes list or are."""
    items = [
        item for node in (first, second) for item in (node.items if isinstance(node, ListNode) else [node])
    ]
    return ListNode(where=first.where, items=items)


def _numbered(text: str, number: int) -> str:
    return _NUMBER.sub(lambda digits: f"{number:0{len(digits[0])}d}", text, count=1)


def _copied(node: Node, copy: _Copy, shifted: tuple[str, ...]) -> Node:
    """Return a copy of a node with its number in all texts and its place added to the named lengths."""
    if isinstance(node, ScalarNode):
        return replace(node, text=_numbered(node.text, copy.number)) if "#" in node.text else node
    if isinstance(node, ListNode):
        return replace(node, items=[_copied(item, copy, ()) for item in node.items])
    entries = {_numbered(key, copy.number): _copied(one, copy, ()) for key, one in node.entries.items()}
    for key in shifted:
        if key in entries:
            entries[key] = _shifted(entries[key], copy.shift_mm[key])
    return replace(
        node, entries=entries, keys={_numbered(key, copy.number): at for key, at in node.keys.items()}
    )


def _shifted(node: Node, by_mm: int) -> Node:
    """Return a length with so much added; what is no length is left for its reader to report."""
    if not isinstance(node, ScalarNode) or node.is_null:
        return node
    try:
        length_mm = parse_quantity(node.text, LENGTH_MM)
    except ValueError:
        return node
    return replace(node, text=f"{length_mm + by_mm} mm")
