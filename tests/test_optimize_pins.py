"""Pinned devices, against every placement of tiny problems that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError, Severity
from planner.inputs.load import find_layout, read_inputs
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.pins import DevicePin, PinnedEnd, Pins, RunPin
from planner.model.plan import Plan
from planner.model.sites import Slot, upper_slots
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.pins import ExtraRun, PinnedUnits
from planner.optimize.placement import plane_groups
from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.problem import PlacementProblem
from planner.verify.check import verify_plan
from tests.faults.plans import BASES, base_plan, make_plan, resilient_hall
from tests.reference.checks import check_placement
from tests.reference.exhaustive import least_cents
from tests.reference.floors import prepare_hall
from tests.reference.optimum import MAX_EXCESS, compare
from tests.reference.plain import pinned_more_cents, plain_problem
from tests.reference.problems import problems
from tests.test_optimize_exhaustive import halls

MIN_SHARE_AT_OPTIMUM = 0.98

tried = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def pinned_problems(draw: st.DrawFn) -> PlacementProblem:
    """Problems with one or more pinned devices, some of whose units are pinned to planes."""
    problem = draw(problems())
    planes = len(plane_groups(problem))
    per_device = problem.units_per_device
    count = draw(st.integers(1, problem.devices))
    devices = draw(st.permutations(range(len(problem.slots))))[:count]
    idle = problem.devices * per_device - planes * problem.units_per_plane
    units = np.zeros((planes, len(problem.slots)), dtype=np.int64)
    fewest = np.zeros(len(problem.slots), dtype=np.int64)
    for slot in devices:
        served = [
            plane
            for plane in draw(st.lists(st.integers(0, planes - 1), max_size=per_device))
            if units[plane].sum() < problem.units_per_plane
        ]
        for plane in served:
            if units[plane].sum() < problem.units_per_plane:
                units[plane, slot] += 1
        fewest[slot] = max(per_device - idle, units[:, slot].sum())
    pinned = _with_pins(problem, units, fewest)
    assert pinned.pins is not None
    places = [tuple(place) for place in np.argwhere(pinned.pins.units > 0).tolist()]
    if not places or not problem.extra_per_lower or draw(st.booleans()):
        return pinned
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    extra = tuple(
        ExtraRun(group, draw(st.integers(0, problem.cents.shape[1] - 1)), slot, 0) for group, slot in chosen
    )
    return replace(pinned, pins=replace(pinned.pins, extra=extra))


def _with_pins(problem: PlacementProblem, units: np.ndarray, fewest: np.ndarray) -> PlacementProblem:
    """Give each pinned plane a class of its own, as fabrics do, and fix the racks of pinned devices."""
    group_of = plane_groups(problem)
    classes: dict[tuple[int, int], list[int]] = {}
    for plane, group in enumerate(group_of):
        classes.setdefault((group, plane if units[plane].any() else -1), []).append(plane)
    order = [group for group, _ in classes]
    pinned_racks = set(problem.slot_rack[fewest > 0].tolist())
    return replace(
        problem,
        classes=tuple(tuple(members) for members in classes.values()),
        cents=problem.cents[order],
        routed_mm=problem.routed_mm[order],
        is_fixed=tuple(fixed or rack in pinned_racks for rack, fixed in enumerate(problem.is_fixed)),
        pins=PinnedUnits(np.stack([units[members[0]] for members in classes.values()]), fewest),
    )


def test_tiny_problems_reach_the_optimum_with_their_pins() -> None:
    reached: list[bool] = []
    proved: list[bool] = []
    impossible: list[bool] = []

    @settings(tried, max_examples=500)
    @given(problem=pinned_problems())
    def one(problem: PlacementProblem) -> None:
        compared = compare(problem)
        if compared is None:
            impossible.append(True)
            return
        reached.append(compared.is_reached)
        proved.append(compared.is_proved)
        for baseline in (first_fit(problem), nearest_slot(problem)):
            if baseline is not None:
                check_placement(problem, baseline)
                assert baseline.cents >= compared.best_cents

    one()
    assert len(reached) >= 80
    assert len(impossible) >= 10
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)
    assert sum(proved) >= 0.9 * len(proved)


@st.composite
def pinned_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Tiny halls with pins that the layout's readers would accept."""
    layout, catalog = draw(halls())
    try:
        fabric = prepare_hall(layout, catalog).fabric
    except InfeasibleError:
        assume(False)
    slots = upper_slots(layout, catalog, fabric)
    count = draw(st.integers(1, min(3, fabric.upper_devices)))
    names = list(fabric.plane_names) * fabric.upper_per_plane
    pins = []
    for slot in sorted(draw(st.permutations(slots))[:count]):
        served = draw(
            st.lists(st.sampled_from(names), max_size=min(len(names), fabric.upper_units_per_device))
        )
        served = [name for at, name in enumerate(served) if served[:at].count(name) < names.count(name)]
        for name in served:
            names.remove(name)
        pins.append(DevicePin(rack=slot.rack, u=slot.u, planes=tuple(served)))
        if not names:
            break
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    runs = draw(run_pins(catalog, fabric, slots)) if draw(st.booleans()) else ()
    chosen = Pins(devices=() if runs else tuple(pins), runs=runs)
    return replace(layout, fabrics=(replace(spec, pins=chosen),)), catalog


@st.composite
def run_pins(
    draw: st.DrawFn, catalog: Catalog, fabric: TierFabric, slots: Sequence[Slot]
) -> tuple[RunPin, ...]:
    """Some pinned runs of one or two lower units, to devices or to cages, of any part or of a given one."""
    options = {option.id: option for option in catalog.media}
    lowers = draw(st.lists(st.sampled_from(fabric.lower_units), min_size=1, max_size=2, unique_by=id))
    places = draw(st.lists(st.sampled_from(slots), min_size=1, max_size=2, unique=True))
    per_device = fabric.upper_units_per_device
    taken = dict.fromkeys(((place, of) for place in places for of in range(per_device)), 0)
    pins = []
    for at, unit in enumerate(lowers):
        place, of = draw(st.sampled_from(places)), draw(st.integers(0, per_device - 1))
        cages = [socket.cage for socket in unit.sockets[: fabric.uplinks]]
        names_cage = per_device > 1 or draw(st.booleans())
        for cage in draw(st.permutations(cages))[: draw(st.integers(1, fabric.pair_runs[1]))]:
            part = draw(st.sampled_from(["", "", *options])) if at else ""
            stock = [0, *(item.length_mm for item in options[part].cable.stock)] if part else [0]
            taken[place, of] += 1
            upper = of * fabric.upper_ports + taken[place, of] if names_cage else 0
            pins.append(
                RunPin(
                    lower=PinnedEnd(unit.rack, unit.u, cage, 0),
                    upper=PinnedEnd(*place, upper, 0),
                    part=part,
                    stock_length_mm=draw(st.sampled_from(stock)),
                )
            )
    return tuple(pins)


def test_tiny_halls_are_planned_with_their_pins_and_verified() -> None:
    reached: list[bool] = []
    with_runs: list[bool] = []

    @settings(tried, max_examples=200)
    @given(hall=pinned_halls())
    def one(hall: tuple[Layout, Catalog]) -> None:
        try:
            made = prepare_hall(*hall)
        except InfeasibleError:
            assume(False)
        problem = plain_problem(made)
        best, more = least_cents(problem), pinned_more_cents(made, problem)
        best = None if best is None or more > UNREACHABLE_CENTS // 2 else best + more
        try:
            plan = make_plan(*hall)
        except InfeasibleError:
            assert best is None
            return
        assert best is not None
        assert [finding for finding in verify_plan(plan) if finding.severity is Severity.ERROR] == []
        cost, bound = plan.solve.objective_cents, plan.solve.lower_bound_cents
        assert bound <= best <= cost <= (1 + MAX_EXCESS) * best
        placed = {(one.rack, one.u): one.planes for one in plan.devices if one.is_placed}
        for pin in made.fabric.pinned:
            got = placed[pin.rack, pin.u]
            assert all(plane in (-1, found) for plane, found in zip(pin.planes, got, strict=True))
        reached.append(cost == best)
        with_runs.append(bool(made.fabric.pinned_runs))

    one()
    assert len(reached) >= 30
    assert sum(with_runs) >= 10
    assert sum(reached) >= MIN_SHARE_AT_OPTIMUM * len(reached)


def kept(plan: Plan) -> None:
    """A plan is good, and every pinned device of it stands where it is to be."""
    assert [one for one in verify_plan(plan) if one.severity is Severity.ERROR] == []
    placed = {(one.fabric, one.rack, one.u) for one in plan.devices if one.is_placed}
    for spec in plan.layout.fabrics:
        if isinstance(spec, TiersSpec):
            assert {(spec.name, pin.rack, pin.u) for pin in spec.pins.devices} <= placed


def test_a_fabric_leaves_the_slots_that_a_later_one_has_pinned() -> None:
    """Three fabrics share switch racks: the last one's pins lie where the first would place."""
    inputs = read_inputs(find_layout("nvl144-scale-out"))
    free = make_plan(inputs.layout, inputs.catalog)
    first, leaf, spine = inputs.layout.fabrics
    taken = [(one.rack, one.u) for one in free.devices if one.is_placed and one.fabric == first.name][:2]
    assert len(taken) == 2
    fabrics = [first]
    for spec, (rack, u) in zip((leaf, spine), taken, strict=True):
        assert isinstance(spec, TiersSpec)
        fabrics.append(replace(spec, pins=Pins(devices=(DevicePin(rack=rack, u=u),))))
    plan = make_plan(replace(inputs.layout, fabrics=tuple(fabrics)), inputs.catalog)
    kept(plan)
    assert plan.solve.objective_cents > free.solve.lower_bound_cents


def test_pins_hold_within_what_one_failure_may_take() -> None:
    layout, catalog = resilient_hall()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    slots = catalog.rack_types["switch-rack"].tray_slots_u
    pins = Pins(devices=(DevicePin(rack="A04", u=slots[-1], planes=("1", "0")),))
    plan = make_plan(replace(layout, fabrics=(replace(spec, pins=pins),)), catalog)
    kept(plan)
    gap = plan.solve.objective_cents - plan.solve.lower_bound_cents
    assert gap * 100 <= plan.solve.objective_cents


def test_pins_hold_where_pathways_are_crowded() -> None:
    layout, catalog = BASES["crowded"]()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    slots = catalog.rack_types["switch-rack"].tray_slots_u
    pins = Pins(devices=(DevicePin(rack="B02", u=slots[-1], planes=("1", "0")),))
    plan = make_plan(replace(layout, fabrics=(replace(spec, pins=pins),)), catalog)
    kept(plan)
    assert plan.solve.certificates[0].segment_prices
    assert plan.solve.lower_bound_cents > base_plan("crowded").solve.lower_bound_cents


@pytest.mark.parametrize("part", ["", "optics"])
def test_pinned_runs_hold_where_pathways_are_crowded(part: str) -> None:
    """Within fill, unless a part is pinned: then the plan that overfills stays and says so."""
    layout, catalog = BASES["crowded"]()
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    slots = catalog.rack_types["switch-rack"].tray_slots_u
    run = RunPin(lower=PinnedEnd("A01", 19, 2, 0), upper=PinnedEnd("B02", slots[0], 3, 0), part=part)
    plan = make_plan(replace(layout, fabrics=(replace(spec, pins=Pins(runs=(run,))),)), catalog)
    kept(plan)
    overfull = [one.code for one in plan.findings if one.severity is Severity.BLOCKING]
    assert bool(overfull) == bool(part)
    assert bool(plan.solve.certificates[0].segment_prices) != bool(part)
    (pinned,) = [one for one in plan.runs if (one.a.rack, one.a.u, one.a.cage) == ("A01", 19, 2)]
    assert (pinned.b.rack, pinned.b.u, pinned.b.cage) == ("B02", slots[0], 3)
