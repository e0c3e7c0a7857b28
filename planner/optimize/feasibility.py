"""Tells whether a fabric can be cabled at all, without deciding anything and without a solver."""

from __future__ import annotations

from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.optimize.pricing import price_pairs
from planner.optimize.problem import build_problem
from planner.optimize.reach import fabric_cages, fitting_media, require_peer_reach, require_reach


def refuse_out_of_reach(layout: Layout, catalog: Catalog, fabric: Fabric, table: RouteTable) -> None:
    """Raise InfeasibleError where no medium of the profile reaches far enough on any route."""
    media = fitting_media(catalog, fabric_cages(catalog, fabric))
    prices = price_pairs(table, media, layout.economics)
    if isinstance(fabric, TierFabric):
        require_reach(fabric, table, build_problem(layout, catalog, fabric, table, prices), media)
    else:
        require_peer_reach(fabric, table, prices, media)
