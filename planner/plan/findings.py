"""What somebody should know about a plan before building it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from planner.errors import Finding, Severity
from planner.model.layout import Layout
from planner.model.plan import BomLine, SegmentFill
from planner.model.supply import BomKey, ordered
from planner.units import ceil_div


def overfull_findings(segments: Sequence[SegmentFill]) -> tuple[Finding, ...]:
    """Name every segment that takes more cable than it may: such a plan must not be built."""
    return tuple(
        _overfull(fill, fill.segment.usable_um2)
        for fill in segments
        if fill.segment.usable_um2 is not None and fill.used_um2 > fill.segment.usable_um2
    )


def _overfull(fill: SegmentFill, usable_um2: int) -> Finding:
    # Rounded up: a segment that is over by a hair must not read as 100.0 %.
    percent = _tenths(ceil_div(fill.used_um2 * 1000, usable_um2)) + " %" if usable_um2 else "no room at all"
    message = (
        f"segment {fill.segment.id} ({fill.segment.kind.value}) is overfull: {fill.runs} runs take"
        f" {_mm2(fill.used_um2)} mm2 of {_mm2(usable_um2)} mm2 usable ({percent})"
    )
    return Finding(code="overfull", message=message, severity=Severity.BLOCKING)


def _mm2(area_um2: int) -> str:
    return _tenths(ceil_div(area_um2, 100_000))


def _tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"


def supply_findings(
    layout: Layout, bom: Sequence[BomLine], least: Mapping[BomKey, int]
) -> tuple[Finding, ...]:
    """Name every part of which more is ordered than can be had: such a plan cannot be built.

    ``least`` is what any plan orders at least, as far as that is proved, by part and stock length of limits.
    """
    orders: Counter[BomKey] = Counter()
    for line in bom:
        orders[line.part, line.stock_length_mm] += line.order_quantity
    found = []
    for limit in layout.supply:
        count, needed = ordered(limit, orders), least.get((limit.part, limit.stock_length_mm), 0)
        if count > limit.most_pieces:
            message = f"{limit.name}: {count} ordered, {limit.most_pieces} can be had"
            if needed > limit.most_pieces:
                message += f"; every plan orders {needed} or more"
            found.append(Finding(code="supply-short", message=message, severity=Severity.BLOCKING))
    return tuple(found)


def bom_findings(bom: Sequence[BomLine]) -> tuple[Finding, ...]:
    """Name the parts that have no price, and those that have no public part number."""
    return *_unpriced(bom), *_not_quotable(bom)


def _not_quotable(bom: Sequence[BomLine]) -> tuple[Finding, ...]:
    """Say in one finding which parts have no public part number, and so cannot be quoted by it."""
    lines = [line for line in bom if line.part_number is None]
    if not lines:
        return ()
    parts = ", ".join(dict.fromkeys(line.part for line in lines))
    message = f"{len(lines)} of {len(bom)} BOM lines have no public part number: {parts}"
    return (Finding(code="not-quotable", message=message, severity=Severity.WARNING),)


def _unpriced(bom: Sequence[BomLine]) -> tuple[Finding, ...]:
    """Name the parts that no price is known for: they count as 0 in every sum."""
    parts = ", ".join(dict.fromkeys(line.part for line in bom if not line.basis))
    if not parts:
        return ()
    message = f"no price is known for {parts}: counted as 0 in every sum"
    return (Finding(code="unpriced", message=message, severity=Severity.WARNING),)
