"""How full the pathway is: the cross-section that runs take in every segment they use."""

from __future__ import annotations

from collections.abc import Sequence

from planner.model.catalog import Catalog
from planner.model.names import natural_key
from planner.model.plan import SegmentFill
from planner.plan.section_use import segment_use
from planner.plan.solved import SolvedFabric


def build_fill(catalog: Catalog, solved: Sequence[SolvedFabric]) -> tuple[SegmentFill, ...]:
    """Add up what all runs take of each segment they use, by segment id in natural order."""
    use = segment_use(catalog, solved)
    ordered = [use[name] for name in sorted(use, key=natural_key)]
    return tuple(SegmentFill(segment=one.segment, used_um2=one.used_um2, runs=one.runs) for one in ordered)
