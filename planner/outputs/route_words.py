"""The route of a run in words that somebody in the room can follow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from planner.model.plan import CableRun, Plan
from planner.model.routes import AT_A_FACE, RouteKind, SegmentKind

_FACES = {"F": "front", "R": "rear"}
_SIDES = {"L": "left", "R": "right"}
_WAY_OUT = {RouteKind.OVERHEAD: "up", RouteKind.UNDERFLOOR: "down", RouteKind.LATERAL: ""}
_WAY_IN = {RouteKind.OVERHEAD: "down", RouteKind.UNDERFLOOR: "up", RouteKind.LATERAL: ""}

_KEPT_WORDS = 10_000
"""Ways out to a riser kept in words: hundreds of routes share each."""

_Step = tuple[SegmentKind, str]
"""A kind of pathway, and which one."""


class RouteWords:
    """Words for the routes of one plan."""

    def __init__(self, plan: Plan) -> None:
        steps = ((fill.segment.id, _step(fill.segment.id, fill.segment.kind)) for fill in plan.segments)
        self._steps = {segment: step for segment, step in steps if step is not None}
        self._known: dict[tuple[object, ...], str] = {}

    def of(self, run: CableRun, *, from_a: bool) -> str:
        """Return the route of a run as seen from one of its ends."""
        key = (run.a.rack, run.b.rack, run.segments, from_a)
        words = self._known.get(key)
        if words is None:
            words = self._known[key] = _route_words(run, self._steps, from_a=from_a)
        return words


def _route_words(run: CableRun, step_of: Mapping[str, _Step], *, from_a: bool) -> str:
    """Return the steps of a route, each named once: riser, laterals, trays, riser."""
    near = (run.a if from_a else run.b).rack
    far = (run.b if from_a else run.a).rack
    ids = run.segments if from_a else run.segments[::-1]
    steps = list(dict.fromkeys(filter(None, map(step_of.get, ids))))
    words = []
    for number, (kind, place) in enumerate(steps):
        if kind is SegmentKind.RISER:
            way = _WAY_OUT if number == 0 else _WAY_IN if number == len(steps) - 1 else {}
            words.append(_riser(place, way.get(run.route_kind, ""), near))
        elif kind is SegmentKind.LATERAL:
            words.append("within the rack" if near == far else f"level to {far}")
        else:
            words.append(f"{'cross tray' if kind is SegmentKind.CROSS_TRAY else 'tray'} {place}")
    return ", ".join(dict.fromkeys(words)) or "across the face"


def _step(segment_id: str, kind: SegmentKind) -> _Step | None:
    """Return what a segment is part of; None where words need not name it."""
    place = segment_id.rsplit(":", 1)[0]
    if kind in AT_A_FACE:
        return SegmentKind.RISER, place  # the face leads to that riser
    if kind is SegmentKind.LATERAL:
        return kind, ""
    if kind in (SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY):
        return kind, place
    return None


@lru_cache(_KEPT_WORDS)
def _riser(place: str, way: str, near: str) -> str:
    rack, _, letters = place.rpartition("-")
    side = f"{_FACES.get(letters[:1], '')} {_SIDES.get(letters[1:2], '')}".strip()
    return " ".join(word for word in ("" if rack == near else rack, side, way) if word)
