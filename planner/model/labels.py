"""Label stock and label schemes: what a sheet of labels measures, and what a label says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class DeviceUnit(StrEnum):
    """Which U of a device that is several U high a label names."""

    LOWEST = "lowest"
    UPPERMOST = "uppermost"


class UnitOrder(StrEnum):
    """From which end of the rack a label counts U."""

    BOTTOM = "bottom"
    TOP = "top"


class Area(NamedTuple):
    """A rectangle, micrometers; left and top from the upper left corner of what it is in."""

    left_um: int
    top_um: int
    width_um: int
    height_um: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStock:
    """A sheet of labels. ``first`` is the first label on the sheet, ``text`` what is printed of each."""

    id: str
    description: str
    sheet_width_um: int
    sheet_height_um: int
    first: Area
    pitch_across_um: int
    pitch_down_um: int
    columns: int
    rows: int
    text: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePart:
    """Text, or with ``field`` a value of at least so many digits; an optional part goes where it is 0.

    ``option`` numbers the bracket that the part stands in from 1; 0: it always shows.
    """

    text: str
    field: str = ""
    digits: int = 1
    option: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScheme:
    """How labels name the end of a run."""

    id: str
    description: str
    end: tuple[TemplatePart, ...]
    device_u: DeviceUnit
    u_from: UnitOrder
    first_cage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCatalog:
    """All label stock and schemes by their ids, in the order of the file."""

    stock: dict[str, LabelStock]
    schemes: dict[str, LabelScheme]
