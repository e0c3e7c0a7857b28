"""Lengths: every route is connected, adds up, and the stock length follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from planner.errors import Finding
from planner.model.layout import Level, Slack
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import PathwaySegment, Point, RouteKind, SegmentKind
from planner.verify.ground import CageSite, Ground, fault, site_of_end
from planner.verify.pathways import Bed, check_segment, declared_ways, torn
from planner.verify.shares import Made, made_of
from planner.verify.stock import check_stock

LETTER = {
    SegmentKind.FACE: "f",
    SegmentKind.RISER: "r",
    SegmentKind.LATERAL: "l",
    SegmentKind.ENTRY: "e",
    SegmentKind.ROW_TRAY: "t",
    SegmentKind.CROSS_TRAY: "c",
    SegmentKind.JOINT: "j",
}
IN_TRAYS = "etc"
BY_TRAY = re.compile("fr*e[tcj]*er*f")
SHAPE = {
    RouteKind.LATERAL: re.compile("fr*l*r*f"),
    RouteKind.OVERHEAD: BY_TRAY,
    RouteKind.UNDERFLOOR: BY_TRAY,
}
LEVEL = {RouteKind.OVERHEAD: Level.OVERHEAD, RouteKind.UNDERFLOOR: Level.UNDERFLOOR}
UNFIT = re.compile(r"[\s,>]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The plan's segments by id, with their lengths, and the pathways that each of them lies on.

    Points have numbers, and ``ends`` are those of a segment. ``off_level`` are, by level (None: that of
    laterals), the segments on trays of another one; ``joined`` the neighbors in a route that a pathway joins:
    most routes share them.
    """

    segments: dict[str, PathwaySegment] = field(default_factory=dict)
    lengths_mm: dict[str, int] = field(default_factory=dict)
    flat_mm: dict[str, int] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    beds: dict[str, list[Bed]] = field(default_factory=dict)
    points: dict[Point, int] = field(default_factory=dict)
    ends: dict[str, tuple[int, int]] = field(default_factory=dict)
    off_level: dict[Level | None, set[str]] = field(
        default_factory=lambda: {level: set() for level in (*Level, None)}
    )
    joined: set[tuple[str, str]] = field(default_factory=set)

    def add(self, segment: PathwaySegment, beds: list[Bed]) -> None:
        """Take a segment in."""
        name = segment.id
        length = sum(abs(p - q) for p, q in zip(segment.a, segment.b, strict=True))
        is_upright = segment.kind in (SegmentKind.RISER, SegmentKind.JOINT)
        self.segments[name] = segment
        self.lengths_mm[name] = length
        self.flat_mm[name] = 0 if is_upright else length
        self.letters[name] = LETTER[segment.kind]
        self.beds[name] = beds
        self.ends[name] = self.number(segment.a), self.number(segment.b)
        levels = [bed.level for bed in beds]
        for level, names in self.off_level.items():
            names.discard(name)
            if beds and LETTER[segment.kind] in IN_TRAYS and level not in levels:
                names.add(name)

    def number(self, point: Point) -> int:
        """Return the number of a point."""
        return self.points.setdefault(point, len(self.points))

    def point(self, number: int) -> tuple[int, ...]:
        """Return the point of that number."""
        return tuple(next(point for point, own in self.points.items() if own == number))

    def walk(self, start: int, names: tuple[str, ...]) -> tuple[int, int]:
        """Follow segments from a point; return how many connect, and the point that they lead to."""
        here = start
        for count, name in enumerate(names):
            a, b = self.ends[name]
            if here == a:
                here = b
            elif here == b:
                here = a
            else:
                return count, here
        return len(names), here

    def torn(self, names: tuple[str, ...]) -> Iterator[str]:
        """Say where a route goes from one cable tray to another that does not join it."""
        for pair in [pair for pair in pairwise(names) if pair not in self.joined]:
            one, other = pair
            text = torn((self.beds[one], self.beds[other]), (self.segments[one], self.segments[other]))
            if text is None:
                self.joined.add(pair)
            else:
                yield text


@dataclass(frozen=True, slots=True)
class Route:
    """What the segments of a route sum to, and what is wrong with them, whichever run takes them."""

    routed_mm: int
    slack_mm: int
    slack_text: str
    wrong: list[Finding]


def check_lengths(ground: Ground) -> Iterator[Finding]:
    """Check each segment once, then every run's way over them."""
    ways = declared_ways(ground)
    known = Pieces()
    for fill in ground.plan.segments:
        segment = fill.segment
        if segment.id in known.segments or not segment.id or UNFIT.search(segment.id):
            yield fault("bad-segment-id", f"segment id '{segment.id}' is not unique, or not one word")
        beds, findings = check_segment(ways, segment)
        known.add(segment, beds)
        yield from findings
    runs = _Runs(ground, known)
    made = made_of(ground)
    for index, run in enumerate(ground.plan.runs):
        yield from runs.check(run, made.get(index))


class _Runs:
    """Checks runs one by one; what is alike for many is looked at once, and only what is well remembered."""

    def __init__(self, ground: Ground, known: Pieces) -> None:
        self._ground = ground
        self._known = known
        self._sites = _Sites(ground)
        self._routes: dict[tuple[RouteKind, tuple[str, ...]], Route] = {}
        self._good_ways: set[tuple[int, int, int]] = set()
        self._good_stock: set[tuple[object, ...]] = set()

    def check(self, run: CableRun, made: Made | None) -> Iterator[Finding]:
        """Check a run's way and the length of its cable."""
        route = self._routes.get((run.route_kind, run.segments))
        if route is None:
            missing = [name for name in run.segments if name not in self._known.segments]
            if missing:
                yield fault("unknown-segment", f"run {run.cable_id}: unknown segments {', '.join(missing)}")
            else:
                route = self._routes[run.route_kind, run.segments] = _route(self._ground, self._known, run)
        if route is not None:
            yield from self._check_route(run, route)
        needed = made.needed_mm if made is not None else None
        stock = (run.option, run.routed_mm, run.slack_mm, run.stock_length_mm, run.reach_mm, needed)
        if stock not in self._good_stock:
            findings = list(check_stock(self._ground, run, made))
            yield from findings
            if not findings:
                self._good_stock.add(stock)

    def _check_route(self, run: CableRun, route: Route) -> Iterator[Finding]:
        for finding in route.wrong:
            yield replace(finding, message=f"run {run.cable_id}: {finding.message}")
        a, b = self._sites.of(run.a), self._sites.of(run.b)
        way = (id(route), id(a), id(b))
        if way not in self._good_ways:
            findings = list(_check_way(self._ground, self._known, run, a, b))
            yield from findings
            if not findings:
                self._good_ways.add(way)
        yield from _check_sums(route, run)


class _Sites:
    """Where ends are; cages of a device that are at one place share it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known: dict[tuple[str, int, str, str, int | None], CageSite | None] = {}

    def of(self, end: CableEnd) -> CageSite | None:
        """Return where the cage of a run's end is; None where something on the way is unknown."""
        cage = self._ground.cage(end.device, end.cage)
        if cage is None:
            return None
        key = (end.rack, end.u, end.device, cage.group.name, cage.offset_mm)
        if key not in self._known:
            self._known[key] = site_of_end(self._ground, end)
        return self._known[key]


def _route(ground: Ground, known: Pieces, run: CableRun) -> Route:
    """Look at a route once for all runs that take it."""
    flat = sum(map(known.flat_mm.__getitem__, run.segments))
    slack = _slack_of(ground, run.route_kind)
    return Route(
        sum(map(known.lengths_mm.__getitem__, run.segments)),
        2 * slack.per_end_mm + -(-flat * slack.horizontal_permille // 1000),
        f"2 x {slack.per_end_mm} mm and {slack.horizontal_permille}/1000 of {flat} mm horizontal",
        list(_check_shape(known, run)),
    )


def _check_shape(known: Pieces, run: CableRun) -> Iterator[Finding]:
    shape = "".join(map(known.letters.__getitem__, run.segments))
    if SHAPE[run.route_kind].fullmatch(shape) is None:
        kinds = ", ".join(known.segments[name].kind for name in run.segments)
        yield fault("mixed-route", f"no {run.route_kind} route goes {kinds}")
    if len(set(run.segments)) != len(run.segments):
        yield fault("segment-twice", "its route takes a segment more than once")
    off_level = known.off_level[LEVEL.get(run.route_kind)]
    if not off_level.isdisjoint(run.segments):
        for name in run.segments:
            if name in off_level:
                yield fault("mixed-route", f"an {run.route_kind} route cannot take {name}")
    for text in known.torn(run.segments):
        yield fault("route-not-joined", text)


def _check_way(
    ground: Ground, known: Pieces, run: CableRun, a: CageSite | None, b: CageSite | None
) -> Iterator[Finding]:
    if a is None or b is None:
        yield fault(
            "no-cage-point", f"run {run.cable_id}: its cages are nowhere, so its route is not checked"
        )
        return
    start, goal = (known.number(Point(site.x_mm, site.y_mm, site.z_mm)) for site in (a, b))
    connected, end = known.walk(start, run.segments)
    if connected < len(run.segments):
        yield fault(
            "route-not-connected",
            f"run {run.cable_id}: segment {run.segments[connected]} does not begin where the way from"
            f" {run.a.rack} U{run.a.u} at {known.point(start)} mm has come to",
        )
    elif end != goal:
        yield fault(
            "route-not-connected",
            f"run {run.cable_id}: the route ends at {known.point(end)} mm, {run.b.rack} U{run.b.u} cage"
            f" {run.b.cage} is at {known.point(goal)} mm",
        )
    else:
        yield from _check_risers(known, run, a, b)
    if run.route_kind is RouteKind.LATERAL:
        yield from _check_lateral(ground, run, a, b)


def _check_risers(known: Pieces, run: CableRun, a: CageSite, b: CageSite) -> Iterator[Finding]:
    for end, site, name in ((run.a, a, run.segments[0]), (run.b, b, run.segments[-1])):
        segment = known.segments[name]
        reached = segment.b if segment.a.x_mm == site.x_mm else segment.a
        if reached.x_mm not in site.risers_x_mm:
            yield fault(
                "wrong-riser",
                f"run {run.cable_id}: cage {end.cage} of {end.rack} U{end.u} must take the riser at x ="
                f" {' or '.join(map(str, site.risers_x_mm))} mm, its route takes {reached.x_mm} mm",
            )


def _check_lateral(ground: Ground, run: CableRun, a: CageSite, b: CageSite) -> Iterator[Finding]:
    laterals = ground.plan.layout.pathways.laterals
    limit = laterals.max_positions if laterals is not None else 0
    apart = abs(a.place.position.number - b.place.position.number)
    if a.place.row.name != b.place.row.name or apart > limit:
        yield fault(
            "lateral-too-far",
            f"run {run.cable_id}: a lateral from {run.a.rack} to {run.b.rack}, it may go along one row"
            f" past at most {limit} positions",
        )


def _slack_of(ground: Ground, kind: RouteKind) -> Slack:
    pathways = ground.plan.layout.pathways
    if kind is RouteKind.LATERAL:
        return pathways.lateral_slack
    return pathways.overhead_slack if kind is RouteKind.OVERHEAD else pathways.underfloor_slack


def _check_sums(route: Route, run: CableRun) -> Iterator[Finding]:
    if route.routed_mm != run.routed_mm:
        yield fault(
            "wrong-routed-length",
            f"run {run.cable_id}: routed {run.routed_mm} mm, its segments sum to {route.routed_mm} mm",
        )
    if route.slack_mm != run.slack_mm:
        yield fault(
            "wrong-slack",
            f"run {run.cable_id}: slack {run.slack_mm} mm, {route.slack_text} give {route.slack_mm} mm",
        )
