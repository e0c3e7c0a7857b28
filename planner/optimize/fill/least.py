"""The least of limited parts that any plan orders: the placement problem with pieces in place of money."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.supply import BomKey
from planner.optimize.fill.parts import PartsLeft
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray, PairPrices
from planner.optimize.problem import build_problem, unit_attachments
from planner.optimize.solve_way import decide_way
from planner.optimize.ways import FabricInputs
from planner.units import ceil_div

_PIECE_CENTS = 10_000
"""Price of a piece: gaps that stop a search are shares of what all cost, and far below it."""


def least_required_mm(table: RouteTable) -> IntArray:
    """Return the least length that a run of each pair requires (A, B)."""
    required = np.where(table.routed_mm < NO_ROUTE_MM, table.routed_mm + table.slack_mm, NO_ROUTE_MM)
    return np.asarray(required.min(axis=2), dtype=np.int64)


def prove_least_orders(
    inputs: FabricInputs, parts: PartsLeft, prices: PairPrices, is_short: BoolArray, options: SolveOptions
) -> dict[BomKey, int]:
    """Return how many pieces of each limited part every plan of a fabric orders, spares included.

    Of parts that are not short, only what runs take at their best conceivable slots.

    Parameters
    ----------
    inputs, parts
        The fabric and its limited parts, none of them shared by runs.
    prices
        The fabric's pair prices, which tell what is in reach.
    is_short
        Which parts a plan orders too much of (P,).
    options
        Seed, stop rules, progress.
    """
    pieces = parts.least_pieces(least_required_mm(inputs.table))
    found = [
        _least_in_use(inputs, each, prices, options) if short else _least_by_slot(inputs, each)
        for each, short in zip(pieces, is_short, strict=True)
    ]
    return parts.least_orders(np.array(found, dtype=np.int64))


def _least_by_slot(inputs: FabricInputs, pieces: IntArray) -> int:
    """Add up what each lower unit's runs take at the slot where that is least, given pairs' pieces (A, B)."""
    units = unit_attachments(inputs.fabric, inputs.table)
    return inputs.fabric.uplinks * sum(int(pieces[attachments].min()) for attachments in units)


def _least_in_use(inputs: FabricInputs, pieces: IntArray, prices: PairPrices, options: SolveOptions) -> int:
    """Return a number of pieces that no placement needs less of, given those of a run of each pair (A, B)."""
    if not pieces.any():
        return 0
    cents = np.where(prices.cents < UNREACHABLE_CENTS, _PIECE_CENTS * pieces, UNREACHABLE_CENTS)
    problem = build_problem(
        inputs.layout, inputs.catalog, inputs.fabric, inputs.table, replace(prices, cents=cents), inputs.used
    )
    free = replace(problem, opening_cents=np.zeros_like(problem.opening_cents), device_cents=0)
    decision = decide_way(free, options)
    return ceil_div(max(0, decision.bound_cents), _PIECE_CENTS) if decision else 0
