"""SVG written shape by shape, for drawings whose places are known."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from planner.outputs.fonts import FAMILY
from planner.outputs.markup import INK, PAPER, number

_LETTER = 0.62
"""Width of a letter for its size: a little more than the shipped font's mean."""


class Look(NamedTuple):
    """How words look; ``fit`` is the width that they may take, 0 where there is no limit."""

    size: float
    color: str = INK
    bold: bool = False
    anchor: str = "start"
    fit: float = 0


class Drawing:
    """A drawing in pixels, its origin at the upper left."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}"'
            f' viewBox="0 0 {number(width)} {number(height)}" font-family="{escape(FAMILY)}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        ]

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str,
        line: float,
        tip: str = "",
    ) -> None:
        """Draw a rectangle; viewers show ``tip`` where the pointer is on it."""
        shape = (
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
            f' fill="{fill}" stroke="{stroke}" stroke-width="{number(line)}"'
        )
        self._parts.append(f"{shape}><title>{escape(tip)}</title></rect>" if tip else f"{shape}/>")

    def words(self, x: float, y: float, words: str, look: Look) -> None:
        """Write words on a baseline, shortened to the width that they may take."""
        if look.fit and len(words) * look.size * _LETTER > look.fit:
            words = words[: max(1, int(look.fit / look.size / _LETTER) - 1)] + "\N{HORIZONTAL ELLIPSIS}"
        weight = ' font-weight="bold"' if look.bold else ""
        anchor = f' text-anchor="{look.anchor}"' if look.anchor != "start" else ""
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(look.size)}" fill="{look.color}"'
            f"{weight}{anchor}>{escape(words)}</text>"
        )

    def lines(self, x: float, y: float, words: str, look: Look, letters: int) -> float:
        """Write words in lines of at most so many letters; return the next baseline."""
        line = ""
        for word in words.split(" "):
            if line and len(line) + 1 + len(word) > letters:
                self.words(x, y, line, look)
                y += look.size * 1.4
                line = word
            else:
                line = f"{line} {word}" if line else word
        self.words(x, y, line, look)
        return y + look.size * 1.4

    def bytes(self) -> bytes:
        """Return the drawing as a file."""
        return ("\n".join(self._parts) + "\n</svg>\n").encode()
