"""Figures of the domains from 2 to 18 racks: proved where runs divide evenly, else a small gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.model.layout import Spread
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from planner.plan.proof import gap, status_word
from tests.halls import make_domain
from tests.reference.checks import check_solution
from tests.reference.floors import Hall, floors, prepare_hall, read_hall, upper_trays, write_floor

MAX_GAP = 0.005
UPPER_TRAYS = {
    Spread.BALANCED: {2: 9, 4: 18, 6: 27, 8: 36, 12: 54, 16: 72, 18: 81},
    Spread.UNIFORM: {2: 9, 4: 27, 6: 27, 8: 81, 12: 81, 16: 81, 18: 81},
}
SHAPES = ("row-end", "mid-row", "two-rows-mid")


def check(hall: Hall) -> None:
    solution = solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions())
    check_solution(hall, solution)
    cost, bound = solution.objective_cents, solution.certificate.bound_cents
    assert float(gap(cost, bound)) <= MAX_GAP
    if hall.fabric.pair_runs[0] == hall.fabric.pair_runs[1]:
        assert status_word(cost, bound) == "proved"


@pytest.mark.parametrize("spread", list(Spread))
@pytest.mark.parametrize("racks", range(2, 19))
def test_made_up_domains(racks: int, spread: Spread) -> None:
    hall = prepare_hall(*make_domain(racks, spread=spread))
    assert hall.fabric.upper_devices == upper_trays(racks, spread)
    assert hall.fabric.upper_devices == UPPER_TRAYS[spread].get(racks, hall.fabric.upper_devices)
    check(hall)


@pytest.mark.parametrize(
    ("shape", "racks", "spread"),
    floors((4, 8, 18), SHAPES),
    ids=lambda value: str(getattr(value, "value", value)),
)
def test_realistic_floors(shape: str, racks: int, spread: Spread, tmp_path: Path) -> None:
    check(read_hall(write_floor(shape, racks, spread, tmp_path)))


def test_two_rows_of_five_with_switch_racks_between(tmp_path: Path) -> None:
    """A bound over classes of planes alone is 0.56 % off here: it must tell divisions apart."""
    check(read_hall(write_floor("two-rows-mid", 10, Spread.BALANCED, tmp_path)))
