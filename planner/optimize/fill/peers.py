"""Peer fabrics whose runs would exceed limits: each run's ends are given, its way is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.fabric import PeerFabric
from planner.model.layout import Layout
from planner.model.media import MediaOption, Medium
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.fill.least import least_required_mm
from planner.optimize.fill.parts import read_parts
from planner.optimize.fill.resources import (
    earned_cents,
    part_prices,
    read_resources,
    segment_prices,
)
from planner.optimize.fill.routing import Crowd, price_routes, reroute, with_choices
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray, price_pairs
from planner.optimize.stop import NEVER, heeding


def solve_peers_within_limits(
    layout: Layout,
    fabric: PeerFabric,
    table: RouteTable,
    media: tuple[tuple[int, MediaOption], ...],
    before: FabricSolution,
    taken: Taken,
    options: SolveOptions,
) -> FabricSolution:
    """Make all runs at least cost within what is left of each resource, and prove how good that is.

    Parameters
    ----------
    layout, fabric, table, media
        The fabric, more routes than ``before`` was decided on, and the options that fit.
    before
        The solution without regard to limits.
    taken
        What other fabrics take.
    """
    parts = read_parts(media, layout.supply, taken.orders, layout.economics.spares_permille)
    resources = read_resources(table, media, taken.um2, parts)
    pairs = ends_of_peers(fabric, table)
    plain = Crowd(
        table=table,
        media=media,
        economics=layout.economics,
        resources=resources,
        prices=np.zeros(len(resources.left), dtype=np.int64),
    )
    required_mm = least_required_mm(table)[pairs[:, 0], pairs[:, 1]]
    least = parts.least_orders(parts.least_pieces(required_mm).sum(axis=1))
    crowd = replace(plain, prices=price_routes(plain, pairs))
    with heeding(NEVER):  # there is no other plan that fits
        routed = reroute(crowd, pairs, options)
    if routed is None:
        return replace(before, least_orders=least)
    optics = tuple(each for each in media if each[1].medium is Medium.OPTICS)
    in_optics = reroute(replace(crowd, media=optics), pairs, options) if optics else None
    cents = routed.cents if not routed.excess else None
    return replace(
        before,
        runs=with_choices(before.runs, routed.choices),
        objective_cents=routed.cents,
        least_orders=least,
        baselines=Baselines(
            all_optics_cents=in_optics.cents if in_optics and not in_optics.excess else None,
            first_fit_cents=cents,
            greedy_cents=cents,
        ),
        certificate=before.certificate if routed.excess else _certificate(crowd, pairs, before.certificate),
    )


def ends_of_peers(fabric: PeerFabric, table: RouteTable) -> IntArray:
    """Return the attachments of both ends of each run (runs, 2)."""
    return np.array(
        [
            (table.lower_index[a.rack, a.u, a.cage], table.upper_index[b.rack, b.u, b.cage])
            for a, b in fabric.runs
        ],
        dtype=np.int64,
    )


def _certificate(crowd: Crowd, pairs: IntArray, before: Certificate) -> Certificate:
    """Price every run at its cheapest way with charges, less what resources earn, where that proves more."""
    resources, prices = crowd.resources, crowd.prices
    charged = price_pairs(
        crowd.table, crowd.media, crowd.economics, charges=resources.charges(prices), least=True
    )
    bound = int(charged.cents[pairs[:, 0], pairs[:, 1]].sum()) - earned_cents(resources, prices)
    if bound <= before.bound_cents:
        return before
    return replace(
        before,
        bound_cents=bound,
        segment_prices=segment_prices(resources, prices),
        part_prices=part_prices(resources, prices),
    )
