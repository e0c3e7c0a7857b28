"""Racks that may move where pathways hold too little for the cheapest arrangement, or parts are short."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Side
from planner.model.routes import SegmentKind
from tests.limited_halls import NEARLY, blocking, faults, tried
from tests.open_halls import make_open_hall, planned, settled_halls
from tests.reference.crowded import least_cents_within_limits
from tests.test_fill import most_used_um2, section, squeezed

FLOORS = (("OOO", 2), ("OOOO", 2), ("OOS", 1), ("LOOS", 2), ("OO/OO", 2), ("OOSO", 2))
KINDS = (SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY, SegmentKind.CROSS_TRAY)


@st.composite
def crowded_open_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls of racks that may move whose pathways hold less than the cheapest plan takes."""
    words, needed = draw(st.sampled_from(FLOORS))
    asics = draw(st.integers(1, 2))
    hall = make_open_hall(
        words.split("/"),
        needed,
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_asics=asics,
        lower_cages=asics * draw(st.integers(2, 4)),
        upper_asics=1,
        upper_cages=draw(st.integers(2, 6)),
        slots_per_rack=draw(st.integers(1, 3)),
        cross_x_mm=draw(st.sampled_from([(0,), (1200,), (0, 1800)])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
    )
    try:
        wide = planned(hall)
    except InfeasibleError:
        assume(False)
    shares = {kind: draw(st.sampled_from([0.5, 0.75, 0.9, 1.0])) for kind in KINDS}
    return squeezed(hall[0], wide, shares), hall[1]


def least_within_limits(hall: tuple[Layout, Catalog]) -> float | None:
    """The least cost over all arrangements, each by one integer program over everything."""
    costs = [least_cents_within_limits(made, time_limit_s=20).cost_cents for made in settled_halls(hall)]
    return min((cost for cost in costs if cost is not None), default=None)


def two_rows(narrow: str) -> tuple[Layout, Catalog]:
    """Room for all racks in either row; the tray of row B is higher, those of the rows named are narrow."""
    layout, catalog = make_open_hall(
        ("O.O.O", "O.O.O"),
        2,
        lower_asics=1,
        lower_cages=4,
        upper_asics=1,
        upper_cages=4,
        slots_per_rack=2,
        max_positions=None,
        fronts=(Side.SOUTH, Side.NORTH),
    )
    wide = planned((layout, catalog))
    most = section(most_used_um2(wide, SegmentKind.ROW_TRAY) * 3 // 4)
    trays = tuple(
        replace(
            tray,
            z_mm=tray.z_mm + 1000 * (tray.row == "B"),
            section=most if tray.row in narrow else tray.section,
        )
        for tray in layout.pathways.row_trays
    )
    return replace(layout, pathways=replace(layout.pathways, row_trays=trays)), catalog


def test_racks_go_where_their_runs_have_room() -> None:
    """Row A is cheaper, but its tray too narrow: the plan is in row B."""
    assert {run.a.row for run in planned(two_rows("")).runs} == {"A"}
    hall = two_rows("A")
    plan = planned(hall)
    assert {run.a.row for run in plan.runs} == {"B"}
    assert not blocking(plan)
    assert not faults(plan)
    assert plan.solve.objective_cents == least_within_limits(hall)
    assert plan.solve.lower_bound_cents < plan.solve.objective_cents
    assert plan.solve.status.startswith("within ")
    assert "every arrangement of the lower-rack that may move for tiers" in plan.solve.bound_covers


def test_racks_go_where_there_is_room_too_where_arrangements_are_sketched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if arrangements were too many to bound each: one that fits is found, and the bound holds."""
    monkeypatch.setattr("planner.optimize.arrange.decide._MOST_ARRANGEMENTS", 0)
    hall = two_rows("A")
    plan = planned(hall)
    best = least_within_limits(hall)
    assert best is not None
    assert not blocking(plan)
    assert not faults(plan)
    assert plan.solve.lower_bound_cents <= best <= plan.solve.objective_cents <= 1.05 * best


def test_where_no_arrangement_leaves_room_is_said() -> None:
    hall = two_rows("AB")
    plan = planned(hall)
    assert least_within_limits(hall) is None
    assert {one.code for one in blocking(plan)} == {"overfull", "does-not-fit"}
    assert not faults(plan)
    assert plan.solve.bound_covers.count("without pathway fill, which the plan does not keep") == 1


def test_tiny_crowded_halls_reach_the_optimum_over_all_arrangements() -> None:
    """Limits are kept where an arrangement lets them be, the bound holds, and plans are good."""
    kept: list[bool] = []
    reached: list[bool] = []

    @settings(tried, max_examples=40)
    @given(hall=crowded_open_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        best = least_within_limits(hall)
        plan = planned(hall)
        assert not faults(plan), faults(plan)
        is_kept = not blocking(plan)
        kept.append(is_kept == (best is not None))
        if best is None or not is_kept:
            return
        assert plan.solve.lower_bound_cents <= best + 0.5
        assert plan.solve.objective_cents >= best * (1 - NEARLY)
        reached.append(plan.solve.objective_cents <= (1 + NEARLY) * best)

    one()
    assert len(reached) >= 8
    assert sum(kept) >= 0.9 * len(kept)
    assert sum(reached) >= 0.8 * len(reached)
