"""Racks that may move, put where the plan is cheapest: joins the stages that decide so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.geometry.open_table import build_open_table
from planner.inputs.load import Inputs
from planner.model.arrangement import ArrangementRules, settle
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import positions
from planner.optimize.options import SolveOptions


def settled_inputs(inputs: Inputs, chosen: Sequence[str]) -> Inputs:
    """Return the inputs with racks that may move at the chosen positions."""
    return replace(inputs, layout=settle(inputs.layout, chosen))


def first_arrangement(inputs: Inputs) -> Inputs:
    """Return the inputs with racks that may move at the first positions that the rules allow.

    What depends only on how many racks join, not on where they stand, can be derived from it.
    """
    if inputs.layout.open_racks is None:
        return inputs
    rules = ArrangementRules(inputs.layout, inputs.catalog)
    return settled_inputs(inputs, next(rules.every()))
