"""Planted faults: ports, what runs share, tiers that stack, light through passive devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.model.layout import TiersSpec
from planner.model.media import Medium, Transceiver
from planner.model.plan import CableRun, Plan
from planner.model.solution import BoundCase
from tests.faults import edits
from tests.faults.edits import first
from tests.faults.kinds import Planted

RAILS, OPTICS, MIRROR, TYPES = "ports/rails", "ports/optics", "ports/mirror", "ports/two-types"
Cage = tuple[str, int, int]


def cage_of(run: CableRun) -> Cage:
    """The upper cage of a run."""
    return run.b.rack, run.b.u, run.b.cage


def pair_in_one_cage(plan: Plan, fabric: str) -> tuple[int, int]:
    """Two runs of the fabric in ports 1 and 2 of one upper cage."""
    one = first(plan.runs, lambda run: run.fabric == fabric and run.b.port == 1)
    cage = cage_of(plan.runs[one])
    return one, first(plan.runs, lambda run: cage_of(run) == cage and run.b.port == 2)


def _port_twice(plan: Plan) -> Plan:
    one, other = pair_in_one_cage(plan, "spine")
    return edits.end(plan, "b", other, port=plan.runs[one].b.port)


def _cage_beside_its_port(plan: Plan) -> Plan:
    return edits.end(plan, "b", pair_in_one_cage(plan, "spine")[1], port=0)


def _in_cage(plan: Plan, number: int, port: int) -> Plan:
    """Move the second run of a full cage to a free cage of the same leaf switch."""
    one, other = pair_in_one_cage(plan, "leaf")
    index = other if port == 1 else one
    return edits.end(plan, "b", index, cage=number, port=port)


def _other_cages(plan: Plan) -> Plan:
    spec = plan.layout.fabrics[0]
    assert isinstance(spec, TiersSpec)
    return edits.spec(plan, upper=replace(spec.upper, numbers=(1, 3, 4, 5)))


def _other_group(plan: Plan) -> Plan:
    """Exchange the leaf switches of two hosts' first rails, in different pods."""
    by_rail = [run for run in plan.runs if run.fabric == "leaf" and run.a.cage == 1]
    one, other = by_rail[0], next(run for run in by_rail if run.plane != by_rail[0].plane)
    return edits.swap_far_ends(plan, plan.runs.index(one), plan.runs.index(other))


def _regrouped(plan: Plan) -> Plan:
    return edits.layout(plan, groups={"pod": {"P1": ("A01", "A05"), "P2": ("A02", "A06")}})


PORTS = (
    Planted("port-used-twice", "cage-used-twice", "port 1 of cage", _port_twice, RAILS),
    Planted(
        "cage-beside-its-port", "cage-and-port", "as a whole and by its ports", _cage_beside_its_port, RAILS
    ),
    Planted("third-port", "no-such-port", "port 3", lambda p: edits.end(p, "b", port=3), RAILS),
    Planted("port-of-whole-cage", "no-such-port", "takes 1 runs", lambda p: edits.end(p, "a", port=1), RAILS),
    Planted("cage-for-others", "cage-not-offered", "none of those", _other_cages, RAILS),
    Planted("port-faster", "wrong-rate", "for 2 runs", lambda p: edits.run(p, rate_gbps=800), RAILS),
    Planted(
        "port-links", "wrong-links", "2 runs share it", lambda p: edits.run(p, _spine(p), links=2), RAILS
    ),
    Planted("port-misnamed", "wrong-cable-id", "P1", lambda p: _renamed(p), RAILS),
    Planted("port-mislabeled", "wrong-label", "P", lambda p: edits.run(p, _spine(p), label_b="X"), RAILS),
    Planted("plane-of-other-group", "planes-crossed", "of plane 2", _other_group, RAILS),
    Planted("groups-changed", "planes-crossed", "of plane", _regrouped, RAILS),
    Planted(
        "planes-misnamed",
        "wrong-summary",
        "plane_names",
        lambda p: edits.summary(p, plane_names=("X",)),
        RAILS,
    ),
    Planted("cage-half-empty", "cages-not-packed", "4 runs", lambda p: _in_cage(p, 4, 1), RAILS),
    Planted("port-left-out", "port-skipped", "lowest come first", lambda p: _in_cage(p, 4, 2), RAILS),
)


def _spine(plan: Plan) -> int:
    return first(plan.runs, lambda run: run.fabric == "spine")


def _renamed(plan: Plan) -> Plan:
    index = _spine(plan)
    return edits.run(plan, index, cable_id=plan.runs[index].cable_id[:-2])


def _of_option(plan: Plan, index: int, option_id: str) -> Plan:
    option = next(one for one in plan.catalog.media if one.id == option_id)
    return edits.run(plan, index, option=option.id, medium=option.medium, reach_mm=option.reach_mm)


def _mixed_plug(plan: Plan) -> Plan:
    return _of_option(plan, pair_in_one_cage(plan, "leaf")[1], "twin-to-singles")


def _mixed_options(plan: Plan) -> Plan:
    """Make one whole leaf switch of another option."""
    cage = cage_of(plan.runs[pair_in_one_cage(plan, "leaf")[0]])
    for index, run in enumerate(plan.runs):
        if run.fabric == "leaf" and cage_of(run) == cage:
            plan = _of_option(plan, index, "twin-to-singles")
    return plan


def _unequal_share(plan: Plan) -> Plan:
    index = pair_in_one_cage(plan, "leaf")[1]
    return edits.run(plan, index, stock_length_mm=3000)


def _modules_per_run(plan: Plan) -> Plan:
    """Buy a transceiver of two ports for every run, as if none were shared."""
    index = first(plan.bom, lambda line: line.part == "twin-module")
    return edits.line(plan, index, quantity=2 * plan.bom[index].quantity)


def _carried_twice(plan: Plan) -> Plan:
    index = pair_in_one_cage(plan, "leaf")[1]
    return edits.run(plan, index, cost_cents=plan.runs[index].cost_cents + 80_000)


def _cables_per_run(plan: Plan) -> Plan:
    index = first(plan.bom, lambda line: line.part == "splitter")
    return edits.line(plan, index, quantity=2 * plan.bom[index].quantity)


def _cases(plan: Plan, change: Callable[[BoundCase], BoundCase | None]) -> Plan:
    changed = (change(case) for case in plan.solve.certificates[0].cases)
    return edits.certificate(plan, cases=tuple(case for case in changed if case))


def _turned(plan: Plan) -> Plan:
    """Say that the transceiver of the other side is plugged in."""
    index = first(plan.runs, lambda run: run.fabric == "leaf" and run.medium is Medium.OPTICS)
    return edits.end(plan, "a", index, transceiver="twin-module")


SHARED = (
    Planted("plug-of-two-options", "mixed-plug", "a plug is of one option", _mixed_plug, RAILS),
    Planted("fabric-of-two-options", "mixed-options", "made by one option", _mixed_options, RAILS),
    Planted("cable-of-two-lengths", "unequal-share", "share one cable", _unequal_share, RAILS),
    Planted("cables-counted-twice", "wrong-bom-line", "splitter", _cables_per_run, RAILS),
    Planted("modules-counted-twice", "wrong-bom-line", "twin-module", _modules_per_run, OPTICS),
    Planted("module-carried-twice", "wrong-run-cost", "its parts", _carried_twice, OPTICS),
    Planted(
        "modules-overstated", "wrong-summary", "modules is", lambda p: edits.summary(p, modules=99), OPTICS
    ),
    Planted("plug-turned", "wrong-transceiver", "takes 'single-module'", _turned, OPTICS),
    Planted(
        "case-of-no-option",
        "forged-option",
        "option ''",
        lambda p: _cases(p, lambda case: replace(case, option="")),
        RAILS,
    ),
    Planted(
        "case-of-other-option",
        "forged-cases",
        "about splitter",
        lambda p: _cases(p, lambda case: replace(case, option="twin-to-singles")),
        RAILS,
    ),
    Planted(
        "option-unproved",
        "forged-cases",
        "about twin-to-singles: its cases cover nothing",
        lambda p: _cases(p, lambda case: None if case.option == "twin-to-singles" else case),
        RAILS,
    ),
)


def _slot_of_leaf(plan: Plan) -> Plan:
    """Move a spine switch into the slot of a leaf switch of its rack."""
    index = first(plan.devices, lambda device: device.fabric == "spine" and device.is_placed)
    rack = plan.devices[index].rack
    leaf = next(one for one in plan.devices if one.is_placed and one.rack == rack and one.fabric == "leaf")
    return edits.device(plan, index, u=leaf.u, name=leaf.name)


def _leaf_elsewhere(plan: Plan) -> Plan:
    index = first(plan.devices, lambda device: device.fabric == "spine" and not device.is_placed)
    return edits.device(plan, index, u=1, name=f"{plan.devices[index].rack}-U01")


def _two_types(plan: Plan) -> Plan:
    """Let the second fabric's switch stand in the first one's rack."""
    index = first(plan.devices, lambda device: device.fabric == "second" and device.is_placed)
    other = next(one for one in plan.devices if one.fabric == "first" and one.is_placed)
    return edits.device(plan, index, rack=other.rack, name=f"{other.rack}-U{plan.devices[index].u:02d}")


def _rack_power(plan: Plan) -> Plan:
    """Allow a rack what the switches of either fabric draw, but not those of both."""
    held = [device for device in plan.devices if device.is_placed]
    fabrics = {rack: {one.fabric for one in held if one.rack == rack} for rack in plan.opened_racks}
    rack = next(rack for rack, names in fabrics.items() if len(names) == 2)
    count = sum(one.rack == rack for one in held)
    power = (count - 1) * plan.catalog.device_types["twin-8"].power_milliwatts
    return edits.rack_type(plan, "network-rack", max_added_power_milliwatts=power)


def _one_spine_less(plan: Plan) -> Plan:
    """Take the fabric below another leaf switch: its planes then have unequal numbers of units."""
    index = first(plan.devices, lambda device: device.fabric == "leaf" and device.is_placed)
    return edits.device(plan, index, planes=(-1,))


def _out_of_bounds(plan: Plan) -> Plan:
    """Bound the first fabric by positions that one of its switches does not stand at."""
    name = plan.layout.fabrics[0].name
    held = {one.rack for one in plan.devices if one.fabric == name}
    placed = next(one.rack for one in plan.devices if one.fabric == name and one.is_placed)
    return edits.spec(plan, within=tuple(sorted(held - {placed})))


STACKED = (
    Planted("out-of-bounds", "out-of-bounds", "is none of those", _out_of_bounds, RAILS),
    Planted("slot-of-earlier-fabric", "overlap", "is taken by", _slot_of_leaf, RAILS),
    Planted("rack-power-of-both", "rack-power", "placed devices draw", _rack_power, RAILS),
    Planted("leaf-not-placed", "no-such-device", "fabric leaf places no", _leaf_elsewhere, RAILS),
    Planted("leaf-without-plane", "impossible-fabric", "planes have from 1 to 2", _one_spine_less, RAILS),
    Planted("two-types-at-one-position", "wrong-rack-type", "asks tall-rack", _two_types, TYPES),
    Planted(
        "bound-of-what",
        "covers-too-much",
        "planned in turn",
        lambda p: edits.solve(p, bound_covers="every plan; with pathway fill"),
        RAILS,
    ),
)


def _weaker_light(plan: Plan) -> Plan:
    """Let transceivers allow less than the longest way through a circuit switch loses."""
    option = next(one for one in plan.catalog.media if one.id == plan.runs[0].option)
    lower, upper = option.plugs if option.plugs[0].transceiver else option.plugs[::-1]
    module = lower.transceiver
    assert isinstance(module, Transceiver)
    weak = replace(lower, transceiver=replace(module, loss_budget_mdb=3500))
    return edits.option(plan, option.id, plugs=(weak, upper))


LIGHT = (
    Planted("light-lost", "loss-over-budget", "3.503 dB", _weaker_light, MIRROR),
    Planted("light-lost-silently", "loss-not-stated", "too much light", _weaker_light, MIRROR),
    Planted(
        "lossy-mirror",
        "loss-over-budget",
        "4.000 dB are allowed",
        lambda p: edits.device_type(p, "mirror-8", loss_mdb=3001),
        MIRROR,
    ),
)
