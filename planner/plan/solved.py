"""One fabric with everything the earlier stages found out about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.model.fabric import Fabric, PeerFabric
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, FabricSolution


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedFabric:
    """A fabric, its route table, and the optimizer's decisions."""

    fabric: Fabric
    table: RouteTable
    solution: FabricSolution

    def attached(self) -> Iterator[tuple[int, int, ChosenRun]]:
        """Yield every run with the attachments that it joins, by their indices in the route table."""
        fabric, placed = self.fabric, self.solution.placed
        lower, upper = self.table.lower_index, self.table.upper_index
        if isinstance(fabric, PeerFabric):
            for run in self.solution.runs:
                low, high = fabric.runs[run.lower]
                yield lower[low.rack, low.u, low.cage], upper[high.rack, high.u, high.cage], run
            return
        units = fabric.lower_units
        for run in self.solution.runs:
            unit, device = units[run.lower], placed[run.upper]
            a = lower[unit.rack, unit.u, run.lower_socket.cage]
            yield a, upper[device.rack, device.u, run.upper_socket.cage], run
