"""The cable trays of one level as a graph: crossings of row and cross trays, and ways between them."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from planner.model.layout import CrossTray, Layout, Level, RowTray, Slack
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
        self._stops: dict[str, list[tuple[int, int]]] = {name: [] for name in self.row_trays}
        self._ways: dict[tuple[Start, Start], tuple[TrayWay, ...]] = {}
        self._distances: dict[int, dict[int, int]] = {}
        self._add_crossings()

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

    def ways(self, start: Start, target: Start) -> tuple[TrayWay, ...]:
        """Return the shortest ways that pass no crossing twice, at most ``routes`` of them."""
        if start > target:
            return tuple(way._replace(crossings=way.crossings[::-1]) for way in self.ways(target, start))
        found = self._ways.get((start, target))
        if found is None:
            found = self._ways[start, target] = tuple(self._search(start, target))
        return found

    def distance(self, a: int, b: int) -> int | None:
        """Return the least weight between two crossings, None where no trays join them."""
        if b not in self._distances:
            self._distances[b] = nx.single_source_dijkstra_path_length(self.graph, b)
        return self._distances[b].get(a)

    def _search(self, start: Start, target: Start) -> list[TrayWay]:
        """Best first, guided by true distances to the target; ties go deep, then to low numbers."""
        if start.crossing == target.crossing:
            return [TrayWay(0, 0, (start.crossing,))]
        rest = self._rest(start, target)
        found: list[TrayWay] = []
        open_ways: list[tuple[int, int, tuple[int, ...], int]] = [(0, 0, (start.crossing,), 0)]
        while open_ways and len(found) < self.routes:
            _, _, path, weight = heapq.heappop(open_ways)
            here = path[-1]
            if here == target.crossing:
                found.append(self._way(path))
                continue
            for there, edge in self.graph.adj[here].items():
                if there in rest and there not in path and not _is_barred(start, target, here, there):
                    longer = weight + edge["weight"]
                    heapq.heappush(open_ways, (longer + rest[there], -len(path), (*path, there), longer))
        return found

    def _rest(self, start: Start, target: Start) -> dict[int, int]:
        """Return the distance to the target of every crossing that a way can pass after its start."""
        open_graph = nx.subgraph_view(
            self.graph,
            filter_node=lambda crossing: crossing != start.crossing,
            filter_edge=lambda a, b: {a, b} != {target.crossing, target.barred},
        )
        rest: dict[int, int] = nx.single_source_dijkstra_path_length(open_graph, target.crossing)
        return rest

    def _way(self, path: tuple[int, ...]) -> TrayWay:
        points = [self.crossings[crossing].point for crossing in path]
        steps = list(pairwise(points))
        horizontal = sum(abs(a.x_mm - b.x_mm) + abs(a.y_mm - b.y_mm) for a, b in steps)
        return TrayWay(horizontal, sum(abs(a.z_mm - b.z_mm) for a, b in steps), path)

    def _add_crossings(self) -> None:
        on_cross: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row_tray in self.row_trays.values():
            for cross in self.cross_trays.values():
                if row_tray.row in cross.rows:
                    lower, upper = self._add_crossing(row_tray, cross)
                    self._stops[row_tray.name].append((cross.x_mm, lower))
                    on_cross[cross.name].append((row_tray.y_mm, upper))
            self._stops[row_tray.name].sort()
        for stops in (*self._stops.values(), *(sorted(stops) for stops in on_cross.values())):
            for (_, a), (_, b) in pairwise(stops):
                self._join(a, b)

    def _add_crossing(self, row_tray: RowTray, cross: CrossTray) -> tuple[int, int]:
        on_row = len(self.crossings)
        self.crossings.append(Crossing(row_tray.name, Point(cross.x_mm, row_tray.y_mm, row_tray.z_mm)))
        self.crossings.append(Crossing(cross.name, Point(cross.x_mm, row_tray.y_mm, cross.z_mm)))
        self._join(on_row, on_row + 1)
        return on_row, on_row + 1

    def _join(self, a: int, b: int) -> None:
        way = self._way((a, b))
        self.graph.add_edge(a, b, weight=self.weight(way.horizontal_mm, way.vertical_mm))


def _is_barred(start: Start, target: Start, here: int, there: int) -> bool:
    leaves_back = here == start.crossing and there == start.barred
    return leaves_back or (there == target.crossing and here == target.barred)


def slack_of(layout: Layout, kind: RouteKind) -> Slack:
    """Return the slack of a kind of route."""
    pathways = layout.pathways
    return {
        RouteKind.LATERAL: pathways.lateral_slack,
        RouteKind.OVERHEAD: pathways.overhead_slack,
        RouteKind.UNDERFLOOR: pathways.underfloor_slack,
    }[kind]
