"""What does not fit on the floor: racks in each other or in walls, trays, power of a row."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

from planner.errors import Where
from planner.inputs.findings import Findings
from planner.inputs.rows import Places
from planner.model.catalog import Catalog
from planner.model.layout import CrossTray, Layout, Level, RackPosition, Room, Row, RowTray


class Footprint(NamedTuple):
    """The floor that the largest rack allowed at an address covers."""

    address: str
    x_mm: int
    y_mm: int
    end_x_mm: int
    end_y_mm: int
    height_mm: int

    def end_mm(self, axis: str) -> int:
        """Return where the rack ends along x, y or z."""
        return {"x": self.end_x_mm, "y": self.end_y_mm, "z": self.height_mm}[axis]

    def overlaps(self, other: Footprint) -> bool:
        """Tell whether two footprints share more than an edge."""
        return (
            self.x_mm < other.end_x_mm
            and other.x_mm < self.end_x_mm
            and self.y_mm < other.end_y_mm
            and other.y_mm < self.end_y_mm
        )


def check_floor(layout: Layout, catalog: Catalog, places: Places, findings: Findings) -> None:
    """Report overlaps, racks and trays out of the room, trays in the racks, and row power."""
    by_row = {row.name: _footprints(row, catalog) for row in layout.rows}
    for row in layout.rows:
        _check_row(row, by_row[row.name], catalog, places, findings)
        _check_room(by_row[row.name], layout.room, places, findings)
    bounds = [(_bounds(own), own) for own in by_row.values() if own]
    for (low_bounds, low), (high_bounds, high) in combinations(bounds, 2):
        if low_bounds.overlaps(high_bounds):
            _check_rows(low, high, places, findings)
    for tray in layout.pathways.row_trays:
        _check_tray(tray, (tray.row,), by_row, layout.room, places, findings)
        if not 0 <= tray.y_mm <= layout.room.depth_mm:
            message = f"y = {tray.y_mm} mm is outside the room, {layout.room.depth_mm} mm deep"
            findings.add("tray-out-of-room", message, places[f"tray {tray.name}"])
    for cross in layout.pathways.cross_trays:
        _check_tray(cross, cross.rows, by_row, layout.room, places, findings)
        if not 0 <= cross.x_mm <= layout.room.width_mm:
            message = f"x = {cross.x_mm} mm is outside the room, {layout.room.width_mm} mm wide"
            findings.add("tray-out-of-room", message, places[f"tray {cross.name}"])


def _footprints(row: Row, catalog: Catalog) -> list[Footprint]:
    return [_footprint(position, catalog) for position in row.positions if position.choices]


def _footprint(position: RackPosition, catalog: Catalog) -> Footprint:
    types = [catalog.rack_types[name] for name in position.choices]
    return Footprint(
        position.address,
        position.x_mm,
        position.y_mm,
        position.x_mm + max(one.width_mm for one in types),
        position.y_mm + max(one.depth_mm for one in types),
        max(one.height_mm for one in types),
    )


def _check_row(
    row: Row, footprints: list[Footprint], catalog: Catalog, places: Places, findings: Findings
) -> None:
    for left, right in pairwise(footprints):
        if left.overlaps(right):
            message = (
                f"{left.address} and {right.address} overlap: {left.end_x_mm - left.x_mm} mm wide, "
                f"but {right.x_mm - left.x_mm} mm apart"
            )
            findings.add("rack-overlap", message, places[f"position {right.address}"])
            break  # the pitch is the same along the row, so one finding says it all
    fixed = [catalog.rack_types[position.choices[0]] for position in row.positions if position.is_decided]
    power = sum(kind.power_milliwatts for kind in fixed)
    weight = sum(kind.weight_g for kind in fixed)
    for code, verb, taken, limit, words in (
        ("row-power", "take", power, row.power_limit_milliwatts, _kilowatts),
        ("row-cooling", "give off", power, row.cooling_limit_milliwatts, _kilowatts),
        ("row-weight", "weigh", weight, row.weight_limit_g, _tonnes),
    ):
        if limit is not None and taken > limit:
            message = (
                f"the {len(fixed)} racks fixed in this row {verb} {words(taken)}, "
                f"expected at most {words(limit)}"
            )
            findings.add(code, message, places[f"row {row.name}"])


def _kilowatts(milliwatts: int) -> str:
    return f"{milliwatts / 10**6:g} kW"


def _tonnes(grams: int) -> str:
    return f"{grams / 10**6:g} t"


def _check_room(footprints: list[Footprint], room: Room, places: Places, findings: Findings) -> None:
    """Report the racks that stick out farthest, once for all positions written together."""
    sides = (("x", room.width_mm, "wide"), ("y", room.depth_mm, "deep"), ("z", room.height_mm, "high"))
    for axis, size_mm, word in sides:
        worst: dict[Where, Footprint] = {}
        for one in footprints:
            place = places[f"position {one.address}"]
            if one.end_mm(axis) > max(size_mm, worst[place].end_mm(axis) if place in worst else 0):
                worst[place] = one
        for place, one in worst.items():
            end = f"{one.address} ends at {axis} = {one.end_mm(axis)} mm"
            message = f"{end}, outside the room, {size_mm} mm {word}"
            findings.add("rack-out-of-room", message, place)


def _check_rows(low: list[Footprint], high: list[Footprint], places: Places, findings: Findings) -> None:
    """Report the first overlap of two rows."""
    for one in low:
        for other in high:
            if one.overlaps(other):
                message = (
                    f"{one.address} and {other.address} overlap: y = {one.y_mm} to {one.end_y_mm} mm "
                    f"and {other.y_mm} to {other.end_y_mm} mm"
                )
                findings.add("rack-overlap", message, places[f"position {other.address}"])
                return


def _bounds(footprints: list[Footprint]) -> Footprint:
    return Footprint(
        "",
        min(one.x_mm for one in footprints),
        min(one.y_mm for one in footprints),
        max(one.end_x_mm for one in footprints),
        max(one.end_y_mm for one in footprints),
        0,
    )


def _check_tray(
    tray: RowTray | CrossTray,
    rows: tuple[str, ...],
    by_row: dict[str, list[Footprint]],
    room: Room,
    places: Places,
    findings: Findings,
) -> None:
    """Report an overhead tray above the ceiling or below the tops of the racks it serves."""
    place = places[f"tray {tray.name}"]
    if tray.z_mm > room.height_mm:
        message = f"z = {tray.z_mm} mm is above the room, {room.height_mm} mm high"
        findings.add("tray-out-of-room", message, place)
    footprints = [one for row in rows for one in by_row[row]]
    highest = max(footprints, key=lambda one: one.height_mm, default=None)
    if tray.level is Level.OVERHEAD and highest and tray.z_mm < highest.height_mm:
        message = f"z = {tray.z_mm} mm is below the top of {highest.address}, {highest.height_mm} mm high"
        findings.add("tray-in-racks", message, place)
