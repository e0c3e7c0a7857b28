"""Bundles, the order of installation and crews, as a plan of a shipped layout has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.model.installation import Installation
from planner.model.plan import CableRun, Plan
from planner.model.routes import RouteKind, SegmentKind
from planner.plan.bundles import elapsed_minutes, run_minutes, with_bundles
from planner.plan.shares import PricedRun
from tests.sample_plan import big_plan

RATES = Installation(max_bundle=24, crews=2, minutes_per_run=10, minutes_per_meter=1)


@pytest.fixture(scope="module")
def sample() -> Plan:
    return big_plan()


Lay = Callable[[Installation], list[CableRun]]


@pytest.fixture(scope="module")
def lay(sample: Plan) -> Lay:
    """Return the big sample's runs in the order of installation."""
    rank = {p.address: n for n, p in enumerate(p for row in sample.layout.rows for p in row.positions)}
    segments = {fill.segment.id: fill.segment for fill in sample.segments}
    # Bundling looks at the runs alone, whatever they are made of.
    priced = [PricedRun(run=run, made=None, counted=None) for run in sample.runs]  # type: ignore[arg-type]

    def made(installation: Installation) -> list[CableRun]:
        runs = [one.run for one in with_bundles(installation, priced, rank, segments)]
        return sorted(runs, key=lambda run: run.install_order)

    return made


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


def test_another_tray_or_riser_makes_another_bundle_another_height_does_not(sample: Plan) -> None:
    rank = {p.address: n for n, p in enumerate(p for row in sample.layout.rows for p in row.positions)}
    segments = {fill.segment.id: fill.segment for fill in sample.segments}
    overhead = [run for run in sample.runs if run.route_kind is RouteKind.OVERHEAD]
    one = overhead[0]
    like = [run for run in overhead if (run.a.rack, run.b.rack) == (one.a.rack, one.b.rack)]
    other_height = next(run for run in like if run.a.u != one.a.u and run.segments != one.segments)
    assert other_height.medium is one.medium
    tray = next(name for name in one.segments if segments[name].kind is SegmentKind.ROW_TRAY)
    elsewhere = replace(one, segments=tuple("other:1-2" if name == tray else name for name in one.segments))
    riser = one.segments[1].split(":")[0]
    left_right = {"L": "R", "R": "L"}
    across = riser[:-1] + left_right[riser[-1]]
    climbed = replace(one, segments=tuple(name.replace(f"{riser}:", f"{across}:") for name in one.segments))
    for name, run in (("other:1-2", elsewhere), *((name, climbed) for name in climbed.segments)):
        old = one.segments[run.segments.index(name)] if name in run.segments else tray
        segments.setdefault(name, replace(segments[old], id=name))

    def bundles(*runs: CableRun) -> int:
        priced = [PricedRun(run=run, made=None, counted=None) for run in runs]  # type: ignore[arg-type]
        return len({each.run.bundle for each in with_bundles(RATES, priced, rank, segments)})

    assert bundles(one, other_height) == 1
    assert bundles(one, elsewhere) == bundles(one, climbed) == 2


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
    rank = {p.address: n for n, p in enumerate(p for row in sample.layout.rows for p in row.positions)}
    segments = {fill.segment.id: fill.segment for fill in sample.segments}
    turned = [PricedRun(run=run, made=None, counted=None) for run in reversed(sample.runs)]  # type: ignore[arg-type]
    again = [one.run for one in with_bundles(RATES, turned, rank, segments)]
    assert sorted(again, key=lambda run: run.install_order) == lay(RATES)
