"""A printable sheet of labels for both ends of every run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import segno

from planner.errors import Finding, InfeasibleError
from planner.model.labels import LabelScheme, LabelStock
from planner.model.plan import Plan
from planner.outputs.label_names import Label, labels_of
from planner.outputs.pdf import Document, cut, one_line, width_pt

_PT_PER_UM = 72 / 25400
_PAD_PT = 3.0
_LARGEST_PT = 12.0
_SMALLEST_PT = 4.0  # what a good laser printer still prints readably
_SMALLEST_NOTE_PT = 3.5
_LINE = 1.2
_NOTE_SHARE = 0.8
_CODE_SHARE = 0.42  # of the width, at most
_QUIET = 4  # white modules that a reader of codes needs around it
_MASK = 5  # of the eight that a code may have
_FOOT_PT = 6.0
_FOOT_MARGIN_PT = 22.0
_TO = "→ "


class _Face(NamedTuple):
    """How all labels of a sheet are set: lines an end, sizes (note 0: none), side of the code."""

    lines: int
    size_pt: float
    note_pt: float
    code_pt: float


def label_count(plan: Plan) -> int:
    """Return how many labels a plan needs."""
    return sum(2 * max(1, len(run.cord_labels_a)) for run in plan.runs)


def label_sheet_pdf(plan: Plan, stock: LabelStock, scheme: LabelScheme) -> bytes:
    """Return the sheets as PDF.

    Raises
    ------
    InfeasibleError
        The stock is too small for the longest label.
    """
    labels = [
        label._replace(near=one_line(label.near), far=_TO + one_line(label.far), note=one_line(label.note))
        for label in labels_of(plan, scheme)
    ]
    face = _fit(labels, stock, scheme)
    width, height = stock.sheet_width_um * _PT_PER_UM, stock.sheet_height_um * _PT_PER_UM
    document = Document(width, height, f"{plan.layout.name}: labels")
    on_sheet = stock.columns * stock.rows
    sheets = max(1, -(-len(labels) // on_sheet))
    for sheet in range(sheets):
        if sheet:
            document.canvas.showPage()
        for index, label in enumerate(labels[sheet * on_sheet : (sheet + 1) * on_sheet]):
            row, column = divmod(index, stock.columns)
            left = stock.first.left_um + column * stock.pitch_across_um + stock.text.left_um
            top = stock.first.top_um + row * stock.pitch_down_um + stock.text.top_um
            x, y = left * _PT_PER_UM, height - (top + stock.text.height_um) * _PT_PER_UM
            _draw(document, label, x, y, stock.text.height_um * _PT_PER_UM, face)
        _foot(document, plan, stock, scheme, f"sheet {sheet + 1} of {sheets}")
    return document.close()


def _fit(labels: Sequence[Label], stock: LabelStock, scheme: LabelScheme) -> _Face:
    """Find the largest type in which every label of the sheet fits."""
    width, height = stock.text.width_um * _PT_PER_UM, stock.text.height_um * _PT_PER_UM
    code = min(height, width * _CODE_SHARE)
    room = width - code - _PAD_PT
    texts = dict.fromkeys(text for label in labels for text in (label.near, label.far))
    widest_note = max((width_pt(label.note) for label in labels), default=1.0)
    faces = []
    for lines in (1, 2):
        widest = max((width_pt(piece) for text in texts for piece in _pieces(text, lines)), default=1.0)
        for note in (True, False):
            tall = (2 * lines + _NOTE_SHARE * note) * _LINE
            size = min(_LARGEST_PT, room / widest, (height - _PAD_PT) / tall)
            note_size = min(size * _NOTE_SHARE, room / widest_note) * note
            faces.append(_Face(lines, size, note_size, code))
    good = [face for face in faces if face.size_pt >= _SMALLEST_PT]
    if not good:
        longest = max(texts, key=width_pt).removeprefix(_TO)
        message = (
            f"label stock '{stock.id}' is too small for '{longest}' of scheme '{scheme.id}';"
            " choose larger stock or a shorter scheme"
        )
        raise InfeasibleError([Finding(code="label-too-small", message=message)])
    return next((face for face in good if face.note_pt >= _SMALLEST_NOTE_PT), good[0])


def _pieces(text: str, lines: int) -> tuple[str, ...]:
    """Return the text whole, or in two at the separator that makes the longer half shortest."""
    if lines == 1:
        return (text,)
    ends = [match.end() for match in re.finditer(r"[^\w\s](?=\w)", text)] or [len(text) // 2]
    at = min(ends, key=lambda end: max(width_pt(text[:end]), width_pt(text[end:])))
    return text[:at], text[at:]


def _draw(document: Document, label: Label, x: float, y: float, height: float, face: _Face) -> None:
    _draw_code(document, label.code, x, y + (height - face.code_pt) / 2, face.code_pt)
    lines = [(piece, face.size_pt) for text in label[:2] for piece in _pieces(text, face.lines)]
    if face.note_pt >= _SMALLEST_NOTE_PT:
        lines.append((label.note, face.note_pt))
    tall = sum(size * _LINE for _, size in lines)
    baseline = y + (height + tall) / 2
    for text, size in lines:
        baseline -= size * _LINE
        document.text(x + face.code_pt, baseline + size * (_LINE - 1) * 1.2, text, size)


def _draw_code(document: Document, code: str, x: float, y: float, side: float) -> None:
    """Draw a QR code as strokes a row; one mask for all, since choosing takes longer than drawing."""
    matrix = segno.make_qr(code, error="m", mask=_MASK).matrix
    modules = len(matrix) + 2 * _QUIET
    strokes = [
        f"{_QUIET + run.start()} {height}.5 m {_QUIET + run.end()} {height}.5 l"
        for height, line in zip(range(modules - _QUIET - 1, _QUIET - 1, -1), matrix, strict=True)
        for run in re.finditer(b"\x01+", bytes(line))
    ]
    canvas = document.canvas
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(side / modules, side / modules)  # small numbers alike in all codes: a quarter of the file
    canvas.setLineWidth(1.01)  # rows must not part where they are rounded
    canvas.addLiteral(" ".join([*strokes, "S"]))  # several times as fast as the library's own lines
    canvas.restoreState()


def _foot(document: Document, plan: Plan, stock: LabelStock, scheme: LabelScheme, sheet: str) -> None:
    """Say below the labels, where there is room, which sheet of what this is."""
    below = stock.first.top_um + (stock.rows - 1) * stock.pitch_down_um + stock.first.height_um
    if (stock.sheet_height_um - below) * _PT_PER_UM < _FOOT_MARGIN_PT:
        return
    room = stock.sheet_width_um * _PT_PER_UM - 2 * _FOOT_MARGIN_PT
    text = (
        f"{sheet}, inputs {plan.inputs_hash[:12]}, stock {stock.id}, scheme {scheme.id}: {plan.layout.name}"
    )
    document.text(_FOOT_MARGIN_PT, _FOOT_MARGIN_PT - 9, cut(one_line(text), room, _FOOT_PT), _FOOT_PT)
