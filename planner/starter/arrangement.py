"""Where racks go in a first layout: rows of about equal length, switch racks in their middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.model.cages import Face
from planner.model.starter import Floor
from planner.units import ceil_div

GRID_MM = 100
"""Places are written in whole decimeters: a first layout is to be read and changed."""

LETTERS = 26
"""So many rows are named A, B, ...; more are named R01, R02, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """GPU racks, and positions that may hold a switch rack; ``step`` GPU racks stay in one row.

    ``is_even``: all rows get as many positions for switch racks, more than asked for if need be.
    """

    gpu_racks: int
    candidates: int
    step: int
    is_even: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One row: GPU racks at both sides of the positions for switch racks.

    It begins ``indent`` positions to the right of the first place in the room, so that the switch racks
    of all rows stand one behind the other.
    """

    name: str
    front: str
    indent: int
    y_mm: int
    left: int
    candidates: int
    right: int

    @property
    def positions(self) -> int:
        """All positions."""
        return self.left + self.candidates + self.right

    @property
    def gpu_addresses(self) -> tuple[str, ...]:
        """Addresses of the GPU racks, from the left."""
        taken = range(self.left + 1, self.left + self.candidates + 1)
        return tuple(
            f"{self.name}{number:02d}" for number in range(1, self.positions + 1) if number not in taken
        )


def row_count(counts: Counts, floor: Floor) -> int:
    """Return the fewest rows that keep within the longest row."""
    rows = 1
    while _longest(counts, rows) > floor.positions_per_row and rows < counts.gpu_racks:
        rows += 1
    return rows


def _longest(counts: Counts, rows: int) -> int:
    return counts.step * ceil_div(counts.gpu_racks // counts.step, rows) + ceil_div(counts.candidates, rows)


def arrange(counts: Counts, floor: Floor, depth_mm: int, face: Face) -> tuple[PlannedRow, ...]:
    """Return the rows from low y upward.

    The faces with the cages look at each other in couples of rows; the front of a lone row looks south.
    """
    rows = row_count(counts, floor)
    groups = _shares(counts.gpu_racks // counts.step, rows)
    candidates = _shares(
        ceil_div(counts.candidates, rows) * rows if counts.is_even else counts.candidates, rows
    )
    lefts = [ceil_div(groups[index] * counts.step, 2 if candidates[index] else 1) for index in range(rows)]
    fronts = ("north", "south") if face is Face.FRONT else ("south", "north")
    planned = []
    for index in range(rows):
        racks = groups[index] * counts.step
        planned.append(
            PlannedRow(
                name=chr(ord("A") + index) if rows <= LETTERS else f"R{index + 1:02d}",
                front=fronts[index % 2] if rows > 1 else "south",
                indent=max(lefts) - lefts[index] if candidates[index] else 0,
                y_mm=_up(floor.wall_mm + index * _up(depth_mm + floor.aisle_mm)),
                left=lefts[index],
                candidates=candidates[index],
                right=racks - lefts[index],
            )
        )
    return tuple(planned)


def _shares(things: int, rows: int) -> list[int]:
    return [things // rows + (index < things % rows) for index in range(rows)]


def _up(length_mm: int) -> int:
    return ceil_div(length_mm, GRID_MM) * GRID_MM


def room_mm(rows: Sequence[PlannedRow], floor: Floor, pitch_mm: int, depth_mm: int) -> tuple[int, int]:
    """Return the room's width and depth."""
    width = 2 * floor.wall_mm + max(row.indent + row.positions for row in rows) * pitch_mm
    return _up(width), _up(rows[-1].y_mm + depth_mm + floor.wall_mm)


def grouped(rows: Sequence[PlannedRow], racks: int) -> list[tuple[str, ...]]:
    """Return the addresses of the GPU racks in groups of so many, row by row."""
    addresses = [address for row in rows for address in row.gpu_addresses]
    return [tuple(addresses[first : first + racks]) for first in range(0, len(addresses), racks)]


def folded(addresses: Sequence[str]) -> list[str]:
    """Return addresses with ranges of positions side by side folded: "A01-08"."""
    spans: list[list[str]] = []
    for address in addresses:
        if spans and _follows(spans[-1][-1], address):
            spans[-1].append(address)
        else:
            spans.append([address])
    return [span[0] if len(span) == 1 else f"{span[0]}-{span[-1][-2:]}" for span in spans]


def _follows(first: str, second: str) -> bool:
    return first[:-2] == second[:-2] and int(first[-2:]) + 1 == int(second[-2:])
