"""What the verifier derives of ports, shared plugs and tiers that stack, against sums done by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.model.media import MediaOption
from planner.model.plan import Plan
from planner.verify.board import Board, lay_out
from planner.verify.check import verify_plan
from planner.verify.ground import Ground, survey
from planner.verify.media import Site, fits, oriented
from planner.verify.prices import energy
from planner.verify.room import plans_in_turn, room_left
from planner.verify.shares import made_of
from planner.verify.units import Unit
from planner.verify.wiring import Tiers, derive_all
from tests.faults import edits
from tests.faults.plans import base_plan


@pytest.fixture(scope="module")
def rails() -> Ground:
    return survey(base_plan("ports/rails"))


@pytest.fixture(scope="module")
def optics() -> Ground:
    return survey(base_plan("ports/optics"))


def tiers_of(ground: Ground, fabric: str) -> Tiers:
    tiers = derive_all(ground)[fabric]
    assert isinstance(tiers, Tiers), tiers
    return tiers


def option(ground: Ground, name: str) -> MediaOption:
    return next(one for one in ground.plan.catalog.media if one.id == name)


def test_planes_by_group_and_rail(rails: Ground) -> None:
    leaf = tiers_of(rails, "leaf")
    assert leaf.plane_names == ("P1 rail 0", "P1 rail 1", "P2 rail 0", "P2 rail 1")
    assert leaf.planes[1] == tuple(Unit(rack, u, 0, 2, 0) for rack in ("A01", "A02") for u in (10, 20))
    assert (leaf.uplinks, leaf.upper_ports, leaf.upper_per_plane, leaf.devices) == (1, 8, 1, 4)
    assert (leaf.rate_gbps, leaf.links, leaf.gpus) == (400, 1, 16)


def test_a_tier_of_a_fabric_inherits_what_its_planes_share(rails: Ground) -> None:
    spine = tiers_of(rails, "spine")
    assert spine.plane_names == ("rail 0", "rail 1")
    served = {
        (device.rack, device.u): device.planes[0]
        for device in rails.plan.devices
        if device.fabric == "leaf" and device.is_placed
    }
    for plane, units in enumerate(spine.planes):
        # Leaf planes 0 and 2 are those of rail 0, whichever pod.
        assert {served[unit.rack, unit.u] % 2 for unit in units} == {plane}
    assert spine.plane_labels[0]["rail"] == "0"
    assert "pod" not in spine.plane_labels[0]
    assert (spine.uplinks, spine.upper_ports, spine.gpus) == (8, 16, 16)
    # Four hosts at 400G below, eight runs of 400G up.
    assert spine.downlink_gbps / (spine.uplinks * spine.rate_gbps) == 0.5


def test_index_counts_the_upper_units_of_a_plane(rails: Ground) -> None:
    plan = edits.layout(
        rails.plan,
        fabrics=tuple(
            replace(spec, plane_keys=("pod", "rail", "index")) if spec.name == "spine" else spec  # type: ignore[call-arg]
            for spec in rails.plan.layout.fabrics
        ),
    )
    names = tiers_of(survey(plan), "spine").plane_names
    assert names == tuple(f"P{pod} rail {rail} index 0" for pod in (1, 2) for rail in (0, 1))


def test_an_option_fits_either_way_round(rails: Ground) -> None:
    host = rails.cages["two-rail-host"][1].group
    twin = rails.cages["twin-8"][1].group
    join = option(rails, "twin-to-singles")
    for sites in ((Site(host, 1), Site(twin, 2)), (Site(twin, 2), Site(host, 1))):
        fit = oriented(join, sites)
        assert fits(fit, sites)
        assert [plug.runs for plug in fit.plugs] == [site.runs for site in sites]
    whole = (Site(host, 1), Site(twin, 1))
    assert not fits(oriented(join, whole), whole)


def test_the_lowest_port_carries_what_is_shared(optics: Ground) -> None:
    made = made_of(optics)
    for index, run in enumerate(optics.plan.runs):
        lowest = run.b.port == 1
        assert made[index].counts_plug[1] is lowest
        if run.fabric == "leaf":
            assert made[index].counts_plug[0]
            assert run.cost_cents == 50_000 + (80_000 if lowest else 0) + 4000
    modules = Counter(plug.transceiver.id for one in made.values() for plug in one.plugs if plug.transceiver)
    # 16 hosts' ports, 8 cages below and 16 above in leaf switches, 16 in spine switches.
    assert modules == {"single-module": 16, "twin-module": 8 + 16 + 16}


def test_a_shared_cable_is_counted_once(rails: Ground) -> None:
    splitters = [one for one in made_of(rails).values() if one.fit.option.id == "splitter"]
    assert len(splitters) == 16
    assert sum(one.cables for one in splitters) == 8
    line = next(line for line in rails.plan.bom if line.part == "splitter")
    assert line.category == "cable"


def fabric_cents(board: Board, plan: Plan) -> int:
    """What the plan's fabric costs by the board's tables: runs where they are, devices, racks, plugs."""
    tiers, name = board.tiers, board.tiers.spec.name
    runs = [run for run in plan.runs if run.fabric == name]
    chosen = runs[0].option if tiers.is_one_way else ""
    slots = [
        (room.place.position.address, u) for room in room_left(survey(plan), tiers) for u in room.slots_u
    ]
    held = {device.rack for device in plan.devices if device.fabric == name and device.is_placed}
    cents = board.constant_cents[chosen] + tiers.devices * board.device_cents
    cents += sum(board.opening_cents[rack] for rack in sorted(held))
    rows = {(unit.rack, unit.u, unit.cage): row for unit, row in board.row_of.items()}
    for run in runs:
        row = rows.get((run.a.rack, run.a.u, run.a.cage), rows.get((run.a.rack, run.a.u, 0)))
        cents += int(board.tables[chosen][row, slots.index((run.b.rack, run.b.u))])
    return cents


@pytest.mark.parametrize("name", ["ports/optics", "ports/mirror"])
def test_tables_price_the_plan_exactly(name: str) -> None:
    plan = base_plan(name)
    ground = survey(plan)
    boards = [lay_out(ground, tiers_of(ground, spec.name)) for spec in plan.layout.fabrics]
    assert sum(fabric_cents(board, plan) for board in boards) == plan.solve.objective_cents


def test_tables_price_shared_cables_at_most(rails: Ground) -> None:
    plan = rails.plan
    boards = [lay_out(rails, tiers_of(rails, spec.name)) for spec in plan.layout.fabrics]
    priced = sum(fabric_cents(board, plan) for board in boards)
    assert plan.solve.lower_bound_cents <= priced <= plan.solve.objective_cents


def test_shared_plugs_are_a_constant_of_the_option(optics: Ground) -> None:
    economics = optics.plan.layout.economics
    leaf, spine = (lay_out(optics, tiers_of(optics, name)).constant_cents for name in ("leaf", "spine"))
    twin = 80_000 + energy(economics, 16_000)
    assert leaf == {"twin-to-singles": 8 * twin}
    assert spine == {"twin-module.port": 32 * twin}


def test_a_later_fabric_finds_what_earlier_ones_left(rails: Ground) -> None:
    assert plans_in_turn(rails)
    rooms = {room.place.position.address: room for room in room_left(rails, tiers_of(rails, "spine"))}
    taken = {(one.rack, one.u) for one in rails.plan.devices if one.fabric == "leaf" and one.is_placed}
    for rack, room in rooms.items():
        used = {u for at, u in taken if at == rack}
        assert set(room.slots_u) == set(range(30, 36)) - used
        assert room.stands is bool(used)
        assert room.opening_cents == (0 if used else 150_000)
        assert room.capacity == 6 - len(used)


def test_a_rack_in_use_as_another_type_is_no_candidate() -> None:
    ground = survey(base_plan("ports/two-types"))
    first = {one.rack for one in ground.plan.devices if one.fabric == "first" and one.is_placed}
    rooms = [room.place.position.address for room in room_left(ground, tiers_of(ground, "second"))]
    assert rooms == [rack for rack in ("A03", "A04", "A05") if rack not in first]


def test_light_is_summed_over_both_cords_and_rounded_up() -> None:
    plan = base_plan("ports/mirror")
    longest = sorted(run.stock_length_mm for run in plan.runs if run.b.u == plan.runs[0].b.u)[-2:]
    device, cords = 2500, 2 * 500 + -(-sum(longest) * 400 // 10**6)
    assert not [one for one in verify_plan(plan) if one.code == "loss-over-budget"]
    enough = edits.device_type(plan, "mirror-8", loss_mdb=4000 - cords)
    assert "loss-over-budget" not in {one.code for one in verify_plan(enough)}
    short = edits.device_type(plan, "mirror-8", loss_mdb=4001 - cords)
    assert "loss-over-budget" in {one.code for one in verify_plan(short)}
    assert device + cords < 4000
