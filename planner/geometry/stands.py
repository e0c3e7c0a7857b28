"""Stands: attachments that are equal but for their height, and where they are, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.geometry.positions import Exit, Floor, Riser
from planner.geometry.tray_ways import FAR, Lengths
from planner.model.cages import Face
from planner.model.layout import Laterals
from planner.model.routes import Attachment


class StandKey(NamedTuple):
    """What attachments at different heights of one face share."""

    rack: str
    face: Face
    offset_mm: int | None


@dataclass(slots=True)
class Side:
    """The attachments of one side, grouped into stands: equal but for their height.

    ``exit_riser`` and ``exit_face_mm`` have a row a stand and two columns; ``exit_face_mm`` is FAR
    in the second where there is but one exit.
    """

    z_mm: Lengths
    stand: NDArray[np.intp]
    stands: list[StandKey]
    exits: list[tuple[Exit, ...]]
    risers: list[Riser]
    exit_riser: NDArray[np.intp]
    exit_face_mm: Lengths


def make_side(floor: Floor, attachments: Sequence[Attachment]) -> Side:
    """Group attachments into stands and number the risers that they use."""
    stands: dict[StandKey, int] = {}
    exits: list[tuple[Exit, ...]] = []
    of_attachment = []
    for attachment in attachments:
        key = StandKey(attachment.rack, attachment.face, attachment.offset_mm)
        if key not in stands:
            stands[key] = len(stands)
            exits.append(floor.exits(attachment))
        of_attachment.append(stands[key])
    risers: dict[Riser, int] = {}
    exit_riser = np.zeros((len(exits), 2), dtype=np.intp)
    exit_face = np.full((len(exits), 2), FAR, dtype=np.int64)
    for stand, ways_out in enumerate(exits):
        for column, way_out in enumerate(ways_out):
            exit_riser[stand, column] = risers.setdefault(way_out.riser, len(risers))
            exit_face[stand, column] = way_out.face_mm
    return Side(
        z_mm=np.array([attachment.z_mm for attachment in attachments], dtype=np.int64),
        stand=np.array(of_attachment, dtype=np.intp),
        stands=list(stands),
        exits=exits,
        risers=list(risers),
        exit_riser=exit_riser,
        exit_face_mm=exit_face,
    )


class StandPlaces:
    """Where the stands of a side are, as arrays: row, face line, position number, rack, exits' x."""

    def __init__(self, floor: Floor, side: Side) -> None:
        rows = {name: index for index, name in enumerate(floor.rows)}
        racks = {address: index for index, address in enumerate(floor.places)}
        places = [floor.places[key.rack] for key in side.stands]
        self.row = np.array([rows[place.position.row] for place in places], dtype=np.int64)
        self.number = np.array([place.position.number for place in places], dtype=np.int64)
        self.rack = np.array([racks[key.rack] for key in side.stands], dtype=np.int64)
        self.y_mm = np.array([exits[0].riser.y_mm for exits in side.exits], dtype=np.int64)
        self.is_front = np.array([key.face is Face.FRONT for key in side.stands], dtype=np.bool_)
        self.x_mm = np.array(
            [[exits[0].riser.x_mm, exits[-1].riser.x_mm] for exits in side.exits], dtype=np.int64
        )

    def same_rack(self, stand: int, other: StandPlaces, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which of the others' stands are on the same face of the same rack."""
        same: NDArray[np.bool_] = (other.rack[others] == self.rack[stand]) & (
            other.is_front[others] == self.is_front[stand]
        )
        return same

    def near(
        self, stand: int, other: StandPlaces, others: NDArray[np.intp], laterals: Laterals | None
    ) -> NDArray[np.bool_]:
        """Tell which of the others' stands a lateral may reach."""
        most = laterals.max_positions if laterals else 0
        near: NDArray[np.bool_] = (
            (other.row[others] == self.row[stand])
            & (other.y_mm[others] == self.y_mm[stand])
            & (other.is_front[others] == self.is_front[stand])
            & (abs(other.number[others] - self.number[stand]) <= most)
        )
        return near
