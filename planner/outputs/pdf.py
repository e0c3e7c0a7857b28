"""What all PDF documents share: the shipped font, text that fits, and the same bytes every time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from planner.outputs.typefaces import FONT, font_of, register_shipped, use_font

CREATOR = "planner"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_RIGHT_TO_LEFT = ("R", "AL")
_WITHIN = ("NSM", "WS", "CS", "ON")
_AFTER_SEPARATOR = re.compile(r"(?<=[^\w\s])(?=\w)|(?<=\s)(?=\S)")


class Document:
    """A PDF in the making; ``canvas`` draws on the current page, in points from the lower left."""

    def __init__(self, width_pt: float, height_pt: float, title: str) -> None:
        self._file = BytesIO()
        register_shipped()
        # invariant: no clock and no random id in the file
        self.canvas = Canvas(
            self._file,
            (width_pt, height_pt),
            invariant=1,
            pageCompression=1,
            initialFontName=FONT,  # type: ignore[arg-type]  # the stub takes the name for a number
        )
        self.canvas.setTitle(one_line(title))
        self.canvas.setCreator(CREATOR)
        self.canvas.setAuthor("")
        self.canvas.setSubject("")

    def text(self, x_pt: float, y_pt: float, text: str, size_pt: float) -> None:
        """Write one line of text from a baseline's left end."""
        for font, piece in _pieces(text):
            self.canvas.setFont(font, size_pt)
            self.canvas.drawString(x_pt, y_pt, piece)
            x_pt += pdfmetrics.stringWidth(piece, font, size_pt)

    def close(self) -> bytes:
        """Return the finished file."""
        self.canvas.save()
        return self._file.getvalue()


@contextmanager
def further_font(path: Path | None) -> Iterator[None]:
    """Write what the shipped font does not have in a font of the user's, in documents made within.

    Raises
    ------
    InputError
        The file is no font that can be embedded.
    """
    use_font(path)
    _forget_widths()
    try:
        yield
    finally:
        use_font(None)
        _forget_widths()


def _forget_widths() -> None:
    _width_at_1.cache_clear()
    wrapped.cache_clear()


def one_line(text: str) -> str:
    """Return any text as one line that the fonts can show, in the order drawn from the left."""
    joined = _shaped(unicodedata.normalize("NFC", " ".join(text.split())))
    line = "".join(char if char.isprintable() and font_of(char) else _UNKNOWN for char in joined)
    return line if line.isascii() else _in_visual_order(line)


def _shaped(line: str) -> str:
    """Give Arabic letters the forms that they have within words, as far as the fonts have these."""
    if line.isascii() or not any(unicodedata.bidirectional(char) == "AL" for char in line):
        return line
    shaped = _reshaper().reshape(line)
    return "".join(char if font_of(char) else unicodedata.normalize("NFKC", char) for char in shaped)


@cache
def _reshaper() -> ArabicReshaper:
    # Vowel marks stay, and the one sign for the word for God, which the shipped font lacks, is spelled.
    return ArabicReshaper(configuration={"delete_harakat": False, "ARABIC LIGATURE ALLAH": False})


def _pieces(text: str) -> list[tuple[str, str]]:
    """Return the text in pieces of one font each."""
    if text.isascii():
        return [(FONT, text)]
    pieces: list[tuple[str, str]] = []
    for char in text:
        font = font_of(char) or FONT
        if pieces and pieces[-1][0] == font:
            pieces[-1] = (font, pieces[-1][1] + char)
        else:
            pieces.append((font, char))
    return pieces


def width_pt(text: str, size_pt: float = 1.0) -> float:
    """Return how wide the text is."""
    return size_pt * _width_at_1(text)


@cache
def _width_at_1(text: str) -> float:
    register_shipped()
    return sum(float(pdfmetrics.stringWidth(piece, font, 1.0)) for font, piece in _pieces(text))


def cut(text: str, room_pt: float, size_pt: float) -> str:
    """Return the text, or as much of it as there is room for."""
    if width_pt(text, size_pt) <= room_pt:
        return text
    while text and width_pt(text + "…", size_pt) > room_pt:
        text = text[:-1]
    return text.rstrip() + "…"


@cache
def wrapped(text: str, room_pt: float, size_pt: float) -> tuple[str, ...]:
    """Break a text into lines that fit: at spaces, after separators, else anywhere."""
    lines, line = [], ""
    for piece in _AFTER_SEPARATOR.split(text):
        if line and width_pt(line + piece.rstrip(), size_pt) > room_pt:
            lines.append(line.rstrip())
            line = ""
        while len(piece) > 1 and width_pt(piece.rstrip(), size_pt) > room_pt:
            head = _head(piece, room_pt, size_pt)
            lines.append(head)
            piece = piece[len(head) :]
        line += piece
    return (*lines, line.rstrip())


def _head(text: str, room_pt: float, size_pt: float) -> str:
    """Return as many letters from the beginning as fit, one at least."""
    count = len(text) - 1
    while count > 1 and width_pt(text[:count], size_pt) > room_pt:
        count -= 1
    return text[:count]


def _in_visual_order(line: str) -> str:
    """Turn around what is read from the right; PDF text is placed from the left, letter by letter."""
    shown: list[str] = []
    pending: list[str] = []  # letters read from the right, and what may stand between them
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind in _RIGHT_TO_LEFT or (pending and kind in _WITHIN):
            pending.append(char)
            continue
        _turn(pending, shown)
        shown.append(char)
    _turn(pending, shown)
    return "".join(shown)


def _turn(pending: list[str], shown: list[str]) -> None:
    tail: list[str] = []
    while pending and unicodedata.bidirectional(pending[-1]) not in (*_RIGHT_TO_LEFT, "NSM"):
        tail.append(pending.pop())
    clusters: list[str] = []
    for char in pending:
        if clusters and unicodedata.bidirectional(char) == "NSM":
            clusters[-1] += char  # a mark stays after the letter that carries it
        else:
            clusters.append(char)
    shown.extend(reversed(clusters))
    shown.extend(reversed(tail))
    pending.clear()
