"""Planted faults: what is wired to what, and where it stands."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from planner.model.cages import Connector
from planner.model.layout import TiersSpec
from planner.model.media import Medium
from planner.model.plan import CableRun, Plan
from tests.faults import edits
from tests.faults.edits import first
from tests.faults.kinds import Planted, optics, placed


def _same_plane_other_unit(plan: Plan) -> Plan:
    """Exchange far ends inside a plane, so that a pair with one run gets none."""

    def upper(run: CableRun) -> tuple[str, int, int]:
        return run.b.rack, run.b.u, run.b.asic

    def pair(run: CableRun) -> tuple[object, ...]:
        return run.a.rack, run.a.u, run.a.asic, upper(run)

    pairs = [pair(run) for run in plan.runs]
    one = first(plan.runs, lambda run: pairs.count(pair(run)) == 1)
    lone = plan.runs[one]
    other = first(
        plan.runs,
        lambda run: run.plane == lone.plane and run.a.rack != lone.a.rack and upper(run) != upper(lone),
    )
    return edits.swap_far_ends(plan, one, other)


def _planes_crossed(plan: Plan) -> Plan:
    one = plan.runs[0]
    return edits.swap_far_ends(plan, 0, first(plan.runs, lambda run: run.plane != one.plane))


def _swapped_ends(plan: Plan) -> Plan:
    run = plan.runs[0]
    return edits.run(plan, 0, a=run.b, b=run.a)


def _swapped_planes(plan: Plan) -> Plan:
    index = placed(plan)
    planes = plan.devices[index].planes
    changed = tuple((plane + 1) % 4 for plane in planes)
    return edits.device(plan, index, planes=changed)


def _moved(plan: Plan, u: int) -> Plan:
    """Move a placed device and the runs to it to another U."""
    index = placed(plan)
    device = plan.devices[index]
    plan = edits.device(plan, index, u=u, name=f"{device.rack}-U{u:02d}")
    runs = tuple(
        replace(run, b=replace(run.b, u=u)) if (run.b.rack, run.b.u) == (device.rack, device.u) else run
        for run in plan.runs
    )
    return replace(plan, runs=runs)


def _overlapping(plan: Plan) -> Plan:
    """Move a placed device into the slot of its neighbor."""
    index = placed(plan)
    rack = plan.devices[index].rack
    other = next(device for device in plan.devices[index + 1 :] if device.rack == rack and device.is_placed)
    return _moved(plan, other.u)


def _extra_device(plan: Plan) -> Plan:
    device = [one for one in plan.devices if one.is_placed][-1]
    taken = {one.u for one in plan.devices if one.rack == device.rack}
    slots = plan.catalog.rack_types[plan.opened_racks[device.rack]].tray_slots_u
    u = next(u for u in slots if u not in taken)
    extra = replace(device, u=u, name=f"{device.rack}-U{u:02d}", planes=(-1, -1))
    return replace(plan, devices=(*plan.devices, extra))


def _spare_cages(plan: Plan) -> Plan:
    kind = plan.catalog.device_types["lower-tray"]
    return edits.device_type(plan, kind.id, cages=edits.split_group(kind.cages[0], 7))


def _wrong_rack(plan: Plan) -> Plan:
    """Open a rack of another type at a candidate that a careless layout allows it at."""
    address = next(iter(plan.opened_racks))
    rows = tuple(
        replace(
            row,
            positions=tuple(
                replace(position, choices=("switch-rack", "lower-rack"))
                if position.address == address
                else position
                for position in row.positions
            ),
        )
        for row in plan.layout.rows
    )
    return replace(edits.layout(plan, rows=rows), opened_racks={**plan.opened_racks, address: "lower-rack"})


def _reserved(plan: Plan) -> Plan:
    """Reserve a position that the plan opens a rack at."""
    address = next(iter(plan.opened_racks))
    rows = tuple(
        replace(
            row,
            positions=tuple(replace(one, is_reserved=one.address == address) for one in row.positions),
        )
        for row in plan.layout.rows
    )
    return edits.layout(plan, rows=rows)


def _row_limit(plan: Plan) -> Plan:
    rows = tuple(replace(row, power_limit_milliwatts=1_000_000) for row in plan.layout.rows)
    return edits.layout(plan, rows=rows)


def _cross_fixed_peers(plan: Plan) -> Plan:
    return edits.swap_far_ends(plan, 0, 1)


def _unknown_device(plan: Plan) -> Plan:
    spec = plan.layout.fabrics[0]
    assert isinstance(spec, TiersSpec)
    return edits.spec(plan, upper=replace(spec.upper, device="phantom"))


def _sized_for(plan: Plan, lower_units: int) -> Plan:
    """Size the fabric for other numbers of lower units a plane."""
    specs = tuple(
        replace(spec, sized_for=lower_units) if isinstance(spec, TiersSpec) else spec
        for spec in plan.layout.fabrics
    )
    return replace(plan, layout=replace(plan.layout, fabrics=specs))


def _sized_for_more(plan: Plan) -> Plan:
    """Size planes of four lower units for five: their 20 runs need one upper unit of six ports more."""
    return _sized_for(plan, 5)


ENDS = (
    Planted("rack-nowhere", "no-such-rack", "Z99", lambda p: edits.end(p, "b", rack="Z99")),
    Planted("row-renamed", "wrong-row", "'Q'", lambda p: edits.end(p, "a", row="Q")),
    Planted("empty-u", "no-such-device", "U47", lambda p: edits.end(p, "b", u=47)),
    Planted("brought-elsewhere", "no-such-device", "U30", lambda p: edits.device(p, 0, u=30)),
    Planted("cage-missing", "no-such-cage", "cage 99", lambda p: edits.end(p, "a", cage=99)),
    Planted("other-asic", "wrong-asic", "ASIC", lambda p: edits.end(p, "a", asic=2)),
    Planted(
        "cage-used-twice",
        "cage-used-twice",
        "is used by runs",
        lambda p: edits.run(p, 1, a=p.runs[0].a),
    ),
    Planted("slower", "wrong-rate", "800 Gb/s", lambda p: edits.run(p, rate_gbps=800)),
    Planted("fewer-links", "wrong-links", "3 links", lambda p: edits.run(p, links=3)),
    Planted(
        "finned-plug",
        "medium-does-not-fit",
        "connector plug finned",
        lambda p: edits.plugs(p, p.runs[0].option, connector=Connector(form="plug", thermal="finned")),
    ),
    Planted(
        "other-protocol",
        "medium-does-not-fit",
        "protocol other",
        lambda p: edits.option(p, p.runs[0].option, protocols=("other",)),
    ),
    Planted(
        "half-the-lanes",
        "medium-does-not-fit",
        "lanes 4 x 200G",
        lambda p: edits.plugs(p, p.runs[0].option, lanes=4),
    ),
    Planted("option-unknown", "unknown-option", "'string'", lambda p: edits.run(p, option="string")),
    Planted("medium-renamed", "wrong-medium", "aoc", lambda p: edits.run(p, optics(p), medium=Medium.AOC)),
    Planted(
        "transceiver-forgotten",
        "wrong-transceiver",
        "takes 'transceiver'",
        lambda p: edits.end(p, "a", optics(p), transceiver=""),
    ),
    Planted("swapped-plane", "plane-mismatch", "serves", _swapped_planes),
    Planted("fabric-unknown", "unknown-fabric", "'other'", lambda p: edits.run(p, fabric="other")),
    Planted("device-dropped", "device-not-listed", "A01 U19", lambda p: replace(p, devices=p.devices[1:])),
    Planted(
        "device-doubled",
        "device-listed-twice",
        "listed twice",
        lambda p: replace(p, devices=(*p.devices, p.devices[0])),
    ),
    Planted("device-without-runs", "idle-device", "no run", _extra_device),
    Planted("device-misnamed", "wrong-device-name", "'X'", lambda p: edits.device(p, name="X")),
    Planted("tier-raised", "wrong-tier", "tier 2", lambda p: edits.device(p, tier=2)),
    Planted("host-as-switch", "wrong-device", "host", lambda p: edits.device(p, device="host")),
    Planted("ends-swapped", "ends-swapped", "upper-tray", _swapped_ends),
    Planted("peers-swapped", "ends-swapped", "lower address", _swapped_ends, "peers"),
    Planted("spare-cage-used", "wrong-cage-group", "group spare", _spare_cages),
)


SPREAD = (
    Planted("summary-missing", "wrong-fabrics", "['tiers']", lambda p: replace(p, fabrics=())),
    Planted("upper-unknown", "impossible-fabric", "catalog lacks", _unknown_device),
    Planted("one-device-more", "wrong-device-count", "7 upper devices", _extra_device),
    Planted(
        "plane-unknown",
        "no-such-plane",
        "plane 99",
        lambda p: edits.device(p, placed(p), planes=(99, 99)),
    ),
    Planted(
        "unit-lost",
        "wrong-upper-count",
        "expected 3",
        lambda p: edits.device(p, placed(p), planes=(-1, -1)),
    ),
    Planted("sized-for-more", "wrong-upper-count", "expected 4", _sized_for_more),
    Planted("sized-for-fewer", "impossible-fabric", "it is sized for 1", lambda p: _sized_for(p, 1)),
    Planted("planes-crossed", "planes-crossed", "of plane", _planes_crossed),
    Planted("pair-starved", "wrong-spread", "balanced asks 1 to 2", _same_plane_other_unit),
    Planted("run-lost", "wrong-uplinks", "not 4", lambda p: replace(p, runs=p.runs[1:])),
    Planted("unit-underloaded", "wrong-load", "expected 5 to 6", lambda p: replace(p, runs=p.runs[2:])),
    Planted("peers-crossed", "wrong-peers", "expected 1", _cross_fixed_peers, "peers"),
    *(
        Planted(f"summary-{field}", "wrong-summary", f"{field} is", partial(edits.summary, **{field: value}))
        for field, value in {
            "gpus": 1,
            "lower_devices": 1,
            "lower_asics": 1,
            "upper_devices": 1,
            "upper_asics": 1,
            "upper_units_per_plane": 1,
            "planes": 1,
            "runs": 1,
            "ends": 1,
            "pair_runs": (0, 1),
            "ports_reserved": 4,
            "oversubscription": (3, 1),
            "runs_by_medium": {"dac": 64},
            "kind": "peers",
        }.items()
    ),
)


SLOTS = (
    Planted("rack-not-opened", "rack-not-open", "no rack is opened", lambda p: replace(p, opened_racks={})),
    Planted(
        "rack-on-nothing",
        "not-a-candidate",
        "B05",
        lambda p: replace(p, opened_racks={**p.opened_racks, "B05": "switch-rack"}),
    ),
    Planted(
        "rack-outside",
        "not-a-candidate",
        "no such position",
        lambda p: replace(p, opened_racks={**p.opened_racks, "Z01": "switch-rack"}),
    ),
    Planted("rack-on-reserved", "not-a-candidate", "reserves this position", _reserved),
    Planted(
        "rack-for-nothing",
        "empty-rack",
        "no device",
        lambda p: replace(p, opened_racks={**p.opened_racks, "B05": "switch-rack"}),
    ),
    Planted("between-slots", "slot-not-allowed", "2U at U6", lambda p: _moved(p, 6)),
    Planted("two-in-one-slot", "overlap", "is taken by", _overlapping),
    Planted("other-rack-type", "wrong-rack-type", "asks switch-rack", _wrong_rack),
    Planted(
        "rack-overloaded",
        "rack-power",
        "allows 100 W",
        lambda p: edits.rack_type(p, "switch-rack", max_added_power_milliwatts=100_000),
    ),
    Planted(
        "rack-too-heavy",
        "rack-weight",
        "allows 1 kg",
        lambda p: edits.rack_type(p, "switch-rack", max_added_weight_g=1000),
    ),
    Planted("row-overloaded", "row-power", "limit is 1000 W", _row_limit),
    Planted(
        "power-without-plugs",
        "wrong-rack-power",
        "recomputed",
        lambda p: replace(p, rack_power_milliwatts={**p.rack_power_milliwatts, "A01": 1_000_000}),
    ),
    Planted(
        "power-of-nothing",
        "wrong-rack-power",
        "no mW recomputed",
        lambda p: replace(p, rack_power_milliwatts={**p.rack_power_milliwatts, "Z01": 1}),
    ),
)
