"""What a PDF says, for tests: text by page, and the codes drawn on it."""

from __future__ import annotations

import io
from dataclasses import replace

from pypdf import PdfReader

from planner.model.plan import Plan

HOSTILE = 'Hall "A" & <b>bold</b>,\n=1+1 (x) \\n %s {rack} שלום عربي 機 \U0001f600'

Matrix = tuple[tuple[int, ...], ...]


def hostile(plan: Plan) -> Plan:
    """Return the plan with names that would break a document made without care."""
    devices = {name: replace(kind, description=HOSTILE) for name, kind in plan.catalog.device_types.items()}
    racks = {name: replace(kind, description=HOSTILE) for name, kind in plan.catalog.rack_types.items()}
    return replace(
        plan,
        layout=replace(plan.layout, name=HOSTILE, title=HOSTILE),
        catalog=replace(plan.catalog, device_types=devices, rack_types=racks),
    )


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def page_lines(content: bytes) -> list[list[str]]:
    """Return the pieces of text of every page in the order in which they were drawn."""
    return [page.extract_text().splitlines() for page in reader(content).pages]


def fonts(content: bytes) -> set[tuple[str, bool]]:
    """Return the name of every font, and whether it is embedded."""
    found = set()
    for page in reader(content).pages:
        for one in page["/Resources"]["/Font"].values():
            font = one.get_object()
            descriptor = font.get("/FontDescriptor")
            name = str(font["/BaseFont"]).split("+")[-1]
            found.add((name, descriptor is not None and "/FontFile2" in descriptor.get_object()))
    return found


def codes(content: bytes, page: int = 0) -> list[Matrix]:
    """Return the modules of every code on a page, read from the strokes that draw it."""
    found: list[Matrix] = []
    strokes: list[tuple[int, int, int]] = []
    start = (0.0, 0.0)
    stream = reader(content).pages[page].get_contents()
    assert stream is not None
    for operands, operator in stream.operations:
        numbers = [float(one) for one in operands if isinstance(one, int | float)]
        if operator == b"m":
            start = (numbers[0], numbers[1])
        elif operator == b"l":
            assert numbers[1] == start[1]
            strokes.append((int(start[1] - 0.5), int(start[0]), int(numbers[0])))
        elif operator == b"Q" and strokes:
            found.append(_matrix(strokes))
            strokes = []
    return found


def _matrix(strokes: list[tuple[int, int, int]]) -> Matrix:
    top = max(height for height, _, _ in strokes)
    side = top - min(height for height, _, _ in strokes) + 1
    left = min(start for _, start, _ in strokes)
    modules = [[0] * side for _ in range(side)]
    for height, start, end in strokes:
        for column in range(start - left, end - left):
            modules[top - height][column] = 1
    return tuple(map(tuple, modules))
