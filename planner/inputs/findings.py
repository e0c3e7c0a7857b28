"""Collects what is wrong with the inputs, so that a user sees all of a stage at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from planner.errors import Finding, InputError, Where

_LISTED_NAMES = 8
_SHOWN_CHARACTERS = 60


class Findings:
    """Grows while a stage reads on after an error, then stops the run."""

    def __init__(self) -> None:
        self._items: list[Finding] = []
        self._repeated: set[tuple[int, int]] = set()

    def read_more_than_once(self, places: Iterable[tuple[int, int]]) -> None:
        """Take note of lines and columns that are read again for each copy: one finding says it of all."""
        self._repeated.update(places)

    @property
    def items(self) -> tuple[Finding, ...]:
        """What was found so far."""
        return tuple(self._items)

    def add(self, code: str, message: str, where: Where) -> None:
        """Note one finding."""
        self._items.append(Finding(code=code, message=message, where=where))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Note findings made elsewhere."""
        self._items.extend(findings)

    def raise_if_any(self, error: type[InputError] = InputError) -> None:
        """Raise an error with everything found so far, in the order of the files."""
        if self._items:
            raise error(sorted(self._once(), key=_file_order))

    def _once(self) -> list[Finding]:
        """Return the findings, of what is read more than once the first of each kind."""
        found: dict[object, Finding] = {}
        for finding in self._items:
            where = finding.where
            place = (where.line, where.column) if where else None
            is_repeated = place in self._repeated
            found.setdefault((finding.code, place) if is_repeated else finding, finding)
        return list(found.values())


def _file_order(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.where or Where(file="")
    return where.file, where.line, where.column, finding.code


def shown(text: str) -> str:
    """Return a value as messages show it: quoted, on one line, not too long."""
    line = " ".join(text.split())
    return f"'{line[:_SHOWN_CHARACTERS]}...'" if len(line) > _SHOWN_CHARACTERS else f"'{line}'"


def nearest(name: str, names: Iterable[str], likely: Iterable[str] | None = None) -> str:
    """Return the end of a message that helps with an unknown name.

    Parameters
    ----------
    name, names
        What was found, and what is known.
    likely
        The names that the found one may stand for, where those are fewer.
    """
    known = sorted(set(names))
    by_folded = {one.casefold(): one for one in (known if likely is None else sorted(set(likely)))}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{by_folded[close[0]]}'?"
    if not known:
        return "; there is none"
    return f"; known: {first_of(known)}"


def first_of(names: Sequence[str]) -> str:
    """Return the names as a list for messages, cut where they are many."""
    return ", ".join(names[:_LISTED_NAMES]) + (", ..." if len(names) > _LISTED_NAMES else "")
