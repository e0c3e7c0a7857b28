"""How full the pathway is: the cross-section that runs take in every segment they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.model.catalog import Catalog
from planner.model.names import natural_key
from planner.model.plan import CableRun, SegmentFill
from planner.model.sections import run_section_um2
from planner.plan.runs import SegmentsById


def build_fill(catalog: Catalog, runs: Sequence[CableRun], segments: SegmentsById) -> tuple[SegmentFill, ...]:
    """Add up what all runs take of each segment they use, by segment id in natural order."""
    section_um2 = {option.id: run_section_um2(option) for option in catalog.media}
    used_um2: Counter[str] = Counter()
    runs_in: Counter[str] = Counter()
    for run in runs:
        for segment_id in run.segments:
            used_um2[segment_id] += section_um2[run.option]
            runs_in[segment_id] += 1
    return tuple(
        SegmentFill(segment=segments[key], used_um2=used_um2[key], runs=runs_in[key])
        for key in sorted(runs_in, key=natural_key)
    )
