"""Assembly on a hall of two racks around one switch rack, decided by hand: every sum is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from planner.errors import PlannerError, Severity
from planner.model.cages import Face
from planner.model.catalog import Catalog, DeviceMount
from planner.model.economics import energy_cents, labor_cents
from planner.model.evidence import Basis, Provenance
from planner.model.fabric import CageRef, PeerFabric, Socket, TierFabric, WiredUnitRef
from planner.model.layout import Layout, Objective
from planner.model.media import Medium
from planner.model.plan import Plan, PlanDevice
from planner.model.routes import (
    Attachment,
    PathwaySegment,
    Point,
    Route,
    RouteEnds,
    RouteKind,
    SegmentKind,
    route_part,
)
from planner.model.sites import cage_sockets
from planner.model.solution import (
    Baselines,
    Certificate,
    ChosenRun,
    FabricSolution,
    MediumChoice,
    PlacedDevice,
)
from planner.plan.assemble import assemble_plan
from planner.plan.racks import bought_racks
from planner.plan.solved import SolvedFabric
from tests.halls import FIRST_LOWER_U, FIRST_SLOT_U, make_hall

DAC, AEC, OPTICS = 0, 1, 2
ROUTED_MM = {("A01", "A02"): 800, ("A03", "A02"): 1700, ("A01", "A03"): 4100}
LOWER_INDEX = {
    (rack, FIRST_LOWER_U, cage): n for n, rack in enumerate(("A01", "A03")) for cage in (1, 2, 3, 4)
}
UPPER_INDEX = {("A02", FIRST_SLOT_U, cage): 0 for cage in range(1, 9)}


@dataclass(frozen=True)
class OneRouteTable:
    """One route a pair of racks: a riser of its own and one lateral that all share."""

    lower: tuple[Attachment, ...]
    upper: tuple[Attachment, ...]
    lower_index: dict[tuple[str, int, int], int]
    upper_index: dict[tuple[str, int, int], int]
    routed_mm: Any
    slack_mm: Any
    usable_um2: int

    def route(self, a: int, b: int, k: int) -> Route:
        assert k == 0
        routed = ROUTED_MM[self.lower[a].rack, self.upper[b].rack]
        riser = PathwaySegment(
            id=f"{self.lower[a].rack}-FL:0-{routed - 600}",
            kind=SegmentKind.RISER,
            a=Point(0, 0, 0),
            b=Point(0, 0, routed - 600),
            usable_um2=10**12,
        )
        shared = PathwaySegment(
            id="A02-F:911",
            kind=SegmentKind.LATERAL,
            a=Point(0, 0, 0),
            b=Point(600, 0, 0),
            usable_um2=self.usable_um2,
        )
        parts = route_part([riser]), route_part([shared])
        return Route(kind=RouteKind.LATERAL, parts=parts, routed_mm=routed, slack_mm=100)

    def ends(self, a: int, b: int, k: int) -> RouteEnds:
        return RouteEnds(RouteKind.LATERAL, (f"{self.lower[a].rack}-FL", "A02-F"))


def make_table(
    lower: dict[tuple[str, int, int], int],
    upper: dict[tuple[str, int, int], int],
    usable_um2: int = 10**12,
) -> OneRouteTable:
    def attachments(index: dict[tuple[str, int, int], int]) -> tuple[Attachment, ...]:
        rack_of = {number: rack for (rack, _, _), number in index.items()}
        return tuple(
            Attachment(rack=rack_of[number], face=Face.FRONT, z_mm=911, offset_mm=None)
            for number in sorted(rack_of)
        )

    return OneRouteTable(
        lower=attachments(lower),
        upper=attachments(upper),
        lower_index=lower,
        upper_index=upper,
        routed_mm=np.zeros((2, 2, 1), dtype=np.int64),
        slack_mm=np.zeros((2, 2, 1), dtype=np.int64),
        usable_um2=usable_um2,
    )


def make_fabric() -> TierFabric:
    units = tuple(
        WiredUnitRef(
            rack=rack,
            u=FIRST_LOWER_U,
            device="lower-tray",
            asic=asic,
            sockets=cage_sockets((2 * asic - 1, 2 * asic), 1),
            plane=asic - 1,
            labels={},
        )
        for rack in ("A01", "A03")
        for asic in (1, 2)
    )
    return TierFabric(
        name="tiers",
        lower_device="lower-tray",
        upper_device="upper-tray",
        upper_rack_type="switch-rack",
        lower_units=units,
        planes=((0, 2), (1, 3)),
        plane_names=("0", "1"),
        uplinks=2,
        upper_per_plane=1,
        upper_ports=4,
        pair_runs=(2, 2),
        upper_load=(4, 4),
        upper_units_per_device=2,
        upper_devices=1,
        oversubscription=(0, 0),
        gpus=72,
        rate_gbps=1600,
        links_per_run=4,
        cages="uplink",
        upper_cages="downlink",
    )


def make_solution(catalog: Catalog, layout: Layout, options: tuple[int, int] = (DAC, AEC)) -> FabricSolution:
    """A01 by the first option, A03 by the second; stock 1 (1 m copper, 2 m active, 5 m cords)."""
    runs = []
    cost = 0
    for lower, (rack, asic) in enumerate((rack, asic) for rack in ("A01", "A03") for asic in (1, 2)):
        for nth in range(2):
            option = options[0] if rack == "A01" else options[1]
            first = 4 * (asic - 1) + (0 if rack == "A01" else 2)
            runs.append(
                ChosenRun(
                    lower=lower,
                    lower_socket=Socket(2 * asic - 1 + nth, 0),
                    upper=0,
                    upper_socket=Socket(first + nth + 1, 0),
                    choice=MediumChoice(option=option, stock=1, route=0),
                )
            )
            media = catalog.media[option]
            cost += media.cables_per_run * media.cable.stock[1].price.cents
            plug = media.plugs[0]
            cost += 2 * plug.transceiver.price.cents if plug.transceiver else 0
            cost += labor_cents(layout.economics, ROUTED_MM[rack, "A02"])
            if layout.economics.objective is Objective.TCO:
                cost += energy_cents(layout.economics, 2 * plug.power_milliwatts)
    cost += 5_000_000 + 600_000
    if layout.economics.objective is Objective.TCO:
        cost += energy_cents(layout.economics, 2_000_000) + energy_cents(layout.economics, 1_000_000)
    return FabricSolution(
        fabric="tiers",
        placed=(PlacedDevice(rack="A02", u=FIRST_SLOT_U, planes=(0, 1)),),
        runs=tuple(reversed(runs)),
        objective_cents=cost,
        geometric_floor_cents=cost - 100,
        baselines=Baselines(all_optics_cents=2 * cost, first_fit_cents=cost + 1, greedy_cents=None),
        certificate=Certificate(fabric="tiers", plane_classes=((0, 1),), cases=(), bound_cents=cost),
    )


def assemble(
    options: tuple[int, int] = (DAC, AEC),
    objective: Objective = Objective.CAPEX,
    usable_um2: int = 10**12,
    bound_below: int = 0,
) -> Plan:
    layout, catalog = make_hall(("LSL",), objective=objective)
    fabric = make_fabric()
    solution = make_solution(catalog, layout, options)
    bound = solution.objective_cents - bound_below
    solution = replace(solution, certificate=replace(solution.certificate, bound_cents=bound))
    solved = SolvedFabric(
        fabric=fabric, table=make_table(LOWER_INDEX, UPPER_INDEX, usable_um2), solution=solution
    )
    return assemble_plan(layout, catalog, [solved], (), seed=7)


def test_runs_are_canonical_and_named_by_end_a() -> None:
    plan = assemble()
    assert [run.cable_id for run in plan.runs] == [
        f"tiers-{rack}U19C{cage:02d}" for rack in ("A01", "A03") for cage in (1, 2, 3, 4)
    ]
    first = plan.runs[0]
    assert (first.a.row, first.a.asic, first.a.cage, first.plane) == ("A", 1, 1, 0)
    assert (first.b.rack, first.b.u, first.b.asic, first.b.cage) == ("A02", FIRST_SLOT_U, 1, 1)
    assert first.label_a == "A01-U19-C01 / A02-U05-C01"
    assert first.label_b == "A02-U05-C01 / A01-U19-C01"
    assert [run.b.asic for run in plan.runs] == [1, 1, 2, 2, 1, 1, 2, 2]
    assert [run.plane for run in plan.runs] == [0, 0, 1, 1, 0, 0, 1, 1]


def test_each_fiber_cord_has_a_label_at_both_ends_and_an_assembly_none() -> None:
    plan = assemble((DAC, OPTICS))
    assert plan.runs[0].cord_labels_a == plan.runs[0].cord_labels_b == ()
    light = plan.runs[-1]
    assert light.cord_labels_a == ("A03-U19-C04/1 / A02-U05-C08/1", "A03-U19-C04/2 / A02-U05-C08/2")
    assert light.cord_labels_b == ("A02-U05-C08/1 / A03-U19-C04/1", "A02-U05-C08/2 / A03-U19-C04/2")


def test_length_part_and_cost_of_a_run() -> None:
    first, last = assemble().runs[0], assemble().runs[-1]
    assert (first.medium, first.part_number, first.stock_length_mm) == (Medium.DAC, "copper-1000", 1000)
    assert (first.routed_mm, first.slack_mm, first.reach_mm, first.cost_cents) == (800, 100, 1000, 20_000)
    assert (last.medium, last.stock_length_mm, last.cost_cents) == (Medium.AEC, 2000, 70_000)
    assert (first.rate_gbps, first.links) == (1600, 4)
    assert first.segments == ("A01-FL:0-200", "A02-F:911")


def test_bundles_share_both_racks_and_medium_and_the_longest_is_laid_first() -> None:
    plan = assemble()
    in_order = sorted(plan.runs, key=lambda run: run.install_order)
    assert [run.install_order for run in in_order] == list(range(1, 9))
    assert [run.bundle for run in in_order] == ["B0002"] * 4 + ["B0001"] * 4
    assert {run.bundle for run in plan.runs if run.a.rack == "A03"} == {"B0002"}


def test_devices_brought_and_placed() -> None:
    plan = assemble()
    assert [(device.name, device.tier, device.planes, device.is_placed) for device in plan.devices] == [
        ("A01-U19", 1, (0, 1), False),
        ("A03-U19", 1, (0, 1), False),
        ("A02-U05", 2, (0, 1), True),
    ]
    assert plan.opened_racks == {"A02": "switch-rack"}


def test_bom_lines() -> None:
    plan = assemble()
    assert [
        (line.part, line.stock_length_mm, line.quantity, line.spares, line.extended_price_cents)
        for line in plan.bom
    ] == [
        ("active", 2000, 4, 1, 280_000),
        ("copper", 1000, 4, 1, 80_000),
        ("upper-tray", None, 1, 0, 5_000_000),
        ("switch-rack", None, 1, 0, 600_000),
    ]
    active = plan.bom[0]
    assert (active.order_quantity, active.order_price_cents) == (5, 350_000)
    assert (active.basis, active.source, active.price_date) == (
        "assumption",
        "made up for tests",
        "2026-01-01",
    )


def test_optics_take_two_transceivers_and_their_cords() -> None:
    plan = assemble(options=(DAC, OPTICS))
    quantities = {line.part: (line.category, line.quantity) for line in plan.bom}
    assert quantities["transceiver"] == ("transceiver", 8)
    assert quantities["fiber-cord"] == ("cord", 8)
    assert quantities["copper"] == ("cable", 4)
    assert plan.runs[-1].a.transceiver == plan.runs[-1].b.transceiver == "transceiver"
    assert plan.runs[0].a.transceiver == ""


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("options", [(DAC, AEC), (DAC, OPTICS), (OPTICS, OPTICS)])
def test_sums_agree_to_the_cent(objective: Objective, options: tuple[int, int]) -> None:
    plan = assemble(options=options, objective=objective)
    totals = plan.totals
    of_runs = sum(line.extended_price_cents for line in plan.bom if line.category not in ("device", "rack"))
    assert sum(run.cost_cents for run in plan.runs) == of_runs
    assert totals.parts_cents == sum(line.extended_price_cents for line in plan.bom)
    assert totals.capex_cents == totals.parts_cents + totals.labor_cents
    assert totals.tco_cents == totals.capex_cents + totals.energy_cents
    objective_sum = totals.tco_cents if objective is Objective.TCO else totals.capex_cents
    assert plan.solve.objective_cents == objective_sum


def test_fill_counts_every_cord() -> None:
    plan = assemble(options=(DAC, OPTICS))
    fill = {one.segment.id: one for one in plan.segments}
    # pi/4 of 9 mm squared, and twice that of 3 mm (two cords a run)
    copper_um2, cords_um2 = 63_617_251, 2 * 7_068_583
    assert fill["A02-F:911"].used_um2 == 4 * copper_um2 + 4 * cords_um2
    assert fill["A02-F:911"].runs == 8
    assert fill["A01-FL:0-200"].used_um2 == 4 * copper_um2


def test_an_overfull_segment_blocks() -> None:
    plan = assemble(usable_um2=400_000_000)
    overfull, advice = [finding for finding in plan.findings if finding.severity is Severity.BLOCKING]
    assert overfull.code == "overfull"
    assert overfull.message == (
        "segment A02-F:911 (lateral) is overfull: 8 runs take 408.5 mm2 of 400.0 mm2 usable (102.2 %)"
    )
    assert advice.code == "does-not-fit"
    assert advice.message.endswith("would hold them, or its 8 runs from row A made as optics")


def test_thinner_cable_is_no_advice_where_it_makes_no_room() -> None:
    # Cords of eight runs take 113.1 mm2.
    (advice,) = [one for one in assemble(usable_um2=113_000_000).findings if one.code == "does-not-fit"]
    assert advice.message.endswith("would hold them")
    (advice,) = [one for one in assemble(usable_um2=113_100_000).findings if one.code == "does-not-fit"]
    assert advice.message.endswith("made as optics")


def test_exactly_full_is_legal() -> None:
    (used,) = [one.used_um2 for one in assemble().segments if one.segment.id == "A02-F:911"]
    assert not [one for one in assemble(usable_um2=used).findings if one.code == "overfull"]
    assert [one for one in assemble(usable_um2=used - 1).findings if one.code == "overfull"]


def test_the_word_for_the_proof() -> None:
    proved = assemble().solve
    assert (proved.status, proved.gap, proved.seed) == ("proved", "0.00000000", 7)
    # Rounded up in the word, to the nearest in the figure.
    cost = proved.objective_cents
    within = assemble(bound_below=cost // 1000 + 1).solve
    assert (within.status, within.gap) == ("within 0.11 %", "0.00100017")
    assert assemble(bound_below=cost).solve.status == "heuristic"
    assert proved.baselines == Baselines(
        all_optics_cents=2 * cost, first_fit_cents=cost + 1, greedy_cents=None
    )


def test_a_cost_that_the_plan_does_not_add_up_to_is_refused() -> None:
    layout, catalog = make_hall(("LSL",))
    fabric = make_fabric()
    solution = make_solution(catalog, layout)
    wrong = replace(solution, objective_cents=solution.objective_cents - 1)
    solved = SolvedFabric(
        fabric=fabric,
        table=make_table(LOWER_INDEX, UPPER_INDEX),
        solution=wrong,
    )
    with pytest.raises(PlannerError, match="the optimizer states"):
        assemble_plan(layout, catalog, [solved], (), seed=1)


def test_peers_need_no_device_and_no_rack() -> None:
    layout, catalog = make_hall(("LSL",), peers=(("A01", "A03"),), with_tiers=False)

    def ref(rack: str, cage: int) -> CageRef:
        return CageRef(rack=rack, u=FIRST_LOWER_U, device="lower-tray", asic=(cage + 1) // 2, cage=cage)

    fabric = PeerFabric(
        name="pairs",
        device="lower-tray",
        runs=tuple((ref("A01", cage), ref("A03", cage)) for cage in (1, 2, 3, 4)),
        planes=(0, 0, 1, 1),
        gpus=72,
        rate_gbps=1600,
        links_per_run=4,
        cages="uplink",
    )
    choice = MediumChoice(option=OPTICS, stock=1, route=0)
    media = catalog.media[OPTICS]
    each = 2 * 85_000 + 2 * media.cable.stock[1].price.cents + labor_cents(layout.economics, 4100)
    solution = FabricSolution(
        fabric="pairs",
        placed=(),
        runs=tuple(
            ChosenRun(
                lower=run,
                lower_socket=Socket(run + 1, 0),
                upper=0,
                upper_socket=Socket(run + 1, 0),
                choice=choice,
            )
            for run in range(4)
        ),
        objective_cents=4 * each,
        geometric_floor_cents=4 * each,
        baselines=Baselines(all_optics_cents=4 * each, first_fit_cents=None, greedy_cents=None),
        certificate=Certificate(fabric="pairs", plane_classes=(), cases=(), bound_cents=4 * each),
    )
    table = make_table(
        {("A01", FIRST_LOWER_U, cage): 0 for cage in (1, 2, 3, 4)},
        {("A03", FIRST_LOWER_U, cage): 0 for cage in (1, 2, 3, 4)},
    )
    plan = assemble_plan(
        layout, catalog, [SolvedFabric(fabric=fabric, table=table, solution=solution)], (), seed=1
    )
    (summary,) = plan.fabrics
    assert (summary.kind, summary.runs, summary.upper_devices, summary.planes) == ("peers", 4, 0, 2)
    assert [(device.name, device.planes) for device in plan.devices] == [
        ("A01-U19", (0, 1)),
        ("A03-U19", (0, 1)),
    ]
    assert plan.opened_racks == {}
    assert plan.solve.baselines.first_fit_cents == plan.solve.baselines.greedy_cents == 4 * each
    assert plan.runs[0].cable_id == "pairs-A01U19C01"


def test_assumptions_of_layout_and_catalog_are_carried() -> None:
    layout, catalog = make_hall(("LSL",))

    def note(subject: str, basis: Basis) -> Provenance:
        return Provenance(subject=subject, field="price", value="1", basis=basis, source="a test")

    layout = replace(layout, provenance=(note("defaults", Basis.ASSUMPTION),))
    catalog = replace(catalog, provenance=(note("copper", Basis.VENDOR), note("active", Basis.ASSUMPTION)))
    fabric = make_fabric()
    solved = SolvedFabric(
        fabric=fabric,
        table=make_table(LOWER_INDEX, UPPER_INDEX),
        solution=make_solution(catalog, layout),
    )
    plan = assemble_plan(layout, catalog, [solved], (), seed=1)
    assert [one.subject for one in plan.assumptions] == ["defaults", "active"]


def test_order_of_chosen_runs_never_changes_the_plan() -> None:
    layout, catalog = make_hall(("LSL",))
    fabric = make_fabric()
    table = make_table(LOWER_INDEX, UPPER_INDEX)
    solution = make_solution(catalog, layout)
    turned = replace(solution, runs=tuple(reversed(solution.runs)))
    plans = [
        assemble_plan(layout, catalog, [SolvedFabric(fabric=fabric, table=table, solution=one)], (), seed=1)
        for one in (solution, turned)
    ]
    assert plans[0] == plans[1]


def placed_device(rack: str) -> PlanDevice:
    return PlanDevice(
        name=f"{rack}-U{FIRST_SLOT_U:02d}",
        fabric="tiers",
        tier=2,
        rack=rack,
        u=FIRST_SLOT_U,
        device="upper-tray",
        planes=(0, 1),
        is_placed=True,
    )


def test_a_rack_that_the_layout_fixes_is_bought_even_if_empty() -> None:
    layout, catalog = make_hall(("LSL", "D"))
    solution = make_solution(catalog, layout)
    solution = replace(solution, objective_cents=solution.objective_cents + 600_000)
    solved = SolvedFabric(fabric=make_fabric(), table=make_table(LOWER_INDEX, UPPER_INDEX), solution=solution)
    plan = assemble_plan(layout, catalog, [solved], (), seed=1)
    assert plan.opened_racks == {"A02": "switch-rack"}
    assert [line.quantity for line in plan.bom if line.category == "rack"] == [2]


def test_a_rack_that_stands_for_its_lower_devices_is_not_bought() -> None:
    layout, catalog = make_hall(("LSL", "DD"))
    carrying = replace(
        catalog.rack_types["switch-rack"], mounts=(DeviceMount(device="lower-tray", u=FIRST_LOWER_U),)
    )
    racks = {**catalog.rack_types, "switch-rack": carrying}
    opened = {"A02": "switch-rack", "B01": "switch-rack"}
    devices = [placed_device(rack) for rack in opened]
    assert list(bought_racks(layout, catalog, opened, devices)) == ["A02", "B01", "B02"]
    # A02 may stay empty, so that a rack there is bought whatever it carries.
    assert list(bought_racks(layout, replace(catalog, rack_types=racks), opened, devices)) == ["A02"]
