"""One fabric with everything the earlier stages found out about it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.fabric import Fabric
from planner.model.routes import RouteTable
from planner.model.solution import FabricSolution


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedFabric:
    """A fabric, its route table, and the optimizer's decisions."""

    fabric: Fabric
    table: RouteTable
    solution: FabricSolution
