"""Routes of a table, put together from parts: most routes share each of theirs with thousands of others."""

from __future__ import annotations

from collections.abc import Sequence

from planner.geometry.assembly import SegmentWriter
from planner.geometry.positions import Exit
from planner.geometry.routes import Choice
from planner.geometry.tray_ways import Channel
from planner.model.routes import Attachment, RoutePart, route_part

_NOTHING = route_part(())


class TableParts:
    """The parts of a table's routes that have been asked for so far, each written once."""

    def __init__(
        self, writer: SegmentWriter, lower: Sequence[Attachment], upper: Sequence[Attachment]
    ) -> None:
        self._writer = writer
        self._lower = lower
        self._upper = upper
        # By attachment, side of the riser, and the height where that is left or entered.
        self._leaving: dict[tuple[int, str, int], RoutePart] = {}
        self._entering: dict[tuple[int, str, int], RoutePart] = {}
        # By the numbers of both risers, and the way through trays or the height of the lateral.
        self._in_trays: dict[tuple[tuple[int, int], int, int], RoutePart] = {}
        self._laterals: dict[tuple[tuple[int, int], int], RoutePart] = {}

    def of(self, choice: Choice, a: int, b: int) -> tuple[RoutePart, ...]:
        """Return the parts of a route between two attachments, in order."""
        if choice.channel is not None:
            channel = choice.channel
            between, z_a_mm, z_b_mm = self._tray_part(channel, choice), channel.z_a_mm, channel.z_b_mm
        elif choice.exit_a.riser == choice.exit_b.riser:
            between, z_a_mm, z_b_mm = _NOTHING, self._upper[b].z_mm, self._upper[b].z_mm
        else:
            between, z_a_mm, z_b_mm = self._lateral(choice), choice.lateral_z_mm, choice.lateral_z_mm
        return self._leave(choice.exit_a, a, z_a_mm), between, self._enter(choice.exit_b, b, z_b_mm)

    def _leave(self, way_out: Exit, a: int, z_mm: int) -> RoutePart:
        key = a, way_out.riser.side, z_mm
        if key not in self._leaving:
            self._leaving[key] = route_part(self._writer.leave(way_out, self._lower[a], z_mm))
        return self._leaving[key]

    def _enter(self, way_in: Exit, b: int, z_mm: int) -> RoutePart:
        key = b, way_in.riser.side, z_mm
        if key not in self._entering:
            self._entering[key] = route_part(self._writer.enter(way_in, self._upper[b], z_mm))
        return self._entering[key]

    def _tray_part(self, channel: Channel, choice: Choice) -> RoutePart:
        key = choice.risers, choice.number, choice.route
        if key not in self._in_trays:
            self._in_trays[key] = route_part(self._writer.along_trays(channel, choice))
        return self._in_trays[key]

    def _lateral(self, choice: Choice) -> RoutePart:
        key = choice.risers, choice.lateral_z_mm
        if key not in self._laterals:
            ends = choice.exit_a.riser, choice.exit_b.riser
            self._laterals[key] = route_part(self._writer.lateral(*ends, choice.lateral_z_mm))
        return self._laterals[key]
