"""Limits of rows on power, cooling and weight, known to plans and bounds alike, against every placement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.optimize.problem import PlacementProblem
from planner.optimize.room import RowPower
from planner.verify.check import verify_plan
from tests.faults.plans import make_plan
from tests.halls import make_hall
from tests.limited_halls import faults, tried
from tests.open_halls import make_open_hall
from tests.reference.exhaustive import keeps_rows, least_cents
from tests.reference.floors import prepare_hall
from tests.reference.optimum import MAX_EXCESS, compare
from tests.reference.plain import plain_problem
from tests.reference.problems import problems

MIN_SHARE_AT_OPTIMUM = 0.97


@st.composite
def limited_problems(draw: st.DrawFn) -> PlacementProblem:
    """Problems whose racks stand in one or two rows with a limit or two each."""
    problem = draw(problems())
    racks = len(problem.rack_names)
    first = draw(st.integers(1, racks))
    rows = [np.arange(racks) < first, np.arange(racks) >= first]
    limits = []
    for name, is_in_row in zip("AB", rows, strict=True):
        for _ in range(draw(st.integers(0, 2)) if is_in_row.any() else 0):
            rack, device = draw(st.sampled_from([0, 0, 1, 3])), draw(st.integers(0, 3))
            own = np.where(problem.is_fixed, 0, rack)
            most = int((own + problem.capacity * device)[is_in_row].sum())
            limits.append(
                RowPower(
                    row=name,
                    left_milliwatts=draw(st.integers(0, most)),
                    is_in_row=is_in_row,
                    rack_milliwatts=own,
                    device_milliwatts=device,
                )
            )
    return replace(problem, row_power=tuple(limits))


def test_tiny_problems_reach_the_optimum_within_limits_of_rows() -> None:
    reached: list[bool] = []
    proved: list[bool] = []
    limited: list[bool] = []

    @settings(tried, max_examples=500)
    @given(problem=limited_problems())
    def one(problem: PlacementProblem) -> None:
        compared = compare(problem)
        free = least_cents(replace(problem, row_power=()))
        limited.append(free is not None and (compared is None or compared.best_cents > free))
        if compared is not None:
            reached.append(compared.is_reached)
            proved.append(compared.is_proved)

    one()
    assert sum(limited) >= 50
    assert len(reached) >= 100
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)
    assert sum(proved) >= 0.9 * len(proved)


@st.composite
def limited_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Halls of two rows of which one or both may weigh no more than racks and some devices do."""
    layout, catalog = make_hall(
        draw(st.sampled_from([("LSS", "LSS"), ("LSL", "SLS"), ("SLD", "LS"), ("LSSS", "L")])),
        lower_cages=2 * draw(st.integers(1, 2)),
        upper_asics=draw(st.integers(1, 2)),
        upper_cages=4,
        upper_height_u=1,
        slots_per_rack=draw(st.integers(1, 3)),
    )
    device = catalog.device_types["upper-tray"].weight_g
    rack = catalog.rack_types["switch-rack"].weight_g
    rows = []
    for row in layout.rows:
        standing = [catalog.rack_types[one.choices[0]].weight_g for one in row.positions if one.is_decided]
        more = draw(st.integers(0, 2)) * rack + draw(st.integers(0, 3)) * device
        limit = draw(st.sampled_from([None, sum(standing) + more, sum(standing) + more]))
        rows.append(replace(row, weight_limit_g=limit))
    return replace(layout, rows=tuple(rows)), catalog


def test_tiny_halls_with_limits_of_rows_are_proved_again() -> None:
    """The verifier derives what rows have left by itself, and comes to the bound that is stated."""
    proved: list[bool] = []
    refused: list[bool] = []

    @settings(tried, max_examples=100)
    @given(hall=limited_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        try:
            problem = plain_problem(prepare_hall(*hall))
        except InfeasibleError:
            assume(False)  # such planes are not to be had, whatever rows allow
        best = least_cents(problem)
        try:
            plan = make_plan(*hall)
        except InfeasibleError:
            assert best is None
            refused.append(True)
            return
        assert best is not None
        cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
        assert bound <= best <= cost <= (1 + MAX_EXCESS) * best
        assert not faults(plan), faults(plan)
        proved.append(cost == bound)

    one()
    assert len(refused) >= 5
    assert len(proved) >= 30
    assert sum(proved) >= 0.9 * len(proved)


def test_a_bound_without_the_limit_is_told_from_one_within_it() -> None:
    """A plan that states the bound of heavier rows than the layout allows proves less than it states."""
    layout, catalog = make_hall(("LLSS", "LSS"), lower_cages=4, upper_cages=6, slots_per_rack=3)
    standing = 2 * catalog.rack_types["lower-rack"].weight_g
    limited = replace(layout.rows[0], weight_limit_g=standing)
    tight = make_plan(replace(layout, rows=(limited, layout.rows[1])), catalog)
    assert verify_plan(tight) == ()
    assert {device.rack[0] for device in tight.devices if device.is_placed} == {"B"}
    assert make_plan(layout, catalog).solve.lower_bound_cents < tight.solve.lower_bound_cents
    loose = replace(tight, layout=layout)
    assert "forged-bound" in {finding.code for finding in verify_plan(loose)}


@pytest.mark.parametrize("more", [1, 2, 3])
def test_racks_that_move_leave_rows_less(more: int) -> None:
    """Each arrangement leaves rows what its racks do not weigh, in the bound and when it is proved again."""
    layout, catalog = make_open_hall(("OOO", "OOO"), 2, lower_cages=6, upper_cages=12, slots_per_rack=3)
    lower, switch = catalog.rack_types["lower-rack"].weight_g, catalog.rack_types["switch-rack"].weight_g
    limit = lower + switch + more * catalog.device_types["upper-tray"].weight_g
    plan = make_plan(
        replace(layout, rows=tuple(replace(r, weight_limit_g=limit) for r in layout.rows)), catalog
    )
    assert not faults(plan), faults(plan)
    assert plan.solve.lower_bound_cents <= plan.solve.objective_cents


def test_a_row_holds_what_is_left_to_the_last_gram() -> None:
    """One device fewer does not fit; the reference says so of the very problem."""
    layout, catalog = make_hall(("LSS", "L"), lower_cages=4, upper_cages=4, slots_per_rack=3)
    problem = plain_problem(prepare_hall(layout, catalog))
    device = catalog.device_types["upper-tray"].weight_g
    switch = catalog.rack_types["switch-rack"].weight_g
    standing = catalog.rack_types["lower-rack"].weight_g
    exactly = standing + switch + problem.devices * device
    row = replace(layout.rows[0], weight_limit_g=exactly)
    hall = replace(layout, rows=(row, layout.rows[1])), catalog
    assert keeps_rows(plain_problem(prepare_hall(*hall)), [problem.devices, 0])
    assert verify_plan(make_plan(*hall)) == ()
    short = replace(layout, rows=(replace(row, weight_limit_g=exactly - 1), layout.rows[1])), catalog
    with pytest.raises(InfeasibleError, match="row A has"):
        make_plan(*short)
