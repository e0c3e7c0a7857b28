"""The search for better placements: nothing that would gain is passed over, and prices prove wirings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.local_search import search
from planner.optimize.placement import Placement, plane_groups
from planner.optimize.problem import PlacementProblem
from planner.optimize.wired_prices import wired_prices
from planner.optimize.wiring import Wirer, wire_plane
from tests.halls import make_hall
from tests.reference.floors import prepare_hall
from tests.reference.plain import plain_problem


def problem(racks: str, trays: int, lower: int, upper: int) -> PlacementProblem:
    layout, catalog = make_hall((racks, "LS..."), trays_per_rack=trays, lower_cages=lower, upper_cages=upper)
    return plain_problem(prepare_hall(layout, catalog))


PROBLEMS = [problem("LLSLS", 3, 6, 12), problem("LSLLS", 3, 8, 12), problem("LLSLS", 3, 10, 14)]


def exchanged(problem: PlacementProblem, placement: Placement) -> list[int]:
    """What each exchange of two units of different planes adds to the cost of runs."""
    groups = plane_groups(problem)
    found = []
    for one, other in combinations(range(len(groups)), 2):
        for i, a in enumerate(placement.slots[one]):
            for j, b in enumerate(placement.slots[other]):
                cents = -placement.wirings[one].cents - placement.wirings[other].cents
                for plane, position, slot in ((one, i, b), (other, j, a)):
                    slots = placement.slots[plane].copy()
                    slots[position] = slot
                    wiring = wire_plane(problem, groups[plane], np.sort(slots))
                    cents += wiring.cents if wiring else 10**9
                found.append(cents)
    return found


@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_no_exchange_gains_once_the_search_ends(number: int) -> None:
    one = PROBLEMS[number]
    for start in (first_fit(one), nearest_slot(one)):
        assert start is not None
        found = search(one, start, 0, Wirer(one, 10**6))
        assert found.cents <= start.cents
        assert min(exchanged(one, found)) >= 0


def test_the_search_gains_where_an_exchange_would() -> None:
    starts = [(one, first_fit(one)) for one in PROBLEMS]
    gaining = [(one, start) for one, start in starts if start and min(exchanged(one, start)) < 0]
    assert gaining
    for one, start in gaining:
        assert search(one, start, 0, Wirer(one, 10**6)).cents < start.cents


@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_prices_of_a_wiring_prove_it(number: int) -> None:
    """At them each unit's cheapest extra runs, and what all of these are worth, add up to its cost."""
    one = PROBLEMS[number]
    start = first_fit(one)
    assert start is not None and one.extra_per_lower
    fewest, most = one.extra_per_upper
    for group, slots in zip(plane_groups(one), start.slots, strict=True):
        wiring = wire_plane(one, group, slots)
        assert wiring is not None
        cents, runs = one.cents[group][:, slots], wiring.runs - one.pair_runs[0]
        prices = wired_prices(cents[None], runs[None], one.extra_per_pair, one.extra_per_upper)[0]
        proved = one.extra_per_lower * int(prices.sum())
        for column in (cents - prices[:, None]).T:
            sums = np.concatenate([[0], np.sort(np.repeat(column, one.extra_per_pair)).cumsum()])
            proved += int(sums[fewest : most + 1].min())
        assert proved == int((runs * cents).sum())
