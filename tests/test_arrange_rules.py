"""Which arrangements the rules allow: planner and verifier against every choice, and the hall's tables."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.inputs.load import find_layout, read_inputs
from planner.model.arrangement import ArrangementRules, chosen_of, reopen, settle
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.optimize.arrange.batch import BatchBound, masks_of
from planner.optimize.arrange.every import EveryArrangement
from planner.optimize.arrange.places import CheapestPlaces
from planner.optimize.certify import MILLI, Multipliers, certify
from planner.optimize.options import SolveOptions
from planner.optimize.problem import NOTHING_USED
from planner.optimize.ways import FabricInputs, find_ways
from planner.units import ceil_div
from planner.verify.arrangement import count_arrangements, keeps_rules, rules_of_rows
from planner.verify.ground import survey
from tests.faults.plans import bare_plan
from tests.open_halls import make_open_hall
from tests.open_problems import problem_over_all_places
from tests.reference.floors import prepare_hall
from tests.reference.reformulation import solve_reformulation


@st.composite
def ruled_halls(draw: st.DrawFn) -> tuple[Layout, Catalog]:
    """Rows of open, fixed and empty positions under any rules, with and without power limits."""
    rows = draw(st.lists(st.text("OOGL.D", min_size=1, max_size=6), min_size=1, max_size=2))
    fixed = sum(word.count("L") for word in rows)
    open_places = sum(word.count("O") + word.count("G") for word in rows)
    layout, catalog = make_open_hall(
        rows,
        fixed + draw(st.integers(0, open_places)),
        in_pairs=draw(st.booleans()),
        spacing=draw(st.sampled_from([0, 0, 1, 2])),
        max_rows=draw(st.sampled_from([None, 1])),
    )
    kind = catalog.rack_types["lower-rack"]

    def limit(each: int) -> int | None:
        return draw(st.sampled_from([None, None, 2 * each, 3 * each + 1]))

    limited = [
        replace(
            row,
            power_limit_milliwatts=limit(kind.power_milliwatts),
            cooling_limit_milliwatts=limit(kind.power_milliwatts),
            weight_limit_g=limit(kind.weight_g),
        )
        for row in layout.rows
    ]
    return replace(layout, rows=tuple(limited)), catalog


def every_choice(layout: Layout, needed: int) -> list[tuple[str, ...]]:
    assert layout.open_racks is not None
    return list(combinations([one.address for one in layout.open_racks.positions], needed))


def by_words(layout: Layout, catalog: Catalog, taken: tuple[str, ...]) -> bool:
    """Tell whether an arrangement keeps the rules, as the documentation says them."""
    spec = layout.open_racks
    assert spec is not None
    used = 0
    for row in layout.rows:
        here = "".join(
            "#" if one.address in taken or (one.is_decided and one.choices == (spec.rack_type,)) else "-"
            for one in row.positions
        )
        used += "#" in here
        blocks = [block for block in here.split("-") if block]
        if spec.in_pairs and any(len(block) % 2 for block in blocks):
            return False
        if spec.spacing and any(len(block) > (2 if spec.in_pairs else 1) for block in blocks):
            return False
        if spec.spacing and any(0 < len(gap) < spec.spacing for gap in here.strip("-").split("#")):
            return False
        others = [
            one.choices[0] for one in row.positions if one.is_decided and one.choices[0] != spec.rack_type
        ]
        kinds = [catalog.rack_types[name] for name in (*others, *[spec.rack_type] * here.count("#"))]
        power, weight = sum(one.power_milliwatts for one in kinds), sum(one.weight_g for one in kinds)
        limits = (
            (power, row.power_limit_milliwatts),
            (power, row.cooling_limit_milliwatts),
            (weight, row.weight_limit_g),
        )
        if "#" in here and any(most is not None and taken > most for taken, most in limits):
            return False
    return spec.max_rows is None or used <= spec.max_rows


@settings(deadline=None, derandomize=True, max_examples=300)
@given(hall=ruled_halls())
def test_planner_and_verifier_allow_the_same_arrangements(hall: tuple[Layout, Catalog]) -> None:
    layout, catalog = hall
    assert layout.open_racks is not None
    rules = ArrangementRules(layout, catalog)
    moving = layout.open_racks.needed - sum(len(row.fixed_numbers) for row in rules.rows)
    found = list(rules.every())
    expected = [taken for taken in every_choice(layout, moving) if by_words(layout, catalog, taken)]
    assert sorted(found) == sorted(expected)
    assert len(set(found)) == rules.count
    assert all(rules.allow(taken) == (taken in found) for taken in every_choice(layout, moving))
    ground = survey(bare_plan(settle(layout, found[0] if found else ()), catalog))
    rows = rules_of_rows(ground, layout.open_racks)
    assert count_arrangements(layout.open_racks, rows) == rules.count
    for taken in every_choice(layout, moving):
        assert keeps_rules(layout.open_racks, rows, taken) == (taken in found)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(hall=ruled_halls(), random=st.randoms(use_true_random=False))
def test_the_cheapest_places_are_the_cheapest_of_all_arrangements(
    hall: tuple[Layout, Catalog], random: Random
) -> None:
    rules = ArrangementRules(*hall)
    names = [one.address for one in rules.spec.positions]
    values = {name: random.randint(0, 9) for name in names}
    barred = [index for index in range(len(names)) if random.random() < 0.2]
    gone = {names[index] for index in barred}
    picked = CheapestPlaces(rules).pick(
        np.array(list(values.values()), dtype=np.int64), np.array(barred, dtype=np.int64)
    )
    costs = [sum(map(values.__getitem__, taken)) for taken in rules.every() if not gone & set(taken)]
    if picked is None:
        assert costs == []
    else:
        taken = tuple(names[index] for index in picked)
        assert rules.allow(taken) and not gone & set(taken)
        assert sum(map(values.__getitem__, taken)) == min(costs)


def test_a_settled_layout_opens_again() -> None:
    layout, _ = make_open_hall(("OGE", "LOS"), 3)
    settled = settle(layout, ("A01", "A02"))
    assert chosen_of(settled) == ("A01", "A02")
    assert [one.choices for one in settled.rows[0].positions] == [
        ("lower-rack",),
        ("lower-rack",),
        ("switch-rack",),
    ]
    assert settled.position("A03").is_decided
    assert reopen(settled) == layout


HALLS = {
    "one-row": make_open_hall(("OOOOO",), 3, trays_per_rack=2, lower_cages=6, upper_cages=10),
    "two-rows": make_open_hall(("LOO", "OGS"), 3, lower_cages=6, upper_cages=8, slots_per_rack=3),
    "four-a-rack": make_open_hall(("OOO", "OD"), 2, trays_per_rack=3, lower_cages=4, upper_cages=6),
}


@pytest.mark.parametrize("name", HALLS)
def test_tables_over_all_places_hold_for_every_arrangement(name: str) -> None:
    """What is restricted to an arrangement is what a layout with these racks fixed gives."""
    layout, catalog = HALLS[name]
    problem = problem_over_all_places(layout, catalog)
    for taken in problem.rules.every():
        made = prepare_hall(settle(layout, taken), catalog)
        inputs = FabricInputs(
            layout=made.layout, catalog=catalog, fabric=made.fabric, table=made.table, used=NOTHING_USED
        )
        expected, found = find_ways(inputs)[0].problem, problem.restricted(taken)
        for field in ("cents", "routed_mm", "slot_rack", "opening_cents", "capacity"):
            assert np.array_equal(getattr(expected, field), getattr(found, field)), field
        for field in ("classes", "slots", "rack_names", "is_fixed", "devices", "upper_load"):
            assert getattr(expected, field) == getattr(found, field), field


@pytest.mark.parametrize("name", HALLS)
def test_bounds_of_a_batch_are_those_of_each_arrangement(name: str) -> None:
    """Whole arrays of arrangements give to the cent what each gives alone."""
    problem = problem_over_all_places(*HALLS[name])
    every = list(problem.rules.every())
    bounds = BatchBound(problem)
    batch = bounds.price(masks_of(problem, every))
    random = np.random.default_rng(1)
    for prices in (np.zeros(batch.units.shape[2], np.int64), random.integers(0, 10**8, batch.units.shape[2])):
        for taken, found in zip(every, bounds.bound(batch, prices).tolist(), strict=True):
            alone = problem.restricted(taken)
            nearest = alone.cents.min(axis=2) * MILLI
            uplinks = tuple(each[None, : None if alone.extra_per_lower else 0] for each in nearest)
            fixed = np.array(alone.is_fixed, dtype=np.int64)
            multipliers = Multipliers(prices[: len(alone.slots)], uplinks)
            if alone.capacity.sum() >= alone.devices:
                assert certify(alone, multipliers, fixed, 0 * fixed) == ceil_div(found, MILLI)


def test_the_shipped_layout_has_so_many_arrangements() -> None:
    inputs = read_inputs(find_layout("nvl288-open"))
    assert ArrangementRules(inputs.layout, inputs.catalog).count == 165


@pytest.mark.parametrize("name", HALLS)
def test_the_reformulation_agrees(name: str) -> None:
    """One integer program over arrangement and placement: a bound on the plan, and no more than it costs."""
    hall = problem_over_all_places(*HALLS[name])
    found = next(EveryArrangement((hall, hall), list(hall.rules.every()), SolveOptions()).in_turn())
    _, bound = solve_reformulation(hall, time_limit_s=60)
    assert bound <= found.cents * (1 + 1e-6)
    assert bound >= found.cents * 0.98
