"""Solutions written out cage by cage: valid, the same every time, valid with any seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Objective, Side, Spread, WiredUnit
from planner.model.solution import FabricSolution
from planner.optimize.cages import _assign
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from tests.halls import make_domain, make_hall
from tests.reference.checks import check_solution, run_cents
from tests.reference.exhaustive import least_cents
from tests.reference.floors import Hall, prepare_hall
from tests.reference.plain import hall_prices, plain_problem

HALLS: dict[str, Callable[[], tuple[Layout, Catalog]]] = {
    "even": lambda: make_hall(("LSL",), trays_per_rack=2),
    "uneven": lambda: make_hall(("LLSLS", "LS..."), trays_per_rack=3, lower_cages=6, upper_cages=10),
    "uniform": lambda: make_hall(
        ("LLSL", "LS"), spread=Spread.UNIFORM, lower_cages=8, upper_cages=16, trays_per_rack=2
    ),
    "idle-unit": lambda: make_hall(("LSLS",), lower_asics=1, lower_cages=3, upper_cages=4),
    "by-device": lambda: make_hall(
        ("LSL", "LS"), unit=WiredUnit.DEVICE, trays_per_rack=2, lower_cages=6, upper_cages=10
    ),
    "fixed-rack": lambda: make_hall(("LDLS",), lower_cages=6, upper_cages=8),
    "tco": lambda: make_hall(("LLS", "SLL"), objective=Objective.TCO, lower_cages=6, upper_cages=10),
    "offsets": lambda: make_hall(
        ("LSL", "LSL"),
        fronts=(Side.SOUTH, Side.NORTH),
        lower_cages=6,
        upper_cages=10,
        trays_per_rack=2,
        lower_offset_mm=(50, 100, 150, 400, 450, 500),
        upper_offset_mm=(60, 120, 180, 240, 300, 300, 360, 420, 480, 540),
    ),
    "domain": lambda: make_domain(3),
}


def solve(hall: Hall, options: SolveOptions | None = None) -> FabricSolution:
    return solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, options or SolveOptions())


def test_a_baseline_costs_what_its_runs_cost_in_their_cages() -> None:
    """One rack of one slot leaves no choice, so that every other way to place costs as much as the plan.

    Prices without cages are lower: each run would end at the cage that is nearest for it.
    """
    hall = prepare_hall(
        *make_hall(
            ("LSL",),
            slots_per_rack=1,
            lower_offset_mm=(50, 100, 450, 500),
            upper_offset_mm=(50, 100, 250, 290, 350, 450, 500, 550),
        )
    )
    solution = solve(hall)
    baselines = solution.baselines
    assert solution.certificate.bound_cents < solution.objective_cents
    assert baselines.greedy_cents == baselines.first_fit_cents == solution.objective_cents


def _fed(rows: str) -> Hall:
    """Two like rows, of which only those named have power for more than the racks that stand there."""
    layout, catalog = make_hall(("LLS", "LLS"), cross_x_mm=(0,), lower_cages=6, upper_cages=12)
    standing = 2 * catalog.rack_types["lower-rack"].power_milliwatts
    limited = tuple(
        replace(row, power_limit_milliwatts=None if row.name in rows else standing) for row in layout.rows
    )
    return prepare_hall(replace(layout, rows=limited), catalog)


@pytest.mark.parametrize("row", "AB")
def test_rows_keep_their_power(row: str) -> None:
    solution = solve(_fed(row))
    assert {device.rack for device in solution.placed} == {f"{row}03"}
    assert solution.baselines.first_fit_cents is not None


def test_no_row_with_power_is_refused() -> None:
    with pytest.raises(InfeasibleError, match="row A has 0 kW left, a switch tray draws 2 kW"):
        solve(_fed(""))


@pytest.mark.parametrize("name", HALLS)
def test_no_baseline_undercuts_the_plan(name: str) -> None:
    solution = solve(prepare_hall(*HALLS[name]()))
    others = solution.baselines
    for cents in (others.all_optics_cents, others.first_fit_cents, others.greedy_cents):
        assert cents is None or cents >= solution.objective_cents


@pytest.mark.parametrize("name", HALLS)
def test_solutions_keep_every_rule(name: str) -> None:
    hall = prepare_hall(*HALLS[name]())
    check_solution(hall, solve(hall))


@pytest.mark.parametrize("name", HALLS)
def test_two_solves_are_the_same(name: str) -> None:
    """From inputs made anew, so that nothing can be remembered."""
    one, two = (solve(prepare_hall(*HALLS[name]())) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("seed", [0, 2, 7919])
@pytest.mark.parametrize("name", ["uneven", "idle-unit", "domain"])
def test_other_seeds_keep_every_rule_and_bracket_each_other(name: str, seed: int) -> None:
    hall = prepare_hall(*HALLS[name]())
    one, other = solve(hall), solve(hall, SolveOptions(seed=seed))
    check_solution(hall, other)
    assert other.certificate.bound_cents <= one.objective_cents
    assert one.certificate.bound_cents <= other.objective_cents


def test_a_small_budget_still_gives_a_valid_answer() -> None:
    hall = prepare_hall(*HALLS["uneven"]())
    starved = replace(SolveOptions(), relaxation_limit=1, wiring_limit=0)
    check_solution(hall, solve(hall, starved))


@st.composite
def offset_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Halls whose cages stand at different places across the face."""
    lower, upper = draw(st.sampled_from([(4, 8), (6, 10), (4, 4)]))
    offset = st.sampled_from([0, 100, 250, 300, 350, 500, 600])

    def offsets(cages: int) -> tuple[int, ...] | None:
        drawn = draw(st.one_of(st.none(), st.lists(offset, min_size=cages, max_size=cages)))
        return None if drawn is None else tuple(drawn)

    return make_hall(
        draw(st.sampled_from([("LSL",), ("LLS",), ("LS", "SL")])),
        fronts=draw(st.sampled_from([(Side.SOUTH,), (Side.SOUTH, Side.NORTH)])),
        lower_cages=lower,
        upper_cages=upper,
        slots_per_rack=2,
        lower_offset_mm=offsets(lower),
        upper_offset_mm=offsets(upper),
        max_positions=draw(st.sampled_from([None, 2])),
    )


@settings(deadline=None, derandomize=True, max_examples=60)
@given(hall=offset_halls())
def test_cages_at_different_places(hall: tuple[Layout, Catalog]) -> None:
    """Valid; the bound holds for the cheapest cages of each unit, so for any plan."""
    made = prepare_hall(*hall)
    solution = solve(made)
    check_solution(made, solution)
    best = least_cents(plain_problem(made))
    assert best is not None
    assert solution.certificate.bound_cents <= best <= solution.objective_cents


def test_no_two_runs_of_a_unit_gain_by_exchanging_cages() -> None:
    hall = prepare_hall(*HALLS["offsets"]())
    solution = solve(hall)
    for first in solution.runs:
        for second in solution.runs:
            if first.lower != second.lower or first.lower_socket >= second.lower_socket:
                continue
            now = run_cents(hall, solution, first) + run_cents(hall, solution, second)
            assert now <= _cheapest(hall, solution, first.lower, first.lower_socket.cage, second) + _cheapest(
                hall, solution, first.lower, second.lower_socket.cage, first
            )


def _cheapest(hall: Hall, solution: FabricSolution, lower: int, cage: int, run: object) -> int:
    """Price between a lower cage and the upper cage of a run."""
    unit = hall.fabric.lower_units[lower]
    device = solution.placed[run.upper]  # type: ignore[attr-defined]
    row = hall.table.lower_index[(unit.rack, unit.u, cage)]
    column = hall.table.upper_index[(device.rack, device.u, run.upper_socket.cage)]  # type: ignore[attr-defined]
    return int(hall_prices(hall).cents[row, column])


@settings(deadline=None, derandomize=True, max_examples=200)
@given(data=st.data(), size=st.integers(1, 5))
def test_assignment_equals_trying_all(data: st.DataObject, size: int) -> None:
    cells = data.draw(st.lists(st.integers(0, 50), min_size=size * size, max_size=size * size))
    cents = np.array(cells, dtype=np.int64).reshape(size, size)
    picked = _assign(cents)
    assert sorted(picked) == list(range(size))
    best = min(sum(cents[row, to] for row, to in enumerate(way)) for way in permutations(range(size)))
    assert sum(cents[row, to] for row, to in enumerate(picked)) == best
