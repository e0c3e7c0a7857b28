"""The fonts of PDF documents: the shipped one, and one of the user's for letters that it does not have."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from planner.errors import Finding, InputError, Severity
from planner.outputs import fonts

FONT = "planner-text"
_FURTHER = "planner-further-text"
_MOST_SHOWN = 20
_HIGHEST = 0xFFFF  # beyond it the library maps letters back to text the wrong way


@dataclass(slots=True)
class _InUse:
    """The user's font, if there is one, and the letters that were asked for in vain, in that order."""

    further: TTFont | None = None
    lacking: dict[str, None] = field(default_factory=dict)


_IN_USE = _InUse()


def use_font(path: Path | None) -> None:
    """Use a font of the user's, a TrueType file, besides the shipped one; None: the shipped one alone.

    Raises
    ------
    InputError
        The file is no font that can be embedded.
    """
    _IN_USE.further = _read(path) if path else None
    _IN_USE.lacking.clear()


def lacking_letters() -> Finding | None:
    """Return a warning about letters of the last documents that no font had; None where all were shown."""
    letters = list(_IN_USE.lacking)
    if not letters:
        return None
    named = ", ".join(f"{_as_text(one)} (U+{ord(one):04X})" for one in letters[:_MOST_SHOWN])
    more = f" and {len(letters) - _MOST_SHOWN:,} more" if len(letters) > _MOST_SHOWN else ""
    message = (
        f"the fonts have no {named}{more}; a \N{REPLACEMENT CHARACTER} stands in the document for each;"
        " name a TrueType font that has them with --font FILE"
    )
    return Finding(code="letters-not-shown", message=message, severity=Severity.WARNING)


def font_of(letter: str) -> str | None:
    """Return the name of the font that a letter is written in; None, and remembered, where none has it."""
    code = ord(letter)
    if code in register_shipped().face.charToGlyph and code <= _HIGHEST:
        return FONT
    further = _IN_USE.further
    if further is not None and code in further.face.charToGlyph and code <= _HIGHEST:
        return _FURTHER
    _IN_USE.lacking[letter] = None
    return None


@cache
def register_shipped() -> TTFont:
    """Return the shipped font, known to the library of PDFs."""
    font = TTFont(FONT, str(Path(fonts.__file__).resolve().parent / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(font)
    return font


def _read(path: Path) -> TTFont:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror or error}") from error
    try:
        font = TTFont(_FURTHER, str(path))
    except (TTFError, IndexError, ValueError, KeyError, OverflowError, MemoryError) as error:
        kind = "its outlines are not TrueType" if content[:4] == b"OTTO" else "no TrueType font"
        raise _refusal(path, f"{kind}, expected a .ttf or .ttc file") from error
    pdfmetrics.registerFont(font)
    return font


def _refusal(path: Path, what: str) -> InputError:
    return InputError([Finding(code="bad-font", message=f"font '{path}': {what}")])


def _as_text(letter: str) -> str:
    return letter if letter.isprintable() and not unicodedata.combining(letter) else "one"
