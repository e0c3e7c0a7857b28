"""Contents of files that are made while they are written: those of a large plan would fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from planner.model.plan import Plan

_WHOLE_RUNS = 40_000
_LINES_A_PART = 2000


class Parts:
    """A content that is made anew, part by part, each time it is iterated over."""

    def __init__(self, make: Callable[[], Iterable[bytes]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._make())


Content = bytes | Parts


def content(plan: Plan, make: Callable[[], Iterable[bytes]]) -> Content:
    """Return what ``make`` yields: whole, or of a large plan part by part when it is written."""
    return b"".join(make()) if plan.totals.runs <= _WHOLE_RUNS else Parts(make)


def encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines (each with its end), many together."""
    each = iter(lines)
    while part := "".join(islice(each, _LINES_A_PART)):
        yield part.encode()
