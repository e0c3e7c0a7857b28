"""Cable trays of a hall, searched once for all of its fabrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.forked_turns import in_turns
from planner.geometry.pathways import TrayNetwork
from planner.geometry.positions import Floor, Riser
from planner.geometry.tray_ways import Channel, tray_channels
from planner.model.layout import Layout, Level

if TYPE_CHECKING:
    from planner.geometry.assembly import SegmentWriter

_FEWEST_PAIRS_OF_TWO = 20
"""Pairs of sides that take longer to join than another process to start."""

Risers = tuple[Riser, ...]
"""The risers of one side of a fabric."""


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
        self._channels: dict[tuple[Risers, Risers], list[Channel]] = {}

    def channels(self, a: Sequence[Riser], b: Sequence[Riser]) -> list[Channel]:
        """Return the ways between all risers of ``a`` and ``b``, overhead first."""
        self.search([(tuple(a), tuple(b))])
        return self._channels[tuple(a), tuple(b)]

    def search(self, sides: Iterable[tuple[Risers, Risers]]) -> None:
        """Find the ways between the risers of each pair of sides; those of a campus in two processes."""
        new = [pair for pair in dict.fromkeys(sides) if pair not in self._channels]
        tasks = [partial(self._found, *pair) for pair in new]
        found = in_turns(tasks, are_long=len(new) >= _FEWEST_PAIRS_OF_TWO)
        for pair, channels in zip(new, found, strict=True):
            self._channels[pair] = [Channel(self._networks[level], *ways) for level, *ways in channels]

    def _found(self, a: Risers, b: Risers) -> list[tuple[Any, ...]]:
        """Return the ways of each channel after the number of its network, which every process has."""
        return [
            (level, *channel[1:])
            for level, network in enumerate(self._networks)
            for channel in tray_channels(network, a, b)
        ]
