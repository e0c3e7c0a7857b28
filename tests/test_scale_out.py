"""Scale-out networks that ship: published counts, and plans of the small ones, by the command line."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from planner.cli import main
from planner.errors import Severity
from planner.inputs.load import find_layout, read_inputs
from planner.model.fabric import TierFabric
from planner.model.plan import FabricSummary, Plan
from planner.topology.build import build_fabrics
from tests.conftest import Planner, PlanOf, ShippedPlan

TIERS = {
    "superpod-h100-1su": (256, (8, 4), (256, 256)),
    "superpod-h100-2su": (512, (16, 8), (512, 512)),
    "superpod-h100-3su": (768, (24, 16), (768, 768)),
    "superpod-h100-4su": (1024, (32, 16), (1024, 1024)),
    "superpod-b200-2su": (512, (16, 8), (512, 512)),
    "superpod-b200-4su": (1024, (32, 16), (1024, 1024)),
    "superpod-b200-8su": (2048, (64, 32), (2048, 2048)),
    "superpod-b200-16su": (4096, (128, 128, 64), (4096, 4096, 4096)),
    "superpod-b200-32su": (8192, (256, 256, 128), (8192, 8192, 8192)),
    "superpod-b200-64su": (16384, (512, 512, 256), (16384, 16384, 16384)),
    "xdr-nvl72-10368": (10368, (144, 72), (10368, 10368)),
    "xdr-nvl72-cpo": (576, (8, 4), (576, 576)),
    "xdr-dual-plane": (1152, (4, 2), (576, 288)),
    "ethernet-h200": (512, (8, 4), (512, 256)),
    "ocs-h100": (512, (16, 2), (512, 512)),
    "nvl144-scale-out": (144, (18, 4, 2), (648, 144, 144)),
}
"""GPUs, and of each fabric the upper devices and the runs (product.md, section 5)."""

FABRIC = re.compile(
    r"^fabric (?P<name>\S+) \(tiers\): (?P<gpus>[\d,]+) GPUs, (?P<planes>[\d,]+) planes, "
    r"(?P<lower>[\d,]+) lower units, (?P<runs>[\d,]+) runs, "
    r"[\d,]+ upper units in (?P<devices>[\d,]+) devices",
    re.MULTILINE,
)


class Counts(NamedTuple):
    """How large one fabric is."""

    gpus: int
    planes: int
    lower_units: int
    runs: int
    devices: int


@cache
def counted(name: str) -> tuple[Counts, ...]:
    """Count the fabrics of a shipped layout, in the order in which they are planned."""
    inputs = read_inputs(find_layout(name))
    return tuple(
        Counts(
            fabric.gpus,
            len(fabric.planes),
            len(fabric.lower_units),
            len(fabric.lower_units) * fabric.uplinks,
            fabric.upper_devices,
        )
        for fabric in build_fabrics(inputs.layout, inputs.catalog)
        if isinstance(fabric, TierFabric)
    )


@pytest.mark.parametrize("name", TIERS)
def test_counts(name: str) -> None:
    gpus, switches, runs = TIERS[name]
    fabrics = counted(name)
    assert [fabric.gpus for fabric in fabrics] == [gpus] * len(switches)
    assert tuple(fabric.devices for fabric in fabrics) == switches
    assert tuple(fabric.runs for fabric in fabrics) == runs


@pytest.mark.parametrize("name", [name for name, (gpus, *_) in TIERS.items() if gpus <= 4096])
def test_the_command_tells_the_counts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Larger ones take long to route, which shows when they are planned."""
    assert main(["check", name]) == 0
    keys = ("gpus", "planes", "lower", "runs", "devices")
    told = [
        Counts(*(int(match[key].replace(",", "")) for key in keys))
        for match in FABRIC.finditer(capsys.readouterr().out)
    ]
    assert told == list(counted(name))


@pytest.mark.parametrize("name", [name for name in TIERS if name.startswith("superpod")])
def test_by_rails_and_groups(name: str) -> None:
    """Eight rails a unit; with three tiers spine switches by pod and rail, core switches by index."""
    gpus, switches, _runs = TIERS[name]
    leaf, *upper = counted(name)
    assert (leaf.planes, leaf.lower_units) == (gpus // 32, gpus)
    assert [fabric.lower_units for fabric in upper] == list(switches[:-1])
    if len(upper) == 1:
        assert [fabric.planes for fabric in upper] == [1]
    else:
        pods = 2 if gpus > 8192 else 1
        assert [fabric.planes for fabric in upper] == [8 * pods, switches[1] // (8 * pods)]


@pytest.mark.parametrize(
    ("name", "ends", "gpus_per_switch"),
    [
        ("superpod-h100-4su", 2.0, 1024 / 48),
        ("superpod-b200-64su", 3.0, 64 / 5),
        ("xdr-nvl72-10368", 2.0, 48),
        ("xdr-nvl72-cpo", 2.0, 48),
    ],
)
def test_ends_and_switches_for_each_gpu(name: str, ends: float, gpus_per_switch: float) -> None:
    """Each run carries a GPU's whole rate: two of its ends make one of 1.6T where that is 800G."""
    fabrics = counted(name)
    gpus = fabrics[0].gpus
    assert sum(2 * fabric.runs for fabric in fabrics) / 2 / gpus == ends
    assert gpus / sum(fabric.devices for fabric in fabrics) == gpus_per_switch


class Made(NamedTuple):
    """What a plan must say of one fabric: wiring, rate of a run, transceivers, and what runs are made of."""

    name: str
    planes: int
    pair_runs: tuple[int, int]
    rate_gbps: int
    modules: int
    options: set[str]


PLANS = {
    "superpod-h100-1su": [
        Made("compute-1-leaf", 8, (1, 1), 400, 256, {"2xsr4-to-2xsr4-flat"}),
        Made("compute-2-spine", 1, (8, 8), 400, 256, {"mma4z00-2xsr4.port"}),
    ],
    "superpod-h100-2su": [
        Made("compute-1-leaf", 16, (1, 1), 400, 512, {"2xsr4-to-2xsr4-flat"}),
        Made("compute-2-spine", 1, (4, 4), 400, 512, {"mma4z00-2xsr4.port"}),
    ],
    "xdr-nvl72-cpo": [
        Made("scale-out-1-leaf", 8, (1, 1), 800, 576, {"cpo-to-800g"}),
        Made("scale-out-2-spine", 1, (18, 18), 800, 0, {"cpo-to-cpo"}),
    ],
    "xdr-dual-plane": [
        Made("planes-1-leaf", 4, (1, 1), 400, 576 + 144, {"2xdr4-to-4x400g"}),
        Made("planes-2-spine", 2, (72, 72), 800, 288, {"mms4a00-2xdr4.port"}),
    ],
    "ethernet-h200": [
        Made("compute-1-leaf", 8, (8, 8), 400, 0, {"mcp7y00-800g-to-2x400g"}),
        Made("compute-2-spine", 1, (8, 8), 800, 384, {"mcp4y10-800g", "mma4z00-2xsr4"}),
    ],
    "ocs-h100": [
        Made("compute-1-leaf", 16, (1, 1), 400, 512, {"2xsr4-to-2xsr4-flat"}),
        Made("compute-2-circuits", 1, (16, 16), 400, 256, {"2xfr4-to-ocs"}),
    ],
    "nvl144-scale-out": [
        Made("l2", 18, (4, 5), 1600, 0, {"dac-1600g-flat", "aec-1600g-flat"}),
        Made("scale-out-1-leaf", 8, (1, 1), 800, 144 + 72, {"2xdr4-to-2x800g"}),
        Made("scale-out-2-spine", 1, (4, 5), 800, 144, {"mms4a00-2xdr4.port"}),
    ],
}


def found(plan: Plan, fabric: FabricSummary) -> Made:
    runs = [run for run in plan.runs if run.fabric == fabric.name]
    (rate_gbps,) = {run.rate_gbps for run in runs}
    options = {run.option for run in runs}
    return Made(fabric.name, fabric.planes, fabric.pair_runs, rate_gbps, fabric.modules, options)


@pytest.mark.parametrize("name", TIERS)
def test_plan(name: str, shipped_plan: ShippedPlan, planner_here: Planner, plan_of: PlanOf) -> None:
    """It plans, the plan verifies, and holds as many switches and runs as published."""
    _gpus, switches, runs = TIERS[name]
    check = planner_here("verify", shipped_plan(name))
    assert check.returncode == 0, check.stdout + check.stderr
    plan = plan_of(name)
    assert [finding for finding in plan.findings if finding.severity is not Severity.WARNING] == []
    assert tuple(fabric.upper_devices for fabric in plan.fabrics) == switches
    assert tuple((fabric.runs, fabric.ends) for fabric in plan.fabrics) == tuple((n, 2 * n) for n in runs)


@pytest.mark.parametrize("name", PLANS)
def test_wiring(name: str, plan_of: PlanOf) -> None:
    plan = plan_of(name)
    assert [found(plan, fabric) for fabric in plan.fabrics] == PLANS[name]


@pytest.mark.parametrize("name", PLANS)
def test_modules_are_bought_once(name: str, plan_of: PlanOf) -> None:
    """A cage in use has one transceiver at most, however many runs end in it; the BOM buys just these."""
    plan = plan_of(name)
    for fabric in plan.fabrics:
        ends = [end for run in plan.runs if run.fabric == fabric.name for end in (run.a, run.b)]
        cages = {(end.rack, end.u, end.cage): end.transceiver for end in ends if end.transceiver}
        lines = [line for line in plan.bom if line.fabric == fabric.name and line.category == "transceiver"]
        assert len(cages) == fabric.modules == sum(line.quantity for line in lines)
        assert sum(
            line.quantity for line in plan.bom if line.fabric == fabric.name and line.category == "device"
        ) == (fabric.upper_devices)


@pytest.mark.parametrize("name", PLANS)
def test_tiers_stack(name: str, plan_of: PlanOf) -> None:
    """Each fabric that stands on another wires the devices that the other placed, in cages that it left."""
    plan = plan_of(name)
    stacked = [fabric.name for fabric in plan.fabrics if fabric.name != "l2"]
    for below, above in pairwise(stacked):
        placed = {(one.rack, one.u) for one in plan.devices if one.fabric == below and one.tier == 2}
        wired = {(one.rack, one.u) for one in plan.devices if one.fabric == above and one.tier == 1}
        assert placed == wired
        downlinks = {(run.b.rack, run.b.u, run.b.cage) for run in plan.runs if run.fabric == below}
        uplinks = {(run.a.rack, run.a.u, run.a.cage) for run in plan.runs if run.fabric == above}
        assert not downlinks & uplinks


def test_both_fabrics_share_the_floor(shipped_plan: ShippedPlan, plan_of: PlanOf) -> None:
    """Scale-up and scale-out of the same racks: one BOM by fabric, switch racks and pathways of both."""
    folder = shipped_plan("nvl144-scale-out")
    plan = plan_of("nvl144-scale-out")
    with (folder / "bom.csv").open(encoding="utf-8", newline="") as file:
        assert {row["fabric"] for row in csv.DictReader(file)} >= {fabric.name for fabric in plan.fabrics}
    racks = {
        fabric.name: {one.rack for one in plan.devices if one.fabric == fabric.name and one.is_placed}
        for fabric in plan.fabrics
    }
    assert racks["l2"] & racks["scale-out-1-leaf"]
    assert sum(line.quantity for line in plan.bom if line.category == "rack") == len(plan.opened_racks)
    segments = {
        fabric.name: {piece for run in plan.runs if run.fabric == fabric.name for piece in run.segments}
        for fabric in plan.fabrics
    }
    assert segments["l2"] & segments["scale-out-1-leaf"]


def test_planes_of_a_host_stay_apart(plan_of: PlanOf) -> None:
    """Either cage of a host leads to switches of its own, up to the spine."""
    plan = plan_of("xdr-dual-plane")
    leaf_of: dict[tuple[str, int], set[int]] = {}
    for run in plan.runs:
        if run.fabric == "planes-1-leaf":
            leaf_of.setdefault((run.b.rack, run.b.u), set()).add(run.a.cage)
    assert all(len(cages) == 1 for cages in leaf_of.values())
    spine_of: dict[tuple[str, int], set[int]] = {}
    for run in plan.runs:
        if run.fabric == "planes-2-spine":
            spine_of.setdefault((run.b.rack, run.b.u), set()).update(leaf_of[run.a.rack, run.a.u])
    assert sorted(map(sorted, spine_of.values())) == [[1], [2]]


def test_light_through_circuits_keeps_its_budget(plan_of: PlanOf) -> None:
    """Fiber lands on the circuit switch without a transceiver; two runs and the switch lose 4 dB at most."""
    plan = plan_of("ocs-h100")
    runs = [run for run in plan.runs if run.fabric == "compute-2-circuits"]
    assert {run.b.transceiver for run in runs} == {""}
    assert {run.a.transceiver for run in runs} == {"mms4x50-2xfr4"}
    cord = next(option.cable for option in plan.catalog.media if option.id == "2xfr4-to-ocs")
    device = plan.catalog.device_types["ocs-320"]
    longest_mm = max(run.stock_length_mm for run in runs)
    loss_mdb = device.loss_mdb + 2 * (cord.loss_mdb + longest_mm * cord.loss_mdb_per_km / 10**6)
    assert 3500 < loss_mdb <= 4000
