"""The verifier's router where segments charge tolls: every way of a pair that no other one beats.

Lengths and tolls pull in different directions, so a pair has several ways worth counting. They come
as layers: in each, one way of every pair, with its lengths and its toll. Laterals lie at the height
of either end; through cable trays all ways are compared.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.model.layout import Level, RowTray, Slack
from planner.model.routes import Point
from planner.verify.ground import Ground
from planner.verify.router import (
    FAR_MM,
    End,
    Landing,
    Least,
    Lengths,
    column,
    joined_by_laterals,
    landings_of,
    tray_graph,
    way_of,
)
from planner.verify.tolls import TollBook, lateral_toll, riser_toll

_MOST_WAYS = 12
"""Most ways between two places of trays; where there are more, tolls in trays count for nothing."""

Label = tuple[int, int, int]
"""Routed length, length weighted for slack, toll."""


def tolled_lengths(
    ground: Ground, lower: Sequence[End], upper: Sequence[End], book: TollBook
) -> tuple[Least, ...]:
    """Return layers of ways that together hold a best one of every pair, whatever it costs."""
    pathways = ground.plan.layout.pathways
    return (
        *_by_laterals(ground, lower, upper, book),
        *_by_trays(ground, Level.OVERHEAD, pathways.overhead_slack, (lower, upper), book),
        *_by_trays(ground, Level.UNDERFLOOR, pathways.underfloor_slack, (lower, upper), book),
    )


def _by_laterals(
    ground: Ground, lower: Sequence[End], upper: Sequence[End], book: TollBook
) -> Iterator[Least]:
    slack = ground.plan.layout.pathways.lateral_slack
    near, at_one_face = joined_by_laterals(ground, lower, upper)
    z_a, z_b = column(end.z_mm for end in lower), column(end.z_mm for end in upper).T
    for a in range(2):
        x_a, out_a = way_of(lower, a)
        for b in range(2):
            x_b, out_b = way_of(upper, b)
            one_riser = at_one_face & (x_a == x_b.T)
            flat = np.where(near | one_riser, out_a + np.abs(x_a - x_b.T) + out_b.T, FAR_MM)
            extra = -(-flat * slack.horizontal_permille // 1000)
            routed = flat + np.abs(z_a - z_b)
            required = routed + 2 * slack.per_end_mm + extra
            for height in (z_a, z_b):
                toll = _lateral_tolls(ground, (lower, upper), (a, b), book, near | one_riser, height)
                yield Least(routed, required, toll)


def _lateral_tolls(
    ground: Ground,
    ends: tuple[Sequence[End], Sequence[End]],
    ways: tuple[int, int],
    book: TollBook,
    exists: NDArray[np.bool_],
    height: Lengths,
) -> Lengths:
    """Return the tolls of all pairs that a lateral (or one riser) joins, lying at that height."""
    tolls = np.zeros(exists.shape, dtype=np.int64)
    heights = np.broadcast_to(height, exists.shape)
    start_of = {address: place.position.x_mm for address, place in ground.places.items()}
    for i, j in zip(*(index.tolist() for index in np.nonzero(exists)), strict=True):
        one, other = ends[0][i], ends[1][j]
        x_a, x_b = (_way_x(end, way) for end, way in ((one, ways[0]), (other, ways[1])))
        z = int(heights[i, j])
        if one.rack == other.rack and x_a == x_b:
            tolls[i, j] = _climb(book, one, x_a, one.z_mm, other.z_mm)
            continue
        racks = (start_of[one.rack], start_of[other.rack])
        tolls[i, j] = _climb(book, one, x_a, one.z_mm, z) + _climb(book, other, x_b, z, other.z_mm)
        tolls[i, j] += lateral_toll(book, (one.y_mm, z), (x_a, x_b), racks)
    return tolls


def _way_x(end: End, index: int) -> int:
    return end.ways[min(index, len(end.ways) - 1)][0]


def _climb(book: TollBook, end: End, x_mm: int, z_a: int, z_b: int) -> int:
    return riser_toll(book, (end.rack, x_mm, end.y_mm), (z_a, z_b))


def _by_trays(
    ground: Ground,
    level: Level,
    slack: Slack,
    ends: tuple[Sequence[End], Sequence[End]],
    book: TollBook,
) -> Iterator[Least]:
    """Return a layer for every two landings of an end, and every way between the places they land at."""
    trays = [tray for tray in ground.plan.layout.pathways.row_trays if tray.level is level]
    permille = slack.horizontal_permille
    landings = [[landings_of(end, trays, permille) for end in side] for side in ends]
    nodes = [sorted({landing.node for one in side for landing in one}) for side in landings]
    between = _ways_between(ground, level, trays, (nodes[0], nodes[1]), permille, book)
    width = [max((len(one) for one in side), default=0) for side in landings]
    for a in range(width[0]):
        at_a, lead_a = _lead(ends[0], landings[0], trays, a, nodes[0], book)
        for b in range(width[1]):
            at_b, lead_b = _lead(ends[1], landings[1], trays, b, nodes[1], book)
            for layer in range(between.shape[3]):
                routed, weighted, toll = (
                    lead_a[part] + between[part, :, :, layer][at_a, at_b.T] + lead_b[part].T
                    for part in range(3)
                )
                yield Least(routed, -(-weighted // 1000) + 2 * slack.per_end_mm, toll)


def _lead(
    ends: Sequence[End],
    landings: Sequence[list[Landing]],
    trays: Sequence[RowTray],
    index: int,
    nodes: Sequence[tuple[str, int]],
    book: TollBook,
) -> tuple[Lengths, tuple[Lengths, Lengths, Lengths]]:
    """Return the place where each end's n-th landing is, and lengths and toll up to it, as columns."""
    place = {node: at for at, node in enumerate(nodes)}
    height = {tray.name: tray.z_mm for tray in trays}
    one = [side[index] if index < len(side) else None for side in landings]
    tolls = [
        _climb(book, end, landing.node[1], end.z_mm, height[landing.node[0]]) if landing else 0
        for end, landing in zip(ends, one, strict=True)
    ]
    at = column(place[landing.node] if landing else 0 for landing in one)
    return at, (
        column(landing.routed_mm if landing else FAR_MM for landing in one),
        column(landing.weighted if landing else FAR_MM * 1000 for landing in one),
        column(tolls),
    )


def _ways_between(
    ground: Ground,
    level: Level,
    trays: Sequence[RowTray],
    nodes: tuple[list[tuple[str, int]], list[tuple[str, int]]],
    permille: int,
    book: TollBook,
) -> Lengths:
    """Return lengths and tolls of all ways that no other beats: (3, places, places, ways), far where none."""
    at_pieces = [
        (tray.name, end[0])
        for tray in trays
        for piece in book.trays
        for end in piece
        if end[1:] == (tray.y_mm, tray.z_mm)
    ]
    graph = tray_graph(ground, level, trays, [*nodes[0], *nodes[1], *at_pieces], permille)
    points = _points(ground, trays, graph)
    for one, other, data in graph.edges(data=True):
        low, high = sorted((points[one], points[other]))
        data["toll"] = book.trays.get((low, high), 0)
    found = [_labels(graph, source) for source in nodes[0]]
    most = max((len(labels.get(target, ())) for labels in found for target in nodes[1]), default=0)
    shape = (max(1, len(nodes[0])), max(1, len(nodes[1])), max(1, most))
    table = np.stack([np.full(shape, FAR_MM), np.full(shape, FAR_MM * 1000), np.zeros(shape, np.int64)])
    for row, labels in enumerate(found):
        for place, target in enumerate(nodes[1]):
            for layer, label in enumerate(labels.get(target, ())):
                table[:, row, place, layer] = label
    return table


def _points(ground: Ground, trays: Sequence[RowTray], graph: nx.Graph) -> dict[object, Point]:
    """Return where the places of the graph are."""
    rows = {tray.name: tray for tray in trays}
    cross = {tray.name: tray for tray in ground.plan.layout.pathways.cross_trays}
    points: dict[object, Point] = {}
    for node in graph.nodes:
        if len(node) == 3:
            points[node] = Point(cross[node[1]].x_mm, node[2], cross[node[1]].z_mm)
        else:
            points[node] = Point(node[1], rows[node[0]].y_mm, rows[node[0]].z_mm)
    return points


def _labels(graph: nx.Graph, source: tuple[str, int]) -> dict[object, list[Label]]:
    """Return for every place the ways from the source that no other way there beats in all three."""
    labels: dict[object, list[Label]] = {}
    waiting: list[tuple[Label, int, object]] = []
    if source in graph:
        waiting.append(((0, 0, 0), 0, source))
    count = 0
    while waiting:
        label, _, node = heapq.heappop(waiting)
        known = labels.setdefault(node, [])
        if any(all(p <= q for p, q in zip(other, label, strict=True)) for other in known):
            continue
        known.append(label)
        if len(known) > _MOST_WAYS:
            return _shortest(graph, source)
        for neighbor, data in graph.adj[node].items():
            count += 1
            further = label[0] + data["routed"], label[1] + data["weighted"], label[2] + data["toll"]
            heapq.heappush(waiting, (further, count, neighbor))
    return labels


def _shortest(graph: nx.Graph, source: tuple[str, int]) -> dict[object, list[Label]]:
    """Return one label for every place, with the least lengths and no toll: as good as any way there."""
    routed = nx.single_source_dijkstra_path_length(graph, source, weight="routed")
    weighted = nx.single_source_dijkstra_path_length(graph, source, weight="weighted")
    return {node: [(routed[node], weighted[node], 0)] for node in routed}
