"""The floor that first layouts are drawn on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Clearances in front of walls and between rows, heights, and the longest row."""

    wall_mm: int
    aisle_mm: int
    tray_mm: int
    ceiling_mm: int
    positions_per_row: int
