"""Fabrics that place devices in the same racks, one after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model.layout import TiersSpec
from planner.model.sites import RackUse
from planner.model.solution import FabricSolution
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from tests.halls import make_hall
from tests.reference.exhaustive import least_cents
from tests.reference.floors import Hall, prepare_hall
from tests.shared_parts import use_of, what_is_left


def solve(hall: Hall, used: dict[str, RackUse]) -> FabricSolution:
    return solve_fabric(hall.layout, hall.catalog, hall.fabric, hall.table, SolveOptions(), used)


def second_of(hall: Hall) -> Hall:
    """A second fabric like the first, of the same layout and over the same candidate racks."""
    (spec,) = hall.layout.fabrics
    assert isinstance(spec, TiersSpec)
    layout = replace(hall.layout, fabrics=(spec, replace(spec, name="tiers-2")))
    return replace(hall, layout=layout, fabric=replace(hall.fabric, name="tiers-2"))


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.sampled_from(["LSL", "LSLS", "LDS", "SLLS", "LS/SL"]),
    upper_asics=st.integers(1, 2),
    upper_cages=st.integers(2, 4),
    slots=st.integers(2, 4),
    rack_cents=st.sampled_from([0, 50_000, 600_000]),
    devices_by_weight=st.integers(1, 4),
)
def test_the_second_fabric_takes_what_the_first_left_at_least_cost(
    rows: str, upper_asics: int, upper_cages: int, slots: int, rack_cents: int, devices_by_weight: int
) -> None:
    layout, catalog = make_hall(
        rows.split("/"),
        lower_asics=1,
        lower_cages=2,
        upper_asics=upper_asics,
        upper_cages=upper_asics * upper_cages,
        slots_per_rack=slots,
    )
    rack, upper = catalog.rack_types["switch-rack"], catalog.device_types["upper-tray"]
    assert rack.price is not None
    rack = replace(
        rack,
        price=replace(rack.price, cents=rack_cents),
        max_added_weight_g=devices_by_weight * upper.weight_g + 1,
    )
    try:
        first = prepare_hall(layout, replace(catalog, rack_types={**catalog.rack_types, "switch-rack": rack}))
        used = use_of(first, solve(first, {}))
    except InfeasibleError:
        assume(False)
    second = second_of(first)
    left = what_is_left(second, used)
    # What the layout has stand anyway is bought with the first fabric, whether that uses it or not.
    paid = np.array([layout.position(name).is_decided for name in left.rack_names], dtype=bool)
    left = replace(left, opening_cents=np.where(paid, 0, left.opening_cents))
    best = least_cents(left)
    try:
        solution = solve(second, used)
    except InfeasibleError:
        assert best is None
        return
    assert best is not None
    assert solution.certificate.bound_cents <= best <= solution.objective_cents <= 1.005 * best
    taken = {(placed.rack, placed.u) for placed in solution.placed}
    assert not taken & {(name, u) for name, use in used.items() for u in use.slots_u}
    assert {len(case.slot_prices_millicents) for case in solution.certificate.cases} == {len(left.slots)}
    both = use_of(second, solution)
    for name, use in used.items():
        weight = use.weight_g + (both[name].weight_g if name in both else 0)
        assert weight <= rack.max_added_weight_g


def test_a_rack_in_use_as_another_type_is_no_candidate() -> None:
    hall = prepare_hall(*make_hall(("LSSL",)))
    solution = solve(hall, {"A02": RackUse("other", (5,), 0, 0)})
    assert {placed.rack for placed in solution.placed} == {"A03"}


def test_no_room_left_is_refused() -> None:
    hall = prepare_hall(*make_hall(("LSL",), upper_cages=4, slots_per_rack=2))
    with pytest.raises(InfeasibleError, match="needs 2 places for upper devices, and its racks have 1 left"):
        solve(hall, {"A02": RackUse("switch-rack", (5,), 2_000_000, 40_000)})


def test_power_of_racks_and_rows_counts_what_earlier_fabrics_draw() -> None:
    layout, catalog = make_hall(("LSL", "LSL"), upper_cages=16)
    watts = catalog.device_types["upper-tray"].power_milliwatts
    lower = 2 * catalog.rack_types["lower-rack"].power_milliwatts
    switch = catalog.rack_types["switch-rack"].power_milliwatts
    limited = replace(layout.rows[0], power_limit_milliwatts=lower + switch + 2 * watts)
    hall = prepare_hall(replace(layout, rows=(limited, layout.rows[1])), catalog)
    assert hall.fabric.upper_devices == 1
    near = RackUse("switch-rack", (5,), watts, 40_000)
    assert [placed.rack for placed in solve(hall, {"A02": near}).placed] == ["A02"]
    full = RackUse("switch-rack", (5, 7), 2 * watts, 80_000)
    assert [placed.rack for placed in solve(hall, {"A02": full}).placed] == ["B02"]


def test_upper_units_use_the_cages_that_the_layout_names() -> None:
    layout, catalog = make_hall(("LSL",), lower_asics=1, upper_asics=1, upper_cages=8)
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    named = replace(spec, upper=replace(spec.upper, numbers=(5, 6, 7, 8)))
    hall = prepare_hall(replace(layout, fabrics=(named,)), catalog)
    solution = solve(hall, {})
    assert {run.upper_socket.cage for run in solution.runs} == {5, 6, 7, 8}
