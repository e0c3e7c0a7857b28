"""Runs, routes and segments as columns of numbers: what makes a page of 50,000 runs small enough to open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from planner.model.layout import Layout
from planner.model.media import Medium
from planner.model.names import natural_key
from planner.model.plan import CableEnd, CableRun, Plan, SegmentFill
from planner.model.routes import SegmentKind
from planner.model.sites import positions
from planner.outputs.floor_pathways import fill_percent

MOST_LINES = 60_000
"""Most lines of the table of runs: above, the page shows runs by pair of racks, then by pair of rows."""

MOST_SEGMENTS = 60_000
"""Most segments of the page: above, those with the fewest runs are left out."""

_SQUARE_CM_UM2 = 10**8


class Shown(NamedTuple):
    """How runs are shown: one by one ("run"), or those of a pair of racks or rows and medium together."""

    by: str
    groups: tuple[tuple[CableRun, ...], ...]


def grouped_runs(runs: Sequence[CableRun]) -> Shown:
    """Return runs in order of installation, together where they are too many for a page."""
    in_order = sorted(runs, key=lambda run: run.install_order)
    if len(in_order) <= MOST_LINES:
        return Shown("run", tuple((run,) for run in in_order))
    by_rack = _together(in_order, lambda end: end.rack)
    if len(by_rack) <= MOST_LINES:
        return Shown("rack", by_rack)
    return Shown("row", _together(in_order, lambda end: end.row))


def _together(runs: Iterable[CableRun], place: Callable[[CableEnd], str]) -> tuple[tuple[CableRun, ...], ...]:
    groups: dict[tuple[str, str, str, Medium], list[CableRun]] = {}
    for run in runs:
        groups.setdefault((run.fabric, place(run.a), place(run.b), run.medium), []).append(run)
    return tuple(tuple(group) for group in groups.values())


class Columns:
    """The numbers of a plan's runs and segments, each text once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.racks = {position.address: n for n, position in enumerate(positions(plan.layout))}
        self.rows = {row.name: n for n, row in enumerate(plan.layout.rows)}
        self.fabrics = {fabric.name: n for n, fabric in enumerate(plan.fabrics)}
        self.media = [medium for medium in Medium if medium.value in plan.totals.runs_by_medium]
        self.fills = _listed(plan.segments)
        self._segments = {fill.segment.id: n for n, fill in enumerate(self.fills)}
        self._routes: dict[tuple[int, ...], int] = {}
        self._known: dict[tuple[str, ...], int] = {}
        self.shown = grouped_runs(plan.runs)

    def runs(self) -> dict[str, Any]:
        """Return one list a column; index into racks, media, fabrics, parts and routes."""
        parts: dict[str, int] = {}
        rank = {medium: n for n, medium in enumerate(self.media)}
        one_by_one = self.shown.by == "run"
        places, place = (self.rows, "row") if self.shown.by == "row" else (self.racks, "rack")
        columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS if one_by_one or name not in _SINGLE}
        for group in self.shown.groups:
            run = group[0]
            lengths = [one.stock_length_mm for one in group]
            values: dict[str, int | str] = {
                "count": len(group),
                "fabric": self.fabrics[run.fabric],
                "medium": rank[run.medium],
                "part": parts.setdefault(run.part_number or run.option, len(parts)),
                "stock": min(lengths),
                "longest": max(lengths),
                "routed": sum(one.routed_mm for one in group),
                "a": places[getattr(run.a, place)],
                "b": places[getattr(run.b, place)],
                "route": self._route(group),
                "cost": sum(one.cost_cents for one in group),
            }
            if one_by_one:
                values |= {"id": run.cable_id, "plane": run.plane, "slack": run.slack_mm}
                values |= {"u_a": run.a.u, "u_b": run.b.u, "c_a": run.a.cage, "c_b": run.b.cage}
                values |= {"p_a": run.a.port, "p_b": run.b.port}
            for name, column in columns.items():
                column.append(values[name])
        return {"by": self.shown.by, "parts": list(parts), "columns": columns}

    def routes(self) -> list[list[int]]:
        """Return each route as first and last of runs of neighboring segments; call after ``runs``."""
        return [list(route) for route in self._routes]

    def segments(self) -> dict[str, list[Any]]:
        """Return one list a column."""
        halves = _half_widths(self.plan.layout)
        kinds = list(SegmentKind)
        columns: dict[str, list[Any]] = {name: [] for name in ("id", "kind", "at", "half", "usable", "fill")}
        columns["runs"] = []
        for fill in self.fills:
            segment = fill.segment
            columns["id"].append(segment.id)
            columns["kind"].append(kinds.index(segment.kind))
            columns["at"].append([*segment.a, *segment.b])
            is_tray = segment.kind in (SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)
            columns["half"].append(halves[segment.id.split(":")[0]] if is_tray else 0)
            columns["usable"].append(_tenths(segment.usable_um2))
            columns["fill"].append(fill_percent(fill))
            columns["runs"].append(fill.runs)
        return columns

    def _route(self, group: Sequence[CableRun]) -> int:
        if len(group) == 1:
            known = self._known.get(group[0].segments)
            if known is not None:
                return known
        routes = dict.fromkeys(run.segments for run in group)
        indices = [self._segments[id_] for route in routes for id_ in route if id_ in self._segments]
        spans = _spans(indices if len(group) == 1 else sorted(set(indices)))
        route = self._routes.setdefault(spans, len(self._routes))
        if len(group) == 1:
            self._known[group[0].segments] = route
        return route


_SINGLE = ("id", "plane", "slack", "u_a", "u_b", "c_a", "c_b", "p_a", "p_b")
_COLUMNS = (
    *("count", "fabric", "medium", "part", "stock", "longest", "routed", "a", "b", "route", "cost"),
    *_SINGLE,
)


def _listed(fills: Sequence[SegmentFill]) -> tuple[SegmentFill, ...]:
    """Return segments so that those of a riser or tray follow each other, the busiest where too many."""
    if len(fills) > MOST_SEGMENTS:
        fills = sorted(fills, key=lambda fill: (-fill.runs, fill.segment.id))[:MOST_SEGMENTS]
    return tuple(sorted(fills, key=_place))


def _place(fill: SegmentFill) -> tuple[Any, ...]:
    segment = fill.segment
    return (natural_key(segment.id.split(":")[0]), segment.kind.value, segment.a, segment.b, segment.id)


def _spans(indices: Iterable[int]) -> tuple[int, ...]:
    """Write runs of neighboring numbers, up or down, as their first and last: 4 5 6 9 8 is 4 6 9 8."""
    spans: list[int] = []
    step = 0
    for index in indices:
        if spans and index == spans[-1] + (step or 1) and step >= 0:
            spans[-1], step = index, 1
        elif spans and index == spans[-1] - 1 and step <= 0:
            spans[-1], step = index, -1
        else:
            spans += [index, index]
            step = 0
    return tuple(spans)


def _half_widths(layout: Layout) -> Mapping[str, int]:
    trays = {tray.name: tray.section for tray in layout.pathways.row_trays}
    trays |= {cross.name: cross.section for cross in layout.pathways.cross_trays}
    return {name: section.width_mm // 2 for name, section in trays.items()}


def _tenths(usable_um2: int | None) -> int | None:
    """Return a cross-section in tenths of a square centimeter."""
    return None if usable_um2 is None else usable_um2 * 10 // _SQUARE_CM_UM2
