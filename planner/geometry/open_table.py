"""Routes between all places where racks of two kinds may stand, before anybody has decided which do."""

from __future__ import annotations

from planner.geometry.assembly import SegmentWriter
from planner.geometry.ends import lower_ends, upper_ends
from planner.geometry.hall_trays import HallTrays
from planner.geometry.positions import Floor
from planner.geometry.routes import RouteFinder
from planner.geometry.stands import make_side
from planner.geometry.table import HallRoutes
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable


def build_open_table(layouts: tuple[Layout, Layout], catalog: Catalog, fabric: TierFabric) -> RouteTable:
    """Find the cheapest routes from all places of lower units to all places of upper ones.

    A route depends on what stands at its ends and on nothing between, so that the table holds for every
    arrangement. Lengths only: segments are named once racks stand.

    Parameters
    ----------
    layouts
        One hall twice: with the racks of lower devices, and with those of upper devices, wherever they
        may stand.
    catalog, fabric
        The parts, and the fabric with lower units at every place.
    """
    below, above = layouts
    lower, upper = lower_ends(below, catalog, fabric), upper_ends(above, catalog, fabric)
    floors = Floor(below, catalog), Floor(above, catalog, (fabric.upper_rack_type,))
    sides = make_side(floors[0], lower.attachments), make_side(floors[1], upper.attachments)
    finder = RouteFinder(above, floors[0], HallTrays(above), *sides)
    routes = above.pathways.routes_per_pair
    return HallRoutes(lower, upper, finder, SegmentWriter(above, catalog), routes)
