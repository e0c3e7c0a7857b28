"""What would make room where runs do not fit the pathway: one finding for each pathway that is too small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout
from planner.model.media import MediaOption
from planner.model.plan import CableRun, SegmentFill
from planner.model.routes import SegmentKind
from planner.model.sections import run_section_um2
from planner.model.sites import joins_cages
from planner.units import ceil_div


@dataclass(frozen=True, slots=True)
class _Narrow:
    """A pathway that is too small: what declares it, its fullest segment, and how many are overfull."""

    path: str
    section: CrossSection
    worst: SegmentFill
    count: int

    @property
    def excess_um2(self) -> int:
        """By how much the fullest segment is overfull."""
        return self.worst.used_um2 - (self.worst.segment.usable_um2 or 0)


def mending_findings(
    layout: Layout, catalog: Catalog, runs: Sequence[CableRun], fill: Sequence[SegmentFill]
) -> tuple[Finding, ...]:
    """Say for every pathway with overfull segments what would hold the runs.

    That is the width it must have, how many cross trays more, and which rows' runs to make of thinner
    cable. Advice is about the plan's own routes: another plan may need less.

    Parameters
    ----------
    layout, catalog
        The declared pathways, and what runs may be made of.
    runs, fill
        The plan's runs, and what they take of each segment.
    """
    narrow: dict[str, _Narrow] = {}
    for one in fill:
        usable = one.segment.usable_um2
        if usable is None or one.used_um2 <= usable:
            continue
        path, section = _pathway(layout, one)
        before = narrow.get(path)
        worst = one if before is None or one.used_um2 > before.worst.used_um2 else before.worst
        narrow[path] = _Narrow(path, section, worst, 1 + (before.count if before else 0))
    if not narrow:
        return ()
    sections = {option.id: run_section_um2(option) for option in catalog.media}
    thin = {
        spec.name: sorted(
            (
                option
                for option in catalog.media
                if not option.is_shared and joins_cages(catalog, spec, option)
            ),
            key=lambda option: (sections[option.id], option.id),
        )
        for spec in layout.fabrics
    }
    return tuple(_finding(narrow[path], runs, sections, thin) for path in sorted(narrow))


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
    narrow: _Narrow,
    runs: Sequence[CableRun],
    sections: Mapping[str, int],
    thin: Mapping[str, Sequence[MediaOption]],
) -> Finding:
    section, worst = narrow.section, narrow.worst
    ways = []
    if section.usable_um2:
        width = ceil_div(worst.used_um2, section.depth_mm * section.fill_permille * 1000)
        ways.append(f"a width of {width} mm instead of {section.width_mm} mm would hold them")
        if worst.segment.kind is SegmentKind.CROSS_TRAY:
            more = ceil_div(worst.used_um2, section.usable_um2) - 1
            trays = "a second cross tray like it" if more == 1 else f"{more} more cross trays like it"
            ways.append(f"{trays} beside it")
    own = [run for run in runs if worst.segment.id in run.segments]
    ways += _thinner(own, narrow.excess_um2, sections, thin)
    segments = f"{narrow.count} segments" if narrow.count > 1 else "1 segment"
    message = f"the runs do not fit {narrow.path}: {segments} overfull, {worst.segment.id} most"
    message += f"; {', or '.join(ways)}" if ways else ""
    return Finding(code="does-not-fit", message=message, severity=Severity.BLOCKING)


def _thinner(
    runs: Sequence[CableRun],
    excess_um2: int,
    sections: Mapping[str, int],
    thin: Mapping[str, Sequence[MediaOption]],
) -> list[str]:
    """Say in which rows to make runs of the thinnest cable that reaches; nothing where that is not enough.

    Rows that save most come first, as many as make room.
    """
    saved: dict[tuple[str, str], int] = defaultdict(int)
    count: dict[tuple[str, str], int] = defaultdict(int)
    for run in runs:
        reaching = (one for one in thin[run.fabric] if run.routed_mm + run.slack_mm <= one.reach_mm)
        option = next(reaching, None)
        if option is not None and sections[option.id] < sections[run.option]:
            saved[run.a.row, option.id] += sections[run.option] - sections[option.id]
            count[run.a.row, option.id] += 1
    rows, left = [], excess_um2
    for row, option_id in sorted(saved, key=lambda one: (-saved[one], one)):
        if left > 0:
            rows.append((row, option_id))
            left -= saved[row, option_id]
    if left > 0:
        return []
    words = [f"its {count[one]} runs from row {one[0]} made as {one[1]}" for one in sorted(rows)]
    return [" and ".join(words)]
