"""The K shortest ways through a graph that pass no node twice.

Yen's scheme, with two savings: a deviation is searched only once its lower bound comes up, and every
search is guided by true distances in the whole graph. Ties are broken by node numbers.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

Neighbors = Mapping[int, Sequence[tuple[int, int]]]
"""For each node its neighbors in ascending order, each with the weight of the edge."""


_NONE: frozenset[int] = frozenset()


class _Branch(NamedTuple):
    """All ways that start with ``prefix`` and do not go on to a node of ``banned``.

    ``way`` is the shortest of them once that has been searched for, () before. Branches come by the
    first four fields: no two of a search have the same prefix.
    """

    bound: int
    is_open: bool
    way: tuple[int, ...]
    prefix: tuple[int, ...]
    weight: int
    banned: frozenset[int]


@dataclass(slots=True)
class SimpleWays:
    """A search for ways from ``start`` to ``target``.

    ``distance`` gives the true distance to the target in the whole graph for every node that is
    joined to it, the start among them. A way may not step from ``start`` to ``barred_first``, nor
    from ``barred_last`` to ``target``.
    """

    neighbors: Neighbors
    distance: Mapping[int, int]
    start: int
    target: int
    barred_first: int
    barred_last: int
    _branches: list[_Branch] = field(init=False, default_factory=list)
    _last: _Branch | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._push(self._branches, (self.start,), 0, frozenset({self.barred_first}))

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """Yield ways as node sequences, shortest first."""
        while (way := self.next_lighter_than(inf)) is not None:
            yield way

    def next_lighter_than(self, limit: float) -> tuple[int, ...] | None:
        """Return the next way, shortest first; None where none that is left is lighter than that."""
        branches = self._branches
        if self._last:
            self._push_deviations(branches, self._last)
            self._last = None
        while branches and branches[0].bound < limit:
            branch = heapq.heappop(branches)
            if not branch.is_open:
                self._last = branch
                return branch.way
            self._search(branches, branch)
        return None

    def _search(self, branches: list[_Branch], branch: _Branch) -> None:
        """Search the branch, or put that off where it is longer than its bound says."""
        closer = self._closer_bound(branch)
        if closer is not None and closer > branch.bound:
            heapq.heappush(branches, branch._replace(bound=closer))
        elif closer is not None and (solved := self._shortest_of(branch)):
            heapq.heappush(branches, solved)

    def _closer_bound(self, branch: _Branch) -> int | None:
        """Bound the branch by two steps instead of one: many a first step only leads back.

        None where no way goes on.
        """
        distance, weight = self.distance, branch.weight
        passed = set(branch.prefix)
        here = branch.prefix[-1]
        closed = self._closed(here, branch.banned)
        bounds = []
        for node, edge in self.neighbors[here]:
            if node in passed or node in closed:
                continue
            if node == self.target:
                bounds.append(weight + edge)
            barred = self._closed(node, _NONE)
            bounds += [
                weight + edge + further + distance[after]
                for after, further in self.neighbors[node]
                if after not in passed and after not in barred
            ]
        return min(bounds, default=None)

    def _push_deviations(self, branches: list[_Branch], branch: _Branch) -> None:
        way, weight = branch.way, branch.weight
        for length in range(len(branch.prefix), len(way)):
            banned = branch.banned if length == len(branch.prefix) else frozenset()
            self._push(branches, way[:length], weight, banned | {way[length]})
            weight += dict(self.neighbors[way[length - 1]])[way[length]]

    def _push(
        self, branches: list[_Branch], prefix: tuple[int, ...], weight: int, banned: frozenset[int]
    ) -> None:
        closed = self._closed(prefix[-1], banned)
        distance = self.distance
        bounds = [
            weight + edge + distance[node]
            for node, edge in self.neighbors[prefix[-1]]
            if node not in closed and node not in prefix
        ]
        if bounds:
            heapq.heappush(branches, _Branch(min(bounds), True, (), prefix, weight, banned))

    def _closed(self, here: int, banned: frozenset[int]) -> frozenset[int]:
        """Return the nodes that a way must not step to from here, besides those it has passed."""
        return banned | {self.target} if here == self.barred_last else banned

    def _shortest_of(self, branch: _Branch) -> _Branch | None:
        """Search the branch's shortest way (A*)."""
        open_nodes: list[tuple[int, int, int, int]] = [(branch.bound, -branch.weight, branch.prefix[-1], -1)]
        came_from: dict[int, int] = {}
        passed = set(branch.prefix)
        neighbors, distance = self.neighbors, self.distance
        while open_nodes:
            bound, minus_weight, here, before = heapq.heappop(open_nodes)
            if here in came_from:
                continue
            came_from[here] = before
            if here == self.target:
                way = branch.prefix[:-1] + _trace(came_from, here)
                return _Branch(bound, False, way, branch.prefix, branch.weight, branch.banned)
            closed = self._closed(here, branch.banned if before < 0 else _NONE)
            for node, edge in neighbors[here]:
                if node not in came_from and node not in passed and node not in closed:
                    weight = edge - minus_weight
                    heapq.heappush(open_nodes, (weight + distance[node], -weight, node, here))
        return None


def _trace(came_from: Mapping[int, int], end: int) -> tuple[int, ...]:
    way = [end]
    while came_from[way[-1]] >= 0:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
