"""What first layouts are written from: parts of a system by id, and the floor they are drawn on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.model.layout import Granularity, WiredUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Clearances in front of walls and between rows, heights, the longest row, and cable trays."""

    wall_mm: int
    aisle_mm: int
    ceiling_mm: int
    positions_per_row: int
    tray_z_mm: int
    tray_width_mm: int
    tray_depth_mm: int
    tray_fill_permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Racks that a layout calls together: groups are named ``label`` and a number.

    ``racks`` of a group; None: as many as make the fewest switches, where a fabric asks for it.
    """

    name: str
    label: str
    racks: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What a first layout of a system is written from; no upper device: pairs.

    A rack holds ``blocks_per_rack`` blocks, or a block takes ``racks_per_block`` racks. Planes of the
    lowest fabric: their number, or the keys that tell them apart; neither leaves them to the planner.
    ``stacked`` has the keys of fabrics on another, by tier; a tier that it lacks is one plane.
    """

    catalogs: tuple[str, ...]
    profile: str
    rack: str
    blocks_per_rack: int
    racks_per_block: int
    device: str
    cages: str
    unit: WiredUnit
    granularity: Granularity
    planes: int | None
    plane_keys: tuple[str, ...]
    stacked: Mapping[str, tuple[str, ...]]
    groups: tuple[Grouping, ...]
    upper_device: str
    upper_cages: str
    upper_unit: WiredUnit
    upper_rack: str
    spare_racks: int
