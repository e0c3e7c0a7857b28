"""How full the pathway is: the cross-section that runs take in every segment they use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from planner.model.catalog import Catalog
from planner.model.names import natural_key
from planner.model.plan import CableRun, SegmentFill
from planner.model.sections import run_section_um2
from planner.plan.runs import SegmentsById


def build_fill(catalog: Catalog, runs: Sequence[CableRun], segments: SegmentsById) -> tuple[SegmentFill, ...]:
    """Add up what all runs take of each segment they use, by segment id in natural order."""
    section_um2 = {option.id: run_section_um2(option) for option in catalog.media}
    used_um2: dict[str, int] = defaultdict(int)
    runs_in: dict[str, int] = defaultdict(int)
    # Runs that take one route share one tuple of segments.
    taken: dict[int, tuple[tuple[str, ...], int, int]] = {}
    for run in runs:
        _, um2, count = taken.get(id(run.segments), (run.segments, 0, 0))
        taken[id(run.segments)] = (run.segments, um2 + section_um2[run.option], count + 1)
    for segment_ids, um2, count in taken.values():
        for segment_id in segment_ids:
            used_um2[segment_id] += um2
            runs_in[segment_id] += count
    return tuple(
        SegmentFill(segment=segments[key], used_um2=used_um2[key], runs=runs_in[key])
        for key in sorted(runs_in, key=natural_key)
    )
