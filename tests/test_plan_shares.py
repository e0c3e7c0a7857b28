"""What runs share is bought once: twin-port transceivers, splitter cables, devices of two fabrics."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.errors import Severity
from planner.model.cages import CageGroup
from planner.model.catalog import Catalog
from planner.model.economics import energy_in_objective_cents, labor_cents
from planner.model.fabric import CageRef, Socket, TierFabric, WiredUnitRef
from planner.model.layout import Layout, Objective, TierSpec, TiersSpec, WiredUnit
from planner.model.media import MediaOption, Plug, Transceiver
from planner.model.plan import Plan
from planner.model.solution import ChosenRun, FabricSolution, MediumChoice, PlacedDevice
from planner.plan.assemble import assemble_plan
from planner.plan.shares import Counted, Made, count_once
from planner.plan.solved import SolvedFabric
from tests.hall_parts import cable, price
from tests.halls import FIRST_LOWER_U, FIRST_SLOT_U, make_hall
from tests.test_plan_assemble import (
    LOWER_INDEX,
    OPTICS,
    ROUTED_MM,
    UPPER_INDEX,
    make_fabric,
    make_solution,
    make_table,
)

TWIN_CENTS, SINGLE_CENTS, CORD_CENTS = 100_000, 60_000, 5_500


def module(name: str, cents: int, budget: int | None = None) -> Transceiver:
    return Transceiver(
        id=name,
        description=name,
        vendor="nobody",
        part_number=name,
        cords=1,
        price=price(cents),
        loss_budget_mdb=budget,
    )


def plug(name: str, cents: int, runs: int, power: int = 30_000) -> Plug:
    (group,) = make_hall()[1].device_types["lower-tray"].cages
    return Plug(
        connector=group.connector,
        lanes=8,
        transceiver=module(name, cents) if cents else None,
        power_milliwatts=power,
        runs=runs,
    )


TWIN, SINGLE, HEAD = plug("twin", TWIN_CENTS, 2), plug("single", SINGLE_CENTS, 1), plug("head", 0, 4, 400)


def option(plugs: tuple[Plug, Plug], runs_per_cable: int = 1) -> MediaOption:
    media = make_hall()[1].media[OPTICS]
    cord = cable("fiber-cord", ((3000, 5300), (5000, CORD_CENTS)), 3000)
    return replace(
        media, id="joined", plugs=plugs, cable=cord, cables_per_run=1, runs_per_cable=runs_per_cable
    )


def in_ports(*sockets: tuple[int, int]) -> list[tuple[CageRef, CageRef]]:
    """End A in cage and port, end B in a cage of its own."""
    return [
        (
            CageRef(rack="A01", u=1, device="a", asic=1, cage=cage, port=port),
            CageRef(rack="A02", u=1, device="b", asic=1, cage=number, port=0),
        )
        for number, (cage, port) in enumerate(sockets, start=1)
    ]


def test_the_lowest_port_in_use_counts_a_shared_transceiver() -> None:
    made = Made(option((TWIN, SINGLE)), 1, (TWIN, SINGLE))
    counted = count_once(in_ports((2, 2), (1, 2), (1, 1)), [made] * 3)
    assert counted == [Counted(True, True, True), Counted(False, True, True), Counted(True, True, True)]


def test_a_splitter_is_counted_once_for_neighboring_ports() -> None:
    made = Made(option((SINGLE, HEAD), runs_per_cable=2), 1, (HEAD, SINGLE))
    counted = count_once(in_ports((1, 3), (1, 2), (1, 1), (1, 4), (2, 1)), [made] * 5)
    assert [one.cables for one in counted] == [True, False, True, False, True]
    assert [one.plug_a for one in counted] == [False, False, True, False, True]
    assert all(one.plug_b for one in counted)


def twin_hall(objective: Objective) -> tuple[Layout, Catalog]:
    layout, catalog = make_hall(("LSL",), objective=objective)
    return layout, replace(catalog, media=(option((TWIN, TWIN)),))


def twin_plan(objective: Objective = Objective.CAPEX) -> Plan:
    """Two racks of two ASICs with three uplinks each: of every second cage only one port is in use."""
    layout, catalog = twin_hall(objective)
    fabric = replace(
        make_fabric(),
        lower_units=tuple(
            replace(unit, sockets=tuple(Socket(cage, port) for cage, _ in unit.sockets for port in (1, 2)))
            for unit in make_fabric().lower_units
        ),
        uplinks=3,
        runs_per_cage=(2, 2),
        plane_names=("SU1 rail 0", "SU1 rail 1"),
    )
    runs = []
    labor = 0
    for lower, unit in enumerate(fabric.lower_units):
        for nth in range(3):
            at = nth + (0 if unit.rack == "A01" else 3)
            socket = Socket(4 * unit.plane + at // 2 + 1, at % 2 + 1)
            choice = MediumChoice(option=0, stock=1, route=0)
            runs.append(
                ChosenRun(
                    lower=lower, lower_socket=unit.sockets[nth], upper=0, upper_socket=socket, choice=choice
                )
            )
            labor += labor_cents(layout.economics, ROUTED_MM[unit.rack, "A02"])
    economics = layout.economics
    energy = 14 * energy_in_objective_cents(economics, 30_000)
    energy += energy_in_objective_cents(economics, 2_000_000) + energy_in_objective_cents(
        economics, 1_000_000
    )
    cost = 14 * TWIN_CENTS + 12 * CORD_CENTS + 5_600_000 + labor + energy
    solution = replace(
        make_solution(make_hall()[1], layout), runs=tuple(runs), objective_cents=cost, geometric_floor_cents=0
    )
    table = make_table(LOWER_INDEX, UPPER_INDEX)
    solved = SolvedFabric(fabric=fabric, table=table, solution=solution)
    return assemble_plan(layout, catalog, [solved], (), seed=1)


@pytest.mark.parametrize("objective", list(Objective))
def test_twin_transceivers_are_bought_once_a_cage(objective: Objective) -> None:
    plan = twin_plan(objective)  # the sum is checked there against what the optimizer would state
    lines = {line.part: (line.category, line.quantity) for line in plan.bom}
    assert lines["twin"] == ("transceiver", 14)
    assert lines["fiber-cord"] == ("cord", 12)
    (summary,) = plan.fabrics
    assert (summary.runs, summary.ends, summary.modules) == (12, 24, 14)
    assert summary.plane_names == ("SU1 rail 0", "SU1 rail 1")
    parts = sum(line.extended_price_cents for line in plan.bom if line.category in ("transceiver", "cord"))
    assert sum(run.cost_cents for run in plan.runs) == parts
    assert plan.totals.power_milliwatts == 14 * 30_000 + 3_000_000


def test_runs_in_ports_say_so() -> None:
    plan = twin_plan()
    assert [run.cable_id for run in plan.runs[:3]] == [f"tiers-A01U19C0{n}" for n in ("1P1", "1P2", "2P1")]
    first, second, third = plan.runs[:3]
    assert (second.a.port, second.b.port, second.a.transceiver) == (2, 2, "twin")
    assert second.label_a == "A01-U19-C01P2 / A02-U05-C01P2"
    assert second.cord_labels_b == ("A02-U05-C01P2/1 / A01-U19-C01P2/1",)
    assert first.cost_cents == third.cost_cents == CORD_CENTS + 2 * TWIN_CENTS
    assert second.cost_cents == CORD_CENTS


def chained(
    device: str = "upper-tray", budget: int | None = None
) -> tuple[Layout, Catalog, list[SolvedFabric]]:
    """The upper tray of ``tiers`` is the lower unit of ``spine``, which places one in the same rack."""
    layout, catalog = make_hall(("LSL",))
    spine = TiersSpec(
        name="spine",
        lower=TierSpec(device="upper-tray", cages="downlink", unit=WiredUnit.DEVICE, below="tiers"),
        upper=TierSpec(device=device, cages="downlink", unit=WiredUnit.DEVICE),
        upper_rack_type="switch-rack",
        racks=(),
        spread=layout.fabrics[0].spread,  # type: ignore[union-attr]
        oversubscription=None,
    )
    layout = replace(layout, fabrics=(*layout.fabrics, spine))
    light = catalog.media[OPTICS]
    dark = replace(light.plugs[1], transceiver=None, lanes=8)
    lit = replace(light.plugs[0], transceiver=module("lit", 85_000, budget))
    cord = replace(light.cable, loss_mdb=1000, loss_mdb_per_km=400)
    through = replace(light, id="through", plugs=(lit, dark), cable=cord)
    (group,) = catalog.device_types["upper-tray"].cages
    passive: CageGroup = replace(group, lanes=0, lane_rate_gbps=0, protocol="")
    circuits = replace(
        catalog.device_types["upper-tray"], id="circuits", cages=(passive,), loss_mdb=2500, power_milliwatts=0
    )
    media = (*catalog.media, through) if device == "circuits" else catalog.media
    catalog = replace(catalog, media=media, device_types={**catalog.device_types, "circuits": circuits})
    leaf = WiredUnitRef(
        rack="A02",
        u=FIRST_SLOT_U,
        device="upper-tray",
        asic=0,
        sockets=(Socket(7, 0), Socket(8, 0)),
        plane=0,
        labels={},
    )
    fabric: TierFabric = replace(
        make_fabric(),
        name="spine",
        lower_device="upper-tray",
        upper_device=device,
        lower_units=(leaf,),
        planes=((0,),),
        plane_names=("0",),
        upper_units_per_device=1,
        cages="downlink",
        below="tiers",
    )
    number = len(media) - 1
    choice = MediumChoice(option=number, stock=1, route=0)
    runs = tuple(
        ChosenRun(
            lower=0, lower_socket=Socket(cage, 0), upper=0, upper_socket=Socket(cage - 6, 0), choice=choice
        )
        for cage in (7, 8)
    )
    below = make_solution(catalog, layout)
    option_cents = 85_000 * (1 if device == "circuits" else 2) + 2 * 5500
    cost = 5_000_000 + 2 * (option_cents + labor_cents(layout.economics, 600))
    solution: FabricSolution = replace(
        below,
        fabric="spine",
        placed=(PlacedDevice(rack="A02", u=FIRST_SLOT_U + 2, planes=(0,)),),
        runs=runs,
        objective_cents=cost,
        certificate=replace(below.certificate, fabric="spine", bound_cents=cost),
    )
    table = make_table(
        {("A02", FIRST_SLOT_U, cage): 0 for cage in range(1, 9)},
        {("A02", FIRST_SLOT_U + 2, cage): 0 for cage in range(1, 9)},
    )
    tiers = SolvedFabric(fabric=make_fabric(), table=make_table(LOWER_INDEX, UPPER_INDEX), solution=below)
    return layout, catalog, [tiers, SolvedFabric(fabric=fabric, table=table, solution=solution)]


@pytest.fixture(autouse=True)
def same_rack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROUTED_MM, ("A02", "A02"), 600)


def test_devices_of_two_fabrics_are_listed_twice_and_bought_once() -> None:
    layout, catalog, solved = chained()
    plan = assemble_plan(layout, catalog, solved, (), seed=1)
    assert [(one.fabric, one.name, one.tier, one.is_placed) for one in plan.devices if one.rack == "A02"] == [
        ("tiers", "A02-U05", 2, True),
        ("spine", "A02-U05", 1, False),
        ("spine", "A02-U07", 2, True),
    ]
    bought = [(one.fabric, one.part, one.quantity) for one in plan.bom if one.category in ("device", "rack")]
    assert bought == [("tiers", "upper-tray", 1), ("tiers", "switch-rack", 1), ("spine", "upper-tray", 1)]
    assert plan.solve.bound_covers.endswith("spine given what tiers placed")
    assert [(one.lower_devices, one.upper_devices) for one in plan.fabrics] == [(2, 1), (1, 1)]


@pytest.mark.parametrize(("budget", "is_enough"), [(4504, True), (4503, False), (None, True)])
def test_light_that_a_passive_device_weakens_too_much_blocks(budget: int | None, is_enough: bool) -> None:
    layout, catalog, solved = chained("circuits", budget)
    plan = assemble_plan(layout, catalog, solved, (), seed=1)
    found = [one for one in plan.findings if one.severity is Severity.BLOCKING]
    assert not found if is_enough else [one.code for one in found] == ["loss-over-budget"]
    if not is_enough:
        assert found[0].message == (
            "device A02-U07: light loses 4.504 dB through circuits between through with 5.000 m and through"
            " with 5.000 m, 4.503 dB are allowed"
        )
    run = next(run for run in plan.runs if run.fabric == "spine")
    assert (run.a.transceiver, run.b.transceiver, run.b.asic) == ("lit", "", 1)


def test_a_device_wired_by_cage_lists_the_plane_of_each_unit() -> None:
    layout, catalog, solved = chained()
    (spec, spine) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    by_cage = replace(spec, lower=replace(spec.lower, unit=WiredUnit.CAGE))
    plan = assemble_plan(replace(layout, fabrics=(by_cage, spine)), catalog, solved, (), seed=1)
    assert [one.planes for one in plan.devices if one.u == FIRST_LOWER_U] == [(0, 1), (0, 1)]
