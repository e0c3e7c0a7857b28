"""A drawing to scale: boxes and words at places given in millimeters of the room."""

from __future__ import annotations

import graphviz

from planner.outputs.markup import POINTS_PER_INCH, html_label, number, pin

_POINTS_PER_M = 110


def points(length_mm: float) -> float:
    """Return how long a length is on paper."""
    return length_mm * _POINTS_PER_M / 1000


class Canvas:
    """Draws onto a graph; what is drawn later lies on top."""

    def __init__(self, graph: graphviz.Graph) -> None:
        self._graph = graph

    def box(
        self,
        name: str,
        low_mm: tuple[float, float],
        high_mm: tuple[float, float],
        *,
        markup: str = "",
        **attributes: str,
    ) -> None:
        """Draw a rectangle between two corners; SVG viewers show its name as a tooltip."""
        (x1, y1), (x2, y2) = low_mm, high_mm
        self._graph.node(
            name,
            shape="box",
            fixedsize="true",
            width=number(points(x2 - x1) / POINTS_PER_INCH),
            height=number(points(y2 - y1) / POINTS_PER_INCH),
            pos=pin(points((x1 + x2) / 2), points((y1 + y2) / 2)),
            label=html_label(markup) if markup else "",
            **attributes,
        )

    def words(self, name: str, at_mm: tuple[float, float], markup: str) -> None:
        """Center words, or a table of them, on a place."""
        x, y = at_mm
        self._graph.node(name, pos=pin(points(x), points(y)), label=html_label(markup))
