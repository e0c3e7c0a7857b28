"""Pathway fill: what the runs take of every segment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from planner.errors import Finding, Severity
from planner.model.media import MediaOption
from planner.model.routes import SegmentKind
from planner.verify.ground import Ground, fault

PI_NUMERATOR, PI_DENOMINATOR = 3141592653589793, 10**15


def cable_um2(outer_diameter_um: int) -> int:
    """Return the cross-section of one cable, pi d^2 / 4, rounded half up to the square micrometer."""
    denominator = 4 * PI_DENOMINATOR
    return (2 * PI_NUMERATOR * outer_diameter_um**2 + denominator) // (2 * denominator)


def run_um2(option: MediaOption) -> int:
    """Return the cross-section of all cables of one run of an option."""
    return option.cables_per_run * cable_um2(option.cable.outer_diameter_um)


def check_fill(ground: Ground) -> Iterator[Finding]:
    """Recompute every segment's use; an overfull one must be stated by the plan itself."""
    yield from _check_troughs(ground)
    used: dict[str, int] = defaultdict(int)
    runs: dict[str, int] = defaultdict(int)
    section = {name: run_um2(option) for name, option in ground.options.items()}
    for (names, option), count in Counter((run.segments, run.option) for run in ground.plan.runs).items():
        um2 = count * section.get(option, 0)
        for name in names:
            used[name] += um2
            runs[name] += count
    stated = " ".join(
        finding.message for finding in ground.plan.findings if finding.severity is Severity.BLOCKING
    )
    for fill in ground.plan.segments:
        name, usable = fill.segment.id, fill.segment.usable_um2
        if (fill.used_um2, fill.runs) != (used[name], runs[name]):
            yield fault(
                "wrong-fill",
                f"segment {name}: {fill.runs} runs take {fill.used_um2} um2, recomputed {runs[name]} runs"
                f" take {used[name]} um2",
            )
        if not runs[name]:
            yield fault("idle-segment", f"segment {name}: no run goes through it")
        if usable is not None and used[name] > usable:
            message = (
                f"segment {name} is overfull: {runs[name]} runs take {used[name] / 10**6:.1f} mm2"
                f" of {usable / 10**6:.1f} mm2"
            )
            yield Finding(code="overfull", message=message, severity=Severity.BLOCKING)
            if name not in stated.split():
                yield fault(
                    "overfull-not-stated", f"segment {name} is overfull and no blocking finding says so"
                )


def _check_troughs(ground: Ground) -> Iterator[Finding]:
    """Check that no place in a row's trough goes by two names: each would hold a part of the fill."""
    laterals = {
        fill.segment.id: fill.segment
        for fill in ground.plan.segments
        if fill.segment.kind is SegmentKind.LATERAL
    }
    cages = {(run.segments, run.a.row, run.a.device, run.a.cage) for run in ground.plan.runs}
    ways = {
        (names, row, str(cage.group.face))
        for names, row, device, number in cages
        if (cage := ground.cage(device, number)) is not None
    }
    troughs: dict[tuple[str, str, int, int], set[tuple[int, int, str]]] = defaultdict(set)
    for names, row, face in ways:
        for name in names:
            segment = laterals.get(name)
            if segment is not None:
                low, high = sorted((segment.a.x_mm, segment.b.x_mm))
                troughs[row, face, segment.a.y_mm, segment.a.z_mm].add((low, high, name))
    for trough, pieces in sorted(troughs.items()):
        for one, other in pairwise(sorted(pieces)):
            if other[0] < one[1] or other[:2] == one[:2]:
                yield fault(
                    "fill-split",
                    f"segments {one[2]} and {other[2]} are the same place of a trough of row {trough[0]}",
                )
