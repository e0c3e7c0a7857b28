"""Runs that must fit together: whole numbers of runs on routes, within spread and sections, at least cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import RouteTable
from planner.model.sections import run_section_um2
from planner.optimize.class_model import CENTS
from planner.optimize.fill.segments import Limits, RouteSegments, prices_of_duals
from planner.optimize.linear_model import LinearModel
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, price_option, toll_cents

_FEWEST_CHOICES = 6
"""Ways that a pair of ends may choose from at least: those that are cheapest with tolls."""

_COLUMNS = 20_000
"""Ways of all pairs together, where the fewest a pair are not more."""

_ROUNDS = 12
"""Most rounds of adding segments that turn out overfull."""

_GAP = 1e-5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """Ways to make a run of a pair of ends; all arrays have one entry a column.

    ``pair`` is the index of the pair, ``route`` the number of the route in ``RouteSegments``.
    """

    pair: IntArray
    option: IntArray
    stock: IntArray
    route: IntArray
    cents: IntArray
    section_um2: IntArray


class Group(NamedTuple):
    """Sums of runs to keep: the group of each column, and the least and most runs of each group."""

    of_column: IntArray
    least: IntArray
    most: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Runs of each column (whole numbers), and what they take too much in all."""

    runs: IntArray
    overfull_um2: int


def make_columns(
    table: RouteTable,
    media: Sequence[tuple[int, MediaOption]],
    economics: Economics,
    segments: RouteSegments,
    prices: IntArray,
    pairs: IntArray,
) -> Columns:
    """Return for each pair of ends the ways that are cheapest with tolls.

    Parameters
    ----------
    table, media, economics
        Routes, fitting options and labor.
    segments, prices
        Segments and their prices (E,), thousandths of a cent per square millimeter.
    pairs
        Lower and upper attachment of each pair (P, 2).
    """
    count, routes = len(pairs), table.routed_mm.shape[2]
    routed = table.routed_mm[pairs[:, 0], pairs[:, 1]]
    slack = table.slack_mm[pairs[:, 0], pairs[:, 1]]
    number = segments.route_number(pairs[:, 0][:, None], pairs[:, 1][:, None], np.arange(routes)[None, :])
    tolls = segments.tolls(prices).reshape(-1)[number]
    cents, stocks, tolled = [], [], []
    for _, option in media:
        price, stock = price_option(option, routed, slack, economics)
        cents.append(price)
        stocks.append(stock)
        tolled.append(price + toll_cents(np.int64(run_section_um2(option)), tolls))
    choices = max(_FEWEST_CHOICES, _COLUMNS // max(1, count))
    order = np.argsort(np.concatenate(tolled, axis=1), axis=1, kind="stable")[:, :choices]
    chosen = np.take_along_axis(np.concatenate(cents, axis=1), order, axis=1)
    reached = (chosen < UNREACHABLE_CENTS).ravel()
    which = np.array([index for index, _ in media], dtype=np.int64)
    section = np.array([run_section_um2(option) for _, option in media], dtype=np.int64)
    medium, route = order // routes, order % routes
    return Columns(
        pair=np.repeat(np.arange(count), order.shape[1])[reached],
        option=which[medium].ravel()[reached],
        stock=np.take_along_axis(np.concatenate(stocks, axis=1), order, axis=1).ravel()[reached],
        route=np.take_along_axis(number, route, axis=1).ravel()[reached],
        cents=chosen.ravel()[reached],
        section_um2=section[medium].ravel()[reached],
    )


def fit(
    columns: Columns,
    groups: Sequence[Group],
    segments: RouteSegments,
    *,
    seed: int,
    node_limit: int,
) -> Fitted | None:
    """Choose whole numbers of runs at least cost so that no segment is overfull, or as little as can be.

    Only segments that turn out overfull become rows. None where the groups cannot be kept.
    """
    watched = np.zeros(0, dtype=np.int64)
    found: Fitted | None = None
    for _ in range(_ROUNDS):
        runs = _solve(columns, groups, segments, watched, seed=seed, node_limit=node_limit)
        if runs is None:
            return found
        excess = np.maximum(0, segments.used(columns.route, runs * columns.section_um2) - segments.left_um2)
        latest = Fitted(runs, int(excess.sum()))
        found = latest if found is None or latest.overfull_um2 <= found.overfull_um2 else found
        fresh = np.setdiff1d(np.flatnonzero(excess), watched)
        if not len(fresh):
            return found
        watched = np.union1d(watched, fresh)
    return found


def price_segments_of(columns: Columns, groups: Sequence[Group], segments: RouteSegments) -> IntArray:
    """Return prices of segments (E,) that make the columns' runs fit, in thousandths of a cent per mm2."""
    watched = np.zeros(0, dtype=np.int64)
    prices = np.zeros(len(segments.segments), dtype=np.int64)
    for _ in range(_ROUNDS):
        model, runs, full = _model(columns, groups, segments, watched, integer=False)
        solution = model.solve_relaxation()
        if solution is None:
            return prices
        prices[watched] = prices_of_duals(solution.duals[full])
        um2 = np.floor(solution.values[runs] * columns.section_um2).astype(np.int64)
        fresh = np.setdiff1d(np.flatnonzero(segments.used(columns.route, um2) > segments.left_um2), watched)
        if not len(fresh):
            break
        watched = np.union1d(watched, fresh)
    return prices


def _solve(
    columns: Columns,
    groups: Sequence[Group],
    segments: RouteSegments,
    watched: IntArray,
    *,
    seed: int,
    node_limit: int,
) -> IntArray | None:
    """Solve with rows for the watched segments; the runs of each column."""
    model, runs, _ = _model(columns, groups, segments, watched, integer=True)
    solution = model.solve(seed=seed, node_limit=node_limit, relative_gap=_GAP)
    return None if solution is None else np.rint(solution.values[runs]).astype(np.int64)


def _model(
    columns: Columns, groups: Sequence[Group], segments: RouteSegments, watched: IntArray, *, integer: bool
) -> tuple[LinearModel, IntArray, IntArray]:
    """Return the model, its runs, and the rows of the watched segments, which may be overfull at a price."""
    model = LinearModel()
    most = np.full(len(columns.pair), np.inf)
    if integer:  # else a bound that the rows imply anyway would take a share of their prices
        for group in groups:
            most = np.minimum(most, group.most[group.of_column])
    runs = model.variables((len(columns.pair),), most, columns.cents / CENTS, integer=integer)
    for group in groups:
        rows = model.rows((len(group.least),), group.least, group.most)
        model.add(rows[group.of_column], runs, 1)
    limits = Limits(model, segments, watched)
    limits.take(runs, columns.route, columns.section_um2)
    return model, runs, limits.rows
