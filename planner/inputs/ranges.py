"""Folded numbers: "3", "1-8" and lists of them."""

from __future__ import annotations

import re

from planner.inputs.findings import shown
from planner.inputs.values import Value

_RANGE = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")


def parse_range(text: str, highest: int) -> range:
    """Read "3" or "1-8", both ends included, as numbers from 1 to ``highest``; ValueError otherwise."""
    match = _RANGE.fullmatch(text)
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 1 <= first <= last <= highest:
        raise ValueError(f"expected a number or a range such as '1-8', from 1 to {highest}")
    return range(first, last + 1)


def read_range(value: Value, highest: int) -> tuple[int, ...]:
    """Read one folded range that is written as a value."""
    text = value.as_number_text(f"a number or a range such as '1-8', from 1 to {highest}")
    return _expand(value, text, highest) if text else ()


def key_range(key: str, value: Value, highest: int) -> tuple[int, ...]:
    """Read one folded range that is written as a key."""
    return _expand(value, key, highest)


def read_numbers(value: Value, highest: int) -> tuple[int, ...]:
    """Read a folded range or a list of them, ascending, each number once."""
    parts = value.as_items("numbers") if value.is_list else [value]
    numbers = [number for part in parts for number in read_range(part, highest)]
    if len(set(numbers)) < len(numbers):
        value.fail("number-twice", "a number is there twice")
    return tuple(sorted(set(numbers)))


def _expand(value: Value, text: str, highest: int) -> tuple[int, ...]:
    try:
        return tuple(parse_range(text, highest))
    except ValueError as error:
        value.fail("bad-range", f"found {shown(text)}, {error}")
        return ()
