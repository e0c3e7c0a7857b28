"""What would make room where runs do not fit the pathway: one finding for each pathway that is too small."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout
from planner.model.plan import CableRun, SegmentFill
from planner.model.routes import SegmentKind
from planner.model.sections import run_section_um2
from planner.units import ceil_div


def mending_findings(
    layout: Layout, catalog: Catalog, runs: Sequence[CableRun], fill: Sequence[SegmentFill]
) -> tuple[Finding, ...]:
    """Say for every pathway with overfull segments how wide it must be, and whether thinner cables do.

    Parameters
    ----------
    layout, catalog
        The declared pathways, and what runs may be made of.
    runs, fill
        The plan's runs, and what they take of each segment.
    """
    worst: dict[str, tuple[SegmentFill, CrossSection]] = {}
    counts: dict[str, int] = {}
    for one in fill:
        usable = one.segment.usable_um2
        if usable is None or one.used_um2 <= usable:
            continue
        name, section = _pathway(layout, one)
        counts[name] = counts.get(name, 0) + 1
        before = worst.get(name)
        if before is None or one.used_um2 > before[0].used_um2:
            worst[name] = (one, section)
    thinnest = {one.id: run_section_um2(one) for one in catalog.media}
    return tuple(
        _finding(
            name,
            counts[name],
            one,
            section,
            [run for run in runs if one.segment.id in run.segments],
            thinnest,
        )
        for name, (one, section) in sorted(worst.items())
    )


def _pathway(layout: Layout, fill: SegmentFill) -> tuple[str, CrossSection]:
    """Return what declares a segment, as a path in the layout file, and its section."""
    pathways, segment = layout.pathways, fill.segment
    if segment.kind is SegmentKind.RISER:
        return "pathways.risers", pathways.risers
    if segment.kind is SegmentKind.LATERAL and pathways.laterals is not None:
        return "pathways.laterals", pathways.laterals.section
    name = segment.id.split("/")[0] if segment.kind is SegmentKind.JOINT else segment.id.rsplit(":", 1)[0]
    for tray in pathways.row_trays:
        if tray.name == name:
            return f"pathways.row_trays.{name}", tray.section
    for cross in pathways.cross_trays:
        if cross.name == name:
            return f"pathways.cross_trays.{name}", cross.section
    raise KeyError(name)


def _finding(
    name: str,
    count: int,
    worst: SegmentFill,
    section: CrossSection,
    runs: Sequence[CableRun],
    sections_um2: dict[str, int],
) -> Finding:
    width = (
        ceil_div(worst.used_um2, section.depth_mm * section.fill_permille * 1000) if section.usable_um2 else 0
    )
    segments = f"{count} segments" if count > 1 else "1 segment"
    message = f"the runs do not fit {name}: {segments} overfull, {worst.segment.id} most"
    if width:
        message += f"; a width of {width} mm instead of {section.width_mm} mm would hold them"
    least = min((sections_um2[option] for option in {run.option for run in runs}), default=0)
    others = [run for run in runs if sections_um2[run.option] > least]
    usable = worst.segment.usable_um2 or 0
    if others and least * len(runs) <= usable:
        saved = [sections_um2[run.option] - least for run in others]
        needed = worst.used_um2 - usable
        enough = ceil_div(needed, int(Fraction(sum(saved), len(saved))) or 1)
        thin = next(run.option for run in runs if sections_um2[run.option] == least)
        message += f", or about {enough} of its {len(others)} runs of thicker cable made as {thin}"
    return Finding(code="does-not-fit", message=message, severity=Severity.BLOCKING)
