"""Fabrics that crowd what they share: decided about together, and bounded together."""

from __future__ import annotations

from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.errors import PlannerError
from planner.inputs.load import read_inputs
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Level, Side, WiredUnit
from planner.model.routes import SegmentKind
from tests.faults.plans import make_plan
from tests.halls import make_hall
from tests.limited_halls import blocking, faults, tried
from tests.reference.crowded import least_cents_together
from tests.shared_halls import halls_of, in_two, two_that_cross
from tests.test_fill import squeezed
from tests.test_supply import limited, of_part

KINDS = (SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)
NEARLY = 0.01
LAYOUTS = Path(__file__).parent.parent / "layouts"
TWO_DOMAINS = "nvl144-two-domains"


def test_an_earlier_fabric_leaves_room_that_a_later_one_needs() -> None:
    """Each by itself would take the shorter cross tray: in turn the second one finds too little left."""
    layout, catalog = two_that_cross()
    wide = make_plan(layout, catalog)
    plan = make_plan(squeezed(layout, wide, {SegmentKind.CROSS_TRAY: 0.8}), catalog)
    assert not blocking(wide)
    assert not blocking(plan)
    assert not faults(plan)
    first, second = plan.solve.certificates
    prices = [{one.segment.id: one.price for one in each.segment_prices} for each in (first, second)]
    shared = prices[0].keys() & prices[1].keys()
    assert shared
    assert all(prices[0][name] == prices[1][name] for name in shared)
    assert wide.solve.lower_bound_cents < plan.solve.lower_bound_cents <= plan.solve.objective_cents
    assert "given what" not in plan.solve.bound_covers


def test_a_part_that_is_short_for_both_is_divided() -> None:
    hall = in_two(make_hall(("LSSL", "LSSL"), lower_cages=6, upper_cages=6, slots_per_rack=3), (0, 1))
    wide = make_plan(*hall)
    most = of_part(wide, "copper") // 2
    plan = make_plan(limited(hall[0], ("copper", None, most)), hall[1])
    assert not blocking(plan)
    assert not faults(plan)
    assert of_part(plan, "copper") <= most
    best = least_cents_together(halls_of((plan.layout, plan.catalog)), time_limit_s=20)
    assert best.cost_cents is not None
    assert plan.solve.lower_bound_cents <= best.cost_cents + 0.5
    assert plan.solve.objective_cents <= (1 + NEARLY) * best.cost_cents


def test_two_domains_get_their_shares_at_one_price() -> None:
    inputs = read_inputs(LAYOUTS / f"{TWO_DOMAINS}.yaml")
    plan = make_plan(inputs.layout, inputs.catalog)
    assert not blocking(plan)
    assert not faults(plan)
    assert of_part(plan, "aec-1600g-flat") <= 100
    cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
    assert bound <= cost <= 1.0001 * bound
    assert {price.part for one in plan.solve.certificates for price in one.part_prices} == {"aec-1600g-flat"}


@st.composite
def shared_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls of two fabrics whose pathways hold less than the cheapest plans take together."""
    hall = make_hall(
        draw(st.sampled_from(["LLSLLS", "LSSL/LSSL", "LS/LS/LS", "LLSS/LLSS", "LSLS/SLSL"])).split("/"),
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_asics=draw(st.integers(1, 2)),
        lower_cages=2 * draw(st.integers(1, 2)),
        upper_asics=draw(st.integers(1, 2)),
        upper_cages=2 * draw(st.integers(1, 2)),
        slots_per_rack=draw(st.integers(1, 3)),
        unit=draw(st.sampled_from([WiredUnit.ASIC, WiredUnit.DEVICE])),
        cross_x_mm=draw(st.sampled_from([(0,), (0, 1800)])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
        levels=draw(st.sampled_from([(Level.OVERHEAD,), (Level.OVERHEAD, Level.UNDERFLOOR)])),
    )
    layout, catalog = in_two(hall, draw(st.sampled_from([(0, 1), (1, 0), (0, 1, 1, 0)])))
    try:
        wide = make_plan(layout, catalog)
    except PlannerError:
        assume(False)
    shares = {kind: draw(st.sampled_from([0.4, 0.6, 0.8, 1.0])) for kind in KINDS}
    layout = squeezed(layout, wide, shares)
    if draw(st.booleans()):
        most = max(1, of_part(wide, "active") * 2 // 3)
        layout = limited(layout, ("active", None, most))
    return layout, catalog


def test_tiny_halls_of_two_fabrics_keep_limits_and_are_bounded_together() -> None:
    """Against one integer program over both: limits are kept where that can be, and no bound is above it."""
    kept: list[bool] = []
    reached: list[bool] = []

    @settings(tried, max_examples=24)
    @given(hall=shared_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        best = least_cents_together(halls_of(hall), time_limit_s=5).cost_cents
        plan = make_plan(*hall)
        assert not faults(plan), faults(plan)
        if best is None:
            return
        is_kept = not blocking(plan)
        kept.append(is_kept)
        assert plan.solve.lower_bound_cents <= best + 0.5
        if is_kept:
            reached.append(best - 0.5 <= plan.solve.objective_cents <= (1 + NEARLY) * best)

    one()
    print(len(kept), sum(kept), len(reached), sum(reached))
    assert len(kept) >= 4
    assert sum(kept) >= 0.85 * len(kept)
    assert sum(reached) >= 0.9 * len(reached)
