"""``planner explain`` of segments and racks: each flip is held against a plan of the flipped case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.model.catalog import Catalog
from planner.model.explanation import Flip, FlipKind
from planner.model.layout import Laterals, Layout, Level, RowTray
from planner.model.media import MediaOption
from planner.model.plan import CableRun, Plan
from planner.model.routes import RouteKind, SegmentKind
from planner.second_look import explain, planned_again
from tests.hall_parts import cable
from tests.halls import make_hall
from tests.test_explain import cheaper, with_media
from tests.test_fill import crossed, section, squeezed

OVER, UNDER = RouteKind.OVERHEAD, RouteKind.UNDERFLOOR


def two_levels(word: str = "L....L") -> tuple[Layout, Catalog]:
    """A pair of racks with trays over and under them, the ones below nearer."""
    return make_hall(
        (word,),
        peers=[("A01", f"A{len(word):02d}")],
        with_tiers=False,
        lower_cages=4,
        levels=(Level.OVERHEAD, Level.UNDERFLOOR),
    )


def moved(layout: Layout, level: Level, by_mm: int) -> Layout:
    """Move the trays of a level up: ends of runs get nearer to those below, farther from those above."""

    def tray(one: RowTray) -> RowTray:
        return replace(one, z_mm=one.z_mm + by_mm) if one.level is level else one

    trays = tuple(tray(one) for one in layout.pathways.row_trays)
    return replace(layout, pathways=replace(layout.pathways, row_trays=trays))


def tray_of(plan: Plan) -> str:
    """The segment of a row tray with the most runs."""
    trays = [one for one in plan.segments if one.segment.kind is SegmentKind.ROW_TRAY]
    return max(trays, key=lambda one: one.runs).segment.id


def kinds(plan: Plan) -> set[RouteKind]:
    return {run.route_kind for run in plan.runs}


def told(plan: Plan, subject: str, kind: FlipKind) -> list[Flip]:
    return [flip for flip in explain(plan, subject).flips if flip.kind is kind]


def test_a_shorter_way_round_takes_runs_out() -> None:
    layout, catalog = two_levels()
    plan = planned_again(layout, catalog)
    assert kinds(plan) == {UNDER}
    (flip,) = told(plan, tray_of(plan), FlipKind.LESS_LENGTH)
    half = (flip.amount + 1) // 2
    assert kinds(planned_again(moved(layout, Level.OVERHEAD, -half), catalog)) == {OVER}
    alike = planned_again(moved(layout, Level.OVERHEAD, 1 - half), catalog)
    assert alike.solve.objective_cents == plan.solve.objective_cents, "nothing is saved yet"
    assert kinds(planned_again(moved(layout, Level.OVERHEAD, 2 - half), catalog)) == {UNDER}


def test_a_longer_way_through_takes_runs_out() -> None:
    layout, catalog = two_levels()
    plan = planned_again(layout, catalog)
    (flip,) = told(plan, tray_of(plan), FlipKind.MORE_LENGTH)
    half = (flip.amount + 1) // 2
    assert kinds(planned_again(moved(layout, Level.UNDERFLOOR, -half), catalog)) == {OVER}
    assert kinds(planned_again(moved(layout, Level.UNDERFLOOR, 2 - half), catalog)) == {UNDER}


def test_a_lateral_takes_runs_out() -> None:
    layout, catalog = two_levels()
    plan = planned_again(layout, catalog)
    (flip,) = told(plan, tray_of(plan), FlipKind.LATERAL)

    def opened(positions: int) -> Plan:
        laterals = Laterals(max_positions=positions, section=layout.pathways.risers)
        return planned_again(replace(layout, pathways=replace(layout.pathways, laterals=laterals)), catalog)

    assert flip.amount == 5
    after, before = opened(flip.amount), opened(flip.amount - 1)
    assert (kinds(after), kinds(before)) == ({RouteKind.LATERAL}, {UNDER})
    saved = (plan.solve.objective_cents - after.solve.objective_cents) // len(plan.runs)
    assert f"saves {saved / 100:,.2f} USD" in flip.sentence


def test_a_price_takes_runs_out() -> None:
    """Overhead is shorter and has more slack: too long for copper, which is dear but reaches below."""
    layout, catalog = two_levels("L.L")
    ways = layout.pathways
    pathways = replace(
        ways,
        laterals=None,
        overhead_slack=replace(ways.overhead_slack, per_end_mm=1000),
        underfloor_slack=replace(ways.underfloor_slack, per_end_mm=100),
    )
    layout = replace(layout, pathways=pathways)
    long_copper = cable("active", [(2000, 300_000), (7500, 400_000)], 7000)

    def copper(option: MediaOption) -> MediaOption:
        return replace(option, reach_mm=7500, cable=long_copper) if option.id == "aec" else option

    catalog = with_media(catalog, copper)
    plan = planned_again(layout, catalog)
    while kinds(plan) != {OVER}:
        layout = moved(layout, Level.UNDERFLOOR, -50)
        plan = planned_again(layout, catalog)
    (flip,) = told(plan, tray_of(plan), FlipKind.CHEAPER)

    def at(cents: int) -> Plan:
        return planned_again(
            layout, with_media(catalog, lambda one: cheaper(one, cents) if one.id == flip.to else one)
        )

    assert (kinds(at(flip.amount)), {run.option for run in at(flip.amount).runs}) == ({UNDER}, {"aec"})
    assert kinds(at(flip.amount - 1)) == {OVER}


CROWDED = make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, lower_cages=24)


def widened(plan: Plan, more_mm2: int) -> Plan:
    """Plan again with so much more room in laterals."""
    laterals = plan.layout.pathways.laterals
    assert laterals is not None
    (usable,) = {one.segment.usable_um2 for one in plan.segments if one.segment.kind is SegmentKind.LATERAL}
    assert usable is not None
    laterals = replace(laterals, section=section(usable + more_mm2 * 10**6))
    pathways = replace(plan.layout.pathways, laterals=laterals)
    return planned_again(replace(plan.layout, pathways=pathways), plan.catalog)


def test_more_room_lets_a_cheaper_cable_in() -> None:
    """Full laterals take thin, dear cables: with so much more room a run is of what it would rather be."""
    _, plan = crossed(CROWDED, lateral=0.75)
    assert kinds(plan) == {RouteKind.LATERAL} and len(plan.totals.runs_by_medium) > 1
    full = [one for one in plan.segments if one.segment.kind is SegmentKind.LATERAL]
    flips = [flip for one in full for flip in told(plan, one.segment.id, FlipKind.MORE_ROOM)]
    flip = min(flips, key=lambda flip: flip.amount)
    saved = plan.solve.objective_cents - widened(plan, flip.amount).solve.objective_cents
    assert saved > 0 and f"saves {saved / 100:,.2f} USD" in flip.sentence
    assert widened(plan, flip.amount - 1).solve.objective_cents == plan.solve.objective_cents
    run = next(run for run in plan.runs if run.cable_id == flip.to)
    assert explain(plan, run.cable_id).rule.startswith("fill: ")
    (own,) = told(plan, run.cable_id, FlipKind.MORE_ROOM)
    assert own.amount == flip.amount


def test_more_room_lets_a_run_take_the_shorter_way() -> None:
    """Laterals hold some of the runs, and there is no thinner cable: others go over the racks."""
    layout, catalog = CROWDED
    catalog = with_media(catalog, lambda one: replace(one, cable=replace(one.cable, outer_diameter_um=9000)))
    wide, plan = crossed((layout, catalog), lateral=0.75)
    assert kinds(wide) == {RouteKind.LATERAL} and kinds(plan) == {RouteKind.LATERAL, OVER}
    away = next(run for run in plan.runs if run.route_kind is OVER)
    tray = next(name for name in away.segments if "overhead" in name)
    explanation = explain(plan, tray)
    assert explanation.rule.startswith("fill: ")
    leaves = min(told(plan, tray, FlipKind.MORE_ROOM), key=lambda flip: flip.amount)
    full = [one for one in plan.segments if one.segment.kind is SegmentKind.LATERAL]
    comes = [flip for one in full for flip in told(plan, one.segment.id, FlipKind.MORE_ROOM)]
    assert min(flip.amount for flip in comes) == leaves.amount
    after, less = widened(plan, leaves.amount), widened(plan, leaves.amount - 1)
    saved = plan.solve.objective_cents - after.solve.objective_cents
    assert saved > 0 and f"saves {saved / 100:,.2f} USD" in leaves.sentence
    assert less.solve.objective_cents == plan.solve.objective_cents


def test_every_run_and_segment_of_a_crowded_plan_is_explained() -> None:
    """Runs take ways there that only a wider table of routes has."""
    hall = make_hall(("LLSLS", "LS..."), trays_per_rack=2, lower_cages=8, upper_cages=12, slots_per_rack=5)
    wide = planned_again(*hall)
    plan = planned_again(squeezed(hall[0], wide, {SegmentKind.LATERAL: 0.2}), hall[1])
    assert plan.solve.objective_cents > wide.solve.objective_cents
    by_shape: dict[object, CableRun] = {(run.segments, run.option): run for run in plan.runs}
    for run in by_shape.values():
        (chosen,) = [one for one in explain(plan, run.cable_id).choices if one.is_chosen]
        assert chosen.cents is not None
    for fill in plan.segments:
        assert explain(plan, fill.segment.id).rule


def single(word: str) -> tuple[Layout, Catalog]:
    return make_hall((word,), slots_per_rack=1, lower_cages=2, upper_cages=4, max_positions=4)


def test_a_slot_nearer_by_so_much_is_taken() -> None:
    """The switch rack to the right moves nearer: by so much its slot is taken, by 1 mm less it is not."""
    layout, catalog = single("S.L..S")
    plan = planned_again(layout, catalog)
    assert set(plan.opened_racks) == {"A01"}
    (flip,) = told(plan, "A01", FlipKind.LESS_LENGTH)
    assert flip.to.startswith("A06-")

    def nearer(by_mm: int) -> Plan:
        row = layout.rows[0]
        racks = tuple(
            replace(one, x_mm=one.x_mm - by_mm) if one.address == "A06" else one for one in row.positions
        )
        return planned_again(replace(layout, rows=(replace(row, positions=racks),)), catalog)

    assert set(nearer(flip.amount).opened_racks) == {"A06"}
    assert nearer(flip.amount).solve.objective_cents < plan.solve.objective_cents
    assert nearer(flip.amount - 1).solve.objective_cents == plan.solve.objective_cents


def test_a_dearer_rack_is_given_up() -> None:
    layout, catalog = make_hall(("LSSSSL",), slots_per_rack=4, lower_cages=4, upper_cages=4, trays_per_rack=2)
    kind = catalog.rack_types["switch-rack"]

    def at(cents: int) -> Plan:
        assert kind.price is not None
        priced = replace(kind, price=replace(kind.price, cents=cents))
        return planned_again(layout, replace(catalog, rack_types={**catalog.rack_types, kind.id: priced}))

    plan = at(0)
    assert len(plan.opened_racks) > 1
    amounts = [flip.amount for rack in plan.opened_racks for flip in told(plan, rack, FlipKind.DEARER_RACK)]
    assert amounts
    assert len(at(min(amounts)).opened_racks) < len(plan.opened_racks)
    stays = plan.solve.objective_cents + (min(amounts) - 1) * len(plan.opened_racks)
    assert at(min(amounts) - 1).solve.objective_cents == stays, "giving a rack up saves nothing yet"


@pytest.mark.parametrize("subject", ["A01", "A06"])
def test_a_floor_without_choices_has_no_flips(subject: str) -> None:
    plan = planned_again(*two_levels())
    assert not explain(plan, subject).flips
