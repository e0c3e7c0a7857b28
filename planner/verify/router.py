"""The verifier's own router: least lengths between ends, over every declared pathway.

Only lengths come out of it, no routes: a lower bound needs no more. Both the least routed and the
least required length of a pair are exact, each over all routes of its kind.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.model.catalog import DeviceType, RackType
from planner.model.layout import Level, RowTray, Slack
from planner.verify.ground import Cage, Ground, Place, site_of

FAR_MM = 2**40
Lengths = NDArray[np.int64]


class End(NamedTuple):
    """Cages at one height of a rack, as a router sees them.

    ``ways`` are the risers that at least one of the cages may take: x, and the least distance to it
    across the face.
    """

    rack: str
    row: str
    number: int
    y_mm: int
    z_mm: int
    ways: tuple[tuple[int, int], ...]


class Least(NamedTuple):
    """Least routed and least required lengths (lower x upper ends) over routes of one kind.

    ``toll`` is what they pay to priced segments, in thousandths of a cent per square millimeter.
    """

    routed: Lengths
    required: Lengths
    toll: Lengths | None = None


def end_of(place: Place, rack_type: RackType, device: DeviceType, u: int, cages: Iterable[Cage]) -> End:
    """Return the end that some cages (at least one, all on one face) of a device make."""
    ways: dict[int, int] = {}
    for cage in {cage.offset_mm: cage for cage in cages}.values():
        site = site_of(place, rack_type, device, u, cage)
        for x in site.risers_x_mm:
            ways[x] = min(ways.get(x, FAR_MM), abs(x - site.x_mm))
    position = place.position
    return End(
        position.address, place.row.name, position.number, site.y_mm, site.z_mm, tuple(sorted(ways.items()))
    )


def least_lengths(ground: Ground, lower: Sequence[End], upper: Sequence[End]) -> tuple[Least, ...]:
    """Return the least lengths of all pairs, for each kind of route."""
    pathways = ground.plan.layout.pathways
    return (
        _by_laterals(ground, lower, upper),
        _by_trays(ground, Level.OVERHEAD, pathways.overhead_slack, lower, upper),
        _by_trays(ground, Level.UNDERFLOOR, pathways.underfloor_slack, lower, upper),
    )


def column(values: Iterable[int]) -> Lengths:
    """Return values as a column."""
    return np.array(list(values), dtype=np.int64)[:, None]


def _codes(names: Iterable[str], table: dict[str, int]) -> Lengths:
    """Return a number for each name, as a column; equal names have equal numbers."""
    return column(table.setdefault(name, len(table)) for name in names)


def joined_by_laterals(
    ground: Ground, lower: Sequence[End], upper: Sequence[End]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs of ends laterals may join, and which are at one face of one rack; (lower, upper)."""
    laterals = ground.plan.layout.pathways.laterals
    rows: dict[str, int] = {}
    racks: dict[str, int] = {}
    same_row = _codes((end.row for end in lower), rows) == _codes((end.row for end in upper), rows).T
    same_rack = _codes((end.rack for end in lower), racks) == _codes((end.rack for end in upper), racks).T
    same_y = column(end.y_mm for end in lower) == column(end.y_mm for end in upper).T
    apart = np.abs(column(end.number for end in lower) - column(end.number for end in upper).T)
    limit = laterals.max_positions if laterals is not None else -1
    return same_row & same_y & (apart <= limit), same_rack & same_y


def _by_laterals(ground: Ground, lower: Sequence[End], upper: Sequence[End]) -> Least:
    slack = ground.plan.layout.pathways.lateral_slack
    near, at_one_face = joined_by_laterals(ground, lower, upper)
    upright = np.abs(column(end.z_mm for end in lower) - column(end.z_mm for end in upper).T)
    flat = np.full(upright.shape, FAR_MM, dtype=np.int64)
    for a in range(2):
        x_a, out_a = way_of(lower, a)
        for b in range(2):
            x_b, out_b = way_of(upper, b)
            across = out_a + np.abs(x_a - x_b.T) + out_b.T
            # Within one rack the riser itself joins two ends, with or without laterals.
            allowed = near | (at_one_face & (x_a == x_b.T))
            flat = np.where(allowed, np.minimum(flat, across), flat)
    extra = -(-flat * slack.horizontal_permille // 1000)
    return Least(flat + upright, flat + upright + 2 * slack.per_end_mm + extra)


def way_of(ends: Sequence[End], index: int) -> tuple[Lengths, Lengths]:
    """Return riser x and face distance of each end's first or last way, as columns."""
    ways = [end.ways[min(index, len(end.ways) - 1)] for end in ends]
    return column(x for x, _ in ways), column(out for _, out in ways)


class Landing(NamedTuple):
    """Where one end meets one cable tray: node of the tray graph, lengths up to it."""

    node: tuple[str, int]
    routed_mm: int
    weighted: int


def _by_trays(
    ground: Ground, level: Level, slack: Slack, lower: Sequence[End], upper: Sequence[End]
) -> Least:
    trays = [tray for tray in ground.plan.layout.pathways.row_trays if tray.level is level]
    permille = slack.horizontal_permille
    landings = [[landings_of(end, trays, permille) for end in ends] for ends in (lower, upper)]
    nodes = [
        sorted({landing.node for one in side for landing in one}, key=lambda node: node) for side in landings
    ]
    graph = tray_graph(ground, level, trays, nodes[0] + nodes[1], permille)
    shape = (len(lower), len(upper))
    best = {"routed": np.full(shape, FAR_MM), "weighted": np.full(shape, FAR_MM * 1000)}
    between = {"routed": _distances(graph, nodes[0], nodes[1], "routed")}
    if any(data["weighted"] != data["routed"] * (1000 + permille) for *_, data in graph.edges(data=True)):
        between["weighted"] = _distances(graph, nodes[0], nodes[1], "weighted")
    else:
        between["weighted"] = np.minimum(between["routed"] * (1000 + permille), FAR_MM * 1000)
    width = [max((len(one) for one in side), default=0) for side in landings]
    for a in range(width[0]):
        for b in range(width[1]):
            at_a, lead_a = _lead(landings[0], nodes[0], a)
            at_b, lead_b = _lead(landings[1], nodes[1], b)
            for weight, found in best.items():
                way = lead_a[weight] + between[weight][at_a, at_b.T] + lead_b[weight].T
                np.minimum(found, way, out=found)
    # ceil(routed + horizontal x permille / 1000), from lengths weighted by 1000 and 1000 + permille
    required = -(-best["weighted"] // 1000) + 2 * slack.per_end_mm
    return Least(best["routed"], required)


def landings_of(end: End, trays: Sequence[RowTray], permille: int) -> list[Landing]:
    """Return where an end meets the cable trays of its row."""
    landings = []
    for tray in trays:
        if tray.row == end.row:
            for x, out in end.ways:
                flat, upright = out + abs(end.y_mm - tray.y_mm), abs(end.z_mm - tray.z_mm)
                weighted = flat * (1000 + permille) + upright * 1000
                landings.append(Landing((tray.name, x), flat + upright, weighted))
    return landings


def _lead(
    landings: Sequence[list[Landing]], nodes: Sequence[tuple[str, int]], index: int
) -> tuple[Lengths, dict[str, Lengths]]:
    """Return node index and lengths of each end's n-th landing, as columns; far where it has none."""
    place = {node: at for at, node in enumerate(nodes)}
    one = [side[index] if index < len(side) else None for side in landings]
    at = column(place[landing.node] if landing else 0 for landing in one)
    return at, {
        "routed": column(landing.routed_mm if landing else FAR_MM for landing in one),
        "weighted": column(landing.weighted if landing else FAR_MM * 1000 for landing in one),
    }


def tray_graph(
    ground: Ground,
    level: Level,
    trays: Sequence[RowTray],
    landings: Iterable[tuple[str, int]],
    permille: int,
) -> nx.Graph:
    """Return the trays of a level as a graph, cut at crossings and at the given places of row trays.

    Edges have lengths ``routed`` and ``weighted``, the latter with the slack's share, in thousandths.
    """
    graph: nx.Graph = nx.Graph()
    cuts: dict[str, set[int]] = defaultdict(set)
    for name, x in landings:
        cuts[name].add(x)
    for cross in ground.plan.layout.pathways.cross_trays:
        joined = [tray for tray in trays if cross.level is level and tray.row in cross.rows]
        for tray in joined:
            cuts[tray.name].add(cross.x_mm)
            step = abs(tray.z_mm - cross.z_mm)
            joint = (("cross", cross.name, tray.y_mm), (tray.name, cross.x_mm))
            graph.add_edge(*joint, routed=step, weighted=step * 1000)
        for low, high in pairwise(sorted({tray.y_mm for tray in joined})):
            ends = (("cross", cross.name, low), ("cross", cross.name, high))
            graph.add_edge(*ends, routed=high - low, weighted=(high - low) * (1000 + permille))
    for name, xs in sorted(cuts.items()):
        graph.add_nodes_from((name, x) for x in xs)
        for low, high in pairwise(sorted(xs)):
            run = high - low
            graph.add_edge((name, low), (name, high), routed=run, weighted=run * (1000 + permille))
    return graph


def _distances(
    graph: nx.Graph,
    sources: Sequence[tuple[str, int]],
    targets: Sequence[tuple[str, int]],
    weight: str,
) -> Lengths:
    far = FAR_MM if weight == "routed" else FAR_MM * 1000
    table = np.full((max(1, len(sources)), max(1, len(targets))), far, dtype=np.int64)
    edges = {node: [(other, data[weight]) for other, data in graph.adj[node].items()] for node in graph}
    for row, source in enumerate(sources):
        reached = _reach(edges, source, targets)
        table[row, : len(targets)] = [reached.get(target, far) for target in targets]
    return table


def _reach(
    edges: Mapping[object, Sequence[tuple[object, int]]], source: object, targets: Sequence[object]
) -> dict[object, int]:
    """Return least distances from the source, to all that lies no farther than the farthest target."""
    waiting = {target for target in targets if target in edges}
    reached: dict[object, int] = {}
    heap: list[tuple[int, int, object]] = [(0, 0, source)]
    count = 0  # nodes are of several forms and cannot be compared
    while heap and waiting:
        distance, _, node = heapq.heappop(heap)
        if node in reached:
            continue
        reached[node] = distance
        waiting.discard(node)
        for other, length in edges[node]:
            if other not in reached:
                count += 1
                heapq.heappush(heap, (distance + length, count, other))
    return reached
