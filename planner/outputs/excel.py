"""Tables as an Excel workbook: the same bytes every time, and text that stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.outputs.csv_text import csv_parts

MOST_ROWS = 1_048_576
"""Rows that one sheet of an Excel workbook holds, its header among them."""

MOST_ROWS_IN_MEMORY = 250_000
"""A workbook of more rows is written row by row: filters and frozen headers, but no table objects."""

_MOST_CHARACTERS = 32_767  # that a cell holds
_CREATED = datetime(2000, 1, 1)  # any fixed date: the same plan gives the same bytes
_SAMPLE_ROWS = 2_000  # that decide how wide a column is
_WIDTHS = (8, 60)
_LINE_CHARACTERS, _LINE_POINTS, _HIGHEST_POINTS = 52, 15, 409
_PAGE_CHARACTERS = 200  # across a printed page, small as they are then
_KEPT_TEXTS = 100_000
_ARROW_CHARACTERS = 4  # what the button of a filter hides of a header
_RULE = "#d0d0d0"

Value = str | int | None
Row = Sequence[Value]


class Kind(Enum):
    """What a column holds; numbers come as the planner's integers and show in the unit of the header."""

    TEXT = ("@", 1, False)  # a text format: what starts like a formula stays text when edited too
    WRAPPED = ("@", 1, True)
    INTEGER = ("#,##0", 1, False)
    METERS = ("#,##0.000", 1000, False)
    MONEY = ("#,##0.00", 100, False)
    KILOWATTS = ("#,##0.000", 10**6, False)
    PERCENT = ("0.000000%", 10**8, False)
    PERMILLE = ("0.0%", 1000, False)
    HOURS = ("#,##0.00", 60, False)  # from minutes

    def __init__(self, number_format: str, divisor: int, is_wrapped: bool) -> None:
        self.is_text = number_format == "@"
        self.number_format = number_format
        self.divisor = divisor
        self.is_wrapped = is_wrapped


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with a kind of its own, where a column mixes kinds."""

    value: Value
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """Header and kind of a column."""

    header: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Sheet:
    """A sheet that is one table. ``rows`` gives its rows anew at each call; ``counted`` says how many.

    ``csv_name`` is the file that holds the table where the plan is too large for it to be a sheet, ""
    where it always is one.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Sequence[Value | Cell]]]
    counted: Callable[[], int]
    frozen_columns: int = 1
    csv_name: str = ""

    @cached_property
    def count(self) -> int:
        """How many rows there are: of a large plan that takes seconds, and is not asked of all tables."""
        return self.counted()

    def csv_parts(self) -> Iterator[str]:
        """Yield a table without cells of a kind of their own as CSV, numbers in the unit of the header."""
        scaled = [(n, column.kind) for n, column in enumerate(self.columns) if column.kind.divisor > 1]
        return csv_parts([column.header for column in self.columns], _scaled_rows(self.rows(), scaled))


def _scaled_rows(
    rows: Iterable[Sequence[Value | Cell]], scaled: Sequence[tuple[int, Kind]]
) -> Iterator[list[Any]]:
    # Thousands of rows have the same few lengths.
    written = [(n, lru_cache(_KEPT_TEXTS)(partial(_scaled_text, kind.divisor))) for n, kind in scaled]
    for row in rows:
        plain: list[Any] = ["" if value is None else value for value in row]
        for n, text_of in written:
            value = plain[n]
            if isinstance(value, int):
                plain[n] = text_of(value)
        yield plain


def _scaled_text(divisor: int, value: int) -> str:
    return f"{value / divisor:.{max(2, len(str(divisor)) - 1)}f}"


def sheet_names(sheet: Sheet, most_rows: int = MOST_ROWS) -> tuple[str, ...]:
    """Return the names of the Excel sheets that the table takes: one, unless it has too many rows."""
    parts = max(1, -(-sheet.count // (most_rows - 1)))
    return (sheet.name, *(f"{sheet.name} {part}" for part in range(2, parts + 1)))


def workbook_bytes(title: str, sheets: Sequence[Sheet], most_rows: int = MOST_ROWS) -> bytes:
    """Return the workbook; a table of too many rows goes on in further sheets."""
    buffer = io.BytesIO()
    is_large = sum(sheet.count for sheet in sheets) > MOST_ROWS_IN_MEMORY
    options = {
        "in_memory": not is_large,
        "constant_memory": is_large,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title[:255], "created": _CREATED})
    writer = _Writer(book, is_large)
    for sheet in sheets:
        rows = iter(sheet.rows())
        for name in sheet_names(sheet, most_rows):
            writer.add(sheet, name, islice(rows, most_rows - 1))
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Workbook, is_large: bool) -> None:
        self._book = book
        self._is_large = is_large
        look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self._headers = {
            True: book.add_format(look | {"align": "left", "indent": 1}),
            False: book.add_format(look | {"align": "right"}),
        }
        self._formats: dict[Kind, Format] = {kind: book.add_format(_look(kind)) for kind in Kind}
        self._tables = 0

    def add(self, sheet: Sheet, name: str, rows: Iterator[Sequence[Value | Cell]]) -> None:
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, sheet.frozen_columns)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.repeat_rows(0)
        page.set_footer("&L&A&RPage &P of &N")
        sample = list(islice(rows, _SAMPLE_ROWS))
        widths = [
            min(
                max(_header_width(column.header), *(_cell_width(row[n]) + 2 for row in sample), _WIDTHS[0]),
                _WIDTHS[1],
            )
            for n, column in enumerate(sheet.columns)
        ]
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, widths[index])
            page.write_string(0, index, column.header, self._headers[column.kind.is_text])
        page.set_row(0, 2 * _LINE_POINTS)
        across = -(-sum(widths) // _PAGE_CHARACTERS)
        page.fit_to_pages(across, 0)
        if across > 1:
            page.repeat_columns(0, sheet.frozen_columns - 1)
        last = 0
        columns = [self._looks(column.kind) for column in sheet.columns]
        wrapped = [n for n, column in enumerate(sheet.columns) if column.kind is Kind.WRAPPED]
        for last, row in enumerate(chain(sample, rows), start=1):
            lines = max((_lines(row[index]) for index in wrapped), default=1)
            if lines > 1:  # not every program finds the height of wrapped text itself
                page.set_row(last, min(lines * _LINE_POINTS, _HIGHEST_POINTS))
            for index, (content, looks) in enumerate(zip(row, columns, strict=True)):
                self._write(page, last, index, content, looks)
        self._frame(page, sheet, last)

    def _looks(self, kind: Kind) -> tuple[int, Format, Format]:
        """Return what a column of that kind divides numbers by, and the looks of a number and of a text."""
        text = kind if kind is Kind.WRAPPED else Kind.TEXT
        return kind.divisor, self._formats[kind], self._formats[text]

    def _write(
        self, page: Worksheet, row: int, index: int, content: Value | Cell, looks: tuple[int, Format, Format]
    ) -> None:
        if isinstance(content, Cell):
            looks = self._looks(content.kind)
            content = content.value
        divisor, number_look, text_look = looks
        if isinstance(content, str):
            if content:
                page.write_string(row, index, clip(content), text_look)
        elif content is not None:
            page.write_number(row, index, content if divisor == 1 else content / divisor, number_look)

    def _frame(self, page: Worksheet, sheet: Sheet, last: int) -> None:
        """Give the rows a table with filters, or filters alone where rows are not in memory."""
        right = len(sheet.columns) - 1
        if self._is_large:
            page.autofilter(0, 0, last, right)
            return
        self._tables += 1
        headers = [
            {"header": column.header, "header_format": self._headers[column.kind.is_text]}
            for column in sheet.columns
        ]
        style = {"columns": headers, "name": f"Table{self._tables}", "style": "Table Style Light 1"}
        page.add_table(0, 0, max(last, 1), right, style)  # Excel knows no table without a row


def clip(text: str) -> str:
    """Return the text, cut with a mark where it is longer than a cell may be."""
    if 2 * len(text) <= _MOST_CHARACTERS:  # however it is encoded
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * _MOST_CHARACTERS:
        return text
    return encoded[: 2 * (_MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"


def _look(kind: Kind) -> dict[str, object]:
    look = {"valign": "top", "num_format": kind.number_format, "text_wrap": kind.is_wrapped}
    side = {"align": "left", "indent": 1} if kind.is_text else {}
    return look | side | {"bottom": 4, "bottom_color": _RULE}


def _header_width(header: str) -> int:
    """Return the width at which a header takes two lines at most, beside the button of its filter."""
    words = header.split(" ")
    halves = (max(len(" ".join(words[:n])), len(" ".join(words[n:]))) for n in range(len(words)))
    return min(halves) + _ARROW_CHARACTERS


def _cell_width(content: Value | Cell) -> int:
    value = content.value if isinstance(content, Cell) else content
    if value is None:
        return 0
    if isinstance(value, int):
        return len(f"{value:,}") + 1
    return _shown_width(value)


def _lines(content: Value | Cell) -> int:
    """Return how many lines wrapped text takes in the widest column."""
    text = content if isinstance(content, str) else ""
    return sum(-(-max(len(line), 1) // _LINE_CHARACTERS) for line in text.splitlines())


def _shown_width(text: str) -> int:
    return max((len(line) for line in text.splitlines()), default=0)
