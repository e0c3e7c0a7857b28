"""The cable trays of one level as a graph: crossings of row and cross trays, and ways between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from planner.geometry.simple_ways import Neighbors, SimpleWays
from planner.model.layout import Layout, Level, Slack
from planner.model.routes import Point, RouteKind

KIND_OF_LEVEL = {Level.OVERHEAD: RouteKind.OVERHEAD, Level.UNDERFLOOR: RouteKind.UNDERFLOOR}

NOWHERE = -1
"""Stands for "no crossing"."""


class Crossing(NamedTuple):
    """One side of the place where a cross tray meets a row tray: on the tray that is named."""

    tray: str
    point: Point


class Start(NamedTuple):
    """A crossing first met on the way from a place on a row tray.

    ``barred`` is the crossing that lies back past the place, where a way must not go.
    """

    crossing: int
    barred: int


class Location(NamedTuple):
    """Where a place lies on a row tray: between crossings ``low`` and ``high``, or on one.

    On a crossing, ``low`` and ``high`` are that crossing.
    """

    tray: str
    low: int
    high: int

    @property
    def starts(self) -> tuple[Start, ...]:
        """Return the crossings that ways from here meet first."""
        if self.low == self.high:
            return (Start(self.low, NOWHERE),) if self.low != NOWHERE else ()
        both = (Start(self.low, self.high), Start(self.high, self.low))
        return tuple(start for start in both if start.crossing != NOWHERE)


class TrayWay(NamedTuple):
    """A way between two crossings: lengths, and the crossings in order."""

    horizontal_mm: int
    vertical_mm: int
    crossings: tuple[int, ...]


class TrayNetwork:
    """Row and cross trays of one level.

    Weights are required lengths in thousandths of a millimeter, so that the slack's share of the
    horizontal part adds up exactly.
    """

    def __init__(self, layout: Layout, level: Level, routes: int) -> None:
        self.kind = KIND_OF_LEVEL[level]
        self.slack = slack_of(layout, self.kind)
        self.routes = routes
        self.row_trays = {tray.name: tray for tray in layout.pathways.row_trays if tray.level is level}
        self.cross_trays = {tray.name: tray for tray in layout.pathways.cross_trays if tray.level is level}
        self.crossings: list[Crossing] = []
        self.graph = nx.Graph()
        self._stops: dict[str, list[tuple[int, int]]] = {}
        self._ways: dict[tuple[Start, Start], tuple[list[TrayWay], SimpleWays | None]] = {}
        self._distances: dict[int, dict[int, int]] = {}
        self._add_crossings()
        self._neighbors = {
            node: sorted((other, edge["weight"]) for other, edge in around.items())
            for node, around in self.graph.adj.items()
        }

    def weight(self, horizontal_mm: int, vertical_mm: int) -> int:
        """Return what a stretch adds to the required length, in thousandths of a millimeter."""
        return (1000 + self.slack.horizontal_permille) * horizontal_mm + 1000 * vertical_mm

    def locate(self, tray: str, x_mm: int) -> Location:
        """Return where on the row tray the place is."""
        stops = self._stops[tray]
        after = bisect_left(stops, (x_mm, NOWHERE))
        if after < len(stops) and stops[after][0] == x_mm:
            return Location(tray, stops[after][1], stops[after][1])
        low = stops[after - 1][1] if after else NOWHERE
        high = stops[after][1] if after < len(stops) else NOWHERE
        return Location(tray, low, high)

    def ways(self, start: Start, target: Start, limit: int) -> Iterator[TrayWay]:
        """Yield the shortest ways that pass no crossing twice, lightest first, at most ``routes``.

        Only those lighter than ``limit``.
        """
        if start > target:
            for way in self.ways(target, start, limit):
                yield way._replace(crossings=way.crossings[::-1])
            return
        if (start, target) not in self._ways:
            self._ways[start, target] = self._begin(start, target)
        found, search = self._ways[start, target]
        for index in range(self.routes):
            if index == len(found):
                path = search.next_lighter_than(limit) if search else None
                if path is None:
                    return
                found.append(self._way(path))
            if self.weight(found[index].horizontal_mm, found[index].vertical_mm) >= limit:
                return
            yield found[index]

    def distance(self, a: int, b: int) -> int | None:
        """Return the least weight between two crossings, None where no trays join them."""
        return self._distances_to(b).get(a)

    def _distances_to(self, target: int) -> dict[int, int]:
        if target not in self._distances:
            self._distances[target] = _distances_from(target, self._neighbors)
        return self._distances[target]

    def _begin(self, start: Start, target: Start) -> tuple[list[TrayWay], SimpleWays | None]:
        """Return the ways known at once and the search for others."""
        if start.crossing == target.crossing:
            return [TrayWay(0, 0, (start.crossing,))], None
        search = SimpleWays(
            neighbors=self._neighbors,
            distance=self._distances_to(target.crossing),
            start=start.crossing,
            target=target.crossing,
            barred_first=start.barred,
            barred_last=target.barred,
        )
        return [], search

    def _way(self, path: tuple[int, ...]) -> TrayWay:
        points = [self.crossings[crossing].point for crossing in path]
        steps = list(pairwise(points))
        horizontal = sum(abs(a.x_mm - b.x_mm) + abs(a.y_mm - b.y_mm) for a, b in steps)
        return TrayWay(horizontal, sum(abs(a.z_mm - b.z_mm) for a, b in steps), path)

    def _add_crossings(self) -> None:
        on_cross: dict[str, dict[int, int]] = {name: {} for name in self.cross_trays}
        on_row: dict[str, dict[int, int]] = {name: {} for name in self.row_trays}
        for row_tray in self.row_trays.values():
            for cross in self.cross_trays.values():
                if row_tray.row in cross.rows:
                    meeting = Point(cross.x_mm, row_tray.y_mm, row_tray.z_mm)
                    lower = self._crossing(on_row[row_tray.name], cross.x_mm, row_tray.name, meeting)
                    above = meeting._replace(z_mm=cross.z_mm)
                    upper = self._crossing(on_cross[cross.name], row_tray.y_mm, cross.name, above)
                    self._join(lower, upper)
        for crossings in (*on_row.values(), *on_cross.values()):
            for (_, a), (_, b) in pairwise(sorted(crossings.items())):
                self._join(a, b)
        self._stops = {name: sorted(crossings.items()) for name, crossings in on_row.items()}

    def _crossing(self, along: dict[int, int], at_mm: int, tray: str, point: Point) -> int:
        """Return the tray's crossing at that place; several trays may cross in one."""
        if at_mm not in along:
            along[at_mm] = len(self.crossings)
            self.crossings.append(Crossing(tray, point))
        return along[at_mm]

    def _join(self, a: int, b: int) -> None:
        way = self._way((a, b))
        self.graph.add_edge(a, b, weight=self.weight(way.horizontal_mm, way.vertical_mm))


def _distances_from(start: int, neighbors: Neighbors) -> dict[int, int]:
    """Return the least weight from a crossing to each that trays join it with (Dijkstra)."""
    found: dict[int, int] = {}
    waiting = [(0, start)]
    while waiting:
        weight, here = heappop(waiting)
        if here not in found:
            found[here] = weight
            for node, edge in neighbors[here]:
                if node not in found:
                    heappush(waiting, (weight + edge, node))
    return found


def slack_of(layout: Layout, kind: RouteKind) -> Slack:
    """Return the slack of a kind of route."""
    pathways = layout.pathways
    return {
        RouteKind.LATERAL: pathways.lateral_slack,
        RouteKind.OVERHEAD: pathways.overhead_slack,
        RouteKind.UNDERFLOOR: pathways.underfloor_slack,
    }[kind]
