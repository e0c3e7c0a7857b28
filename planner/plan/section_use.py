"""What the fabrics planned so far take of pathway segments: the next one gets what they left."""

from __future__ import annotations

from collections import Counter

from planner.model.catalog import Catalog
from planner.model.sections import run_section_um2
from planner.plan.solved import SolvedFabric


def used_sections(catalog: Catalog, solved: SolvedFabric) -> tuple[Counter[str], dict[str, int]]:
    """Return the cross-section in square micrometers that a fabric's runs take, and what they may take.

    Both by id of the segment, for segments with a limit.
    """
    sections = [run_section_um2(option) for option in catalog.media]
    used: Counter[str] = Counter()
    limits: dict[str, int] = {}
    route = solved.table.route
    by_route: Counter[tuple[int, int, int]] = Counter()
    for a, b, run in solved.attached():
        by_route[a, b, run.choice.route] += sections[run.choice.option]
    for key, um2 in by_route.items():
        for segment in route(*key).segments:
            if segment.usable_um2 is not None:
                used[segment.id] += um2
                limits[segment.id] = segment.usable_um2
    return used, limits
