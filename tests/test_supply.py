"""Supply in the decision: plans that order no more than can be had, their bounds, and what is short."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from planner.model.catalog import Catalog
from planner.model.layout import Layout, Level, Side, TiersSpec, WiredUnit
from planner.model.media import MediaOption, Medium
from planner.model.plan import Plan
from planner.model.supply import BomKey, SupplyLimit, ordered
from planner.verify.check import verify_plan
from tests.faults.plans import base_plan, hall_with_ways_round, make_plan
from tests.hall_parts import price
from tests.halls import make_hall
from tests.limited_halls import blocking, faults, reach_the_optimum


def orders(plan: Plan) -> Counter[BomKey]:
    counts: Counter[BomKey] = Counter()
    for line in plan.bom:
        counts[line.part, line.stock_length_mm] += line.order_quantity
    return counts


def of_part(plan: Plan, part: str) -> int:
    return ordered(SupplyLimit(part=part, stock_length_mm=None, most_pieces=0), orders(plan))


def limited(layout: Layout, *limits: tuple[str, int | None, int]) -> Layout:
    made = [SupplyLimit(part=part, stock_length_mm=mm, most_pieces=most) for part, mm, most in limits]
    return replace(layout, supply=tuple(made))


HALL = hall_with_ways_round()
PLENTY = make_plan(*HALL)


def assert_kept(plan: Plan) -> None:
    """The plan keeps its limits, verifies, and is bounded by what is true."""
    counts = orders(plan)
    assert all(ordered(limit, counts) <= limit.most_pieces for limit in plan.layout.supply)
    assert not blocking(plan)
    assert not faults(plan)
    assert plan.solve.lower_bound_cents <= plan.solve.objective_cents
    assert "with what can be had of parts" in plan.solve.bound_covers


def test_a_limit_on_cables_moves_runs_to_other_media() -> None:
    most = of_part(PLENTY, "active") // 2
    plan = make_plan(limited(HALL[0], ("active", None, most)), HALL[1])
    assert_kept(plan)
    assert plan.solve.objective_cents > PLENTY.solve.objective_cents
    (certificate,) = plan.solve.certificates
    assert [price.part for price in certificate.part_prices] == ["active"]
    assert certificate.bound_cents > PLENTY.solve.objective_cents


def with_cheap_optics(catalog: Catalog) -> Catalog:
    """The catalog with transceivers for next to nothing: whatever reaches, optics are cheapest."""

    def cheap(option: MediaOption) -> MediaOption:
        plugs = [
            replace(plug, transceiver=plug.transceiver and replace(plug.transceiver, price=price(1)))
            for plug in option.plugs
        ]
        return replace(option, plugs=(plugs[0], plugs[1]))

    return replace(catalog, media=tuple(map(cheap, catalog.media)))


@pytest.mark.parametrize("part", ["transceiver", "fiber-cord"])
def test_runs_take_two_transceivers_and_as_many_cords_as_their_option_says(part: str) -> None:
    catalog = with_cheap_optics(HALL[1])
    plenty = make_plan(HALL[0], catalog)
    most = of_part(plenty, part) - 9
    plan = make_plan(limited(HALL[0], (part, None, most)), catalog)
    assert_kept(plan)
    runs = plan.totals.runs_by_medium["optics"]
    assert plenty.totals.runs_by_medium["optics"] - 5 <= runs < plenty.totals.runs_by_medium["optics"]
    assert most - 3 <= of_part(plan, part) <= most


def test_a_limit_on_one_stock_length_lets_longer_pieces_stand_in() -> None:
    counts = {key: count for key, count in orders(PLENTY).items() if key[0] == "active"}
    length = min(mm for _, mm in counts if mm is not None)
    plan = make_plan(limited(HALL[0], ("active", length, counts["active", length] // 3)), HALL[1])
    assert_kept(plan)
    longer = [run for run in plan.runs if run.routed_mm + run.slack_mm <= length < run.stock_length_mm]
    assert any(run.medium is Medium.AEC for run in longer)


def test_several_limits_hold_together_and_with_fill() -> None:
    plan = base_plan("short")
    assert_kept(plan)
    assert len({(one.part, one.stock_length_mm) for one in plan.layout.supply}) == 2
    crowded = base_plan("crowded")
    most = of_part(crowded, "active") * 2 // 3
    both = make_plan(limited(crowded.layout, ("active", None, most)), crowded.catalog)
    assert_kept(both)
    assert both.solve.objective_cents > crowded.solve.objective_cents


def test_limits_that_do_not_bind_change_neither_plan_nor_bound() -> None:
    plan = make_plan(limited(HALL[0], ("active", None, of_part(PLENTY, "active"))), HALL[1])
    assert_kept(plan)
    assert plan.runs == PLENTY.runs
    assert plan.solve.certificates == PLENTY.solve.certificates


def test_baselines_that_order_too_much_cannot_be_built() -> None:
    rivals = PLENTY.solve.baselines
    assert rivals.all_optics_cents is not None
    most = of_part(PLENTY, "transceiver")
    plan = make_plan(limited(HALL[0], ("transceiver", None, most)), HALL[1])
    assert_kept(plan)
    assert plan.solve.objective_cents == PLENTY.solve.objective_cents
    assert plan.solve.baselines.all_optics_cents is None


def test_peers_are_made_of_what_can_be_had() -> None:
    hall = make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, trays_per_rack=3, lower_cages=8)
    plenty = make_plan(*hall)
    part, length = next(iter(orders(plenty)))
    most = of_part(plenty, part) // 2
    plan = make_plan(limited(hall[0], (part, None, most)), hall[1])
    assert_kept(plan)
    assert plenty.solve.lower_bound_cents < plan.solve.lower_bound_cents <= plan.solve.objective_cents
    one = make_plan(limited(hall[0], (part, length, 1)), hall[1])
    assert_kept(one)


def test_fabrics_have_one_price_for_a_part_that_is_short_for_both() -> None:
    hall = make_hall(("LLLLSL",), peers=[("A01", "A02")], lower_cages=8, upper_cages=12)
    pairs, tiers = hall[0].fabrics
    assert isinstance(tiers, TiersSpec)
    layout = replace(hall[0], fabrics=(pairs, replace(tiers, racks=("A03", "A04", "A06"))))
    plenty = make_plan(layout, hall[1])
    by_fabric: Counter[tuple[str, str]] = Counter()
    for line in plenty.bom:
        by_fabric[line.part, line.fabric] += line.order_quantity
    shared = [part for part, fabric in by_fabric if fabric == "pairs" and by_fabric[part, "tiers"]]
    assert shared
    most = by_fabric[shared[0], "pairs"] + by_fabric[shared[0], "tiers"] // 2
    plan = make_plan(limited(layout, (shared[0], None, most)), hall[1])
    assert_kept(plan)
    first, second = plan.solve.certificates
    assert first.part_prices
    assert first.part_prices == second.part_prices
    assert "given what" not in plan.solve.bound_covers


def test_what_is_short_whatever_is_planned_is_told_with_the_least() -> None:
    peers = make_hall(("L....L",), peers=[("A01", "A06")], with_tiers=False, max_positions=None)
    runs = len(make_plan(*peers).runs)
    plan = make_plan(limited(peers[0], ("transceiver", None, runs)), peers[1])
    (finding,) = blocking(plan)
    needed = 2 * runs + -(-2 * runs * 20 // 1000)
    assert finding.code == "supply-short"
    assert finding.message == (
        f"transceiver: {needed} ordered, {runs} can be had; every plan orders {needed} or more"
    )
    assert not faults(plan)
    assert {one.code for one in verify_plan(plan)} == {"supply-short"}
    assert "supply-not-stated" in {one.code for one in verify_plan(replace(plan, findings=()))}
    assert plan.solve.bound_covers.endswith("without what can be had of parts, which the plan does not keep")


def test_the_least_of_tiers_is_proved_over_all_placements() -> None:
    plan = make_plan(limited(HALL[0], *((one, None, 0) for one in ("active", "copper"))), HALL[1])
    short = {part: count for part in ("active", "copper") if (count := of_part(plan, part))}
    assert not short or {one.code for one in blocking(plan)} == {"supply-short"}
    none = limited(HALL[0], ("active", None, 0), ("copper", None, 0), ("transceiver", None, 10))
    plan = make_plan(none, HALL[1])
    assert {one.code for one in blocking(plan)} == {"supply-short"}
    assert not faults(plan)


@st.composite
def short_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls whose cheapest plan orders more of one or two parts than can be had."""
    layout, catalog = make_hall(
        draw(st.sampled_from(["LSL", "LLS", "LSLS", "SLLS", "LS/SL", "LLS/S", "LS/LS"])).split("/"),
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_asics=draw(st.integers(1, 2)),
        lower_cages=2 * draw(st.integers(1, 3)),
        upper_asics=draw(st.integers(1, 2)),
        upper_cages=2 * draw(st.integers(1, 3)),
        slots_per_rack=draw(st.integers(1, 3)),
        unit=draw(st.sampled_from([WiredUnit.ASIC, WiredUnit.DEVICE])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
        levels=draw(st.sampled_from([(Level.OVERHEAD,), (Level.OVERHEAD, Level.UNDERFLOOR)])),
    )
    try:
        plenty = make_plan(layout, catalog)
    except Exception:
        assume(False)
    keys = sorted(
        key for key in orders(plenty) if key[0] in ("copper", "active", "transceiver", "fiber-cord")
    )
    limits = []
    for key in draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)):
        length = draw(st.sampled_from([key[1], None]))
        count = ordered(SupplyLimit(part=key[0], stock_length_mm=length, most_pieces=0), orders(plenty))
        limits.append((key[0], length, draw(st.integers(0, count))))
    spares = draw(st.sampled_from([0, 20, 300]))
    return limited(
        replace(layout, economics=replace(layout.economics, spares_permille=spares)), *limits
    ), catalog


def test_tiny_halls_reach_the_optimum_within_supply() -> None:
    reach_the_optimum(short_halls())
