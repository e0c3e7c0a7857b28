"""Fabrics planned one after the other: places handed up, racks shared, findings of all together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.errors import InfeasibleError
from planner.fabrics_in_turn import refuse_fabrics_out_of_reach, route_fabrics
from planner.fabrics_together import solve_fabrics
from planner.inputs.load import Inputs
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec, WiredUnit
from planner.model.sites import RackUse
from planner.optimize.options import SolveOptions
from planner.plan.assemble import assemble_plan
from planner.plan.rack_use import used_racks
from planner.topology.build import build_fabrics
from planner.verify.check import verify_plan
from tests.halls import make_hall


def stack(**changes: object) -> tuple[Layout, Catalog]:
    """Four racks, two leaf devices, and one spine device on top of these."""
    layout, catalog = make_hall(
        ["LLSSLL"],
        lower_asics=1,
        lower_cages=4,
        upper_asics=1,
        upper_cages=16,
        slots_per_rack=3,
        unit=WiredUnit.DEVICE,
        **changes,  # type: ignore[arg-type]
    )
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    leaf = replace(spec, upper=replace(spec.upper, numbers=tuple(range(1, 9))), planes=1)
    up = replace(spec.upper, numbers=tuple(range(9, 17)), below="tiers")
    spine = replace(spec, name="top", lower=up, racks=())
    return replace(layout, fabrics=(leaf, spine)), catalog


def inputs_of(hall: tuple[Layout, Catalog]) -> Inputs:
    return Inputs(layout=hall[0], catalog=hall[1], places={})


def test_each_fabric_stands_on_what_the_one_below_placed() -> None:
    inputs = inputs_of(stack())
    fabrics = build_fabrics(inputs.layout, inputs.catalog)
    routed = route_fabrics(inputs, fabrics)
    refuse_fabrics_out_of_reach(inputs, routed)
    leaf, spine = solve_fabrics(inputs, routed, SolveOptions())
    assert isinstance(spine.fabric, TierFabric)
    below = [(device.rack, device.u) for device in leaf.solution.placed]
    assert [(unit.rack, unit.u) for unit in spine.fabric.lower_units] == below
    above = [(device.rack, device.u) for device in spine.solution.placed]
    assert not set(above) & set(below)
    plan = assemble_plan(inputs.layout, inputs.catalog, [leaf, spine], [], 0)
    assert verify_plan(plan) == ()
    used = used_racks(inputs.layout, inputs.catalog, [leaf, spine])
    assert sum(len(use.slots_u) for use in used.values()) == 3
    assert list(used) == sorted(used)
    device = inputs.catalog.device_types["upper-tray"]
    rack = below[0][0]
    slots_u = tuple(u for at, u in below if at == rack)
    assert used_racks(inputs.layout, inputs.catalog, [leaf])[rack] == RackUse(
        rack_type="switch-rack",
        slots_u=slots_u,
        power_milliwatts=len(slots_u) * device.power_milliwatts,
        weight_g=len(slots_u) * device.weight_g,
    )


def test_findings_of_all_fabrics_come_together() -> None:
    layout, catalog = stack(levels=(), max_positions=None)
    leaf = layout.fabrics[0]
    assert isinstance(leaf, TiersSpec)
    lower = replace(catalog.device_types["lower-tray"], downlink_gbps=3200)
    catalog = replace(catalog, device_types={**catalog.device_types, "lower-tray": lower})
    half = replace(leaf, oversubscription=(1, 1))
    layout = replace(layout, fabrics=(half, replace(half, name="more", racks=("A02",))))
    with pytest.raises(InfeasibleError) as caught:
        route_fabrics(inputs_of((layout, catalog)), build_fabrics(layout, catalog))
    assert {finding.code for finding in caught.value.findings} == {"no-route"}
    paths = {finding.where.path for finding in caught.value.findings if finding.where}
    assert paths == {"fabrics.tiers", "fabrics.more"}
