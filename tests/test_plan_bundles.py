"""Bundles, the order of installation and crews, as a plan of a shipped layout has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import pytest

from planner.geometry.table import build_route_table
from planner.model.installation import Installation
from planner.model.plan import CableRun, Plan
from planner.model.routes import NO_ROUTE_MM, RouteKind, SegmentKind
from planner.plan.bundles import Laid, bundle_way, elapsed_minutes, lots, run_minutes
from planner.topology.build import build_fabrics
from tests.halls import make_hall
from tests.sample_plan import big_plan

RATES = Installation(max_bundle=24, crews=2, minutes_per_run=10, minutes_per_meter=1)


@pytest.fixture(scope="module")
def sample() -> Plan:
    return big_plan()


Lay = Callable[[Installation], list[CableRun]]


def laid_of(plan: Plan, run: CableRun) -> Laid:
    """Return a run as those see it who lay it."""
    rank = {p.address: n for n, p in enumerate(p for row in plan.layout.rows for p in row.positions)}
    place = rank[run.a.rack], run.a.u, run.a.cage, run.a.port, run.fabric
    return Laid(place, rank[run.b.rack], run.medium, run.route_kind, run.routed_mm, way(plan, run))


def with_lots(plan: Plan, installation: Installation, runs: Sequence[CableRun]) -> list[CableRun]:
    """Return runs with who lays them when, in the order of installation."""
    planned = lots(installation, [laid_of(plan, run) for run in runs])
    made = [replace(run, **lot._asdict()) for run, lot in zip(runs, planned, strict=True)]
    return sorted(made, key=lambda run: run.install_order)


@pytest.fixture(scope="module")
def lay(sample: Plan) -> Lay:
    """Return the big sample's runs in the order of installation."""
    return lambda installation: with_lots(sample, installation, sample.runs)


def way(plan: Plan, run: CableRun) -> tuple[str, ...]:
    """Return the trays, entries, joints and laterals of a run, from end A, and the risers at both ends."""
    kinds = {fill.segment.id: fill.segment.kind for fill in plan.segments}
    steps = [
        name.split(":")[0] if kinds[name] in (SegmentKind.RISER, SegmentKind.FACE) else name
        for name in run.segments
    ]
    return tuple(dict.fromkeys(steps))


def test_runs_of_a_bundle_go_one_way(lay: Lay, sample: Plan) -> None:
    ways: dict[str, set[object]] = {}
    for run in lay(RATES):
        ways.setdefault(run.bundle, set()).add((run.a.rack, run.b.rack, run.medium, way(sample, run)))
    assert {len(found) for found in ways.values()} == {1}
    assert len(ways) < len(sample.runs) / 4  # and not merely each its own


def test_another_tray_or_riser_makes_another_bundle_another_height_does_not() -> None:
    layout, catalog = make_hall(["LL", "SS"], cross_x_mm=(0, 1200), routes_per_pair=8)
    (fabric,) = build_fabrics(layout, catalog)
    table = build_route_table(layout, catalog, fabric)
    by_risers: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for b, k in product(range(len(table.upper)), range(table.routed_mm.shape[2])):
        if table.upper[b].rack != table.upper[0].rack or table.routed_mm[0, b, k] >= NO_ROUTE_MM:
            continue
        route = table.route(0, b, k)
        passed = bundle_way(route)
        ends = route.segment_ids[0].split(":")[0], route.segment_ids[-1].split(":")[0]
        assert (passed[0], passed[-1]) == ends
        along = [one.id for one in route.segments if one.kind not in (SegmentKind.FACE, SegmentKind.RISER)]
        assert list(passed[1:-1]) == along
        by_risers.setdefault(ends, set()).add(passed)
    assert len(by_risers) > 1 and max(map(len, by_risers.values())) > 1
    heights = len({table.upper[b].z_mm for b in range(len(table.upper))})
    assert heights > 1 and sum(map(len, by_risers.values())) <= table.routed_mm.shape[2]


@pytest.mark.parametrize("most", [1, 5, 24, 1000])
def test_no_bundle_is_larger_than_stated_nor_one_more_than_needed(lay: Lay, sample: Plan, most: int) -> None:
    runs = lay(replace(RATES, max_bundle=most))
    groups: dict[tuple[object, ...], list[str]] = {}
    for run in runs:
        key = (run.a.rack, run.b.rack, run.medium, run.route_kind, way(sample, run))
        groups.setdefault(key, []).append(run.bundle)
    for bundles in groups.values():
        sizes = Counter(bundles).values()
        assert len(sizes) == -(-len(bundles) // most)
        assert max(sizes) <= most and max(sizes) - min(sizes) <= 1
    assert len({run.bundle for run in runs}) == sum(len(set(bundles)) for bundles in groups.values())


def test_deepest_and_longest_first(lay: Lay) -> None:
    runs = lay(RATES)
    assert [run.install_order for run in runs] == list(range(1, len(runs) + 1))
    kinds = [
        kind for kind in (RouteKind.OVERHEAD, RouteKind.LATERAL) if any(r.route_kind is kind for r in runs)
    ]
    assert list(dict.fromkeys(run.route_kind for run in runs)) == kinds
    assert [run.phase for run in runs] == [kinds.index(run.route_kind) + 1 for run in runs]
    for kind in kinds:
        bundles: dict[str, list[int]] = {}
        for run in runs:
            if run.route_kind is kind:
                bundles.setdefault(run.bundle, []).append(run.routed_mm)
        longest = [lengths[0] for lengths in bundles.values()]
        assert longest == sorted(longest, reverse=True)
        assert all(lengths == sorted(lengths, reverse=True) for lengths in bundles.values())


@pytest.mark.parametrize("crews", [1, 2, 5])
def test_crews_get_whole_bundles_and_even_work(lay: Lay, crews: int) -> None:
    runs = lay(replace(RATES, crews=crews))
    assert len({(run.bundle, run.crew) for run in runs}) == len({run.bundle for run in runs})
    for phase in {run.phase for run in runs}:
        load, work = Counter[int](), Counter[str]()
        for run in runs:
            if run.phase == phase:
                load[run.crew] += run.minutes
                work[run.bundle] += run.minutes
        assert set(load) == set(range(1, crews + 1))
        assert max(load.values()) - min(load.values()) <= max(work.values())


def test_more_crews_are_done_sooner_with_the_same_work(lay: Lay) -> None:
    one, four = lay(replace(RATES, crews=1)), lay(replace(RATES, crews=4))
    work = sum(run.minutes for run in one)
    assert elapsed_minutes(one) == work == sum(run.minutes for run in four)
    assert work / 4 <= elapsed_minutes(four) < work / 3


def test_minutes_are_rounded_once() -> None:
    assert run_minutes(RATES, 1499) == 11
    assert run_minutes(RATES, 1500) == 12
    assert run_minutes(replace(RATES, minutes_per_meter=3), 1500) == 15


def test_order_of_the_runs_given_does_not_matter(lay: Lay, sample: Plan) -> None:
    assert with_lots(sample, RATES, sample.runs[::-1]) == lay(RATES)
