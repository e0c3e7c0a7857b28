"""How full the pathway is: the cross-section that runs take in every segment they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from planner.model.catalog import Catalog
from planner.model.names import natural_key
from planner.model.plan import CableRun, SegmentFill
from planner.plan.runs import SegmentsById
from planner.units import round_half_up

PI = Fraction(3141592653589793, 10**15)


def cable_section_um2(outer_diameter_um: int) -> int:
    """Cross-section of one round cable in square micrometers, rounded once, half up."""
    return round_half_up(PI * outer_diameter_um**2 / 4)


def build_fill(catalog: Catalog, runs: Sequence[CableRun], segments: SegmentsById) -> tuple[SegmentFill, ...]:
    """Add up what all runs take of each segment they use, by segment id in natural order."""
    section_um2 = {
        option.id: option.cables_per_run * cable_section_um2(option.cable.outer_diameter_um)
        for option in catalog.media
    }
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
