"""What a fabric orders of parts: the next one gets what can be had besides."""

from __future__ import annotations

from collections import Counter

from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.supply import BomKey
from planner.plan.bom import orders_of_runs
from planner.plan.runs import build_runs
from planner.plan.solved import SolvedFabric


def ordered_parts(layout: Layout, catalog: Catalog, solved: SolvedFabric) -> Counter[BomKey]:
    """Return the pieces ordered for a fabric's runs; none where nothing is limited."""
    if not layout.supply:
        return Counter()
    runs = build_runs(layout, catalog, (solved,))
    return orders_of_runs(runs, layout.economics)
