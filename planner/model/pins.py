"""What the user decided already: upper devices that stand in given places, and runs between given cages."""

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


class PinnedEnd(NamedTuple):
    """Where a pinned run ends: a device by rack and lowest U, a cage of it, a port (0: the whole cage).

    Cage 0 stands for any cage of the device.
    """

    rack: str
    u: int
    cage: int
    port: int

    def __str__(self) -> str:
        """Write the end as labels of runs do."""
        cage = f"-C{self.cage:02d}" if self.cage else ""
        return f"{self.rack}-U{self.u:02d}{cage}{f'P{self.port}' if self.port else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPin:
    """A run goes from a cage of a lower device to an upper device, or to a cage of it.

    ``part`` is the id of the media option that it is made by, "" where the planner chooses; with a
    ``stock_length_mm`` it is of that stock length, 0: of the shortest that is long enough.
    """

    lower: PinnedEnd
    upper: PinnedEnd
    part: str = ""
    stock_length_mm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What is pinned of a fabric, in canonical order."""

    devices: tuple[DevicePin, ...] = ()
    runs: tuple[RunPin, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is."""
        return bool(self.devices or self.runs)

    def within(self, racks: Collection[str]) -> Pins:
        """Return what is pinned in these racks."""
        return Pins(
            devices=tuple(pin for pin in self.devices if pin.rack in racks),
            runs=tuple(pin for pin in self.runs if pin.upper.rack in racks and pin.lower.rack in racks),
        )

    @property
    def slots(self) -> tuple[tuple[str, int], ...]:
        """Rack and lowest U of every upper device that is pinned, itself or by a run to it."""
        places = [(pin.rack, pin.u) for pin in self.devices]
        places += [(pin.upper.rack, pin.upper.u) for pin in self.runs]
        return tuple(dict.fromkeys(places))


class PinnedDevice(NamedTuple):
    """A pinned upper device as the fabric knows it.

    ``planes`` are the plane of each of its units, -1: undecided; ``also`` are planes that one of the
    undecided units serves.
    """

    rack: str
    u: int
    planes: tuple[int, ...]
    also: tuple[int, ...] = ()

    @property
    def served(self) -> tuple[int, ...]:
        """The planes that its units serve in any case, one for each such unit."""
        return (*(plane for plane in self.planes if plane >= 0), *self.also)


class PinnedRun(NamedTuple):
    """A pinned run as the fabric knows it.

    ``lower`` is the index of its lower unit, ``unit`` that of the unit of the upper device, -1 where its
    upper end is undecided; then ``upper_socket`` has cage 0.
    """

    pin: RunPin
    lower: int
    lower_socket: tuple[int, int]
    unit: int
    upper_socket: tuple[int, int]


NO_PINS = Pins()
"""The planner decides everything."""
