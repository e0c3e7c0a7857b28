"""Entry point of the stage: the route table of a fabric, and what has no route at all."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import Finding, InfeasibleError, Where, gather
from planner.geometry.assembly import SegmentWriter
from planner.geometry.ends import CageKey, Ends, fabric_ends, placed_rack_type
from planner.geometry.hall_trays import HallTrays
from planner.geometry.limited import write_limited
from planner.geometry.missing import missing_pathways
from planner.geometry.parts import TableParts
from planner.geometry.positions import Floor
from planner.geometry.routes import RouteFinder
from planner.geometry.stands import Side, make_side
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import NO_ROUTE_MM, Attachment, LimitedSegments, Route, RouteEnds, RouteTable


class HallRoutes:
    """The K shortest routes of every pair; see ``planner.model.routes.RouteTable``."""

    def __init__(
        self, lower: Ends, upper: Ends, finder: RouteFinder, writer: SegmentWriter, routes: int
    ) -> None:
        shape = (len(lower.attachments), len(upper.attachments), routes)
        self.lower: tuple[Attachment, ...] = lower.attachments
        self.upper: tuple[Attachment, ...] = upper.attachments
        self.lower_index: dict[CageKey, int] = lower.index
        self.upper_index: dict[CageKey, int] = upper.index
        self.routed_mm: NDArray[np.int64] = np.full(shape, NO_ROUTE_MM, dtype=np.int64)
        self.slack_mm: NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
        self._code: NDArray[np.int16] = np.zeros(shape, dtype=np.int16)
        self._finder = finder
        self._writer = writer
        # Fill, plan and outputs ask for the routes that are taken one after the other.
        self._written: dict[tuple[int, int, int], Route] = {}
        self._parts = TableParts(writer, self.lower, self.upper)
        finder.fill(self.routed_mm, self.slack_mm, self._code)

    def route(self, a: int, b: int, k: int) -> Route:
        """Return the k-th route of the pair, part by part; IndexError where there is none."""
        known = self._written.get((a, b, k))
        if known is None:
            known = self._written[a, b, k] = self._write(a, b, k)
        return known

    def with_first_routes(self, count: int) -> HallRoutes:
        """Return a table of so many routes of each pair, the same first ones, at most."""
        part = copy(self)
        part.routed_mm, part.slack_mm = self.routed_mm[:, :, :count], self.slack_mm[:, :, :count]
        part._code = self._code[:, :, :count]
        return part

    def with_upper_ends(self, kept: NDArray[np.bool_]) -> HallRoutes:
        """Return a table in which routes lead only to the upper attachments kept (B,)."""
        part = copy(self)
        part.routed_mm = np.where(kept[None, :, None], self.routed_mm, NO_ROUTE_MM)
        return part

    def ends(self, a: int, b: int, k: int) -> RouteEnds:
        """Return what the k-th route of the pair is at its ends, without writing it out."""
        choice = self._finder.choice(a, b, self._code.item(a, b, k))
        return RouteEnds(choice.kind, choice.riser_names)

    def limited_segments(self) -> LimitedSegments:
        """Return what all routes take of segments that have a limit."""
        return write_limited(self._finder, self._writer, self.routed_mm < NO_ROUTE_MM, self._code)

    def _write(self, a: int, b: int, k: int) -> Route:
        routed = self.routed_mm.item(a, b, k)
        if routed >= NO_ROUTE_MM:
            raise IndexError(f"attachments {a} and {b} have no route {k}")
        choice = self._finder.choice(a, b, self._code.item(a, b, k))
        return Route(
            kind=choice.kind,
            parts=self._parts.of(choice, a, b),
            routed_mm=routed,
            slack_mm=self.slack_mm.item(a, b, k),
        )


def build_route_table(layout: Layout, catalog: Catalog, fabric: Fabric) -> RouteTable:
    """Do what ``build_route_tables`` does for one fabric."""
    return build_route_tables(layout, catalog, [fabric])[0]


def build_route_tables(layout: Layout, catalog: Catalog, fabrics: Sequence[Fabric]) -> tuple[RouteTable, ...]:
    """Find, for each fabric of a layout, the cheapest routes between all ends that it may join.

    The lower ends of a fabric that stacks on another are all places where that one may put devices.

    Raises
    ------
    InfeasibleError
        A lower attachment reaches no place for an upper device, or two peers no route; carries the
        findings of all fabrics.
    """
    trays = HallTrays(layout)
    standing = [_standing(layout, catalog, fabric, trays) for fabric in fabrics]
    trays.search((tuple(one.a.risers), tuple(one.b.risers)) for one in standing)
    steps = (
        partial(_table, layout, catalog, fabric, trays, one)
        for fabric, one in zip(fabrics, standing, strict=True)
    )
    return gather(steps)


class _Standing(NamedTuple):
    """Where the ends of a fabric are, on the floor as its lower side sees it."""

    lower: Ends
    upper: Ends
    floor: Floor
    a: Side
    b: Side


def _standing(layout: Layout, catalog: Catalog, fabric: Fabric, trays: HallTrays) -> _Standing:
    lower, upper = fabric_ends(layout, catalog, fabric)
    floors = _floors(layout, catalog, fabric, trays)
    sides = make_side(floors[0], lower.attachments), make_side(floors[1], upper.attachments)
    return _Standing(lower, upper, floors[0], *sides)


def _table(
    layout: Layout, catalog: Catalog, fabric: Fabric, trays: HallTrays, standing: _Standing
) -> RouteTable:
    lower, upper, floor, a, b = standing
    finder = RouteFinder(layout, floor, trays, a, b)
    trays.writer = trays.writer or SegmentWriter(layout, catalog)
    table = HallRoutes(lower, upper, finder, trays.writer, layout.pathways.routes_per_pair)
    findings = _without_route(layout, fabric, table)
    if findings:
        raise InfeasibleError(findings)
    return table


def _floors(layout: Layout, catalog: Catalog, fabric: Fabric, trays: HallTrays) -> tuple[Floor, Floor]:
    """Return the floor as the lower and as the upper side sees it: with its own racks where they may be."""
    upper_type = fabric.upper_rack_type if isinstance(fabric, TierFabric) else ""
    types = (placed_rack_type(layout, fabric), upper_type)
    for order in (types, types[::-1]):
        if order not in trays.floors:
            trays.floors[order] = Floor(layout, catalog, order)
    return trays.floors[types], trays.floors[types[::-1]]


def _without_route(layout: Layout, fabric: Fabric, table: HallRoutes) -> list[Finding]:
    has_route = table.routed_mm[:, :, 0] < NO_ROUTE_MM
    if isinstance(fabric, TierFabric):
        if fabric.below and has_route.any():
            return []  # the fabric below need not put devices where no route begins
        targets = list(dict.fromkeys(attachment.rack for attachment in table.upper))
        cut_off = dict.fromkeys(table.lower[a].rack for a in np.flatnonzero(~has_route.any(axis=1)).tolist())
        return [
            _finding(layout, fabric.name, rack, f"any place in {', '.join(targets)}", targets)
            for rack in cut_off
        ]
    lacking = dict.fromkeys(
        (low.rack, high.rack)
        for low, high in fabric.runs
        if not has_route[
            table.lower_index[low.rack, low.u, low.cage], table.upper_index[high.rack, high.u, high.cage]
        ]
    )
    return [_finding(layout, fabric.name, low, high, [high]) for low, high in lacking]


def _finding(layout: Layout, fabric: str, rack: str, target: str, targets: list[str]) -> Finding:
    missing = missing_pathways(layout, [(rack, other) for other in targets])
    return Finding(
        code="no-route",
        message=f"fabric '{fabric}': no route leads from {rack} to {target}: {missing}",
        where=Where(file="", path=f"fabrics.{fabric}"),
    )
