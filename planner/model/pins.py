"""What the user decided already: upper devices that stand in given places."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePin:
    """An upper device stands in the slot at ``u`` of a rack.

    ``planes`` are the names of the planes that its units serve, from the first unit on; what is not
    named is for the planner to decide.
    """

    rack: str
    u: int
    planes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What is pinned of a fabric, in canonical order."""

    devices: tuple[DevicePin, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is."""
        return bool(self.devices)

    def within(self, racks: Collection[str]) -> Pins:
        """Return what is pinned in these racks."""
        return Pins(devices=tuple(pin for pin in self.devices if pin.rack in racks))


class PinnedDevice(NamedTuple):
    """A pinned upper device as the fabric knows it: the plane of each of its units, -1: undecided."""

    rack: str
    u: int
    planes: tuple[int, ...]


NO_PINS = Pins()
"""The planner decides everything."""
