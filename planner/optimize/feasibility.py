"""Tells whether a fabric can be cabled at all, without deciding anything and without a solver."""

from __future__ import annotations

from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.optimize.pricing import price_pairs
from planner.optimize.problem import NOTHING_USED
from planner.optimize.reach import fitting_media, require_peer_reach
from planner.optimize.ways import FabricInputs, find_ways, ways_that_reach


def refuse_out_of_reach(layout: Layout, catalog: Catalog, fabric: Fabric, table: RouteTable) -> None:
    """Raise InfeasibleError where no medium of the profile reaches far enough on any route."""
    if isinstance(fabric, TierFabric):
        inputs = FabricInputs(layout=layout, catalog=catalog, fabric=fabric, table=table, used=NOTHING_USED)
        ways_that_reach(inputs, find_ways(inputs))
        return
    media = fitting_media(catalog, fabric)
    require_peer_reach(fabric, table, price_pairs(table, media, layout.economics), media)
