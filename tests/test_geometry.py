"""Lengths worked out by hand, and what a route's segments must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from planner.errors import InfeasibleError
from planner.geometry.table import build_route_table
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Level, Side
from planner.model.routes import NO_ROUTE_MM, Route, RouteKind, RouteTable, SegmentKind, riser_name
from planner.topology.build import build_fabrics
from tests.halls import make_domain, make_hall

# A tray at U 19 lies at 100 + 18.5 x 44.45 = 922 mm, a 2U slot at U 5 at 100 + 5 x 44.45 = 322 mm.
LOWER_Z = 922
SLOT_5_Z = 322
TRAY_Z = 2600
TO_TRAY = TRAY_Z - LOWER_Z


def table_of(hall: tuple[Layout, Catalog]) -> RouteTable:
    layout, catalog = hall
    (fabric,) = build_fabrics(layout, catalog)
    return build_route_table(layout, catalog, fabric)


def pair_of_racks(row: str, a: str, b: str, **changes: object) -> RouteTable:
    return table_of(make_hall([row], peers=[(a, b)], with_tiers=False, **changes))  # type: ignore[arg-type]


def path(route: Route) -> str:
    return " > ".join(segment.id for segment in route.segments)


def lengths(table: RouteTable, a: int = 0, b: int = 0) -> list[tuple[int, int]]:
    routed, slack = table.routed_mm[a, b], table.slack_mm[a, b]
    return [(int(r), int(r + s)) for r, s in zip(routed, slack, strict=True) if r < NO_ROUTE_MM]


def check_route(table: RouteTable, a: int, b: int, k: int) -> None:
    """A route starts at the one cage, ends at the other, is connected, and sums to the table."""
    route = table.route(a, b, k)
    first, last = route.segments[0], route.segments[-1]
    assert first.kind is last.kind is SegmentKind.FACE
    here = first.a
    for segment in route.segments[:-1]:
        assert here in (segment.a, segment.b)
        here = segment.b if here == segment.a else segment.a
        assert sum(p != q for p, q in zip(segment.a, segment.b, strict=True)) <= 1
    assert here == last.b
    assert last.a.z_mm == table.upper[b].z_mm
    assert first.a.z_mm == table.lower[a].z_mm
    assert sum(segment.length_mm for segment in route.segments) == route.routed_mm == table.routed_mm[a, b, k]
    assert route.slack_mm == table.slack_mm[a, b, k]
    names = list(route.segment_ids)
    assert names == [segment.id for segment in route.segments]
    risers = tuple(riser_name(one.id) for one in (first, last))
    assert table.ends(a, b, k) == (route.kind, risers)
    assert len(set(names)) == len(names)
    assert not set(" ,>") & set("".join(names))


def check_all_routes(table: RouteTable, every: int = 1) -> None:
    required = np.where(table.routed_mm < NO_ROUTE_MM, table.routed_mm + table.slack_mm, NO_ROUTE_MM)
    assert (np.diff(required, axis=-1) >= 0).all()
    for a, b, k in np.argwhere(table.routed_mm < NO_ROUTE_MM).tolist()[::every]:
        check_route(table, a, b, k)
    check_limited_segments(table, every)


def check_limited_segments(table: RouteTable, every: int) -> None:
    """What all routes take of limited segments, written at once, is what they take one by one."""
    limited = table.limited_segments()
    names = [segment.id for segment in limited.segments]
    assert len(set(names)) == len(names)
    assert len(limited.starts) == table.routed_mm.size + 1
    for number in range(0, table.routed_mm.size, every):
        a, b, k = (int(index) for index in np.unravel_index(number, table.routed_mm.shape))
        exists = table.routed_mm[a, b, k] < NO_ROUTE_MM
        segments = table.route(a, b, k).segments if exists else ()
        own = limited.members[limited.starts[number] : limited.starts[number + 1]].tolist()
        assert [limited.segments[one] for one in own] == [
            one for one in segments if one.usable_um2 is not None
        ]


def test_two_neighbors_at_the_same_height() -> None:
    table = pair_of_racks("LL", "A01", "A02")
    # Over the near edges; round the outer edge of one rack; of both.
    assert lengths(table) == [(600, 700), (1200, 1300), (1200, 1300), (1800, 1900)]
    assert path(table.route(0, 0, 0)) == "A01-FR:face922 > A01+A02-F:922 > A02-FL:face922"
    assert table.route(0, 0, 0).kind is RouteKind.LATERAL
    check_all_routes(table)


def test_two_positions_away() -> None:
    table = pair_of_racks("L.L", "A01", "A03")
    assert lengths(table)[0] == (1200, 1300)
    assert path(table.route(0, 0, 0)) == (
        "A01-FR:face922 > A01+A02-F:922 > A02-F:922 > A02+A03-F:922 > A03-FL:face922"
    )
    check_all_routes(table)


def test_three_positions_away_go_overhead() -> None:
    table = pair_of_racks("L..L", "A01", "A04", cross_x_mm=())
    # 300 across the face, up, 600 to the tray, 1200 along it, and the same down again.
    routed = 2 * 300 + 2 * TO_TRAY + 2 * 600 + 1200
    assert lengths(table)[0] == (routed, routed + 2 * 300 + 300)
    assert path(table.route(0, 0, 0)) == (
        "A01-FR:face922 > A01-FR:922-2600 > A01-FR:A-overhead > A-overhead:600-1800 > "
        "A04-FL:A-overhead > A04-FL:922-2600 > A04-FL:face922"
    )
    check_all_routes(table)


def test_different_heights_have_a_lateral_at_either() -> None:
    table = table_of(make_hall(["LS"], slots_per_rack=1))
    rise = LOWER_Z - SLOT_5_Z
    assert lengths(table)[:2] == [(600 + rise, 700 + rise)] * 2
    assert path(table.route(0, 0, 0)).startswith("A01-FR:face922 > A01+A02-F:922 > A02-FL:")
    assert path(table.route(0, 0, 1)) == ("A01-FR:face922 > A01-FR:322-922 > A01+A02-F:322 > A02-FL:face322")
    check_all_routes(table)


def test_laterals_pass_no_more_positions_than_allowed() -> None:
    table = pair_of_racks("L.L", "A01", "A03", max_positions=1)
    assert table.route(0, 0, 0).kind is RouteKind.OVERHEAD
    table = pair_of_racks("LL", "A01", "A02", max_positions=None)
    # Touching risers: up one, down the other, side by side over the tray.
    routed = 2 * 300 + 2 * TO_TRAY + 2 * 600
    assert lengths(table)[0] == (routed, routed + 600 + 180)
    check_all_routes(table)


def test_across_rows() -> None:
    table = table_of(make_hall(["L", "S"], slots_per_rack=1))
    # Row fronts are 2400 apart; trays run 600 behind the fronts; the cross tray is at x = 0.
    up, down = TRAY_Z - LOWER_Z, TRAY_Z - SLOT_5_Z
    horizontal = 2 * 300 + 2 * 600 + 2400
    assert lengths(table)[0] == (horizontal + up + down, horizontal + up + down + 600 + 420)
    assert path(table.route(0, 0, 0)) == (
        "A01-FL:face922 > A01-FL:922-2600 > A01-FL:A-overhead > X1-overhead:1800-4200 > "
        "B01-FL:B-overhead > B01-FL:322-2600 > B01-FL:face322"
    )
    check_all_routes(table)


def test_risers_are_cut_at_the_heights_of_the_row() -> None:
    table = table_of(make_hall(["LS"], slots_per_rack=2, max_positions=None))
    # Slots at 322 and 411 mm stand beside A01's tray at 922 mm; A01's own riser above has no cut.
    assert "A01-FR:922-2600" in path(table.route(0, 0, 0))
    assert path(table.route(0, 0, 0)).endswith(
        "A02-FL:922-2600 > A02-FL:411-922 > A02-FL:322-411 > A02-FL:face322"
    )


@pytest.mark.parametrize(
    ("front", "offset", "first"),
    [
        (Side.SOUTH, 100, (100 + 600 + 300, "A01-FL:face922+100")),
        (Side.SOUTH, 500, (100 + 300, "A01-FR:face922+500")),
        (Side.NORTH, 100, (100 + 300, "A01-FL:face922+100")),
        (Side.NORTH, 500, (100 + 600 + 300, "A01-FR:face922+500")),
        (Side.SOUTH, 300, (600, "A01-FR:face922+300")),
        (Side.NORTH, 300, (600, "A01-FL:face922+300")),
    ],
)
def test_a_cage_beside_the_middle_takes_the_riser_on_its_side(
    front: Side, offset: int, first: tuple[int, str]
) -> None:
    table = table_of(make_hall(["LS"], fronts=(front,), lower_offset_mm=(offset,) * 4, slots_per_rack=1))
    rise = LOWER_Z - SLOT_5_Z
    route = table.route(0, 0, 0)
    assert (route.routed_mm - rise, route.segments[0].id) == first
    check_all_routes(table)


def test_cages_with_offsets_of_their_own_are_attachments_of_their_own() -> None:
    table = table_of(
        make_hall(["LS"], lower_offset_mm=(100, 250, 350, 500), upper_offset_mm=(50,) * 4 + (550,) * 4)
    )
    assert [attachment.offset_mm for attachment in table.lower] == [100, 250, 350, 500]
    assert table.lower_index["A01", 19, 3] == 2
    assert len(table.upper) == 2 * 18
    assert table.upper_index["A02", 7, 5] == 3
    check_all_routes(table)


def test_joints_between_trays_of_different_heights() -> None:
    layout, catalog = make_hall(["L", "S"], slots_per_rack=1)
    low, high = layout.pathways.row_trays
    (cross,) = layout.pathways.cross_trays
    pathways = replace(
        layout.pathways,
        row_trays=(replace(low, z_mm=2500), replace(high, z_mm=2700)),
        cross_trays=(replace(cross, z_mm=3000),),
    )
    table = table_of((replace(layout, pathways=pathways), catalog))
    vertical = (2500 - LOWER_Z) + 500 + 300 + (2700 - SLOT_5_Z)
    horizontal = 2 * 300 + 2 * 600 + 2400
    assert lengths(table)[0] == (horizontal + vertical, horizontal + vertical + 600 + 420)
    assert "X1-overhead/A-overhead > X1-overhead:1800-4200 > X1-overhead/B-overhead" in path(
        table.route(0, 0, 0)
    )
    check_all_routes(table)


def test_underfloor() -> None:
    table = pair_of_racks("L...L", "A01", "A05", levels=(Level.UNDERFLOOR,), cross_x_mm=())
    routed = 2 * 300 + 2 * (LOWER_Z + 400) + 2 * 600 + 1800
    assert lengths(table)[0] == (routed, routed + 600 + 360)
    assert table.route(0, 0, 0).kind is RouteKind.UNDERFLOOR
    assert "A01-FR:-400-922 > A01-FR:A-underfloor > A-underfloor:600-2400" in path(table.route(0, 0, 0))
    check_all_routes(table)


def test_both_levels_compete() -> None:
    table = pair_of_racks("L...L", "A01", "A05", levels=tuple(Level), cross_x_mm=(), routes_per_pair=2)
    assert [table.route(0, 0, k).kind for k in range(2)] == [RouteKind.UNDERFLOOR] * 2
    table = pair_of_racks("L...L", "A01", "A05", levels=tuple(Level), cross_x_mm=(), routes_per_pair=8)
    assert {table.route(0, 0, k).kind for k in range(8)} == {RouteKind.UNDERFLOOR, RouteKind.OVERHEAD}


def test_front_and_rear_faces_meet_only_over_trays() -> None:
    table = table_of(make_hall(["LS"], upper_face=Face.REAR, slots_per_rack=1))
    assert table.route(0, 0, 0).kind is RouteKind.OVERHEAD
    # Both faces lie 600 from the tray; A02's rear shows its right edge at low x.
    assert path(table.route(0, 0, 0)).endswith("A02-RR:face322")
    check_all_routes(table)


def test_rows_without_a_cross_tray_are_refused() -> None:
    with pytest.raises(InfeasibleError) as caught:
        table_of(make_hall(["LL", "S"], cross_x_mm=()))
    assert [finding.code for finding in caught.value.findings] == ["no-route", "no-route"]
    assert caught.value.findings[0].message == (
        "fabric 'tiers': no route leads from A01 to any place in B01: "
        "laterals stay within a row and a face side; no overhead cross tray joins rows A and B; "
        "no underfloor row tray along rows A, B"
    )


def test_a_rack_may_lack_a_route_to_some_places() -> None:
    table = table_of(make_hall(["LS", "S"], cross_x_mm=()))
    reached = {table.upper[b].rack for b in np.flatnonzero(table.routed_mm[0, :, 0] < NO_ROUTE_MM).tolist()}
    assert reached == {"A02"}
    lost = next(b for b, attachment in enumerate(table.upper) if attachment.rack == "B01")
    with pytest.raises(IndexError):
        table.route(0, lost, 0)


def test_peers_without_a_route_are_refused() -> None:
    with pytest.raises(
        InfeasibleError, match="no route leads from A01 to A04: laterals pass at most 2 positions"
    ):
        pair_of_racks("L..L", "A01", "A04", levels=())


@pytest.mark.parametrize("rows", [["LLSLL"], ["LSL", "LLS"], ["LS", ".L", "S"]])
def test_routes_are_connected_and_sum_to_the_table(rows: Sequence[str]) -> None:
    check_all_routes(
        table_of(
            make_hall(
                rows,
                fronts=(Side.SOUTH, Side.NORTH),
                trays_per_rack=2,
                slots_per_rack=4,
                cross_x_mm=(0, 900, 3600),
                levels=tuple(Level),
                routes_per_pair=6,
            )
        )
    )


def test_sixteen_racks() -> None:
    table = table_of(make_domain(16))
    assert table.routed_mm.shape == (144, 108, 4)
    assert (table.routed_mm < NO_ROUTE_MM).all()
    check_all_routes(table, every=997)


def test_segments_do_not_depend_on_the_fabric_that_asks() -> None:
    layout, catalog = make_hall(["LLS"], downlink_gbps=6400, lower_cages=8, oversubscription=(1, 1))
    both = replace(layout, fabrics=(*layout.fabrics, replace(layout.fabrics[0], name="more")))
    first, second = (build_route_table(both, catalog, fabric) for fabric in build_fabrics(both, catalog))
    assert first.route(0, 3, 0) == second.route(0, 3, 0)


def test_route_segments_follow_each_other() -> None:
    table = table_of(make_hall(["LL", "SS"], cross_x_mm=(0, 1200)))
    for k in range(4):
        for one, other in pairwise(table.route(0, 0, k).segments):
            assert {one.a, one.b} & {other.a, other.b}
