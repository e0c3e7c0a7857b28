"""Cable trays of a hall, searched once for all of its fabrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.geometry.pathways import TrayNetwork
from planner.geometry.positions import Floor, Riser
from planner.geometry.tray_ways import Channel, tray_channels
from planner.model.layout import Layout, Level

if TYPE_CHECKING:
    from planner.geometry.assembly import SegmentWriter


class HallTrays:
    """The cable trays of a layout and the ways through them that have been found so far.

    Fabrics of one hall go through the same trays, and those that place devices in the same racks
    even from the same risers. ``floors`` and ``writer`` are what else they share, once it has been made.
    """

    def __init__(self, layout: Layout) -> None:
        routes = layout.pathways.routes_per_pair
        self._networks = [TrayNetwork(layout, level, routes) for level in Level]
        self.floors: dict[tuple[str, str], Floor] = {}
        self.writer: SegmentWriter | None = None
        self._channels: dict[tuple[tuple[Riser, ...], tuple[Riser, ...]], list[Channel]] = {}

    def channels(self, a: Sequence[Riser], b: Sequence[Riser]) -> list[Channel]:
        """Return the ways between all risers of ``a`` and ``b``, overhead first."""
        key = (tuple(a), tuple(b))
        if key not in self._channels:
            self._channels[key] = [
                channel for network in self._networks for channel in tray_channels(network, a, b)
            ]
        return self._channels[key]
