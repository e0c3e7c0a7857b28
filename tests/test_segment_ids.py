"""A segment's id means one place, whatever racks stand in a row and whichever fabric asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from planner.geometry.table import build_route_table
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Level, RackPosition, Side
from planner.model.routes import NO_ROUTE_MM, PathwaySegment, Point, RouteTable, SegmentKind
from planner.topology.build import build_fabrics
from planner.verify.check import verify_plan
from tests.faults.plans import make_plan
from tests.halls import make_hall
from tests.test_geometry import check_all_routes

Hall = tuple[Layout, Catalog]


def with_positions(layout: Layout, changes: dict[str, RackPosition]) -> Layout:
    rows = tuple(
        replace(row, positions=tuple(changes.get(one.address, one) for one in row.positions))
        for row in layout.rows
    )
    return replace(layout, rows=rows)


def two_depths(front: Side = Side.NORTH, face: Face = Face.FRONT) -> Hall:
    """Deep and shallow racks in turn, each cabled to the next of its depth, past one of the other."""
    layout, catalog = make_hall(
        ["LLLL"],
        fronts=(front,),
        lower_face=face,
        peers=[("A01", "A03"), ("A02", "A04")],
        with_tiers=False,
    )
    shallow = replace(catalog.rack_types["lower-rack"], id="shallow-rack", depth_mm=1000)
    moved = {
        address: replace(layout.position(address), choices=("shallow-rack",)) for address in ("A02", "A04")
    }
    racks = {**catalog.rack_types, "shallow-rack": shallow}
    return with_positions(layout, moved), replace(catalog, rack_types=racks)


def two_widths() -> Hall:
    """A position between a pair that may hold a narrow rack, or the switch rack of another fabric."""
    layout, catalog = make_hall(["LSLL"], peers=[("A01", "A03")])
    narrow = replace(catalog.rack_types["switch-rack"], id="a-narrow-rack", width_mm=590)
    between = replace(layout.position("A02"), choices=("a-narrow-rack", "switch-rack"))
    pair, tiers = layout.fabrics
    layout = replace(layout, fabrics=(pair, replace(tiers, racks=("A04",))))
    racks = {"a-narrow-rack": narrow, **catalog.rack_types}
    return with_positions(layout, {"A02": between}), replace(catalog, rack_types=racks)


def wide_beside_empty() -> Hall:
    """A rack that is wider than its position, and reaches into the empty one beside it."""
    layout, catalog = make_hall(["L.L"], peers=[("A01", "A03")], with_tiers=False)
    wide = replace(catalog.rack_types["lower-rack"], width_mm=700)
    return layout, replace(catalog, rack_types={**catalog.rack_types, "lower-rack": wide})


def tables_of(hall: Hall) -> Iterator[RouteTable]:
    layout, catalog = hall
    for fabric in build_fabrics(layout, catalog):
        yield build_route_table(layout, catalog, fabric)


def segments_of(hall: Hall) -> Iterator[PathwaySegment]:
    for table in tables_of(hall):
        for a, b, k in np.argwhere(table.routed_mm < NO_ROUTE_MM).tolist():
            yield from table.route(a, b, k).segments


HALLS = {
    "two-depths-north": two_depths(),
    "two-depths-south-rear": two_depths(Side.SOUTH, Face.REAR),
    "two-depths-south": two_depths(Side.SOUTH),
    "two-widths": two_widths(),
    "wide-beside-empty": wide_beside_empty(),
    "many": make_hall(
        ["LLSL", "LSL"],
        fronts=(Side.SOUTH, Side.NORTH),
        lower_cages=8,
        upper_cages=16,
        slots_per_rack=4,
        cross_x_mm=(0, 900, 3600),
        levels=tuple(Level),
        routes_per_pair=6,
    ),
}


@pytest.mark.parametrize("name", HALLS)
def test_an_id_is_one_place(name: str) -> None:
    places: dict[str, tuple[SegmentKind, Point, Point, int | None]] = {}
    for segment in segments_of(HALLS[name]):
        place = segment.kind, segment.a, segment.b, segment.usable_um2
        assert places.setdefault(segment.id, place) == place, segment.id
    assert places
    assert not set(" ,>") & set("".join(places))


@pytest.mark.parametrize("name", HALLS)
def test_routes_are_connected_and_the_plan_is_good(name: str) -> None:
    for table in tables_of(HALLS[name]):
        check_all_routes(table)
    assert verify_plan(make_plan(*HALLS[name])) == ()


def test_ids_say_what_tells_places_apart() -> None:
    deep = {segment.id for segment in segments_of(two_depths())}
    assert {"A02+A03-F:922@2400", "A02+A03-F:922@2200"} <= deep
    wide = {segment.id for segment in segments_of(two_widths())}
    assert {"A01+A02-F:922", "A02-F:922/600-1190", "A02-F:922/1190-1200", "A02+A03-F:922"} <= wide
    even = {segment.id for segment in segments_of(two_depths(Side.SOUTH))}
    assert "A02+A03-F:922" in even
