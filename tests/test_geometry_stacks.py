"""Routes of fabrics that stack: from every place where the fabric below may put devices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.geometry.table import build_route_table, build_route_tables
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.routes import NO_ROUTE_MM, RouteTable, SegmentKind
from planner.model.sites import candidate_racks, upper_slots
from planner.model.solution import PlacedDevice
from planner.topology.build import build_fabrics
from planner.topology.chain import bind_lower
from tests.hall_parts import make_rack_type
from tests.halls import FIRST_SLOT_U, PITCH_MM
from tests.stacks import UP, make_stack


def tables(hall: tuple[Layout, Catalog]) -> list[tuple[TierFabric, RouteTable]]:
    fabrics = [fabric for fabric in build_fabrics(*hall) if isinstance(fabric, TierFabric)]
    return list(zip(fabrics, build_route_tables(*hall, fabrics), strict=True))


def test_lower_ends_are_all_places_of_the_fabric_below() -> None:
    hall = make_stack(1)
    (leaf, leaf_table), (spine, table) = tables(hall)
    slots = upper_slots(*hall, leaf)
    assert set(table.lower_index) == {(slot.rack, slot.u, cage) for slot in slots for cage in UP}
    assert {attachment.rack for attachment in table.lower} == {"A09", "A10"}
    assert len(table.lower) == len(slots) == len(leaf_table.upper)
    placed = tuple(
        PlacedDevice(rack=slot.rack, u=slot.u, planes=(plane,)) for plane, slot in enumerate(slots[-8:])
    )
    bound = bind_lower(spine, [(leaf, placed)])
    assert all((unit.rack, unit.u, unit.sockets[0].cage) in table.lower_index for unit in bound.lower_units)


def test_shared_trays_change_no_route() -> None:
    layout, catalog = make_stack(5)
    for fabric, table in tables((layout, catalog)):
        alone = build_route_table(layout, catalog, fabric)
        assert np.array_equal(alone.routed_mm, table.routed_mm)
        assert np.array_equal(alone.slack_mm, table.slack_mm)
        assert alone.route(0, 3, 1) == table.route(0, 3, 1)


def with_wide_racks(hall: tuple[Layout, Catalog]) -> tuple[Layout, Catalog]:
    """Let the second fabric's racks be wider, and stand where the first one's may stand too."""
    layout, catalog = hall
    narrow = replace(catalog.rack_types["switch-rack"], width_mm=500)
    wide = replace(make_rack_type("wide-rack", (), range(FIRST_SLOT_U, FIRST_SLOT_U + 4)), width_mm=PITCH_MM)
    rows = tuple(
        replace(
            row,
            positions=tuple(
                replace(one, choices=("switch-rack", "wide-rack")) if one.may_be_empty else one
                for one in row.positions
            ),
        )
        for row in layout.rows
    )
    first, second = layout.fabrics
    assert isinstance(second, TiersSpec)
    fabrics = (first, replace(second, upper_rack_type="wide-rack"))
    racks = {**catalog.rack_types, "switch-rack": narrow, "wide-rack": wide}
    return replace(layout, rows=rows, fabrics=fabrics), replace(catalog, rack_types=racks)


def test_each_side_stands_in_racks_of_its_own_type() -> None:
    layout, catalog = with_wide_racks(make_stack(1))
    assert len(candidate_racks(layout, "wide-rack")) == 2
    _, spine = build_fabrics(layout, catalog)
    assert isinstance(spine, TierFabric)
    table = build_route_table(layout, catalog, spine)
    a = table.lower_index["A09", FIRST_SLOT_U, UP[0]]
    b = table.upper_index["A10", FIRST_SLOT_U, 1]
    route = table.route(a, b, 0)
    # From the middle of a rack of 500 mm to its right riser, 100 mm to where a wide rack's edge would be,
    # which is where the next rack begins, and to the middle of that.
    assert [segment.length_mm for segment in route.segments] == [250, 100, 0, 300]
    assert [segment.id for segment in route.segments[1:3]] == ["A09-F:300/5300-5400", "A09+A10-F:300"]


def test_risers_are_cut_at_cages_of_the_next_tier() -> None:
    layout, catalog = make_stack(1)
    device = catalog.device_types["upper-tray"]
    down = replace(device.cages[0], count=16, asic_of_cage=(1,) * 16)
    up = replace(down, name="up", face=Face.REAR)
    devices = {**catalog.device_types, "upper-tray": replace(device, cages=(down, up))}
    catalog = replace(catalog, device_types=devices)
    leaf, spine = layout.fabrics
    assert isinstance(spine, TiersSpec)
    spine = replace(
        spine,
        lower=replace(spine.lower, cages="up"),
        upper=replace(spine.upper, cages="up", numbers=None),
    )
    _, (fabric, table) = tables((replace(layout, fabrics=(leaf, spine)), catalog))
    assert fabric.cages == "up"
    a = table.lower_index["A09", FIRST_SLOT_U, 17]
    b = table.upper_index["A10", FIRST_SLOT_U + 4, 17]
    assert table.routed_mm[a, b, 0] < NO_ROUTE_MM
    risers = [one for one in table.route(a, b, 0).segments if one.kind is SegmentKind.RISER]
    assert len(risers) == 4
