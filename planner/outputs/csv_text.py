"""CSV as spreadsheets and scripts read it alike."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_ROWS_A_PART = 2000

_SIGNS = (
    "=+-@\t\r\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""What a cell begins with that some spreadsheet computes."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_BEFORE = (",", "\n", ',"', '\n"')
"""What a cell begins after."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Return a header and rows; fields with commas, quotes or line ends are quoted, no others.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    return "".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Yield ``csv_text`` part by part."""
    each = iter(rows)
    yield _written([columns])
    while part := list(islice(each, _ROWS_A_PART)):
        yield _written(part)


def _written(rows: Sequence[Sequence[str | int]]) -> str:
    text = _plainly_written(rows)
    # Few tables have such a cell, and to look at each cell takes longer than to write it.
    if not _may_be_computed(f"\n{text}"):
        return text
    return _plainly_written([[_harmless(cell) for cell in row] for row in rows])


def _plainly_written(rows: Sequence[Sequence[str | int]]) -> str:
    # Most parts have no cell to quote, or some with a comma: then joining writes them, several times as fast.
    text = "\n".join([",".join(map(str, row)) for row in rows]) + "\n"
    commas = sum(map(len, rows)) - len(rows)
    if commas and text.count("\n") == len(rows) and '"' not in text and "\r" not in text:
        if text.count(",") == commas:
            return text
        return "\n".join([",".join([_quoted(cell) for cell in map(str, row)]) for row in rows]) + "\n"
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def _may_be_computed(text: str) -> bool:
    before = [one for one in _BEFORE if one[1:] in text]
    return any(sign in text and any(one + sign in text for one in before) for sign in _SIGNS)


def _harmless(cell: str | int) -> str | int:
    is_computed = isinstance(cell, str) and cell[:1] in _SIGNS and cell and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_computed else cell
