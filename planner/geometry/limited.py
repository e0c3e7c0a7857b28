"""What all routes of a table take of segments that have a limit, written out at once.

Routes between attachments that differ in height alone share all but their climbs along the risers. So each
is put together from three parts (up or down one riser, between the risers, along the other one), and a
part is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from planner.geometry.assembly import SegmentWriter
from planner.geometry.positions import Riser
from planner.geometry.routes import RouteFinder
from planner.geometry.tray_ways import Lengths
from planner.model.routes import LimitedSegments, PathwaySegment

_PARTS = 3


class _Parts:
    """Parts of routes, numbered: what each takes of segments with a limit. Part 0 takes none."""

    def __init__(self) -> None:
        self._number: dict[Hashable, int] = {}
        self._segment: dict[str, int] = {}
        self.segments: list[PathwaySegment] = []
        self.members: list[list[int]] = [[]]

    def number(self, key: Hashable, write: Callable[[], Iterable[PathwaySegment]]) -> int:
        """Return the number of the part known by a key, written if it is new."""
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self.members)
            self.members.append([self._index(one) for one in write() if one.usable_um2 is not None])
        return found

    def _index(self, segment: PathwaySegment) -> int:
        if segment.id not in self._segment:
            self._segment[segment.id] = len(self.segments)
            self.segments.append(segment)
        return self._segment[segment.id]


class _Writing:
    """The parts of the routes of one finder."""

    def __init__(self, finder: RouteFinder, writer: SegmentWriter) -> None:
        self._finder = finder
        self._writer = writer
        self.parts = _Parts()

    def of_group(self, a: NDArray[np.intp], b: NDArray[np.intp], code: int) -> NDArray[np.int64]:
        """Return the parts (n, 3) of one candidate between n pairs of attachments of the same stands."""
        finder, writer = self._finder, self._writer
        choice = finder.choice(int(a[0]), int(b[0]), code)
        riser_a, riser_b, channel = choice.exit_a.riser, choice.exit_b.riser, choice.channel
        z_a, z_b = finder.a.z_mm[a], finder.b.z_mm[b]
        parts = np.zeros((len(a), _PARTS), dtype=np.int64)
        if channel is not None:
            key = riser_a, riser_b, id(channel), choice.route
            parts[:, 0] = self._climbs(riser_a, z_a, np.full_like(z_a, channel.z_a_mm))
            parts[:, 1] = self.parts.number(key, lambda: writer.along_trays(channel, choice))
            parts[:, 2] = self._climbs(riser_b, np.full_like(z_b, channel.z_b_mm), z_b)
        elif riser_a == riser_b:
            parts[:, 0] = self._climbs(riser_a, z_a, z_b)
        else:
            z_mm = z_a if choice.lateral_z_mm == z_a[0] else z_b
            parts[:, 0] = self._climbs(riser_a, z_a, z_mm)
            parts[:, 1] = _by_value(z_mm, lambda z: self._lateral(riser_a, riser_b, z))
            parts[:, 2] = self._climbs(riser_b, z_mm, z_b)
        return parts

    def _lateral(self, a: Riser, b: Riser, z_mm: int) -> int:
        return self.parts.number((a, b, z_mm), lambda: self._writer.lateral(a, b, z_mm))

    def _climbs(self, riser: Riser, start: Lengths, end: Lengths) -> Lengths:
        """Return the parts along a riser from heights to heights."""
        low = min(int(start.min()), int(end.min()))
        span = max(int(start.max()), int(end.max())) - low + 1

        def number(code: int) -> int:
            z_from, z_to = code // span + low, code % span + low
            if z_from == z_to:
                return 0
            return self.parts.number((riser, z_from, z_to), lambda: self._writer.climb(riser, z_from, z_to))

        return _by_value((start - low) * span + (end - low), number)


def _by_value(values: Lengths, number: Callable[[int], int]) -> Lengths:
    """Return the number of each value, asked for once."""
    distinct, back = np.unique(values, return_inverse=True)
    return np.array([number(value) for value in distinct.tolist()], dtype=np.int64)[back]


def write_limited(
    finder: RouteFinder, writer: SegmentWriter, exists: NDArray[np.bool_], code: NDArray[np.int16]
) -> LimitedSegments:
    """Return what every route takes of segments with a limit.

    Parameters
    ----------
    finder, writer
        What finds the routes of a table, and what writes them.
    exists, code
        Whether there is a k-th route of a pair, and which of the finder's candidates it is (A, B, K).
    """
    a, b, _ = np.nonzero(exists)
    codes = code[exists].astype(np.int64)
    stands = finder.a.stand[a] * len(finder.b.stands) + finder.b.stand[b]
    group = stands * (int(code.max(initial=0)) + 1) + codes
    order = np.argsort(group, kind="stable")
    firsts = np.flatnonzero(np.diff(group[order], prepend=-1))
    writing = _Writing(finder, writer)
    parts = np.zeros((len(a), _PARTS), dtype=np.int64)
    for one in np.split(order, firsts[1:]) if len(order) else ():
        parts[one] = writing.of_group(a[one], b[one], int(codes[one[0]]))
    return _joined(writing.parts, parts, exists)


def _joined(written: _Parts, parts: Lengths, exists: NDArray[np.bool_]) -> LimitedSegments:
    """Put routes together; segments are numbered as they first appear along the routes."""
    length = np.array([len(one) for one in written.members], dtype=np.int64)
    start = np.cumsum(length) - length
    flat = np.array([segment for one in written.members for segment in one], dtype=np.int64)
    taken = parts.ravel()
    count = length[taken]
    members = flat[np.repeat(start[taken] - (np.cumsum(count) - count), count) + np.arange(count.sum())]
    used, first = np.unique(members, return_index=True)
    used = used[np.argsort(first)]
    number = np.zeros(len(written.segments), dtype=np.int64)
    number[used] = np.arange(len(used))
    by_route = np.zeros(exists.size, dtype=np.int64)
    by_route[exists.ravel()] = count.reshape(-1, _PARTS).sum(axis=1)
    return LimitedSegments(
        segments=tuple(written.segments[index] for index in used.tolist()),
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(by_route)]),
        members=number[members],
    )
