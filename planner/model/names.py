"""Order of names, the same in every locale."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts group 2 before group 10; no two names share one."""
    parts = _DIGITS.split(name)
    key = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
    # The end of a name comes before whatever else may follow; 01 and 1 differ there.
    return (*key, (-1, 0, name))
