"""What runs take of pathway segments: of all of them, or of those that the next fabric gets less of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from planner.model.catalog import Catalog
from planner.model.routes import PathwaySegment, RoutePart
from planner.model.sections import run_section_um2
from planner.plan.solved import SolvedFabric


@dataclass(slots=True)
class PartUse:
    """A stretch of routes, the cross-section in square micrometers of all runs in it, and their number."""

    part: RoutePart
    used_um2: int = 0
    runs: int = 0


@dataclass(slots=True)
class SegmentUse:
    """A segment, the cross-section in square micrometers of all runs in it, and their number."""

    segment: PathwaySegment
    used_um2: int = 0
    runs: int = 0


def segment_use(catalog: Catalog, solved: Iterable[SolvedFabric]) -> dict[str, SegmentUse]:
    """Return what the runs of fabrics take of each segment they use, by id."""
    use: dict[str, SegmentUse] = {}
    for one in solved:
        for taken in _part_use(catalog, one):
            for segment in taken.part.segments:
                own = use.get(segment.id)
                if own is None:
                    own = use[segment.id] = SegmentUse(segment)
                own.used_um2 += taken.used_um2
                own.runs += taken.runs
    return use


def used_sections(catalog: Catalog, solved: SolvedFabric) -> tuple[Counter[str], dict[str, int]]:
    """Return the cross-section in square micrometers that a fabric's runs take, and what they may take.

    Both by id of the segment, for segments with a limit.
    """
    used: Counter[str] = Counter()
    limits: dict[str, int] = {}
    for taken in _part_use(catalog, solved):
        for segment in taken.part.limited:
            used[segment.id] += taken.used_um2
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
            own = use.get(id(part))
            if own is None:
                own = use[id(part)] = PartUse(part)
            own.used_um2 += um2
            own.runs += runs
    return use.values()
