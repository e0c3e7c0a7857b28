"""The route table against every simple path of a graph of points that the test builds by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import networkx as nx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.geometry.simple_ways import SimpleWays
from planner.geometry.table import build_route_table
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import CrossTray, Layout, Level, Pathways, RowTray, Side
from planner.model.routes import NO_ROUTE_MM, Attachment
from planner.topology.build import build_fabrics
from tests.hall_parts import RACK_DEPTH_MM
from tests.halls import PITCH_MM, make_hall

Node = tuple[object, ...]
Lengths = tuple[int, int]
"""Required and routed length."""


def edge(graph: nx.Graph, a: Node, b: Node, along: int = 0, up: int = 0) -> None:
    graph.add_edge(a, b, along=abs(along), up=abs(up))


def paths(graph: nx.Graph) -> Iterator[tuple[frozenset[frozenset[Node]], int, int]]:
    """Yield every simple path from end A to end B: its edges, its horizontal and vertical length."""
    if ("end", 0) not in graph or ("end", 1) not in graph:
        return
    for nodes in nx.all_simple_paths(graph, ("end", 0), ("end", 1)):
        steps = [graph.edges[step] for step in pairwise(nodes)]
        used = frozenset(frozenset(step) for step in pairwise(nodes))
        yield used, sum(step["along"] for step in steps), sum(step["up"] for step in steps)


def is_tray_route(used: frozenset[frozenset[Node]]) -> bool:
    """A route by trays enters them once and leaves them once: two ends of risers, a tray between."""
    nodes = {node for step in used for node in step}
    return sum(node[0] == "top" for node in nodes) == 2 and any(node[0] == "tray" for node in nodes)


class BruteForce:
    """All routes between two attachments in a hall of 600 mm racks at a pitch of 600 mm."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def row_index(self, end: Attachment) -> int:
        return ord(end.rack[0]) - ord("A")

    def face_y(self, end: Attachment) -> int:
        row = self.layout.rows[self.row_index(end)]
        looks_south = (row.front is Side.SOUTH) == (end.face is Face.FRONT)
        return row.y_mm + (0 if looks_south else RACK_DEPTH_MM)

    def exits(self, end: Attachment) -> list[tuple[int, int]]:
        """Edge (0 low, 1 high) and length across the face."""
        row = self.layout.rows[self.row_index(end)]
        looks_south = (row.front is Side.SOUTH) == (end.face is Face.FRONT)
        offset = 300 if end.offset_mm is None else end.offset_mm
        from_low = offset if looks_south else 600 - offset
        both = [(0, from_low), (1, 600 - from_low)]
        return [way for way in both if way[1] <= 300]

    def number(self, end: Attachment) -> int:
        return int(end.rack[1:])

    def laterals(self, a: Attachment, b: Attachment) -> list[Lengths]:
        allowed = self.layout.pathways.laterals
        same_line = self.row_index(a) == self.row_index(b) and a.face is b.face
        apart = abs(self.number(a) - self.number(b))
        if not same_line or apart > (allowed.max_positions if allowed else 0):
            return []
        found = {}
        for z in {a.z_mm, b.z_mm}:
            graph = nx.Graph()
            for which, end in enumerate((a, b)):
                for side, face in self.exits(end):
                    riser = (self.number(end), side)
                    edge(graph, ("end", which), ("riser", riser, end.z_mm), along=face)
                    if end.z_mm != z:
                        edge(graph, ("riser", riser, end.z_mm), ("riser", riser, z), up=end.z_mm - z)
            if allowed:
                numbers = range(1, 1 + len(self.layout.rows[self.row_index(a)].positions))
                stations = [(number, side) for number in numbers for side in (0, 1)]
                for low, high in pairwise(stations):
                    gap = PITCH_MM - 600 if low[0] != high[0] else 600
                    edge(graph, ("riser", low, z), ("riser", high, z), along=gap)
            found.update({used: (along, up) for used, along, up in paths(graph)})
        slack = self.layout.pathways.lateral_slack
        return [
            (along + up + 2 * slack.per_end_mm + -(-along * slack.horizontal_permille // 1000), along + up)
            for along, up in found.values()
        ]

    def trays(self, a: Attachment, b: Attachment, level: Level) -> list[Lengths]:
        graph = nx.Graph()
        pathways = self.layout.pathways
        stops: dict[str, set[int]] = {}
        rows = {tray.name: tray for tray in pathways.row_trays if tray.level is level}
        for which, end in enumerate((a, b)):
            for side, face in self.exits(end):
                x = (self.number(end) - 1 + side) * PITCH_MM
                riser = (end.rack, end.face, side)
                edge(graph, ("end", which), ("riser", riser, which), along=face)
                for tray in rows.values():
                    if tray.row == end.rack[0]:
                        top, place = ("top", riser, tray.z_mm), ("tray", tray.name, x)
                        edge(graph, ("riser", riser, which), top, up=tray.z_mm - end.z_mm)
                        edge(graph, top, place, along=self.face_y(end) - tray.y_mm)
                        stops.setdefault(tray.name, set()).add(x)
        self.cross(graph, level, rows, stops)
        for name, places in stops.items():
            for x, further in pairwise(sorted(places)):
                edge(graph, ("tray", name, x), ("tray", name, further), along=further - x)
        slack = pathways.overhead_slack if level is Level.OVERHEAD else pathways.underfloor_slack
        return [
            (along + up + 2 * slack.per_end_mm + -(-along * slack.horizontal_permille // 1000), along + up)
            for used, along, up in paths(graph)
            if is_tray_route(used)
        ]

    def cross(
        self, graph: nx.Graph, level: Level, rows: dict[str, RowTray], stops: dict[str, set[int]]
    ) -> None:
        for cross in (tray for tray in self.layout.pathways.cross_trays if tray.level is level):
            on_cross = {}
            for tray in rows.values():
                if tray.row in cross.rows:
                    place, over = ("tray", tray.name, cross.x_mm), ("tray", cross.name, tray.y_mm)
                    edge(graph, place, over, up=tray.z_mm - cross.z_mm)
                    stops.setdefault(tray.name, set()).add(cross.x_mm)
                    on_cross[tray.y_mm] = over
            for (y, low), (further, high) in pairwise(sorted(on_cross.items())):
                edge(graph, low, high, along=further - y)

    def routes(self, a: Attachment, b: Attachment) -> list[Lengths]:
        found = list(self.laterals(a, b))
        for level in Level:
            found += self.trays(a, b, level)
        return sorted(found)


@st.composite
def pathways_of(draw: st.DrawFn, layout: Layout) -> Pathways:
    section = layout.pathways.risers
    rows = [row.name for row in layout.rows]
    row_trays, cross_trays = [], []
    for level in Level:
        base = 2600 if level is Level.OVERHEAD else -500
        for index, row in enumerate(rows):
            for number in range(draw(st.sampled_from([0, 1, 1, 2]))):
                row_trays.append(
                    RowTray(
                        name=f"{row}{number}{level.value}",
                        level=level,
                        row=row,
                        y_mm=layout.rows[index].y_mm + 600 * number,
                        z_mm=base + draw(st.sampled_from([0, 0, 7, 150])),
                        section=section,
                    )
                )
        for number, x in enumerate(
            draw(st.lists(st.sampled_from([-300, 0, 333, 600, 900, 1500]), max_size=2))
        ):
            joined = draw(st.lists(st.sampled_from(rows), unique=True, min_size=1))
            cross_trays.append(
                CrossTray(
                    name=f"X{number}{level.value}",
                    level=level,
                    x_mm=x,
                    z_mm=base + draw(st.sampled_from([0, 0, 11, 200])),
                    rows=tuple(sorted(joined)),
                    section=section,
                )
            )
    return replace(
        layout.pathways,
        row_trays=tuple(row_trays),
        cross_trays=tuple(cross_trays),
        overhead_slack=replace(
            layout.pathways.overhead_slack, horizontal_permille=draw(st.sampled_from([0, 33, 100]))
        ),
    )


@st.composite
def halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    layout, catalog = make_hall(
        draw(st.sampled_from([["LS"], ["LLS"], ["SL", "L"], ["L.S", "SL"], ["L", "S", "S"]])),
        fronts=(Side.SOUTH, draw(st.sampled_from(Side))),
        trays_per_rack=draw(st.integers(1, 2)),
        lower_offset_mm=draw(st.sampled_from([None, (20, 250, 300, 590)])),
        upper_offset_mm=draw(st.sampled_from([None, (40,) * 4 + (560,) * 4])),
        upper_face=draw(st.sampled_from([Face.FRONT, Face.FRONT, Face.REAR])),
        slots_per_rack=4,
        max_positions=draw(st.sampled_from([None, 0, 1, 2])),
        routes_per_pair=draw(st.integers(1, 6)),
    )
    return replace(layout, pathways=draw(pathways_of(layout))), catalog


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(halls())
def test_the_table_holds_the_cheapest_of_all_routes(hall: tuple[Layout, Catalog]) -> None:
    layout, catalog = hall
    (fabric,) = build_fabrics(layout, catalog)
    try:
        table = build_route_table(layout, catalog, fabric)
    except InfeasibleError:
        return
    brute_force = BruteForce(layout)
    for a, lower in enumerate(table.lower):
        for b in range(0, len(table.upper), 3):
            every = brute_force.routes(lower, table.upper[b])
            pairs = zip(table.routed_mm[a, b].tolist(), table.slack_mm[a, b].tolist(), strict=True)
            kept = [(routed + slack, routed) for routed, slack in pairs if routed < NO_ROUTE_MM]
            count = layout.pathways.routes_per_pair
            assert [required for required, _ in kept] == [required for required, _ in every[:count]]
            assert not set(kept) - set(every)
            for k, (_, routed) in enumerate(kept):
                segments = table.route(a, b, k).segments
                assert sum(segment.length_mm for segment in segments) == routed
                assert all({one.a, one.b} & {other.a, other.b} for one, other in pairwise(segments)), segments


@settings(deadline=None)
@given(st.integers(3, 7), st.data())
def test_simple_ways_come_shortest_first(nodes: int, data: st.DataObject) -> None:
    edges = data.draw(
        st.dictionaries(
            st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(
                lambda pair: pair[0] < pair[1]
            ),
            st.integers(0, 9),
        )
    )
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in edges.items())
    neighbors = {node: sorted((n, e["weight"]) for n, e in graph.adj[node].items()) for node in graph}
    distance = nx.single_source_dijkstra_path_length(graph, nodes - 1)
    first, last = data.draw(st.integers(1, nodes - 1)), data.draw(st.integers(0, nodes - 2))
    ways = list(SimpleWays(neighbors, distance, 0, nodes - 1, first, last)) if 0 in distance else []
    every = nx.all_simple_paths(graph, 0, nodes - 1)
    expected = [way for way in every if way[1] != first and way[-2] != last]
    assert sorted(ways) == sorted(map(tuple, expected))
    weights = [nx.path_weight(graph, way, "weight") for way in ways]
    assert weights == sorted(weights)
