"""CSV as spreadsheets and scripts read it alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_ROWS_A_PART = 2000


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Return a header and rows; fields with commas, quotes or line ends are quoted, no others."""
    return "".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Yield ``csv_text`` part by part."""
    each = iter(rows)
    yield _written([columns])
    while part := list(islice(each, _ROWS_A_PART)):
        yield _written(part)


def _written(rows: Iterable[Sequence[str | int]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
