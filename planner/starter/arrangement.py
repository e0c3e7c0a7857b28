"""Where racks go in a first layout: rows of equal length, switch racks in their middle."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.starter import Floor
from planner.units import ceil_div

GRID_MM = 100
"""Places are written in whole decimeters: a first layout is to be read and changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """GPU racks, and positions that may hold a switch rack; ``step`` GPU racks stay together."""

    gpu_racks: int
    candidates: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One row: GPU racks at both sides of the positions for switch racks."""

    name: str
    front: str
    y_mm: int
    left: int
    candidates: int
    right: int

    @property
    def positions(self) -> int:
        """All positions."""
        return self.left + self.candidates + self.right


def row_count(counts: Counts, floor: Floor) -> int:
    """Return the fewest rows that keep within the longest row."""
    rows = 1
    while _longest(counts, rows) > floor.positions_per_row:
        rows += 1
    return rows


def _longest(counts: Counts, rows: int) -> int:
    return counts.step * ceil_div(counts.gpu_racks // counts.step, rows) + ceil_div(counts.candidates, rows)


def arrange(counts: Counts, floor: Floor, depth_mm: int) -> tuple[PlannedRow, ...]:
    """Return the rows from low y upward; fronts face each other in couples, a lone row looks south."""
    rows = row_count(counts, floor)
    groups = _even(counts.gpu_racks // counts.step, rows)
    candidates = _even(counts.candidates, rows)
    planned = []
    for index in range(rows):
        racks = groups[index] * counts.step
        left = ceil_div(groups[index], 2) * counts.step if candidates[index] else racks
        planned.append(
            PlannedRow(
                name=chr(ord("A") + index),
                front="south" if index % 2 or rows == 1 else "north",
                y_mm=_up(floor.wall_mm + index * _up(depth_mm + floor.aisle_mm)),
                left=left,
                candidates=candidates[index],
                right=racks - left,
            )
        )
    return tuple(planned)


def _even(things: int, rows: int) -> list[int]:
    return [things // rows + (index < things % rows) for index in range(rows)]


def _up(length_mm: int) -> int:
    return ceil_div(length_mm, GRID_MM) * GRID_MM


def room_mm(rows: tuple[PlannedRow, ...], floor: Floor, pitch_mm: int, depth_mm: int) -> tuple[int, int]:
    """Return the room's width and depth."""
    width = 2 * floor.wall_mm + max(row.positions for row in rows) * pitch_mm
    return _up(width), _up(rows[-1].y_mm + depth_mm + floor.wall_mm)
