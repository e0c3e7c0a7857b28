"""A fabric that shares resources with others, as it is handed over to be priced with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.model.catalog import Catalog
from planner.model.fabric import Fabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.sites import RackUse
from planner.model.solution import FabricSolution


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SharedFabric:
    """A fabric that takes of what others take of, too.

    Parameters
    ----------
    layout, catalog, fabric, table, used
        As ``solve_fabric`` takes them; the table has ways round crowded segments.
    plain
        The solution without regard to limits, with the certificate that goes with it.
    chosen
        The solution that was taken; it may be the same.
    um2
        By segment id, what ``plain`` and what ``chosen`` take.
    """

    layout: Layout
    catalog: Catalog
    fabric: Fabric
    table: RouteTable
    used: Mapping[str, RackUse]
    plain: FabricSolution
    chosen: FabricSolution
    um2: tuple[Mapping[str, int], Mapping[str, int]]
