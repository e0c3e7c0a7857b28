"""Peer fabrics whose runs would overfill the pathway: each run's ends are given, its way is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.model.fabric import PeerFabric
from planner.model.layout import Layout
from planner.model.media import MediaOption, Medium
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.fill.routing import Crowd, price_routes, reroute, with_choices
from planner.optimize.fill.segments import earned_cents, read_segments, segment_prices
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray, price_pairs
from planner.optimize.stop import NEVER, heeding


def solve_peers_within_fill(
    layout: Layout,
    fabric: PeerFabric,
    table: RouteTable,
    media: tuple[tuple[int, MediaOption], ...],
    before: FabricSolution,
    taken_um2: Mapping[str, int],
    options: SolveOptions,
) -> FabricSolution:
    """Route all runs at least cost within what is left of each segment, and prove how good that is.

    Parameters
    ----------
    layout, fabric, table, media
        The fabric, more routes than ``before`` was decided on, and the options that fit.
    before
        The solution that overfills segments.
    taken_um2
        By segment id, what earlier fabrics' runs take.
    """
    segments = read_segments(table, taken_um2)
    pairs = np.array(
        [
            (table.lower_index[a.rack, a.u, a.cage], table.upper_index[b.rack, b.u, b.cage])
            for a, b in fabric.runs
        ],
        dtype=np.int64,
    )
    plain = Crowd(
        table=table,
        media=media,
        economics=layout.economics,
        segments=segments,
        prices=np.zeros(len(segments.segments), dtype=np.int64),
    )
    crowd = replace(plain, prices=price_routes(plain, pairs))
    with heeding(NEVER):  # there is no other plan that fits
        routed = reroute(crowd, pairs, options)
    if routed is None:
        return before
    optics = tuple(each for each in media if each[1].medium is Medium.OPTICS)
    in_optics = reroute(replace(crowd, media=optics), pairs, options) if optics else None
    cents = routed.cents if not routed.overfull_um2 else None
    return replace(
        before,
        runs=with_choices(before.runs, routed.choices),
        objective_cents=routed.cents,
        baselines=Baselines(
            all_optics_cents=in_optics.cents if in_optics and not in_optics.overfull_um2 else None,
            first_fit_cents=cents,
            greedy_cents=cents,
        ),
        certificate=before.certificate
        if routed.overfull_um2
        else _certificate(crowd, pairs, before.certificate),
    )


def _certificate(crowd: Crowd, pairs: IntArray, before: Certificate) -> Certificate:
    """Price every run at its cheapest way with tolls, less what segments earn, where that proves more."""
    tolls = crowd.segments.tolls(crowd.prices)
    prices = price_pairs(crowd.table, crowd.media, crowd.economics, tolls=tolls, least=True)
    bound = int(prices.cents[pairs[:, 0], pairs[:, 1]].sum()) - earned_cents(crowd.segments, crowd.prices)
    if bound <= before.bound_cents:
        return before
    return replace(before, bound_cents=bound, segment_prices=segment_prices(crowd.segments, crowd.prices))
