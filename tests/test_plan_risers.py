"""Left and right: both risers of a face get alike much where that costs and measures the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.fabrics_together import solve_fabrics
from planner.inputs.shipped import shipped_folder
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.routes import PathwaySegment, Route, SegmentKind, route_part
from planner.optimize.options import SolveOptions
from planner.pipeline import check_layout
from planner.plan.risers import with_even_risers
from planner.plan.section_use import used_sections
from planner.plan.solved import SolvedFabric
from planner.stopwatch import Stopwatch

Solved = tuple[SolvedFabric, ...]
Decided = tuple[Layout, Catalog, Solved]


@pytest.fixture(scope="module")
def decided() -> Decided:
    """Two tiers whose spine stands in the rack of its leaves: each run there may go left or right."""
    prepared = check_layout(shipped_folder("layouts") / "superpod-h100-1su.yaml", Stopwatch())
    inputs = prepared.inputs
    return inputs.layout, inputs.catalog, solve_fabrics(inputs, prepared.routed, SolveOptions())


def routes(one: SolvedFabric) -> list[Route]:
    table, units, placed = one.table, one.fabric.lower_units, one.solution.placed  # type: ignore[union-attr]
    found = []
    for run in one.solution.runs:
        a, b = units[run.lower], placed[run.upper]
        from_a = table.lower_index[a.rack, a.u, run.lower_socket.cage]
        to_b = table.upper_index[b.rack, b.u, run.upper_socket.cage]
        found.append(table.route(from_a, to_b, run.choice.route))
    return found


def unevenness(solved: Solved) -> int:
    ends = Counter(
        segment.id.split(":")[0]
        for one in solved
        for route in routes(one)
        for segment in (route.segments[0], route.segments[-1])
    )
    return sum((ends[f"{face}L"] - ends[f"{face}R"]) ** 2 for face in {riser[:-1] for riser in ends})


def test_left_and_right_are_evened_out_at_the_same_cost_and_length(decided: Decided) -> None:
    layout, catalog, solved = decided
    even = with_even_risers(layout, catalog, solved)
    assert unevenness(even) < unevenness(solved)
    leaf, spine = even
    sides = Counter(route.segments[0].id.split(":")[0][-1] for route in routes(spine))
    assert sides["L"] == sides["R"] == len(spine.solution.runs) // 2
    assert leaf == solved[0]  # every other way of those is longer
    for old, new in zip(solved, even, strict=True):
        for before, after in zip(routes(old), routes(new), strict=True):
            assert (before.kind, before.routed_mm, before.slack_mm) == (
                after.kind,
                after.routed_mm,
                after.slack_mm,
            )
        assert new.solution.objective_cents == old.solution.objective_cents
        assert [replace(run.choice, route=0) for run in new.solution.runs] == [
            replace(run.choice, route=0) for run in old.solution.runs
        ]


def test_what_is_even_stays(decided: Decided) -> None:
    layout, catalog, solved = decided
    even = with_even_risers(layout, catalog, solved)
    assert with_even_risers(layout, catalog, even) == even


class _Narrow:
    """A route table in which one side's risers take no more than they are given."""

    def __init__(self, table: object, side: str, usable_um2: int) -> None:
        self._table, self._side, self._usable_um2 = table, side, usable_um2

    def __getattr__(self, name: str) -> object:
        return getattr(self._table, name)

    def route(self, a: int, b: int, k: int) -> Route:
        route: Route = self._table.route(a, b, k)  # type: ignore[attr-defined]
        return replace(
            route, parts=tuple(route_part(map(self._narrowed, part.segments)) for part in route.parts)
        )

    def _narrowed(self, segment: PathwaySegment) -> PathwaySegment:
        is_meant = segment.kind is SegmentKind.RISER and segment.id.split(":")[0].endswith(self._side)
        return replace(segment, usable_um2=self._usable_um2) if is_meant else segment


@pytest.mark.parametrize("share", [0, 3, 10])
def test_no_riser_is_filled_beyond_what_it_may_take(decided: Decided, share: int) -> None:
    layout, catalog, solved = decided
    spine = solved[-1]
    (taken,) = {route.segments[0].id.split(":")[0][-1] for route in routes(spine)}
    other = {"L": "R", "R": "L"}[taken]
    fullest = max(used_sections(catalog, spine)[0].values())
    table = _Narrow(spine.table, other, fullest * share // 20)
    narrow = (replace(spine, table=table),)  # type: ignore[arg-type]
    even = with_even_risers(layout, catalog, narrow)
    used, limits = used_sections(catalog, even[0])
    assert all(used[name] <= limits[name] for name in used if f"{other}:" in name)
    moved = sum(route.segments[0].id.split(":")[0].endswith(other) for route in routes(even[0]))
    assert (moved > 0) == (share > 0)
    assert moved <= len(spine.solution.runs) // 2
