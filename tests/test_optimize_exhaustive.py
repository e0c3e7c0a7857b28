"""The optimizer against every placement of tiny problems and tiny halls."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Objective, Side, Spread, WiredUnit
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.problem import PlacementProblem
from planner.optimize.solve import solve_fabric
from planner.optimize.wiring import rotate_plane, wire_plane
from planner.plan.proof import status_word
from tests.halls import make_hall
from tests.reference.answer import CP_SAT, HIGHS, Solver
from tests.reference.checks import check_solution, check_wiring
from tests.reference.exhaustive import cheapest_wiring, least_cents, run_matrices
from tests.reference.floors import prepare_hall
from tests.reference.monolith import solve_monolith
from tests.reference.optimum import MAX_EXCESS, Compared, compare
from tests.reference.plain import plain_problem
from tests.reference.problems import problems

MIN_SHARE_AT_OPTIMUM = 0.98

tried = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def far_racks() -> PlacementProblem:
    """Two cheap racks that nothing reaches: cases over them look cheapest and hold nothing."""
    hall = prepare_hall(*make_hall(("LDSS",), lower_cages=4, upper_cages=4, slots_per_rack=2))
    problem = plain_problem(hall)
    cents = problem.cents.copy()
    cents[:, :, problem.slot_rack > 0] = UNREACHABLE_CENTS
    return replace(
        problem, cents=cents, is_fixed=(False,) * 3, opening_cents=np.array([10**9, 5, 7], dtype=np.int64)
    )


def test_racks_out_of_reach_do_not_hide_the_one_in_reach() -> None:
    compared = compare(far_racks())
    assert compared is not None and compared.is_reached


def test_tiny_problems_reach_the_optimum() -> None:
    """Within half a percent always, and exactly in nearly all."""
    compared: list[Compared | None] = []

    @settings(tried, max_examples=400)
    @given(problem=problems())
    def one(problem: PlacementProblem) -> None:
        compared.append(compare(problem))

    one()
    placed = [one.is_reached for one in compared if one is not None]
    assert len(placed) >= 100
    assert sum(placed) >= MIN_SHARE_AT_OPTIMUM * len(placed)


@pytest.mark.parametrize("solver", [HIGHS, CP_SAT], ids=lambda solver: solver.name)
@settings(tried, max_examples=30)
@given(problem=problems())
def test_the_references_agree(solver: Solver, problem: PlacementProblem) -> None:
    """The monolithic model and the enumeration share no code: a rule misread in one would show."""
    best = least_cents(problem)
    answer = solve_monolith(problem, time_limit_s=60, solver=solver)
    if best is None:
        assert answer.cost_cents is None
    else:
        assert answer.cost_cents == pytest.approx(best, abs=0.5)
        assert answer.bound_cents == pytest.approx(best, abs=0.5)


@settings(tried, max_examples=300)
@given(problem=problems())
def test_wire_plane_finds_the_cheapest_wiring(problem: PlacementProblem) -> None:
    for group in range(len(problem.classes)):
        for slots in combinations_with_replacement(range(len(problem.slots)), problem.units_per_plane):
            taken = np.array(slots, dtype=np.int64)
            wiring = wire_plane(problem, group, taken)
            best = cheapest_wiring(problem, group, slots)
            rotated = rotate_plane(problem, group, taken)
            if best is None:
                assert wiring is None
                assert rotated is None
                continue
            assert wiring is not None
            assert rotated is not None
            check_wiring(problem, group, taken, wiring)
            check_wiring(problem, group, taken, rotated)
            assert wiring.cents == best <= rotated.cents


@settings(tried, max_examples=100)
@given(problem=problems())
def test_wire_plane_breaks_ties_by_length(problem: PlacementProblem) -> None:
    """Among all matrices of runs of least cost, written out one by one, it takes the shortest."""
    slots = np.arange(problem.units_per_plane) % len(problem.slots)
    slots.sort()
    wiring = wire_plane(problem, 0, slots)
    assume(wiring is not None)
    assert wiring is not None
    cents, routed = (table[0][:, slots] for table in (problem.cents, problem.routed_mm))
    best = min(
        (int((np.array(runs) * cents).sum()), int((np.array(runs) * routed).sum()))
        for runs in run_matrices(problem, len(slots))
    )
    assert (wiring.cents, wiring.routed_mm) == best


FLOORS = ("LSL", "LLS", "LSLS", "SLLS", "LDS", "LSLSL", "SSLL", "LS/SL", "LLS/S", "LS/LS", "L.S/.LS")


@st.composite
def halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Two or three racks with one or two trays each, one to three places for switch racks."""
    rows = draw(st.sampled_from(FLOORS)).split("/")
    lower_asics = draw(st.integers(1, 2))
    trays = draw(st.integers(1, 2 if lower_asics == 1 else 1))
    upper_asics = draw(st.integers(1, 2))
    layout, catalog = make_hall(
        rows,
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH), (Side.NORTH, Side.SOUTH)])),
        trays_per_rack=trays,
        lower_asics=lower_asics,
        lower_cages=lower_asics * draw(st.integers(1, 4)),
        upper_asics=upper_asics,
        upper_cages=upper_asics * draw(st.integers(2, 8)),
        upper_height_u=draw(st.sampled_from([1, 2, 4])),
        slots_per_rack=draw(st.integers(1, 3)),
        unit=draw(st.sampled_from([WiredUnit.ASIC, WiredUnit.ASIC, WiredUnit.DEVICE])),
        spread=draw(st.sampled_from(list(Spread))),
        cross_x_mm=draw(st.sampled_from([(0,), (1200,), (0, 1800)])),
        max_positions=draw(st.sampled_from([None, 1, 2])),
        objective=draw(st.sampled_from(list(Objective))),
    )
    return layout, with_prices(draw, catalog)


def with_prices(draw: st.DrawFn, catalog: Catalog) -> Catalog:
    """Draw what racks and upper devices cost, what a rack can hold, and how much cheaper optics are."""
    rack, upper = catalog.rack_types["switch-rack"], catalog.device_types["upper-tray"]
    assert rack.price is not None
    assert upper.price is not None
    rack = replace(
        rack,
        price=replace(rack.price, cents=draw(st.sampled_from([0, 50_000, 600_000]))),
        max_added_weight_g=draw(st.sampled_from([1, 2, 3, 9])) * upper.weight_g,
    )
    upper = replace(upper, price=replace(upper.price, cents=draw(st.sampled_from([0, 5_000_000]))))
    *copper, optics = catalog.media
    plug = optics.plugs[0]
    assert plug.transceiver is not None
    cents = draw(st.sampled_from([1_000, 20_000, 85_000]))
    module = replace(plug.transceiver, price=replace(plug.transceiver.price, cents=cents))
    plug = replace(plug, transceiver=module)
    return replace(
        catalog,
        rack_types={**catalog.rack_types, "switch-rack": rack},
        device_types={**catalog.device_types, "upper-tray": upper},
        media=(*copper, replace(optics, plugs=(plug, plug))),
    )


def test_tiny_halls_reach_the_optimum() -> None:
    """As for problems, but from a layout, and with every plane priced on its own."""
    reached: list[bool] = []
    proved: list[bool] = []

    @settings(tried, max_examples=200)
    @given(hall=halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        try:
            made = prepare_hall(*hall)
        except InfeasibleError:
            assume(False)
        best = least_cents(plain_problem(made))
        try:
            solution = solve_fabric(made.layout, made.catalog, made.fabric, made.table, SolveOptions())
        except InfeasibleError:
            assert best is None
            return
        assert best is not None
        cost, bound = solution.objective_cents, solution.certificate.bound_cents
        check_solution(made, solution)
        assert solution.geometric_floor_cents <= best
        assert bound <= best <= cost <= (1 + MAX_EXCESS) * best
        if status_word(cost, bound) == "proved":
            assert cost == best
        for baseline in (
            solution.baselines.all_optics_cents,
            solution.baselines.first_fit_cents,
            solution.baselines.greedy_cents,
        ):
            assert baseline is None or baseline >= best
        reached.append(cost == best)
        proved.append(cost == bound)

    one()
    assert len(reached) >= 40
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)
    assert sum(proved) >= 0.8 * len(proved)
