"""What runs take of pathway segments: of all of them, or of those that the next fabric gets less of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from planner.model.catalog import Catalog
from planner.model.routes import PathwaySegment, RoutePart
from planner.model.sections import run_section_um2
from planner.plan.solved import SolvedFabric


class PartUse(NamedTuple):
    """A stretch of routes, the cross-section in square micrometers of all runs in it, and their number."""

    part: RoutePart
    used_um2: int
    runs: int


class SegmentUse(NamedTuple):
    """A segment, the cross-section in square micrometers of all runs in it, and their number."""

    segment: PathwaySegment
    used_um2: int
    runs: int


def segment_use(catalog: Catalog, solved: Iterable[SolvedFabric]) -> dict[str, SegmentUse]:
    """Return what the runs of fabrics take of each segment they use, by id."""
    use: dict[str, SegmentUse] = {}
    for one in solved:
        for part, um2, runs in _part_use(catalog, one):
            for segment in part.segments:
                before = use.get(segment.id)
                if before is not None:
                    use[segment.id] = SegmentUse(segment, before.used_um2 + um2, before.runs + runs)
                else:
                    use[segment.id] = SegmentUse(segment, um2, runs)
    return use


def used_sections(catalog: Catalog, solved: SolvedFabric) -> tuple[Counter[str], dict[str, int]]:
    """Return the cross-section in square micrometers that a fabric's runs take, and what they may take.

    Both by id of the segment, for segments with a limit.
    """
    used: Counter[str] = Counter()
    limits: dict[str, int] = {}
    for part, um2, _ in _part_use(catalog, solved):
        for segment in part.limited:
            used[segment.id] += um2
            limits[segment.id] = segment.usable_um2 or 0
    return used, limits


def _part_use(catalog: Catalog, solved: SolvedFabric) -> Iterable[PartUse]:
    """Return the stretches that a fabric's runs take: most are shared by many routes."""
    sections = [run_section_um2(option) for option in catalog.media]
    by_route = Counter((a, b, run.choice.route, run.choice.option) for a, b, run in solved.attached())
    use: dict[int, PartUse] = {}
    for (a, b, nth, option), runs in by_route.items():
        um2 = runs * sections[option]
        for part in solved.table.route(a, b, nth).parts:
            before = use.get(id(part))
            if before is not None:
                use[id(part)] = PartUse(part, before.used_um2 + um2, before.runs + runs)
            else:
                use[id(part)] = PartUse(part, um2, runs)
    return use.values()
