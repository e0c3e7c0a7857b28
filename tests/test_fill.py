"""Pathway fill in the decision: plans that fit, their bounds, and what is said where nothing fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout, Level, Side, WiredUnit
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from tests.faults.plans import counted_hall, hall_with_ways_round, make_plan
from tests.halls import make_hall
from tests.limited_halls import blocking, faults, reach_the_optimum
from tests.reference.crowded import least_cents_within_limits
from tests.reference.floors import prepare_hall, read_hall

AREA_PER_MM_UM2 = 10**6


def most_used_um2(plan: Plan, kind: SegmentKind) -> int:
    return max((one.used_um2 for one in plan.segments if one.segment.kind is kind), default=0)


def section(usable_um2: int) -> CrossSection:
    """A millimeter deep and full to the brim: as many square millimeters as it is wide."""
    return CrossSection(width_mm=max(1, usable_um2 // AREA_PER_MM_UM2), depth_mm=1, fill_permille=1000)


def squeezed(layout: Layout, plan: Plan, shares: dict[SegmentKind, float]) -> Layout:
    """The layout with pathways cut down to shares of what a plan takes of each kind where it takes most."""
    pathways = layout.pathways

    def cut(kind: SegmentKind, declared: CrossSection) -> CrossSection:
        used = most_used_um2(plan, kind)
        return section(int(used * shares[kind])) if kind in shares and used else declared

    laterals = pathways.laterals
    return replace(
        layout,
        pathways=replace(
            pathways,
            risers=cut(SegmentKind.RISER, pathways.risers),
            laterals=laterals and replace(laterals, section=cut(SegmentKind.LATERAL, laterals.section)),
            row_trays=tuple(
                replace(tray, section=cut(SegmentKind.ROW_TRAY, tray.section)) for tray in pathways.row_trays
            ),
            cross_trays=tuple(
                replace(tray, section=cut(SegmentKind.CROSS_TRAY, tray.section))
                for tray in pathways.cross_trays
            ),
        ),
    )


def crossed(hall: tuple[Layout, Catalog], **shares: float) -> tuple[Plan, Plan]:
    """A hall's plan without limits that bind, and with pathways cut down."""
    wide = make_plan(*hall)
    kinds = {SegmentKind(name.replace("_", "-")): share for name, share in shares.items()}
    return wide, make_plan(squeezed(hall[0], wide, kinds), hall[1])


HALL = hall_with_ways_round()


@pytest.mark.parametrize(
    "shares",
    [{"riser": 0.8}, {"lateral": 0.6}, {"row_tray": 0.85}, {"riser": 0.85, "lateral": 0.7, "row_tray": 0.85}],
    ids=lambda shares: "+".join(shares),
)
def test_runs_are_moved_until_they_fit(shares: dict[str, float]) -> None:
    wide, plan = crossed(HALL, **shares)
    assert not blocking(wide)
    assert not blocking(plan)
    assert not faults(plan)
    assert plan.solve.objective_cents >= wide.solve.objective_cents
    assert plan.solve.lower_bound_cents <= plan.solve.objective_cents
    assert plan.segments != wide.segments
    assert "with pathway fill" in plan.solve.bound_covers


def test_a_bound_on_plans_that_fit_exceeds_what_others_cost() -> None:
    """Where the plan had to be dearer, the bound knows why: the segments' prices are part of it."""
    wide, plan = crossed(HALL, lateral=0.2)
    assert plan.solve.objective_cents > wide.solve.objective_cents
    (certificate,) = plan.solve.certificates
    assert certificate.segment_prices
    assert certificate.bound_cents > wide.solve.lower_bound_cents


def test_cases_have_prices_of_their_own_where_common_ones_prove_too_little() -> None:
    """Racks opened by halves find room that no plan has; priced in its own racks, a case proves the plan."""
    _, plan = crossed(make_hall(("LSLSLS",), lower_cages=8, upper_cages=8), row_tray=0.85)
    (certificate,) = plan.solve.certificates
    assert len(certificate.price_sets) > 1
    assert plan.solve.status == "proved"
    assert not faults(plan)
    common = replace(certificate, cases=tuple(replace(case, prices=None) for case in certificate.cases))
    forged = replace(plan, solve=replace(plan.solve, certificates=(common,)))
    assert "forged-bound" in {finding.code for finding in faults(forged)}


def test_numbers_of_devices_prove_what_no_price_of_a_segment_tells() -> None:
    """A limit on devices proves the plan, its opposite fits in no way; halves of devices fill the tray."""
    plan = make_plan(*counted_hall())
    (certificate,) = plan.solve.certificates
    assert plan.solve.status == "proved"
    assert not blocking(plan)
    assert not faults(plan)
    limits = [limit for case in certificate.cases for limit in case.device_limits]
    devices = sum(device.is_placed for device in plan.devices)
    assert [(one.racks, one.most) for one in limits] == [(("A02", "A05"), 2), (("A03", "A04"), devices - 3)]
    for case in certificate.cases:  # without its limit, either half proves less than the plan costs
        one = replace(certificate, cases=(replace(case, device_limits=()),))
        forged = replace(plan, solve=replace(plan.solve, certificates=(one,)))
        assert "forged-bound" in {finding.code for finding in faults(forged)}


def test_a_rack_opened_by_halves_is_closed_or_holds_a_device() -> None:
    _, plan = crossed(
        make_hall(("LSSSSL",), trays_per_rack=2, lower_cages=8, slots_per_rack=3, max_positions=1),
        row_tray=0.9,
    )
    (certificate,) = plan.solve.certificates
    assert plan.solve.status == "proved"
    assert not faults(plan)
    devices = sum(device.is_placed for device in plan.devices)
    limits = {limit for case in certificate.cases for limit in case.device_limits}
    assert limits
    assert {limit.most for limit in limits} == {devices - 1}


def test_where_nothing_fits_the_pathway_and_its_width_are_named() -> None:
    _, plan = crossed(HALL, riser=0.05)
    assert not faults(plan)
    messages = [finding.message for finding in blocking(plan) if finding.code == "does-not-fit"]
    assert len(messages) == 1
    assert messages[0].startswith("the runs do not fit pathways.risers: ")
    assert plan.solve.bound_covers.endswith("without pathway fill, which the plan does not keep")
    most = most_used_um2(plan, SegmentKind.RISER)
    width = next(int(word) for word in messages[0].split("a width of ")[1].split() if word.isdigit())
    assert (width - 1) * AREA_PER_MM_UM2 < most <= width * AREA_PER_MM_UM2
    # The advice is checked by taking it.
    advised = replace(HALL[0], pathways=replace(HALL[0].pathways, risers=section(width * AREA_PER_MM_UM2)))
    assert not blocking(make_plan(advised, HALL[1]))


def test_where_a_cross_tray_is_too_small_a_second_one_holds_the_runs() -> None:
    layout, catalog = make_hall(
        ("LLLL", "SS.."), fronts=(Side.SOUTH, Side.NORTH), lower_cages=8, upper_cages=16
    )
    _, plan = crossed((layout, catalog), cross_tray=0.6)
    messages = [finding.message for finding in blocking(plan) if finding.code == "does-not-fit"]
    assert len(messages) == 1
    assert messages[0].startswith("the runs do not fit pathways.cross_trays.")
    assert "a second cross tray like it beside it" in messages[0]
    # The advice is checked by taking it.
    (cross,) = plan.layout.pathways.cross_trays
    beside = replace(cross, name=f"{cross.name}b", x_mm=cross.x_mm + 600)
    pathways = replace(plan.layout.pathways, cross_trays=(cross, beside))
    assert not blocking(make_plan(replace(plan.layout, pathways=pathways), catalog))


def test_peers_are_moved_too() -> None:
    hall = make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, trays_per_rack=3, lower_cages=8)
    wide, plan = crossed(hall, lateral=0.75)
    assert not blocking(plan)
    assert not faults(plan)
    assert plan.solve.objective_cents > wide.solve.objective_cents
    assert wide.solve.lower_bound_cents < plan.solve.lower_bound_cents <= plan.solve.objective_cents


@st.composite
def crowded_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls whose pathways hold less than the cheapest plan takes."""
    layout, catalog = make_hall(
        draw(st.sampled_from(["LSL", "LLS", "LSLS", "SLLS", "LS/SL", "LLS/S", "LS/LS", "LDDL"])).split("/"),
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_asics=draw(st.integers(1, 2)),
        lower_cages=2 * draw(st.integers(1, 3)),
        upper_asics=draw(st.integers(1, 2)),
        upper_cages=2 * draw(st.integers(1, 3)),
        slots_per_rack=draw(st.integers(1, 3)),
        unit=draw(st.sampled_from([WiredUnit.ASIC, WiredUnit.DEVICE])),
        cross_x_mm=draw(st.sampled_from([(0,), (0, 1800)])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
        levels=draw(st.sampled_from([(Level.OVERHEAD,), (Level.OVERHEAD, Level.UNDERFLOOR)])),
    )
    try:
        wide = make_plan(layout, catalog)
    except Exception:
        assume(False)
    kinds = (SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)
    shares = {kind: draw(st.sampled_from([0.4, 0.6, 0.8, 1.0])) for kind in kinds}
    return squeezed(layout, wide, shares), catalog


def test_tiny_crowded_halls_reach_the_optimum() -> None:
    reach_the_optimum(crowded_halls())


@pytest.mark.parametrize("share", [0.6, 0.75, 0.8])
def test_a_second_switch_rack_is_opened_where_the_risers_of_one_do_not_hold_all_runs(share: float) -> None:
    """Opened by halves, a rack would bring room that no plan has: cases with it open and closed tell."""
    hall = make_hall(
        ("LLSLLS",), trays_per_rack=2, lower_cages=8, upper_cages=16, slots_per_rack=4, max_positions=None
    )
    wide, plan = crossed(hall, riser=share)
    assert not faults(plan)
    assert not blocking(plan)
    answer = least_cents_within_limits(prepare_hall(plan.layout, hall[1]), time_limit_s=20)
    assert answer.cost_cents is not None and plan.solve.lower_bound_cents <= answer.cost_cents + 0.5
    assert plan.solve.objective_cents <= 1.0001 * answer.cost_cents
    assert plan.solve.lower_bound_cents >= 0.9995 * plan.solve.objective_cents > wide.solve.objective_cents


CLOSE_BY = """
title: two racks between two positions for switch racks, and laterals that hold few runs
catalogs: [CATALOG, nvlink5, media-1600g]
room: {width: 6 m, depth: 4 m, height: 3.6 m}
rows:
  A:
    x: 1.2 m
    y: 1.2 m
    front: north
    racks: {1: [switch-rack, empty], 2-3: lower-rack, 4: [switch-rack, empty]}
pathways:
  laterals: {max_positions: 2, width: 30 mm, depth: 30 mm}
  row_trays: {TA: {row: A, y: 1.5 m, z: 2.5 m, width: 30 mm, depth: 20 mm}}
fabrics:
  l2:
    kind: tiers
    spread: uniform
    lower: {device: lower-tray, cages: uplink}
    upper: {device: upper-tray, cages: downlink, rack: switch-rack}
"""


def test_a_case_that_proves_too_little_hides_no_cheaper_plan_of_another(tmp_path: Path) -> None:
    """One rack alone has the least bound, for halves of runs, and no cheap plan: two racks have one."""
    path = tmp_path / "close-by.yaml"
    path.write_text(CLOSE_BY.replace("CATALOG", str(Path(__file__).parent / "tiny_racks.yaml")), "utf-8")
    hall = read_hall(path)
    plan = make_plan(hall.layout, hall.catalog)
    assert not faults(plan)
    assert not blocking(plan)
    answer = least_cents_within_limits(hall, time_limit_s=20)
    assert answer.cost_cents is not None and plan.solve.lower_bound_cents <= answer.cost_cents + 0.5
    assert plan.solve.objective_cents <= 1.0001 * answer.cost_cents
