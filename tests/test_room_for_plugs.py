"""Racks and rows that plugs would overload: upper devices stand where plugs find room as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.model.catalog import Catalog
from planner.model.layout import Layout, Row
from planner.model.plan import Plan
from tests.faults.plans import BASES, base_plan, make_plan
from tests.halls import make_hall
from tests.limited_halls import blocking, faults

Limit = Callable[[Row, int], Row]

LIMITS: dict[str, Limit] = {
    "power": lambda row, milliwatts: replace(row, power_limit_milliwatts=milliwatts),
    "cooling": lambda row, milliwatts: replace(row, cooling_limit_milliwatts=milliwatts),
}


def two_rows() -> tuple[Layout, Catalog]:
    """Two rows in which switch racks may stand, one place in the first, two in the second."""
    return make_hall(("LLSL", "SSLL"), upper_cages=10, slots_per_rack=6, max_positions=None)


def drawn(plan: Plan, row: Row) -> int:
    return sum(plan.rack_power_milliwatts.get(position.address, 0) for position in row.positions)


def held(plan: Plan) -> dict[str, int]:
    racks = [device.rack for device in plan.devices if device.is_placed]
    return {rack: racks.count(rack) for rack in sorted(set(racks))}


def fullest(plan: Plan) -> Row:
    """Return the row with the most upper devices."""
    return max(plan.layout.rows, key=lambda row: sum(held(plan).get(at.address, 0) for at in row.positions))


def with_limit(layout: Layout, own: Row, limit: Limit, milliwatts: int) -> Layout:
    rows = tuple(limit(row, milliwatts) if row.name == own.name else row for row in layout.rows)
    return replace(layout, rows=rows)


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_devices_leave_a_row_that_their_plugs_would_overload(limit: Limit) -> None:
    layout, catalog = two_rows()
    wide = make_plan(layout, catalog)
    row = fullest(wide)
    most = drawn(wide, row) - 1
    plan = make_plan(with_limit(layout, row, limit, most), catalog)
    assert not blocking(plan)
    assert not faults(plan)
    assert drawn(plan, row) <= most
    assert held(plan) != held(wide)
    assert wide.solve.lower_bound_cents == plan.solve.lower_bound_cents <= plan.solve.objective_cents


def test_no_rack_holds_more_devices_than_their_plugs_find_power_for() -> None:
    layout, catalog = two_rows()
    wide = make_plan(layout, catalog)
    kind = catalog.rack_types["switch-rack"]
    most = max(wide.rack_power_milliwatts[rack] for rack in held(wide)) - kind.power_milliwatts - 1
    tight = replace(kind, max_added_power_milliwatts=most)
    plan = make_plan(layout, replace(catalog, rack_types={**catalog.rack_types, kind.id: tight}))
    assert not blocking(plan)
    assert not faults(plan)
    assert max(plan.rack_power_milliwatts[rack] for rack in held(plan)) - kind.power_milliwatts <= most
    assert max(held(plan).values()) < max(held(wide).values())


def test_plugs_find_room_in_a_crowded_hall_as_well() -> None:
    layout, catalog = BASES["crowded"]()
    wide = base_plan("crowded")
    row = fullest(wide)
    plan = make_plan(with_limit(layout, row, LIMITS["power"], drawn(wide, row) - 1), catalog)
    assert any(one.segment_prices for one in plan.solve.certificates)
    assert not blocking(plan)
    assert not faults(plan)
    assert drawn(plan, row) < drawn(wide, row)


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_a_row_that_plugs_overload_wherever_devices_stand_is_named(limit: Limit) -> None:
    """The plugs of its lower racks are there in every plan."""
    layout, catalog = two_rows()
    wide = make_plan(layout, catalog)
    row = wide.layout.rows[0]
    lower = sum(catalog.rack_types["lower-rack"].power_milliwatts for at in row.positions if at.is_decided)
    plan = make_plan(with_limit(layout, row, limit, lower + 1), catalog)
    (finding,) = blocking(plan)
    assert finding.code == ("row-overdrawn" if limit is LIMITS["power"] else "row-overheated")
    assert finding.message.startswith(f"row {row.name} ")
    assert not faults(plan)
    assert drawn(plan, row) <= drawn(wide, row)


def test_heat_that_a_plan_does_not_name_is_found() -> None:
    layout, catalog = two_rows()
    row = layout.rows[0]
    lower = sum(catalog.rack_types["lower-rack"].power_milliwatts for at in row.positions if at.is_decided)
    plan = make_plan(with_limit(layout, row, LIMITS["cooling"], lower + 1), catalog)
    assert {finding.code for finding in faults(replace(plan, findings=()))} == {"overdrawn-not-stated"}
