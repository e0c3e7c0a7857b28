"""Paths of keys as findings show them, found in nodes and given another value there.

A path is keys joined by dots, with ``[0]`` for items of lists and ``*`` for every key or item. Keys may hold
dots themselves: where several keys fit, the longest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from planner.errors import Where
from planner.inputs.findings import nearest, shown
from planner.inputs.source import ListNode, MappingNode, Node, ScalarNode

EVERY = "*"
_INDEX = re.compile(r"\[([0-9]{1,6}|\*)\]")

Steps = tuple[str | int, ...]
"""A way into nodes: keys of mappings and indices of lists."""


class UnknownPathError(Exception):
    """Nothing is at the path; the message says where it ends and what is there."""


class _Rest(NamedTuple):
    """What is left of a path below some node, and the way that led there."""

    text: str
    steps: Steps


def find_steps(node: Node, path: str, defaults: Node | None = None) -> list[Steps]:
    """Return every place that the path means, in the order of the node.

    The last key need not be there: whoever reads the node says what it may be. Keys before it must be,
    in the node or in the defaults.

    Raises
    ------
    UnknownPathError
        The path leads nowhere.
    """
    found = list(_find(node, defaults, _Rest(path, ())))
    if not found:
        raise UnknownPathError(f"{shown(path)} means nothing here: there is no key for '{EVERY}'")
    return found


def _find(node: Node | None, defaults: Node | None, rest: _Rest) -> Iterator[Steps]:
    if not rest.text:
        yield rest.steps
        return
    index = _INDEX.match(rest.text)
    if index is not None:
        yield from _find_items(node, index, rest)
        return
    text = rest.text.removeprefix(".")
    keys = {**_entries(defaults), **_entries(node)}
    if node is not None and not isinstance(node, MappingNode):
        what = "a list" if isinstance(node, ListNode) else "one value"
        raise UnknownPathError(f"{_told(rest.steps)} is {what}, there is no {shown(text)} below it")
    if text == EVERY or text.startswith((f"{EVERY}.", f"{EVERY}[")):
        matches = list(_entries(node))
        text = text[len(EVERY) :]
    else:
        key = _longest_key(keys, text)
        if key is None and not re.search(r"[.\[]", text):
            yield (*rest.steps, text)  # a last key that is not there yet
            return
        if key is None:
            first = re.split(r"[.\[]", text)[0]
            place = f" in {_told(rest.steps)}" if rest.steps else ""
            raise UnknownPathError(f"unknown key {shown(first)}{place}{nearest(first, keys)}")
        matches, text = [key], text[len(key) :]
    for key in matches:
        below = _entries(node).get(key)
        yield from _find(below, _entries(defaults).get(key), _Rest(text, (*rest.steps, key)))


def _find_items(node: Node | None, index: re.Match[str], rest: _Rest) -> Iterator[Steps]:
    items = node.items if isinstance(node, ListNode) else []
    wanted = range(len(items)) if index[1] == EVERY else [int(index[1])]
    for number in wanted:
        if number >= len(items):
            many = f"a list of {len(items)}" if isinstance(node, ListNode) else "no list"
            raise UnknownPathError(f"{_told(rest.steps)} is {many}, there is no item [{number}]")
        yield from _find(items[number], None, _Rest(rest.text[index.end() :], (*rest.steps, number)))


def _entries(node: Node | None) -> Mapping[str, Node]:
    return node.entries if isinstance(node, MappingNode) else {}


def _longest_key(keys: Mapping[str, Node], text: str) -> str | None:
    fitting = [key for key in keys if key and (text == key or text.startswith((f"{key}.", f"{key}[")))]
    return max(fitting, key=len, default=None)


def _told(steps: Steps) -> str:
    return f"'{path_text(steps)}'" if steps else "this"


def path_text(steps: Steps) -> str:
    """Return steps as findings show them."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def overlap(a: Steps, b: Steps) -> bool:
    """Tell whether one of two places is the other or lies in it."""
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def with_value(node: Node | None, steps: Steps, value: Node, place: Where) -> Node:
    """Return the node with another value at the steps; keys that were not there stand at ``place``."""
    if not steps:
        return value
    first, below = steps[0], steps[1:]
    if isinstance(node, ListNode) and isinstance(first, int):
        items = list(node.items)
        items[first] = with_value(items[first], below, value, place)
        return replace(node, items=items)
    mapping = node if isinstance(node, MappingNode) else MappingNode(where=place)
    key = str(first)
    child = with_value(mapping.entries.get(key), below, value, place)
    return replace(
        mapping,
        entries={**mapping.entries, key: child},
        keys={**mapping.keys, key: mapping.keys.get(key, place)},
    )


def node_text(node: Node) -> str:
    """Return a node's value on one line, as it would be written."""
    if isinstance(node, ScalarNode):
        return "null" if node.is_null else " ".join(node.text.split())
    if isinstance(node, ListNode):
        return f"[{', '.join(node_text(item) for item in node.items)}]"
    return f"{{{', '.join(f'{key}: {node_text(item)}' for key, item in node.entries.items())}}}"
