"""Cages: the receptacles of a device, and what must be equal for a plug to fit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Face(StrEnum):
    """The face of a rack that cages look out of."""

    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A form and a thermal kind; a plug fits a cage only where both are equal."""

    form: str
    thermal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CageGroup:
    """Identical receptacles of a device; cages are numbered from 1 through its groups.

    Parameters
    ----------
    name
        What fabrics call the group, e.g. ``uplink``.
    count, connector, protocol, face
        How many, what fits, what it speaks, where it looks.
    ports, links
        Logical ports and links inside one cage.
    lanes, lane_rate_gbps
        Electrical lanes of one cage and the rate of each; both 0 where light only passes (a port of
        an optical circuit switch): such a cage takes any rate and protocol.
    asic_of_cage
        1-based ASIC behind each cage, ``count`` long.
    offset_mm
        Each cage's offset across the face from its left edge as a person before it sees it, or
        None where not public: then a cage counts as the center of the face.
    """

    name: str
    count: int
    connector: Connector
    protocol: str
    face: Face
    ports: int
    links: int
    lanes: int
    lane_rate_gbps: int
    asic_of_cage: tuple[int, ...]
    offset_mm: tuple[int, ...] | None = None

    @property
    def rate_gbps(self) -> int:
        """Rate of one cage in one direction; 0 where light only passes."""
        return self.lanes * self.lane_rate_gbps

    @property
    def is_passive(self) -> bool:
        """Whether light only passes."""
        return self.lanes == 0
