"""Planes by declared rule: several lower units of a rack in one plane."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.errors import InfeasibleError
from planner.geometry.table import build_route_table
from planner.model.catalog import Catalog, DeviceMount
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec, WiredUnit
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from planner.plan.assemble import assemble_plan
from planner.plan.solved import SolvedFabric
from planner.topology.build import build_fabrics
from planner.verify.check import verify_plan
from tests.hall_parts import make_rack_type
from tests.halls import FIRST_LOWER_U, make_hall

BY_DEVICE = {"lower_cages": 12, "upper_cages": 32, "unit": WiredUnit.DEVICE}


def declare(hall: tuple[Layout, Catalog], planes: int | None) -> tuple[Layout, Catalog]:
    layout, catalog = hall
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    return replace(layout, fabrics=(replace(spec, planes=planes, racks=()),)), catalog


def with_trays(hall: tuple[Layout, Catalog], address: str, trays: int) -> tuple[Layout, Catalog]:
    """Let a rack of its own type, with so many lower trays, stand at the address."""
    layout, catalog = hall
    mounts = [DeviceMount(device="lower-tray", u=FIRST_LOWER_U + tray) for tray in range(trays)]
    name = f"rack-of-{trays}"
    racks = {**catalog.rack_types, name: make_rack_type(name, mounts)}
    rows = tuple(
        replace(
            row,
            positions=tuple(
                replace(one, choices=(name,), may_be_empty=False) if one.address == address else one
                for one in row.positions
            ),
        )
        for row in layout.rows
    )
    return replace(layout, rows=rows), replace(catalog, rack_types=racks)


def tiers(hall: tuple[Layout, Catalog]) -> TierFabric:
    (fabric,) = build_fabrics(*hall)
    assert isinstance(fabric, TierFabric)
    return fabric


def refusal(hall: tuple[Layout, Catalog]) -> str:
    with pytest.raises(InfeasibleError) as caught:
        build_fabrics(*hall)
    (finding,) = caught.value.findings
    return f"{finding.code}: {finding.message}"


def solve(hall: tuple[Layout, Catalog]) -> tuple[TierFabric, Plan]:
    layout, catalog = hall
    fabric = tiers(hall)
    table = build_route_table(layout, catalog, fabric)
    solution = solve_fabric(layout, catalog, fabric, table, SolveOptions())
    solved = SolvedFabric(fabric=fabric, table=table, solution=solution)
    plan = assemble_plan(layout, catalog, [solved], [], 0)
    return fabric, plan


def test_units_of_a_rack_take_turns() -> None:
    fabric = tiers(declare(make_hall(["LLSS"], trays_per_rack=6, **BY_DEVICE), 3))
    assert [unit.plane for unit in fabric.lower_units] == [0, 1, 2, 0, 1, 2] * 2
    assert fabric.planes == ((0, 3, 6, 9), (1, 4, 7, 10), (2, 5, 8, 11))
    assert (fabric.upper_per_plane, fabric.upper_devices) == (2, 6)


def test_as_many_planes_as_units_is_the_default() -> None:
    hall = make_hall(["LLS"], trays_per_rack=3, **BY_DEVICE)
    assert tiers(declare(hall, 3)) == tiers(declare(hall, None))


def test_asics_of_a_device_may_share_a_plane() -> None:
    fabric = tiers(declare(make_hall(["LLS"], trays_per_rack=2, lower_cages=4, upper_cages=8), 2))
    assert [(unit.asic, unit.plane) for unit in fabric.lower_units] == [(1, 0), (2, 1)] * 4
    alone = tiers(declare(make_hall(["LLS"], trays_per_rack=1, lower_cages=8, upper_cages=8), 1))
    assert alone.planes == ((0, 1, 2, 3),)


def test_racks_may_differ_where_planes_come_out_even() -> None:
    hall = with_trays(make_hall(["LLSS"], trays_per_rack=6, **BY_DEVICE), "A02", 3)
    fabric = tiers(declare(hall, 3))
    assert Counter(unit.rack for unit in fabric.lower_units) == {"A01": 6, "A02": 3}
    assert [len(plane) for plane in fabric.planes] == [3, 3, 3]
    assert refusal(declare(hall, None)).startswith("planes-unequal: ")


@pytest.mark.parametrize("trays", [1, 4, 5])
def test_racks_that_do_not_fill_all_planes_are_refused(trays: int) -> None:
    hall = with_trays(make_hall(["LLSS"], trays_per_rack=3, **BY_DEVICE), "A02", trays)
    message = refusal(declare(hall, 3))
    assert message.startswith("planes-unequal: ")
    assert f"every rack needs a multiple of 3, but A02 has {trays}" in message


def test_refused_sizes_are_told_in_racks_or_in_units() -> None:
    hall = make_hall(["LLLSS"], trays_per_rack=4, lower_cages=3, upper_cages=3, unit=WiredUnit.DEVICE)
    hall = (hall[0], replace(hall[1], device_types=_even_asics(hall[1])))
    message = refusal(declare(hall, 2))
    assert "3 racks, balanced: 6 lower units x 3 uplinks = 18 runs a plane need 6 upper units" in message
    assert "1 rack, balanced (4 x 'upper-tray')" in message
    uneven = refusal(declare(with_trays(hall, "A03", 2), 2))
    assert "5 lower units a plane, balanced: 5 lower units x 3 uplinks" in uneven
    assert "3 lower units a plane, balanced (6 x 'upper-tray')" in uneven


def _even_asics(catalog: Catalog) -> dict[str, object]:
    """One ASIC a device: three cages do not divide by two."""
    return {
        name: replace(
            device,
            asics=min(1, device.asics),
            cages=tuple(replace(group, asic_of_cage=(1,) * group.count) for group in device.cages),
        )
        for name, device in catalog.device_types.items()
    }


@pytest.mark.parametrize(("planes", "mixed"), [(1, False), (2, False), (3, True), (6, False)])
def test_plans_verify(planes: int, mixed: bool) -> None:
    hall = make_hall(["LLSLS"], trays_per_rack=6, lower_cages=14, upper_cages=32, unit=WiredUnit.DEVICE)
    hall = declare(with_trays(hall, "A04", 3) if mixed else hall, planes)
    fabric, plan = solve(hall)
    assert verify_plan(plan) == ()
    assert len(plan.runs) == 14 * (15 if mixed else 18)
    pairs = Counter(((run.a.rack, run.a.u), (run.b.rack, run.b.u)) for run in plan.runs)
    fewest, most = fabric.pair_runs
    assert set(pairs.values()) <= {fewest, most}
    assert {run.plane for run in plan.runs} == set(range(planes))
    for run in plan.runs:
        assert run.plane == (run.a.u - FIRST_LOWER_U) % planes


def test_verifier_derives_planes_itself() -> None:
    layout, catalog = declare(
        make_hall(["LLSS"], trays_per_rack=4, lower_cages=6, upper_cages=12, unit=WiredUnit.DEVICE), 2
    )
    _, plan = solve((layout, catalog))
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    for planes in (None, 1, 3, 4):
        told = replace(plan, layout=replace(layout, fabrics=(replace(spec, planes=planes),)))
        assert verify_plan(told)
