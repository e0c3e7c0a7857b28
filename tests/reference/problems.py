"""Random tiny placement problems, and how the tests call the optimizer's core on them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from planner.model.layout import Spread
from planner.model.sites import Slot
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement
from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.problem import PlacementProblem
from planner.topology.spread import design_spread, upper_load
from planner.units import ceil_div


def solve(problem: PlacementProblem) -> tuple[Placement | None, int]:
    """Placement and lower bound of the optimizer; the one place where tests reach into its core."""
    decision = decide(problem, SolveOptions())
    if decision is None:
        return None, 0
    return decision.placement, decision.bound_cents


@st.composite
def designs(draw: st.DrawFn) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """Lower units of a plane, uplinks, upper units, runs of a pair, load of an upper unit."""
    spread = draw(st.sampled_from(list(Spread)))
    lowers, uplinks = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    ports = draw(st.integers(1, lowers * uplinks))
    design = design_spread(spread, lowers, uplinks, ports)
    if design is None or design.upper_units > 3:  # take one that always is
        design = design_spread(spread, lowers, uplinks, lowers * uplinks)
    assert design is not None
    if lowers > 1 and draw(st.integers(0, 4)) == 0:  # one lower unit comes later
        lowers -= 1
    load = upper_load(lowers, uplinks, design.upper_units)
    return lowers, uplinks, design.upper_units, design.pair_runs, load


@st.composite
def problems(draw: st.DrawFn) -> PlacementProblem:
    """Problems small enough to try every placement, with integer costs that have ties and cliffs."""
    lowers, uplinks, uppers, pair_runs, upper_load = draw(designs())
    planes = draw(st.integers(1, 3 if uppers < 3 else 2))
    groups = draw(st.integers(1, planes))
    of_plane = [*range(groups), *(draw(st.integers(0, groups - 1)) for _ in range(planes - groups))]
    per_device = draw(st.integers(1, 2))
    devices = ceil_div(planes * uppers, per_device)
    racks = draw(st.integers(1, 3))
    slots = draw(st.integers(max(devices, racks), max(devices, 6)))
    elsewhere = slots - racks  # slots beyond the one that every rack has
    slot_rack = [
        *range(racks),
        *draw(st.lists(st.integers(0, racks - 1), min_size=elsewhere, max_size=elsewhere)),
    ]
    slot_rack.sort()
    cells = groups * lowers * slots
    top = draw(st.sampled_from([3, 50, 100_000]))
    cents = np.array(draw(st.lists(st.integers(0, top), min_size=cells, max_size=cells)), dtype=np.int64)
    if draw(st.integers(0, 3)) == 0:
        cents[draw(st.lists(st.integers(0, cells - 1), max_size=2))] = UNREACHABLE_CENTS
    routed = draw(st.lists(st.integers(0, 9000), min_size=cells, max_size=cells))
    shape = (groups, lowers, slots)
    return PlacementProblem(
        classes=tuple(tuple(p for p, group in enumerate(of_plane) if group == g) for g in range(groups)),
        cents=cents.reshape(shape),
        routed_mm=np.array(routed, dtype=np.int64).reshape(shape),
        slots=tuple(Slot(f"A{1 + rack:02d}", 1 + u) for u, rack in enumerate(slot_rack)),
        slot_rack=np.array(slot_rack, dtype=np.int64),
        rack_names=tuple(f"A{1 + rack:02d}" for rack in range(racks)),
        opening_cents=np.array(
            draw(st.lists(st.integers(0, 3 * top), min_size=racks, max_size=racks)), dtype=np.int64
        ),
        is_fixed=tuple(draw(st.lists(st.booleans(), min_size=racks, max_size=racks))),
        capacity=np.array(
            [draw(st.integers(1, slot_rack.count(rack))) for rack in range(racks)], dtype=np.int64
        ),
        units_per_plane=uppers,
        units_per_device=per_device,
        devices=devices,
        device_cents=draw(st.integers(0, top)),
        uplinks=uplinks,
        pair_runs=pair_runs,
        upper_load=upper_load,
    )
