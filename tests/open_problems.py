"""The problem over all places of a hall whose racks may move, as the stages make it."""

from __future__ import annotations

from planner.geometry.open_table import build_open_table
from planner.model.arrangement import ArrangementRules, settle
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout
from planner.model.sites import positions
from planner.optimize.arrange.open_problem import OpenProblem, everywhere, open_problem
from planner.optimize.problem import NOTHING_USED
from planner.optimize.ways import FabricInputs, find_ways
from planner.topology.build import build_fabrics


def problem_over_all_places(layout: Layout, catalog: Catalog) -> OpenProblem:
    """The problem over all places, as the stages make it."""
    rules = ArrangementRules(layout, catalog)
    first = next(rules.every())
    fabric = build_fabrics(settle(layout, first), catalog)[0]
    assert isinstance(fabric, TierFabric)
    assert layout.open_racks is not None
    open_at = [one.address for one in layout.open_racks.positions]
    held = {unit.rack for unit in fabric.lower_units} | set(open_at)
    all_over = everywhere(fabric, first, [one.address for one in positions(layout) if one.address in held])
    above = settle(layout, ())
    table = build_open_table((settle(layout, open_at), above), catalog, all_over)
    inputs = FabricInputs(layout=above, catalog=catalog, fabric=all_over, table=table, used=NOTHING_USED)
    (way,) = find_ways(inputs)
    return open_problem(rules, catalog.rack_types[layout.open_racks.rack_type], all_over, way.problem)
