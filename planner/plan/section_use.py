"""What the fabrics planned so far take of pathway segments: the next one gets what they left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.model.catalog import Catalog
from planner.model.fabric import PeerFabric
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
    for (a, b, k), um2 in _routes(solved, sections).items():
        for segment in route(a, b, k).segments:
            if segment.usable_um2 is not None:
                used[segment.id] += um2
                limits[segment.id] = segment.usable_um2
    return used, limits


def _routes(solved: SolvedFabric, sections: Sequence[int]) -> Counter[tuple[int, int, int]]:
    """Add up the sections of runs that take the same route: attachments and index of the route."""
    fabric, table, solution = solved.fabric, solved.table, solved.solution
    routes: Counter[tuple[int, int, int]] = Counter()
    for run in solution.runs:
        if isinstance(fabric, PeerFabric):
            low, high = fabric.runs[run.lower]
            a, b = (
                table.lower_index[low.rack, low.u, low.cage],
                table.upper_index[high.rack, high.u, high.cage],
            )
        else:
            unit, placed = fabric.lower_units[run.lower], solution.placed[run.upper]
            a = table.lower_index[unit.rack, unit.u, run.lower_socket.cage]
            b = table.upper_index[placed.rack, placed.u, run.upper_socket.cage]
        routes[a, b, run.choice.route] += sections[run.choice.option]
    return routes
