"""Racks that may move against every arrangement of tiny halls, placed and wired in every way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError, Severity
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Side, Spread
from planner.model.plan import Plan
from planner.model.sites import positions
from planner.verify.check import verify_plan
from tests.conftest import PlanOf
from tests.limited_halls import tried
from tests.open_halls import every_arrangement, make_open_hall, planned, settled_halls
from tests.reference.exhaustive import least_cents
from tests.reference.plain import plain_problem
from tests.shared_parts import by_ports, twin_media

FLOORS = (("OOO", 2), ("OOOO", 2), ("OOS", 1), ("LOOS", 2), ("OO/OO", 2), ("GGSS", 1), ("OGD", 1), ("EEO", 2))


@st.composite
def open_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """One to three racks of lower trays on up to four positions, and as many switch racks as fit beside."""
    words, needed = draw(st.sampled_from(FLOORS))
    lower_asics = draw(st.integers(1, 2))
    upper_asics = draw(st.integers(1, 2))
    return make_open_hall(
        words.split("/"),
        needed,
        max_rows=draw(st.sampled_from([None, None, 1])),
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_asics=lower_asics,
        lower_cages=lower_asics * draw(st.integers(1, 4)),
        upper_asics=upper_asics,
        upper_cages=upper_asics * draw(st.integers(2, 6)),
        slots_per_rack=draw(st.integers(1, 3)),
        spread=draw(st.sampled_from(list(Spread))),
        cross_x_mm=draw(st.sampled_from([(0,), (1200,)])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
    )


def optimum(hall: tuple[Layout, Catalog]) -> int | None:
    """The least cost over all arrangements, each placed and wired in every way."""
    costs = [least_cents(plain_problem(made)) for made in settled_halls(hall)]
    return min((cost for cost in costs if cost is not None), default=None)


def planned_with_optimum(hall: tuple[Layout, Catalog]) -> tuple[Plan, int]:
    """A plan that the verifier has nothing against, and what the best one costs; skips where nothing fits."""
    try:
        plan = planned(hall)
    except InfeasibleError:
        assume(False)
    assert [one for one in verify_plan(plan) if one.severity is Severity.ERROR] == []
    best = optimum(hall)
    assert best is not None
    return plan, best


def test_tiny_halls_reach_the_optimum_over_all_arrangements() -> None:
    """The bound is never above the optimum, the plan nearly always at it; verified, word and all."""
    reached: list[bool] = []
    proved: list[bool] = []

    @settings(tried, max_examples=120)
    @given(hall=open_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        plan, best = planned_with_optimum(hall)
        cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
        assert bound <= best <= cost <= 1.005 * best
        assert (plan.solve.status == "proved") == (cost == bound)
        assert plan.solve.certificates[0].arrangements is not None
        assert len(plan.solve.certificates[0].arrangements.cases) == len(every_arrangement(hall[0]))
        reached.append(cost == best)
        proved.append(cost == bound)

    one()
    assert len(reached) >= 25
    assert sum(reached) >= 0.98 * len(reached)
    assert sum(proved) >= 0.9 * len(proved)


@pytest.mark.parametrize("limit", ["power_limit_milliwatts", "cooling_limit_milliwatts", "weight_limit_g"])
def test_limits_of_rows_move_racks_elsewhere(limit: str) -> None:
    """Both racks and their switch rack fit row A; with its limit a little lower, one thing must leave it."""
    layout, catalog = make_open_hall(("OOO", "OOO"), 2)
    free = planned((layout, catalog))
    (row,) = {run.a.row for run in free.runs}
    assert {run.b.row for run in free.runs} == {row}
    own = [kind for rack, kind in standing(free).items() if rack.startswith(row)]
    field = "weight_g" if limit == "weight_limit_g" else "power_milliwatts"
    parts = [catalog.rack_types[kind] for kind in own]
    parts += [catalog.device_types[one.device] for one in free.devices if one.is_placed]
    most = sum(getattr(part, field) for part in parts) - 1
    rows = tuple(replace(one, **{limit: most}) for one in layout.rows)
    tight = planned((replace(layout, rows=rows), catalog))
    assert len({rack[0] for rack in standing(tight)}) == 2
    assert tight.solve.objective_cents > free.solve.objective_cents
    assert tight.solve.lower_bound_cents <= tight.solve.objective_cents


def standing(plan: Plan) -> dict[str, str]:
    """The racks that stand in a plan."""
    fixed = {one.address: one.choices[0] for one in positions(plan.layout) if one.is_decided}
    return {**fixed, **plan.opened_racks}


def test_all_arrangements_bounded_together_are_never_below_the_bound() -> None:
    """As if arrangements were too many to bound each: the bound holds, and plans are good."""
    gaps: list[float] = []

    @settings(tried, max_examples=60)
    @given(hall=open_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        plan, best = planned_with_optimum(hall)
        cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
        assert bound <= best <= cost <= 1.1 * best
        proof = plan.solve.certificates[0].arrangements
        assert proof is not None
        assert proof.rack_cases and not proof.cases
        gaps.append((best - bound) / best)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.optimize.arrange.decide._MOST_ARRANGEMENTS", 0)
        one()
    assert len(gaps) >= 12
    assert sorted(gaps)[len(gaps) // 2] < 0.05


def test_racks_that_share_plugs_leave_the_arrangement_unproved() -> None:
    """Where all runs are made one of several ways the arrangement is searched, and the word is heuristic."""
    layout, catalog = make_open_hall(("OOO", "OOO"), 4, lower_cages=6, upper_cages=12, slots_per_rack=3)
    plan = planned(by_ports(layout, catalog, twin_media()))
    assert plan.solve.status == "heuristic"
    assert plan.solve.certificates[0].arrangements is None
    assert "the lower-rack that may move where they stand for tiers" in plan.solve.bound_covers
    assert [one for one in verify_plan(plan) if one.severity is Severity.ERROR] == []


def test_where_nothing_fits_is_said() -> None:
    """Both racks fit only where no switch rack is left."""
    hall = make_open_hall(("OG",), 2)
    with pytest.raises(InfeasibleError) as caught:
        planned(hall)
    assert {finding.code for finding in caught.value.findings} & {"no-arrangement", "slots-short"}


def test_the_shipped_layout(plan_of: PlanOf) -> None:
    """Proved over all 165 arrangements, and cheaper than racks put by hand in nvl288.yaml."""
    plan = plan_of("nvl288-open")
    assert plan.solve.status == "proved"
    assert plan.solve.objective_cents == 201_901_408
    assert "every arrangement of the gb200-nvl36-rack that may move for l2" in plan.solve.bound_covers
    assert sum(kind == "gb200-nvl36-rack" for kind in standing(plan).values()) == 8
    assert list(plan.opened_racks.values()) == ["nvswitch-rack"] * 2
    assert plan.solve.objective_cents < plan_of("nvl288").solve.objective_cents
