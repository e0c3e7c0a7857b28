"""DOT source to SVG bytes: one Graphviz and one font on every machine."""

from __future__ import annotations

import atexit
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from planner.interrupts import take_away_on_interrupt
from planner.outputs.fonts import write_config
from planner.outputs.markup import POINTS_PER_INCH

_COMMENT = re.compile(rb"<!--.*?-->\n?", re.DOTALL)
_PINNED = re.compile(r'pos="(-?[\d.]+),(-?[\d.]+)!"')
_MOST_PINNED = 5_000
"""Nodes in their places up to which ``neato`` draws: it makes room for the distances between all of them,
and ends the process where that does not fit."""


def draw_svg(source: str, engine: str) -> bytes:
    """Draw DOT source with a layout engine.

    Parameters
    ----------
    source
        A graph; ``neato`` keeps nodes with ``pos="x,y!"`` where they are.
    engine
        ``dot`` or ``neato``.

    Returns
    -------
    bytes
        SVG without comments: they name the drawing program's version.

    Raises
    ------
    ValueError
        Graphviz cannot draw it: a fault of the planner, not of its input.
    """
    if len(_PINNED.findall(source)) > _MOST_PINNED:
        source, engine = _PINNED.sub(_in_points, source), "nop2"
    graph_class = _graph_class()
    with _quiet_stderr():
        svg: bytes | None = graph_class(string=source).draw(prog=engine, format="svg")
    if not svg:
        raise ValueError("Graphviz drew nothing")
    return _COMMENT.sub(b"", svg)


def _in_points(position: re.Match[str]) -> str:
    """Write a place as the engine that moves nothing reads it."""
    x, y = (float(position[axis]) * POINTS_PER_INCH for axis in (1, 2))
    return f'pos="{x:.4f},{y:.4f}"'


def load_fonts() -> None:
    """Load the drawing library with its fonts, which this process takes away when it ends."""
    _graph_class()


@cache
def _graph_class() -> Any:
    """Import the drawing library late: it is heavy, and reads its font configuration once."""
    folder = tempfile.TemporaryDirectory(prefix="planner-fonts-")
    atexit.register(folder.cleanup)
    take_away_on_interrupt(folder.cleanup)
    os.environ["FONTCONFIG_FILE"] = str(write_config(Path(folder.name)))
    from pygraphviz import AGraph

    return AGraph


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Drop what C code writes to stderr: harmless warnings that differ by machine."""
    if sys.stderr is not None:
        sys.stderr.flush()
    with Path(os.devnull).open("wb") as nowhere:
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
