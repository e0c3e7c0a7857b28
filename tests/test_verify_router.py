"""The verifier's own router and prices against lengths and cents worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.model.cages import CageGroup
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Level, Side
from planner.verify.costs import UNREACHABLE_CENTS, least_costs
from planner.verify.fill import cable_um2
from planner.verify.ground import cages_of, center_z_mm, survey
from planner.verify.media import Fit, Site, fitting
from planner.verify.prices import energy, half_up, labor
from planner.verify.router import FAR_MM, End, Least, end_of, least_lengths
from tests.faults.plans import bare_plan
from tests.halls import make_hall

LATERAL, OVERHEAD, UNDERFLOOR = range(3)


def ends(
    hall: tuple[Layout, object], *places: tuple[str, str, int], cage: int | None = None
) -> tuple[list[End], tuple[Least, ...]]:
    """Ends at (rack, device, U), and the least lengths between all of them."""
    ground = survey(bare_plan(*hall))  # type: ignore[arg-type]
    found = []
    for rack, device, u in places:
        kind = ground.plan.catalog.device_types[device]
        type_id = "lower-rack" if device == "lower-tray" else "switch-rack"
        cages = [one for number, one in cages_of(kind).items() if cage in (None, number)]
        found.append(end_of(ground.places[rack], ground.plan.catalog.rack_types[type_id], kind, u, cages))
    return found, least_lengths(ground, found, found)


def fits_of(catalog: Catalog, lower: CageGroup, upper: CageGroup) -> tuple[Fit, ...]:
    return fitting(catalog.media, (Site(lower, 1), Site(upper, 1)))


def test_height_is_the_center_of_the_span() -> None:
    rack_type = make_hall()[1].rack_types["lower-rack"]
    # 100 mm + 18.5 x 44.45 mm = 922.325; 100 + 5 x 44.45 = 322.25
    assert center_z_mm(rack_type, 19, 1) == 922
    assert center_z_mm(rack_type, 5, 2) == 322


def test_neighbors_at_one_height_route_600_and_require_700() -> None:
    _, lengths = ends(make_hall(("LL",)), ("A01", "lower-tray", 19), ("A02", "lower-tray", 19))
    assert (lengths[LATERAL].routed[0, 1], lengths[LATERAL].required[0, 1]) == (600, 700)


def test_lateral_counts_positions_and_heights() -> None:
    hall = make_hall(("LSSS",), max_positions=2)
    places = [("A01", "lower-tray", 19), ("A03", "upper-tray", 5), ("A04", "upper-tray", 5)]
    _, lengths = ends(hall, *places)
    assert lengths[LATERAL].routed[0, 1] == 300 + 600 + 300 + (922 - 322)
    assert lengths[LATERAL].routed[0, 2] >= FAR_MM


def test_without_laterals_only_a_shared_riser_joins() -> None:
    hall = make_hall(("LS",), max_positions=None)
    _, lengths = ends(hall, ("A01", "lower-tray", 19), ("A02", "upper-tray", 5), ("A01", "lower-tray", 19))
    assert lengths[LATERAL].routed[0, 1] >= FAR_MM
    # Out to a riser and back: two faces of 300 mm.
    assert lengths[LATERAL].routed[0, 2] == 600


def test_overhead_along_a_row() -> None:
    hall = make_hall(("L....S",), cross_x_mm=())
    _, lengths = ends(hall, ("A01", "lower-tray", 19), ("A06", "upper-tray", 5))
    flat = 300 + 600 + (3000 - 600) + 600 + 300
    upright = (2600 - 922) + (2600 - 322)
    assert lengths[OVERHEAD].routed[0, 1] == flat + upright
    assert lengths[OVERHEAD].required[0, 1] == flat + upright + 600 + -(-flat // 10)
    assert lengths[UNDERFLOOR].routed[0, 1] >= FAR_MM


def test_across_rows_takes_the_nearer_cross_tray() -> None:
    hall = make_hall(("...L..", "...S.."), cross_x_mm=(0, 3000))
    _, lengths = ends(hall, ("A04", "lower-tray", 19), ("B04", "upper-tray", 5))
    # Both fronts look south; the trays lie over the middle of the racks, 2,400 mm apart.
    flat = 2 * (300 + 600 + (3000 - 2400)) + 2400
    assert lengths[OVERHEAD].routed[0, 1] == flat + (2600 - 922) + (2600 - 322)


def test_cross_tray_at_another_height_counts_its_joints() -> None:
    layout, catalog = make_hall(("L", "S"), cross_x_mm=(0,))
    (cross,) = layout.pathways.cross_trays
    higher = replace(cross, z_mm=2800)
    layout = replace(layout, pathways=replace(layout.pathways, cross_trays=(higher,)))
    _, lengths = ends((layout, catalog), ("A01", "lower-tray", 19), ("B01", "upper-tray", 5))
    flat = 2 * (300 + 600) + 2400
    assert lengths[OVERHEAD].routed[0, 1] == flat + 2 * 200 + (2600 - 922) + (2600 - 322)
    assert lengths[OVERHEAD].required[0, 1] == lengths[OVERHEAD].routed[0, 1] + 600 + flat // 10


def test_a_cross_tray_joins_only_the_rows_it_names() -> None:
    layout, catalog = make_hall(("L", "S"), cross_x_mm=(0,))
    (cross,) = layout.pathways.cross_trays
    layout = replace(layout, pathways=replace(layout.pathways, cross_trays=(replace(cross, rows=("A",)),)))
    _, lengths = ends((layout, catalog), ("A01", "lower-tray", 19), ("B01", "upper-tray", 5))
    assert lengths[OVERHEAD].routed[0, 1] >= FAR_MM


def test_underfloor_goes_below() -> None:
    hall = make_hall(("L....S",), levels=(Level.UNDERFLOOR,))
    _, lengths = ends(hall, ("A01", "lower-tray", 19), ("A06", "upper-tray", 5))
    flat = 300 + 600 + 2400 + 600 + 300
    assert lengths[UNDERFLOOR].routed[0, 1] == flat + (922 + 400) + (322 + 400)
    assert lengths[OVERHEAD].routed[0, 1] >= FAR_MM


@pytest.mark.parametrize(("side", "near", "far"), [(Side.SOUTH, 0, 600), (Side.NORTH, 600, 0)])
def test_an_offset_cage_takes_the_riser_on_its_side(side: Side, near: int, far: int) -> None:
    hall = make_hall(("LS",), fronts=(side,), lower_offset_mm=(100, 200, 300, 450))
    for cage, ways in ((1, ((near, 100),)), (2, ((near, 200),)), (4, ((far, 150),))):
        (end,), _ = ends(hall, ("A01", "lower-tray", 19), cage=cage)
        assert end.ways == ways
    (middle,), _ = ends(hall, ("A01", "lower-tray", 19), cage=3)
    assert middle.ways == ((0, 300), (600, 300))
    (all_cages,), _ = ends(hall, ("A01", "lower-tray", 19))
    assert dict(all_cages.ways) == {near: 100, far: 150}


def test_least_cost_takes_the_cheapest_medium_that_reaches() -> None:
    layout, catalog = make_hall(("LL......L",), max_positions=1)
    places = [("A01", "lower-tray", 19), ("A02", "lower-tray", 19), ("A09", "lower-tray", 19)]
    _, lengths = ends((layout, catalog), *places)
    ground = survey(bare_plan(layout, catalog))
    group = catalog.device_types["lower-tray"].cages[0]
    cost = least_costs(ground, fits_of(catalog, group, group), lengths, (3, 3))
    # 700 mm required: 1 m of passive copper; labor 15.00 + 0.6 m x 3.00.
    assert cost[0, 1] == 20_000 + 1500 + 180
    routed = 2 * (300 + 600 + 2600 - 922) + 4200
    required = routed + 600 + (2 * 900 + 4200) // 10
    assert 10_000 < required <= 15_000
    meters = half_up(300 * routed, 1000)
    assert cost[0, 2] == 2 * 85_000 + 2 * (5000 + 1500) + 1500 + meters
    other = replace(group, protocol="another")
    assert fits_of(catalog, group, other) == ()
    assert (least_costs(ground, (), lengths, (3, 3)) == UNREACHABLE_CENTS).all()


def test_a_longer_stock_length_that_is_cheaper_lowers_the_bound() -> None:
    layout, catalog = make_hall(("LL",))
    option = catalog.media[0]
    half, one = option.cable.stock
    cheap = replace(option.cable, stock=(half, replace(one, price=replace(one.price, cents=1))))
    catalog = replace(catalog, media=(replace(option, cable=cheap),))
    _, lengths = ends((layout, catalog), ("A01", "lower-tray", 19), ("A01", "lower-tray", 20))
    ground = survey(bare_plan(layout, catalog))
    group = catalog.device_types["lower-tray"].cages[0]
    cost = least_costs(ground, fits_of(catalog, group, group), lengths, (2, 2))
    assert cost[0, 0] == 1 + labor(layout.economics, 600)


def test_prices_round_once_half_up() -> None:
    economics = make_hall()[0].economics
    assert (half_up(1, 2), half_up(3, 2), half_up(149, 100)) == (1, 2, 1)
    assert labor(economics, 1005) == 1500 + 302  # 301.5
    # 24 W x 1.2 x 35,040 h x 80.00 per MWh
    assert energy(economics, 24_000) == 8073
    assert cable_um2(2000) == 3_141_593
