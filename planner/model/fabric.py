"""The logical fabric: who is wired to whom and how often. Knows no meters and no money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from planner.model.pins import PinnedDevice, PinnedRun
from planner.units import ceil_div


class Socket(NamedTuple):
    """Where one run ends on a device: a cage, and the part of it (from 1; 0: the whole cage)."""

    cage: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WiredUnitRef:
    """One wired unit of a lower tier: a device, an ASIC, a cage or a port of it.

    ``asic`` counts from 1; 0 where the unit is the device. ``sockets`` are those it may use as
    uplinks, ascending. ``labels`` are what planes are told apart by, by key: groups of racks that it
    is in, ``rail``, ``index``.
    """

    rack: str
    u: int
    device: str
    asic: int
    sockets: tuple[Socket, ...]
    plane: int
    labels: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierFabric:
    """Lower units wired to upper units, plane by plane.

    Parameters
    ----------
    lower_units
        All lower units in canonical order (row, position, U, ASIC).
    planes, plane_names
        For each plane the indices into ``lower_units``, ascending, and what to call it.
    plane_keys
        The labels that planes are told apart by, () where units take turns.
    below
        The fabrics whose upper devices the lower units are, none where racks bring them along.
    runs_per_cage
        Runs that a cage of a lower and of an upper unit takes.
    within
        The positions that upper devices may stand at, () where there is no such bound.
    uplinks
        Runs that each lower unit sends up (U of product.md, section 5).
    upper_per_plane
        Upper units of a plane (K).
    upper_ports
        Sockets of an upper unit (P).
    pair_runs
        Fewest and most runs between a lower and an upper unit of one plane.
    upper_load
        Fewest and most runs that an upper unit takes.
    upper_units_per_device, upper_devices
        Upper units in one upper device, and the upper devices that all planes together need.
    oversubscription
        Downlink : uplink in lowest terms, (0, 0) where the device states no downlink.
    gpus
        GPUs of all racks that join.
    sized_for
        Lower units of a plane that its upper units are sized for; more than stand where others come later.
    pinned, pinned_runs
        Upper devices whose places the user decided, and runs of whose ends the user decided.
    """

    name: str
    lower_device: str
    upper_device: str
    upper_rack_type: str
    lower_units: tuple[WiredUnitRef, ...]
    planes: tuple[tuple[int, ...], ...]
    plane_names: tuple[str, ...]
    uplinks: int
    upper_per_plane: int
    upper_ports: int
    pair_runs: tuple[int, int]
    upper_load: tuple[int, int]
    upper_units_per_device: int
    upper_devices: int
    oversubscription: tuple[int, int]
    gpus: int
    rate_gbps: int
    links_per_run: int
    cages: str
    upper_cages: str
    plane_keys: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    runs_per_cage: tuple[int, int] = (1, 1)
    within: tuple[str, ...] = ()
    pinned: tuple[PinnedDevice, ...] = ()
    pinned_runs: tuple[PinnedRun, ...] = ()
    sized_for: int = 0

    @property
    def most_when_full(self) -> int:
        """Most runs that an upper unit takes once all lower units stand that it is sized for."""
        return ceil_div(max(self.sized_for, len(self.planes[0])) * self.uplinks, self.upper_per_plane)

    @property
    def ports_reserved(self) -> int:
        """Sockets of all upper units that are kept for lower units which come later."""
        absent = max(0, self.sized_for - len(self.planes[0]))
        return absent * self.uplinks * len(self.planes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CageRef:
    """One cage of a device that stands in a rack, or one ``port`` of it (0: the whole cage)."""

    rack: str
    u: int
    device: str
    asic: int
    cage: int
    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFabric:
    """Runs between fixed cages: no placement to decide. ``runs`` hold the lower address first."""

    name: str
    device: str
    runs: tuple[tuple[CageRef, CageRef], ...]
    planes: tuple[int, ...]
    gpus: int
    rate_gbps: int
    links_per_run: int
    cages: str


Fabric = TierFabric | PeerFabric
