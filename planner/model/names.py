"""Names: their order, the same in every locale, and those that files have."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts group 2 before group 10; no two names share one."""
    parts = _DIGITS.split(name)
    key = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
    # The end of a name comes before whatever else may follow; 01 and 1 differ there.
    return (*key, (-1, 0, name))


def printable(name: str) -> str:
    """Return the name of a file as outputs can hold it: what cannot be printed is replaced.

    A file may be called by line breaks, by what a terminal obeys, and by bytes that are no text at all.
    """
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
