"""Prices of pairs of attachments against a loop over every route, medium and stock length."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.model.economics import (
    energy_in_objective_cents,
    labor_cents,
    run_parts_cents,
    run_power_milliwatts,
)
from planner.model.layout import Economics, Objective
from planner.model.media import MediaOption, Plug
from planner.model.routes import NO_ROUTE_MM, Attachment, Route
from planner.optimize.pricing import UNREACHABLE_CENTS, price_pairs
from planner.optimize.problem import build_problem
from planner.optimize.reach import fitting_media
from tests.hall_parts import cable, make_media, price
from tests.halls import make_domain, make_hall
from tests.reference.floors import prepare_hall
from tests.reference.plain import hall_prices, plain_problem

Best = tuple[int, int, int, int, int]


@dataclass(slots=True, eq=False)
class Lengths:
    """A route table of nothing but lengths."""

    routed_mm: NDArray[np.int64]
    slack_mm: NDArray[np.int64]
    lower: tuple[Attachment, ...] = ()
    upper: tuple[Attachment, ...] = ()
    lower_index: dict[tuple[str, int, int], int] = field(default_factory=dict)
    upper_index: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def route(self, a: int, b: int, k: int) -> Route:
        raise NotImplementedError


def naive(
    table: Lengths, media: list[tuple[int, MediaOption]], economics: Economics, a: int, b: int, routes: int
) -> Best | None:
    """Cents, routed length, option, route and stock of the cheapest way, None where nothing reaches."""
    ways = []
    for index, option in media:
        for k in range(routes):
            routed = int(table.routed_mm[a, b, k])
            required = routed + int(table.slack_mm[a, b, k])
            fits = [
                stock
                for stock, item in enumerate(option.cable.stock)
                if required <= item.length_mm <= option.reach_mm
            ]
            if fits and routed < NO_ROUTE_MM:
                cents = run_parts_cents(option, fits[0]) + labor_cents(economics, routed)
                if option.runs_per_cable > 1:  # its part of the cheapest cable that is long enough
                    cents += (
                        min(option.cable.stock[stock].price.cents for stock in fits) // option.runs_per_cable
                    )
                cents += energy_in_objective_cents(economics, run_power_milliwatts(option))
                ways.append((cents, routed, index, k, fits[0]))
    return min(ways, default=None)


def compare(
    table: Lengths, media: list[tuple[int, MediaOption]], economics: Economics, routes: int | None = None
) -> None:
    prices = price_pairs(table, media, economics, routes)
    lowers, uppers, count = table.routed_mm.shape
    for a in range(lowers):
        for b in range(uppers):
            best = naive(table, media, economics, a, b, count if routes is None else routes)
            found = tuple(
                int(part[a, b])
                for part in (prices.cents, prices.routed_mm, prices.option, prices.route, prices.stock)
            )
            if best is None:
                assert found[:2] == (UNREACHABLE_CENTS, NO_ROUTE_MM)
            else:
                assert found == best


@st.composite
def plugs(draw: st.DrawFn, plug: Plug) -> Plug:
    """The plug at any price and power, shared or not: a run pays for what it has alone."""
    module = plug.transceiver
    return replace(
        plug,
        transceiver=module and replace(module, price=price(draw(st.integers(0, 200)))),
        power_milliwatts=draw(st.integers(0, 30_000)),
        runs=draw(st.integers(1, 2)),
    )


@st.composite
def media_options(draw: st.DrawFn) -> list[tuple[int, MediaOption]]:
    """Options whose prices need not grow with length, and whose reach may cut their stock short."""
    base = make_media()
    media = []
    for index in range(draw(st.integers(1, 4))):
        option = draw(st.sampled_from(base))
        lengths = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
        stock = [(500 * length, draw(st.integers(0, 300))) for length in lengths]
        media.append(
            (
                index,
                replace(
                    option,
                    cable=cable(f"cable-{index}", stock, 5000),
                    reach_mm=500 * draw(st.integers(1, 12)),
                    plugs=tuple(draw(plugs(plug)) for plug in option.plugs),
                    runs_per_cable=(runs_per_cable := draw(st.sampled_from([1, 1, 2, 3]))),
                    cables_per_run=1 if runs_per_cable > 1 else option.cables_per_run,
                ),
            )
        )
    return media


@st.composite
def lengths_tables(draw: st.DrawFn) -> Lengths:
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    cells = int(np.prod(shape))
    length = st.one_of(st.integers(0, 6500), st.sampled_from([0, 499, 500, 501, 1000, 6000, NO_ROUTE_MM]))
    routed, slack = (
        np.array(draw(st.lists(part, min_size=cells, max_size=cells)), dtype=np.int64).reshape(shape)
        for part in (length, st.sampled_from([0, 0, 1, 700]))
    )
    return Lengths(routed_mm=routed, slack_mm=slack)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    table=lengths_tables(),
    media=media_options(),
    objective=st.sampled_from(list(Objective)),
    per_meter=st.sampled_from([0, 1, 300, 777]),
    routes=st.sampled_from([None, 1, 2]),
)
def test_prices_equal_the_plain_loop(
    table: Lengths,
    media: list[tuple[int, MediaOption]],
    objective: Objective,
    per_meter: int,
    routes: int | None,
) -> None:
    economics = replace(make_hall()[0].economics, objective=objective, labor_per_meter_cents=per_meter)
    if routes is not None:
        routes = min(routes, table.routed_mm.shape[2])
    compare(table, media, economics, routes)


@pytest.mark.parametrize("objective", list(Objective))
def test_prices_of_a_real_hall_equal_the_plain_loop(objective: Objective) -> None:
    hall = prepare_hall(*make_hall(("LLS", "SL"), objective=objective, slots_per_rack=4, routes_per_pair=3))
    media = fitting_media(hall.catalog, hall.fabric)
    table = Lengths(hall.table.routed_mm, hall.table.slack_mm)
    compare(table, media, hall.layout.economics)


def test_exactly_at_reach_is_legal_and_a_millimeter_more_is_not() -> None:
    (dac, *_) = make_media()
    economics = make_hall()[0].economics
    table = Lengths(routed_mm=np.array([[[900], [901]]]), slack_mm=np.array([[[100], [100]]]))
    prices = price_pairs(table, [(0, dac)], economics)
    assert dac.reach_mm == 1000
    assert prices.cents[0].tolist() == [
        run_parts_cents(dac, 1) + labor_cents(economics, 900),
        UNREACHABLE_CENTS,
    ]


def test_classes_hold_planes_of_equal_prices() -> None:
    """Planes of a class must not be told apart by a single price."""
    hall = prepare_hall(*make_domain(4))
    problem = build_problem(hall.layout, hall.catalog, hall.fabric, hall.table, hall_prices(hall))
    plain = plain_problem(hall)
    assert sorted(plane for members in problem.classes for plane in members) == list(range(18))
    for group, members in enumerate(problem.classes):
        for plane in members:
            assert (problem.cents[group] == plain.cents[plane]).all()
            assert (problem.routed_mm[group] == plain.routed_mm[plane]).all()
    for name in ("slots", "rack_names", "is_fixed", "devices", "device_cents", "pair_runs", "upper_load"):
        assert getattr(problem, name) == getattr(plain, name)
    for name in ("slot_rack", "opening_cents", "capacity"):
        assert (getattr(problem, name) == getattr(plain, name)).all()
