"""Sheets to take into the room: rows to tick under headings, page after page, in given columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from planner.model.plan import Plan
from planner.outputs.pdf import Document, cut, one_line, wrapped

_WIDTH_PT, _HEIGHT_PT = 841.89, 595.28  # A4, the long side across
_MARGIN_PT = 28.0
_TOP_PT, _BOTTOM_PT = _HEIGHT_PT - 76.0, 34.0
_SIZE_PT, _LINE_PT, _PAD_PT = 7.5, 9.0, 3.0
_HEADING_PT = 10.0
_GAP_PT = 5.0
_FEWEST_ROWS = 4  # that stand below a heading at the end of a page
_TICK_PT = 6.0


class SheetColumn(NamedTuple):
    """Title and width of a column."""

    title: str
    width_pt: float


class Section(NamedTuple):
    """A heading, the rows of cells below it, and what is said after them."""

    heading: str
    rows: tuple[tuple[str, ...], ...]
    after: str = ""


class TickSheet(NamedTuple):
    """What is printed together, beginning on a page of its own; ``about`` stands beside the title.

    All but the title is one line already, as ``one_line`` makes it: done twice, it would turn words read
    from the right around again.
    """

    title: str
    about: str
    sections: tuple[Section, ...]
    after: str = ""


class _Line(NamedTuple):
    """One thing on a page: a row's cells in lines, or a text; ``height_pt`` is what it takes."""

    height_pt: float
    cells: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    is_heading: bool = False


def tick_sheets_pdf(
    plan: Plan, subject: str, columns: Sequence[SheetColumn], sheets: Iterable[TickSheet], foot: str
) -> tuple[bytes, int]:
    """Return the sheets as PDF, and how many pages they are."""
    pages = [
        (sheet, page, number, len(sheet_pages))
        for sheet in sheets
        for sheet_pages in [list(_pages(sheet, columns))]
        for number, page in enumerate(sheet_pages, start=1)
    ]
    document = Document(_WIDTH_PT, _HEIGHT_PT, f"{plan.layout.name}: {subject}")
    for number, (sheet, page, of_sheet, count) in enumerate(pages, start=1):
        if number > 1:
            document.canvas.showPage()
        if of_sheet == 1:
            document.canvas.bookmarkPage(f"sheet-{number}")
            document.canvas.addOutlineEntry(one_line(sheet.title), f"sheet-{number}")
        _draw_header(document, plan, sheet, columns, f"sheet {of_sheet} of {count}")
        _draw_lines(document, page, columns)
        room = _WIDTH_PT - 2 * _MARGIN_PT
        text = f"page {number} of {len(pages)}; {foot}"
        document.text(_MARGIN_PT, _MARGIN_PT - 10, cut(text, room, 7), 7)
    return document.close(), len(pages)


def _pages(sheet: TickSheet, columns: Sequence[SheetColumn]) -> Iterator[list[_Line]]:
    """Fill page after page; a section that goes on has its heading again."""
    page: list[_Line] = []
    room = _TOP_PT - _BOTTOM_PT
    for section in sheet.sections:
        heading = _heading(section.heading)
        lines = [heading, *_section_lines(section, columns)]
        for index, line in enumerate(lines):
            together = lines[: 1 + _FEWEST_ROWS] if index == 0 else [line]
            needed = sum(one.height_pt for one in together)
            if needed > room and page:
                yield page
                page, room = [], _TOP_PT - _BOTTOM_PT
                if index:
                    again = _heading(f"{section.heading} (continued)")
                    page.append(again)
                    room -= again.height_pt
            page.append(line)
            room -= line.height_pt
    for line in _texts(sheet.after):
        if line.height_pt > room:
            yield page
            page, room = [], _TOP_PT - _BOTTOM_PT
        page.append(line)
        room -= line.height_pt
    yield page


def _section_lines(section: Section, columns: Sequence[SheetColumn]) -> Iterator[_Line]:
    for row in section.rows:
        lines = tuple(
            wrapped(text, column.width_pt - _PAD_PT, _SIZE_PT)
            for text, column in zip(row, columns, strict=True)
        )
        yield _Line(max(map(len, lines)) * _LINE_PT + _PAD_PT, cells=lines)
    yield from _texts(section.after)


def _heading(text: str) -> _Line:
    return _Line(_HEADING_PT + 2 * _GAP_PT, text=text, is_heading=True)


def _texts(text: str) -> Iterable[_Line]:
    lines = wrapped(text, _WIDTH_PT - 2 * _MARGIN_PT, _SIZE_PT) if text else ()
    return (_Line(_LINE_PT + _PAD_PT, text=line) for line in lines)


def _draw_header(
    document: Document, plan: Plan, sheet: TickSheet, columns: Sequence[SheetColumn], count: str
) -> None:
    room = _WIDTH_PT - 2 * _MARGIN_PT
    top = _HEIGHT_PT - _MARGIN_PT
    document.text(_MARGIN_PT, top - 14, cut(one_line(sheet.title), room * 0.24, 18), 18)
    about = cut(one_line(f"{plan.layout.name}: {plan.layout.title}"), room * 0.75, 9)
    document.text(_MARGIN_PT + room * 0.25, top - 8, about, 9)
    text = f"{count}, {sheet.about}"
    document.text(_MARGIN_PT + room * 0.25, top - 20, cut(text, room * 0.75, 8), 8)
    baseline = top - 38
    x = _MARGIN_PT + _TICK_PT + _PAD_PT
    for column in columns:
        document.text(x, baseline, column.title, _SIZE_PT)
        x += column.width_pt
    document.canvas.setLineWidth(0.8)
    document.canvas.line(_MARGIN_PT, baseline - 4, _WIDTH_PT - _MARGIN_PT, baseline - 4)


def _draw_lines(document: Document, page: Sequence[_Line], columns: Sequence[SheetColumn]) -> None:
    y = _TOP_PT
    for line in page:
        y -= line.height_pt
        if line.cells:
            _draw_row(document, line, y, columns)
        elif line.is_heading:
            room = _WIDTH_PT - 2 * _MARGIN_PT
            document.text(_MARGIN_PT, y + _GAP_PT, cut(line.text, room, _HEADING_PT), _HEADING_PT)
        else:
            document.text(_MARGIN_PT + _TICK_PT + _PAD_PT, y + _PAD_PT, line.text, _SIZE_PT)


def _draw_row(document: Document, line: _Line, y: float, columns: Sequence[SheetColumn]) -> None:
    canvas = document.canvas
    top = y + line.height_pt
    canvas.setLineWidth(0.25)
    canvas.line(_MARGIN_PT, y, _WIDTH_PT - _MARGIN_PT, y)
    canvas.setLineWidth(0.6)
    canvas.rect(_MARGIN_PT, top - _PAD_PT / 2 - _TICK_PT - 1.5, _TICK_PT, _TICK_PT)
    x = _MARGIN_PT + _TICK_PT + _PAD_PT
    for column, lines in zip(columns, line.cells, strict=True):
        for number, text in enumerate(lines):
            document.text(x, top - _PAD_PT / 2 - _SIZE_PT - number * _LINE_PT, text, _SIZE_PT)
        x += column.width_pt
