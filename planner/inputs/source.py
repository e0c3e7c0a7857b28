"""YAML files as nodes that know their place; nothing is typed, resolved or expanded here.

The reader takes only what two people read alike: one document, plain mappings, lists and texts. Tags,
anchors and aliases are refused on the event stream, before anything could be expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from planner.errors import Finding, InputError, Where

MAX_DEPTH = 20
"""Deepest nesting that is read; the forms need seven levels."""

_NULLS = frozenset({"", "~", "null"})
_FAST_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A text, or nothing where it is null."""

    where: Where
    text: str
    is_null: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list of nodes in file order."""

    where: Where
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """Keys to nodes; ``keys`` holds the place of each key."""

    where: Where
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Where] = field(default_factory=dict)


Node = ScalarNode | ListNode | MappingNode


def load_yaml(path: Path, label: str) -> Node:
    """Read one YAML file.

    Parameters
    ----------
    path, label
        Where the file is, and what findings call it.

    Raises
    ------
    InputError
        The file cannot be read, is no UTF-8, no YAML, empty, or uses what is refused here.
    """
    return _TreeBuilder(label).build(_read_text(path, label))


def places_in(node: Node, path: str = "") -> Iterator[Where]:
    """Yield the place of every value below a node, with the path of keys that findings show."""
    yield replace(node.where, path=path)
    if isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield from places_in(child, f"{path}.{key}" if path else key)
    elif isinstance(node, ListNode):
        for index, child in enumerate(node.items):
            yield from places_in(child, f"{path}[{index}]")


def _read_text(path: Path, label: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _error("no-file", "no such file", Where(file=label)) from None
    except IsADirectoryError:
        raise _error("no-file", "this is a directory, expected a YAML file", Where(file=label)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _error("no-file", f"cannot be read: {reason}", Where(file=label)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"not UTF-8: byte 0x{data[error.start]:02x} cannot be read; save the file as UTF-8"
        raise _error("not-utf-8", message, Where(file=label, line=line, column=column)) from None


def _error(code: str, message: str, where: Where) -> InputError:
    return InputError([Finding(code=code, message=message, where=where)])


def _events(text: str, label: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_FAST_LOADER)
    except yaml.YAMLError:
        # The two parsers word their problems differently; users always see the wording of one.
        raise _syntax_error(text, label) from None


def _syntax_error(text: str, label: str) -> InputError:
    depth, where = 0, Where(file=label)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:  # the slower parser takes hours over a deep file
                where = _place(event, label)
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file=label, line=mark.line + 1, column=mark.column + 1) if mark else Where(file=label)
        return _error("yaml-syntax", f"not valid YAML: {error.problem or error.context}", where)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        message = f"not valid YAML: character U+{ord(text[error.position]):04X} is not allowed"
        return _error("yaml-syntax", message, Where(file=label, line=line, column=column))
    # Only the faster parser failed: it limits how deep brackets may nest.
    return _error("too-deep", f"nested deeper than {MAX_DEPTH} levels", where)


def _place(event: yaml.Event, label: str) -> Where:
    mark = event.start_mark
    return Where(file=label, line=mark.line + 1, column=mark.column + 1) if mark else Where(file=label)


class _TreeBuilder:
    """Builds nodes from events with an explicit stack: nesting cannot exhaust Python's own."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._findings: list[Finding] = []
        self._open: list[ListNode | MappingNode] = []
        self._pending_key: list[tuple[str, Where] | None] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self, text: str) -> Node:
        for event in _events(text, self._label):
            self._take(event)
        if self._findings:
            raise InputError(self._findings)
        if self._root is None:
            raise _error("empty-file", "the file is empty", Where(file=self._label))
        return self._root

    def _take(self, event: yaml.Event) -> None:
        where = _place(event, self._label)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _error("many-documents", "a second document starts here, expected one", where)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse_anchor(where)
            self._attach(ScalarNode(where=where, text="", is_null=True))
        elif isinstance(event, yaml.NodeEvent):
            self._refuse_properties(event, where)
            self._start(event, where)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._pending_key.pop()

    def _start(self, event: yaml.NodeEvent, where: Where) -> None:
        if isinstance(event, yaml.ScalarEvent):
            is_null = not event.style and event.value in _NULLS
            self._attach(ScalarNode(where=where, text=event.value, is_null=is_null))
            return
        if len(self._open) >= MAX_DEPTH:
            raise _error("too-deep", f"nested deeper than {MAX_DEPTH} levels", where)
        node: ListNode | MappingNode
        node = (
            ListNode(where=where) if isinstance(event, yaml.SequenceStartEvent) else MappingNode(where=where)
        )
        self._attach(node)
        self._open.append(node)
        self._pending_key.append(None)

    def _attach(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        key = self._pending_key[-1]
        if key is None:
            self._pending_key[-1] = self._key(parent, node)
            return
        self._pending_key[-1] = None
        name, place = key
        if name not in parent.entries:
            parent.entries[name] = node
            parent.keys[name] = place

    def _key(self, parent: MappingNode, node: Node) -> tuple[str, Where]:
        if not isinstance(node, ScalarNode):
            self._add("bad-key", "a list or mapping cannot be a key, expected a name", node.where)
            return "", node.where
        first = parent.keys.get(node.text)
        if first is not None:
            message = f"key '{node.text}' is there twice, first in line {first.line}"
            self._add("duplicate-key", message, node.where)
        return node.text, node.where

    def _refuse_properties(self, event: yaml.NodeEvent, where: Where) -> None:
        if event.anchor is not None:
            self._refuse_anchor(where)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._add("yaml-tag", f"tag '{tag}' is not allowed here, expected a plain value", where)

    def _refuse_anchor(self, where: Where) -> None:
        if not any(finding.code == "yaml-anchor" for finding in self._findings):
            self._add("yaml-anchor", "anchors and aliases are not allowed here, write the value out", where)

    def _add(self, code: str, message: str, where: Where) -> None:
        self._findings.append(Finding(code=code, message=message, where=where))
