"""Fabrics that are built in stages: sized for more lower units than stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.commands.summary import summarize
from planner.inputs.load import find_layout, read_inputs
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, Spread, TiersSpec
from planner.model.pins import DevicePin, PinnedEnd, Pins, RunPin
from planner.model.plan import Plan
from planner.outputs.port_map import COLUMNS, RESERVED, port_count, port_rows
from planner.topology.build import build_fabrics
from planner.topology.spread import design_spread, upper_load
from planner.verify.check import verify_plan
from tests.faults.plans import make_plan
from tests.halls import make_hall


def staged_hall(word: str, sized_for: int, **parts: int) -> tuple[Layout, Catalog]:
    """A row of racks, with a fabric sized for so many."""
    layout, catalog = make_hall((word,), **parts)  # type: ignore[arg-type]
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    return replace(layout, fabrics=(replace(spec, sized_for=sized_for),)), catalog


@pytest.mark.parametrize(
    ("units", "spines", "runs"), [(1, 16, 256), (2, 16, 512), (3, 16, 768), (4, 16, 1024)]
)
def test_a_superpod_sized_for_four_units_has_their_spine_switches(units: int, spines: int, runs: int) -> None:
    """Published: four scalable units have 16 spine switches, and so have three (uniform spread)."""
    inputs = read_inputs(find_layout(f"superpod-h100-{units}su"))
    leaf, spine = inputs.layout.fabrics
    assert isinstance(spine, TiersSpec)
    layout = replace(inputs.layout, fabrics=(leaf, replace(spine, spread=Spread.BALANCED, sized_for=32)))
    made = build_fabrics(layout, inputs.catalog)[1]
    assert isinstance(made, TierFabric)
    assert (made.upper_devices, len(made.lower_units) * made.uplinks, made.pair_runs) == (
        spines,
        runs,
        (2, 2),
    )
    assert made.ports_reserved == 1024 - runs


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    lowers=st.integers(1, 12), absent=st.integers(1, 12), uplinks=st.integers(1, 9), ports=st.integers(1, 40)
)
def test_loads_of_today_grow_into_loads_of_then(lowers: int, absent: int, uplinks: int, ports: int) -> None:
    """What is missing of each upper unit is what absent lower units can send it."""
    design = design_spread(Spread.BALANCED, lowers + absent, uplinks, ports)
    if design is None:
        return
    units, (fewest, most) = design.upper_units, design.pair_runs
    today, then = upper_load(lowers, uplinks, units), design.upper_load
    more_today = lowers * uplinks - today[0] * units
    more_then = (lowers + absent) * uplinks - then[0] * units
    loads = [today[0] + (at < more_today) for at in range(units)]
    assert all(lowers * fewest <= load <= lowers * most for load in loads)
    grown = [then[0] + (at < more_then) for at in range(units)]
    # A matrix of runs exists where each column lies between what all absent units send at least and at most.
    assert all(absent * fewest <= b - a <= absent * most for a, b in zip(loads, grown, strict=True))
    assert sum(b - a for a, b in zip(loads, grown, strict=True)) == absent * uplinks


def pinned(plan: Plan) -> Pins:
    """All that a plan of one fabric places and runs, as pins."""
    (summary,) = plan.fabrics
    return Pins(
        devices=tuple(
            DevicePin(
                rack=one.rack, u=one.u, planes=tuple(summary.plane_names[p] for p in one.planes if p >= 0)
            )
            for one in plan.devices
            if one.is_placed
        ),
        runs=tuple(
            RunPin(
                lower=PinnedEnd(run.a.rack, run.a.u, run.a.cage, run.a.port),
                upper=PinnedEnd(run.b.rack, run.b.u, run.b.cage, run.b.port),
                part=run.option,
                stock_length_mm=run.stock_length_mm,
            )
            for run in plan.runs
        ),
    )


@pytest.mark.parametrize("lower_cages", [6, 8, 10])
def test_the_rest_is_added_without_moving_a_run(lower_cages: int) -> None:
    """Three racks of four, then all: every run stays, and the new ones end in what was reserved."""
    parts = {"lower_cages": lower_cages, "upper_cages": 16, "slots_per_rack": 4}
    now = make_plan(*staged_hall("LLSL.", 4, **parts))
    assert verify_plan(now) == ()
    layout, catalog = staged_hall("LLSLL", 4, **parts)
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    then = make_plan(replace(layout, fabrics=(replace(spec, pins=pinned(now)),)), catalog)
    assert verify_plan(then) == ()
    stands = {(run.a, run.b, run.option, run.stock_length_mm) for run in now.runs}
    assert stands < {(run.a, run.b, run.option, run.stock_length_mm) for run in then.runs}
    (summary,) = now.fabrics
    assert summary.ports_reserved == len(then.runs) - len(now.runs) == lower_cages
    names = [column.header for column in COLUMNS]
    rows = [dict(zip(names, row, strict=True)) for row in port_rows(now)]
    assert len(rows) == port_count(now)
    reserved = [row for row in rows if row["State"] == RESERVED]
    assert {row["Fabric"] for row in reserved} == {"tiers"}
    added = [run.b for run in then.runs if run.a.rack == "A05"]
    assert len(reserved) == len(added)
    if lower_cages == 8:  # then every upper unit is full, so that nothing is left to choose
        kept = {(row["Near rack"], row["Near U"], row["Near cage"]) for row in reserved}
        assert kept == {(end.rack, end.u, end.cage) for end in added}
    assert any("reserved for lower units to come" in line for line in summarize(now))
