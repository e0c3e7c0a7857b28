"""Trace sheets: what is cabled to what, rack by rack, to read in the room without any screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from planner.errors import Finding, InputError
from planner.model.labels import LabelScheme
from planner.model.plan import Plan
from planner.outputs.pdf import Document, cut, one_line, wrapped
from planner.outputs.rack_rows import DeviceRows, RackBook, RackRows

_WIDTH_PT, _HEIGHT_PT = 841.89, 595.28  # A4, the long side across
_MARGIN_PT = 28.0
_TOP_PT, _BOTTOM_PT = _HEIGHT_PT - 76.0, 34.0
_SIZE_PT, _LINE_PT, _PAD_PT = 7.5, 9.0, 3.0
_HEADING_PT = 10.0
_GAP_PT = 5.0
_FEWEST_ROWS = 4  # that stand below a device's heading at the end of a page
_TICK_PT = 6.0
_LEADER = "→ "


class _Column(NamedTuple):
    title: str
    width_pt: float


_COLUMNS = (
    _Column("cage", 42),
    _Column("label here", 74),
    _Column("cabled to", 84),
    _Column("plane", 30),
    _Column("cable, stock length", 88),
    _Column("bundle", 36),
    _Column("cable id", 135),
    _Column("route from here", 288),
)


class _Line(NamedTuple):
    """One thing on a page: a row's cells in lines, or a text; ``height_pt`` is what it takes."""

    height_pt: float
    cells: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    is_heading: bool = False


def rack_sheets_pdf(plan: Plan, scheme: LabelScheme, racks: Sequence[str] | None) -> tuple[bytes, int, int]:
    """Return the sheets as PDF, and how many racks and pages they are.

    Raises
    ------
    InputError
        A rack is asked for that holds nothing that the plan cables.
    """
    book = RackBook(plan, scheme)
    addresses = _chosen(book.addresses(), racks)
    pages = [
        (rack, page, number, len(rack_pages))
        for rack in map(book.rack, addresses)
        for rack_pages in [list(_pages(rack))]
        for number, page in enumerate(rack_pages, start=1)
    ]
    document = Document(_WIDTH_PT, _HEIGHT_PT, f"{plan.layout.name}: racks")
    for number, (rack, page, of_rack, rack_pages_count) in enumerate(pages, start=1):
        if number > 1:
            document.canvas.showPage()
        if of_rack == 1:
            document.canvas.bookmarkPage(f"rack-{number}")
            document.canvas.addOutlineEntry(one_line(rack.address), f"rack-{number}")
        _draw_header(document, plan, rack, f"sheet {of_rack} of {rack_pages_count}")
        _draw_lines(document, page)
        _draw_footer(document, plan, f"page {number} of {len(pages)}")
    return document.close(), len(addresses), len(pages)


def _chosen(known: tuple[str, ...], asked: Sequence[str] | None) -> tuple[str, ...]:
    if asked is None:
        return known
    findings = []
    for address in dict.fromkeys(asked):
        if address not in known:
            near = get_close_matches(address.upper(), known, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"the plan cables {', '.join(known[:8])}"
            message = f"rack '{one_line(address)}' holds nothing that the plan cables; {hint}"
            findings.append(Finding(code="unknown-rack", message=message))
    if findings:
        raise InputError(findings)
    return tuple(address for address in known if address in asked)


def _pages(rack: RackRows) -> Iterator[list[_Line]]:
    """Fill page after page; a device that goes on has its heading again."""
    page: list[_Line] = []
    room = _TOP_PT - _BOTTOM_PT
    for device in rack.devices:
        heading = _heading(device.heading)
        lines = [heading, *_device_lines(device)]
        for index, line in enumerate(lines):
            together = lines[: 1 + _FEWEST_ROWS] if index == 0 else [line]
            needed = sum(one.height_pt for one in together)
            if needed > room and page:
                yield page
                page, room = [], _TOP_PT - _BOTTOM_PT
                if index:
                    again = _heading(f"{device.heading} (continued)")
                    page.append(again)
                    room -= again.height_pt
            page.append(line)
            room -= line.height_pt
    for line in _texts(f"No cable runs of this plan: {rack.others}" if rack.others else ""):
        if line.height_pt > room:
            yield page
            page, room = [], _TOP_PT - _BOTTOM_PT
        page.append(line)
        room -= line.height_pt
    yield page


def _device_lines(device: DeviceRows) -> Iterator[_Line]:
    for row in device.rows:
        cells = (*row[:2], _LEADER + row[2], *row[3:])
        lines = tuple(
            wrapped(text, column.width_pt - _PAD_PT, _SIZE_PT)
            for text, column in zip(cells, _COLUMNS, strict=True)
        )
        yield _Line(max(map(len, lines)) * _LINE_PT + _PAD_PT, cells=lines)
    yield from _texts(f"free cages: {device.free}" if device.free else "")


def _heading(text: str) -> _Line:
    return _Line(_HEADING_PT + 2 * _GAP_PT, text=text, is_heading=True)


def _texts(text: str) -> Iterable[_Line]:
    lines = wrapped(one_line(text), _WIDTH_PT - 2 * _MARGIN_PT, _SIZE_PT) if text else ()
    return (_Line(_LINE_PT + _PAD_PT, text=line) for line in lines)


def _draw_header(document: Document, plan: Plan, rack: RackRows, sheet: str) -> None:
    room = _WIDTH_PT - 2 * _MARGIN_PT
    top = _HEIGHT_PT - _MARGIN_PT
    document.text(_MARGIN_PT, top - 14, cut(one_line(f"Rack {rack.address}"), room * 0.24, 18), 18)
    about = cut(one_line(f"{plan.layout.name}: {plan.layout.title}"), room * 0.75, 9)
    document.text(_MARGIN_PT + room * 0.25, top - 8, about, 9)
    text = f"{sheet}, {rack.run_ends:,} cable ends, inputs {plan.inputs_hash[:16]}; {rack.rack_type}"
    document.text(_MARGIN_PT + room * 0.25, top - 20, cut(text, room * 0.75, 8), 8)
    baseline = top - 38
    x = _MARGIN_PT + _TICK_PT + _PAD_PT
    for column in _COLUMNS:
        document.text(x, baseline, column.title, _SIZE_PT)
        x += column.width_pt
    document.canvas.setLineWidth(0.8)
    document.canvas.line(_MARGIN_PT, baseline - 4, _WIDTH_PT - _MARGIN_PT, baseline - 4)


def _draw_lines(document: Document, page: Sequence[_Line]) -> None:
    y = _TOP_PT
    for line in page:
        y -= line.height_pt
        if line.cells:
            _draw_row(document, line, y)
        elif line.is_heading:
            room = _WIDTH_PT - 2 * _MARGIN_PT
            document.text(_MARGIN_PT, y + _GAP_PT, cut(line.text, room, _HEADING_PT), _HEADING_PT)
        else:
            document.text(_MARGIN_PT + _TICK_PT + _PAD_PT, y + _PAD_PT, line.text, _SIZE_PT)


def _draw_row(document: Document, line: _Line, y: float) -> None:
    canvas = document.canvas
    top = y + line.height_pt
    canvas.setLineWidth(0.25)
    canvas.line(_MARGIN_PT, y, _WIDTH_PT - _MARGIN_PT, y)
    canvas.setLineWidth(0.6)
    canvas.rect(_MARGIN_PT, top - _PAD_PT / 2 - _TICK_PT - 1.5, _TICK_PT, _TICK_PT)
    x = _MARGIN_PT + _TICK_PT + _PAD_PT
    for column, lines in zip(_COLUMNS, line.cells, strict=True):
        for number, text in enumerate(lines):
            document.text(x, top - _PAD_PT / 2 - _SIZE_PT - number * _LINE_PT, text, _SIZE_PT)
        x += column.width_pt


def _draw_footer(document: Document, plan: Plan, page: str) -> None:
    room = _WIDTH_PT - 2 * _MARGIN_PT
    text = f"{page}; left and right as seen from before the face; tick a run when its end is in"
    document.text(_MARGIN_PT, _MARGIN_PT - 10, cut(text, room, 7), 7)
