"""Pins where racks may move: what is pinned stands, and the rest is decided over all arrangements."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.arrangement import ArrangementRules, settle, stand_where_pinned
from planner.model.catalog import Catalog
from planner.model.layout import Layout, TiersSpec
from planner.model.pins import DevicePin, Pins
from planner.model.sites import upper_slots
from planner.optimize.pricing import UNREACHABLE_CENTS
from tests.limited_halls import faults, tried
from tests.open_halls import every_arrangement, make_open_hall, planned, settled_halls
from tests.reference.exhaustive import least_cents
from tests.reference.floors import prepare_hall
from tests.reference.plain import pinned_more_cents, plain_problem
from tests.test_optimize_pins import run_pins

FLOORS = (("OOOO", 2), ("LOOS", 2), ("OOOS", 2), ("OO/OO", 2), ("OOO/S", 1), ("OOOOO", 2))


@st.composite
def pinned_open_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls of racks that may move, some upper devices or runs pinned as in one of the arrangements."""
    words, needed = draw(st.sampled_from(FLOORS))
    lower_asics = draw(st.integers(1, 2))
    upper_asics = draw(st.integers(1, 2))
    layout, catalog = make_open_hall(
        words.split("/"),
        needed,
        lower_asics=lower_asics,
        lower_cages=lower_asics * draw(st.integers(1, 3)),
        upper_asics=upper_asics,
        upper_cages=upper_asics * draw(st.integers(2, 5)),
        slots_per_rack=draw(st.integers(1, 3)),
        max_positions=draw(st.sampled_from([None, 1, 2])),
    )
    every = every_arrangement(layout)
    settled = settle(layout, draw(st.sampled_from(every)))
    try:
        fabric = prepare_hall(settled, catalog).fabric
    except InfeasibleError:
        assume(False)
    slots = upper_slots(settled, catalog, fabric)
    if draw(st.booleans()):
        pins = Pins(runs=draw(run_pins(catalog, fabric, slots)))
    else:
        count = draw(st.integers(1, min(2, fabric.upper_devices)))
        chosen = sorted(draw(st.permutations(slots))[:count])
        named = [draw(st.sampled_from([(), fabric.plane_names[:1]])) for _ in chosen]
        pins = Pins(
            devices=tuple(
                DevicePin(rack=slot.rack, u=slot.u, planes=tuple(planes))
                for slot, planes in zip(chosen, named, strict=True)
            )
        )
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    pinned = stand_where_pinned(replace(layout, fabrics=(replace(spec, pins=pins),)))
    assume(pinned.open_racks is not None and ArrangementRules(pinned, catalog).count > 0)
    return pinned, catalog


def optimum(hall: tuple[Layout, Catalog]) -> int | None:
    """The least cost over all arrangements, each placed and wired in every way that keeps the pins."""
    costs = []
    for made in settled_halls(hall):
        problem = plain_problem(made)
        best, more = least_cents(problem), pinned_more_cents(made, problem)
        if best is not None and more <= UNREACHABLE_CENTS // 2:
            costs.append(best + more)
    return min(costs, default=None)


@pytest.mark.parametrize("most_arrangements", [30_000, 0])
def test_tiny_halls_reach_the_optimum_with_their_pins(
    most_arrangements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one or all together: pins are kept, the bound holds and, one by one, the plan is the best."""
    monkeypatch.setattr("planner.optimize.arrange.decide._MOST_ARRANGEMENTS", most_arrangements)
    reached: list[bool] = []
    with_runs: list[bool] = []

    @settings(tried, max_examples=60)
    @given(hall=pinned_open_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        best = optimum(hall)
        try:
            plan = planned(hall)
        except InfeasibleError:
            assert best is None
            return
        assert best is not None
        assert not faults(plan), faults(plan)
        cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
        assert bound <= best <= cost
        assert plan.solve.certificates[0].arrangements is not None
        reached.append(cost == best)
        (spec,) = plan.layout.fabrics
        assert isinstance(spec, TiersSpec)
        with_runs.append(bool(spec.pins.runs))

    one()
    assert len(reached) >= 10
    assert sum(with_runs) >= 3
    assert sum(reached) >= (0.95 if most_arrangements else 0.5) * len(reached)
