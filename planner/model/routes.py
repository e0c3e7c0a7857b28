"""Where runs may go: segments of the pathway graph and the routes over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from planner.model.cages import Face

NO_ROUTE_MM = 2**40
"""Routed length of a pair that no route joins: longer than any reach."""


class Point(NamedTuple):
    """A place in the room, millimeters."""

    x_mm: int
    y_mm: int
    z_mm: int


class SegmentKind(StrEnum):
    """What a segment is. Face and entry segments hold no cables of others: no fill limit."""

    FACE = "face"  # across the face, from a cage to a riser
    RISER = "riser"  # vertical, at the edge of a face
    LATERAL = "lateral"  # along a row between risers
    ENTRY = "entry"  # from the end of a riser to the row tray
    ROW_TRAY = "row-tray"
    CROSS_TRAY = "cross-tray"
    JOINT = "joint"  # vertical step between trays at different heights


AT_A_FACE = (SegmentKind.FACE, SegmentKind.RISER)
"""Segments that belong to a riser: the way to it, and the pieces of it."""


def riser_name(segment_id: str) -> str:
    """Return the name of the riser that a segment at a face belongs to: what comes before its place on it."""
    return segment_id.rpartition(":")[0]


class RouteKind(StrEnum):
    """Decides the slack of a route."""

    LATERAL = "lateral"
    OVERHEAD = "overhead"
    UNDERFLOOR = "underfloor"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwaySegment:
    """A straight piece of pathway, parallel to one axis.

    ``usable_um2`` is the cross-section that runs may take, None where there is no limit.
    """

    id: str
    kind: SegmentKind
    a: Point
    b: Point
    usable_um2: int | None

    @property
    def length_mm(self) -> int:
        """Length along its axis."""
        return sum(abs(a - b) for a, b in zip(self.a, self.b, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Where an end starts: a height on a face of the rack at an address.

    ``offset_mm`` is the cage's offset from the left edge of the face as seen from before it; None
    is the center.
    """

    rack: str
    face: Face
    z_mm: int
    offset_mm: int | None


@dataclass(frozen=True, slots=True)
class RoutePart:
    """A stretch of routes, its segments in order. Thousands of routes share the very same few of them.

    ``ids`` are those of the segments; ``limited`` are the segments that have a limit.
    """

    segments: tuple[PathwaySegment, ...]
    ids: tuple[str, ...]
    limited: tuple[PathwaySegment, ...]


def route_part(segments: Iterable[PathwaySegment]) -> RoutePart:
    """Return the part that consists of these segments."""
    own = tuple(segments)
    limited = tuple([segment for segment in own if segment.usable_um2 is not None])
    return RoutePart(own, tuple([segment.id for segment in own]), limited)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way between two attachments: ordered parts and what they sum to.

    The first part leads up to where the riser at end A is left, the last one on from where that at end B
    is entered; neither is empty.
    """

    kind: RouteKind
    parts: tuple[RoutePart, ...]
    routed_mm: int
    slack_mm: int

    @property
    def segments(self) -> tuple[PathwaySegment, ...]:
        """The segments of all parts, in order."""
        return tuple([segment for part in self.parts for segment in part.segments])

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """The ids of the segments, in order."""
        first, *others = self.parts
        return sum((part.ids for part in others), first.ids)


class RouteEnds(NamedTuple):
    """The kind of a route, and the names of the risers that its ends go out to."""

    kind: RouteKind
    risers: tuple[str, str]


class LimitedSegments(NamedTuple):
    """The segments with a limit that the routes of a table take, in the order in which they first appear.

    Route r, numbered (a * B + b) * K + k, takes ``segments[members[starts[r] : starts[r + 1]]]``.
    """

    segments: tuple[PathwaySegment, ...]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]


class RouteTable(Protocol):
    """The K shortest routes of every pair of a lower and an upper attachment.

    Attributes
    ----------
    lower, upper
        The attachments, A and B of them.
    lower_index, upper_index
        Index of the attachment of a cage, by (rack address, lowest U of the device, cage number).
    routed_mm, slack_mm
        int64 arrays of shape (A, B, K); along K by required length (routed + slack), then routed
        length, then canonical order. ``NO_ROUTE_MM`` fills routed_mm where fewer routes exist.
    """

    lower: tuple[Attachment, ...]
    upper: tuple[Attachment, ...]
    lower_index: dict[tuple[str, int, int], int]
    upper_index: dict[tuple[str, int, int], int]
    routed_mm: NDArray[np.int64]
    slack_mm: NDArray[np.int64]

    def route(self, a: int, b: int, k: int) -> Route:
        """Return the k-th route of the pair, segment by segment."""
        ...

    def with_first_routes(self, count: int) -> RouteTable:
        """Return a table of so many routes of each pair, the same first ones, at most."""
        ...

    def with_upper_ends(self, kept: NDArray[np.bool_]) -> RouteTable:
        """Return a table in which routes lead only to the upper attachments kept (B,)."""
        ...

    def ends(self, a: int, b: int, k: int) -> RouteEnds:
        """Return what the k-th route of the pair is at its ends, without writing it out."""
        ...

    def limited_segments(self) -> LimitedSegments:
        """Return what all routes take of segments that have a limit."""
        ...
