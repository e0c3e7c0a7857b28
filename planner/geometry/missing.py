"""Say why ends cannot be joined: which pathway is not there."""

from __future__ import annotations

from collections.abc import Iterable

from planner.model.layout import Layout, Level


def missing_pathways(layout: Layout, pairs: Iterable[tuple[str, str]]) -> str:
    """Return in words what is missing between the racks of the pairs (addresses)."""
    rows = sorted(
        {tuple(sorted((layout.position(low).row, layout.position(high).row))) for low, high in pairs}
    )
    reasons = [_lateral_reason(layout, any(low == high for low, high in rows))]
    for level in Level:
        bare = sorted({name for pair in rows for name in pair if not _has_tray(layout, level, name)})
        if bare:
            reasons.append(f"no {level.value} row tray along {_rows_text(bare)}")
        apart = [pair for pair in rows if pair[0] != pair[1] and not set(pair) & set(bare)]
        if apart:
            joined = ", ".join(" and ".join(pair) for pair in apart)
            reasons.append(f"no {level.value} cross tray joins rows {joined}")
    return "; ".join(reasons)


def _lateral_reason(layout: Layout, same_row: bool) -> str:
    if layout.pathways.laterals is None:
        return "no laterals"
    if not same_row:
        return "laterals stay within a row and a face side"
    return f"laterals pass at most {layout.pathways.laterals.max_positions} positions on one face side"


def _has_tray(layout: Layout, level: Level, row: str) -> bool:
    return any(tray.level is level and tray.row == row for tray in layout.pathways.row_trays)


def _rows_text(names: list[str]) -> str:
    return f"row {names[0]}" if len(names) == 1 else f"rows {', '.join(names)}"
