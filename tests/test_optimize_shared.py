"""Runs that share plugs and cables: one option for all of them, what is shared counted once, proved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.layout import Objective, Spread, WiredUnit
from planner.model.media import MediaOption
from planner.model.solution import FabricSolution
from planner.optimize.feasibility import refuse_out_of_reach
from planner.optimize.options import SolveOptions
from planner.optimize.shared_cables import cable_shares, longest_first
from planner.optimize.solve import solve_fabric
from planner.optimize.ways import FabricInputs, find_ways, simple_case
from tests.hall_parts import make_media
from tests.reference.checks import check_solution, shared_cents
from tests.reference.exhaustive import least_cents
from tests.reference.floors import Hall
from tests.reference.plain import plain_problem
from tests.shared_parts import port_hall, split_media, twin_media, with_option


def solve(hall: Hall) -> FabricSolution:
    return solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())


def least_of(hall: Hall, option: MediaOption) -> int | None:
    """The optimum with this option: every placement tried, and the plugs that any plan shares."""
    only = with_option(hall, option)
    best = least_cents(plain_problem(only))
    if best is None:
        return None
    return best + shared_cents(only, solve(only))


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.sampled_from(["LSL", "LLS", "LS/SL", "LSLS", "L..S/..LS"]),
    lower_cages=st.integers(1, 2),
    upper_cages=st.integers(2, 4),
    slots=st.integers(1, 3),
    spread=st.sampled_from(list(Spread)),
    unit=st.sampled_from([WiredUnit.ASIC, WiredUnit.DEVICE]),
    objective=st.sampled_from(list(Objective)),
    module_cents=st.sampled_from([2_000, 20_000, 90_000]),
    reach_mm=st.sampled_from([1000, 2000, 5000]),
)
def test_shared_plugs_reach_the_optimum_over_all_options(
    rows: str,
    lower_cages: int,
    upper_cages: int,
    slots: int,
    spread: Spread,
    unit: WiredUnit,
    objective: Objective,
    module_cents: int,
    reach_mm: int,
) -> None:
    try:
        hall = port_hall(
            twin_media(module_cents, reach_mm),
            rows.split("/"),
            lower_asics=1,
            lower_cages=lower_cages,
            upper_asics=1,
            upper_cages=upper_cages,
            slots_per_rack=slots,
            spread=spread,
            unit=unit,
            objective=objective,
        )
        solution = solve(hall)
    except InfeasibleError:
        assume(False)
    check_solution(hall, solution)
    optima = [least_of(hall, option) for option in hall.catalog.media]
    best = min(cents for cents in optima if cents is not None)
    assert solution.certificate.bound_cents <= best <= solution.objective_cents
    assert solution.objective_cents == best
    assert solution.geometric_floor_cents <= best
    (chosen,) = {run.choice.option for run in solution.runs}
    assert optima.index(best) == chosen
    assert {case.option for case in solution.certificate.cases} == {o.id for o in hall.catalog.media}


def test_units_fill_their_first_sockets() -> None:
    hall = port_hall(twin_media(), ("LSL",), trays_per_rack=2, lower_asics=1, lower_cages=3, upper_cages=8)
    solution = solve(hall)
    check_solution(hall, solution)
    for number, unit in enumerate(hall.fabric.lower_units):
        taken = sorted(run.lower_socket for run in solution.runs if run.lower == number)
        assert taken == list(unit.sockets[: hall.fabric.uplinks])
    for device in range(len(solution.placed)):
        taken = sorted(run.upper_socket for run in solution.runs if run.upper == device)
        by_cage = Counter(socket.cage for socket in taken)
        assert all(count <= 2 for count in by_cage.values())
        for planes_cages in (sorted(by_cage)[:4], sorted(by_cage)[4:]):
            assert all(by_cage[cage] == 2 for cage in planes_cages[:-1])


def test_an_option_that_does_not_reach_is_proved_not_to() -> None:
    hall = port_hall(twin_media(reach_mm=500), ("L...S",), max_positions=None)
    solution = solve(hall)
    inputs = FabricInputs(
        layout=hall.layout, catalog=hall.catalog, fabric=hall.fabric, table=hall.table, used={}
    )
    copper = find_ways(inputs)[0]
    bound, case = simple_case(copper.bound_problem, copper.option)
    assert copper.option == case.option == "twin-copper"
    assert bound > solution.objective_cents
    assert case in solution.certificate.cases


def test_where_no_option_reaches_the_longest_is_named() -> None:
    hall = port_hall(twin_media(reach_mm=500)[:1], ("L...S",), max_positions=None)
    with pytest.raises(InfeasibleError, match=r"twin-copper, is usable to 0\.500 m"):
        refuse_out_of_reach(hall.layout, hall.catalog, hall.fabric, hall.table)


def test_media_for_whole_cages_do_not_fit_ports() -> None:
    hall = port_hall((*make_media(), *twin_media()))
    assert {hall.catalog.media[run.choice.option].id for run in solve(hall).runs} <= {
        option.id for option in twin_media()
    }


@pytest.mark.parametrize("rows", ["LLSL", "LSLS/LS.L"])
@pytest.mark.parametrize("uplinks", [3, 4])
def test_shared_cables_are_counted_once_and_of_one_length(rows: str, uplinks: int) -> None:
    """Heads in upper cages of two runs, tails in lower cages of one."""
    hall = port_hall(
        split_media(),
        rows.split("/"),
        trays_per_rack=2,
        lower_asics=1,
        lower_cages=uplinks,
        upper_asics=1,
        upper_cages=6,
        slots_per_rack=4,
        single_lower=True,
    )
    assert hall.fabric.runs_per_cage == (1, 2)
    solution = solve(hall)
    check_solution(hall, solution)
    best = least_cents(plain_problem(hall)) if len(hall.fabric.lower_units) < 5 else None
    assert best is None or solution.certificate.bound_cents <= best + shared_cents(hall, solution)


def test_runs_of_like_length_share_cables() -> None:
    assert longest_first([0, 2, 1, 2]) == [1, 3, 2, 0]
    heads = [("a", 2), ("b", 1), ("a", 1), ("a", 3)]
    assert sorted(map(sorted, cable_shares(heads, 2))) == [[0, 2], [1], [3]]


def test_a_tie_goes_to_the_earlier_option() -> None:
    copper = twin_media(reach_mm=20_000)[0]
    media = (replace(copper, id="z-first"), replace(copper, id="a-second"))
    solution = solve(port_hall(media))
    assert {run.choice.option for run in solution.runs} == {0}
