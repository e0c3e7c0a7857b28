"""Runs that must fit together: whole numbers of runs on routes, within spread and sections, at least cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.optimize.class_model import CENTS
from planner.optimize.fill.resources import Limits, Resources, prices_of_duals
from planner.optimize.linear_model import LinearModel
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, price_option, toll_cents, usable_stock_mm

_FEWEST_CHOICES = 6
"""Ways that a pair of ends may choose from at least: those that are cheapest with tolls."""

_COLUMNS = 20_000
"""Ways of all pairs together, where the fewest a pair are not more."""

_ROUNDS = 12
"""Most rounds of adding resources that turn out exceeded."""

_GAP = 1e-5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """Ways to make a run of a pair of ends; all arrays have one entry a column.

    ``pair`` is the index of the pair; ``route`` and ``kind`` are numbers in ``Resources``.
    """

    pair: IntArray
    option: IntArray
    stock: IntArray
    route: IntArray
    kind: IntArray
    cents: IntArray


class Group(NamedTuple):
    """Sums of runs to keep: the group of each column, and the least and most runs of each group."""

    of_column: IntArray
    least: IntArray
    most: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Runs of each column (whole numbers), and what they take too much in all."""

    runs: IntArray
    excess: int


def make_columns(
    table: RouteTable,
    media: Sequence[tuple[int, MediaOption]],
    economics: Economics,
    resources: Resources,
    prices: IntArray,
    pairs: IntArray,
) -> Columns:
    """Return for each pair of ends the ways that are cheapest with what resources charge.

    Where parts are limited, the cheapest way of each option is among them, whatever it costs.

    Parameters
    ----------
    table, media, economics
        Routes, fitting options and labor.
    resources, prices
        Resources and their prices (E + P,).
    pairs
        Lower and upper attachment of each pair (P, 2).
    """
    count, routes = len(pairs), table.routed_mm.shape[2]
    routed = table.routed_mm[pairs[:, 0], pairs[:, 1]]
    slack = table.slack_mm[pairs[:, 0], pairs[:, 1]]
    number = resources.route_number(pairs[:, 0][:, None], pairs[:, 1][:, None], np.arange(routes)[None, :])
    tolls = resources.charges(prices).tolls.reshape(-1)[number]
    made = [
        (option, stock, cents)
        for option, one in media
        for stock, cents in _priced(one, resources.parts.is_limited[option], (routed, slack), economics)
    ]
    option = np.repeat(np.array([index for index, _, _ in made], dtype=np.int64), routes)
    stock = np.concatenate([stock for _, stock, _ in made], axis=1)
    cents = np.concatenate([cents for _, _, cents in made], axis=1)
    kind = resources.kind_number(np.broadcast_to(option, stock.shape), stock)
    tolled = cents + toll_cents(resources.section_of_kind[kind], np.tile(tolls, (1, len(made))))
    tolled += resources.piece_cents(prices)[kind]
    choices = max(_FEWEST_CHOICES, _COLUMNS // max(1, count))
    if resources.parts.limits:
        choices += len(made)
        by_option = tolled.reshape(count, len(made), routes)
        first = by_option.argmin(axis=2)[:, :, None]
        np.put_along_axis(by_option, first, np.take_along_axis(by_option, first, 2) - UNREACHABLE_CENTS, 2)
    order = np.argsort(tolled, axis=1, kind="stable")[:, :choices]
    chosen = np.take_along_axis(cents, order, axis=1)
    reached = (chosen < UNREACHABLE_CENTS).ravel()
    return Columns(
        pair=np.repeat(np.arange(count), order.shape[1])[reached],
        option=option[order].ravel()[reached],
        stock=np.take_along_axis(stock, order, axis=1).ravel()[reached],
        route=np.take_along_axis(number, order % routes, axis=1).ravel()[reached],
        kind=np.take_along_axis(kind, order, axis=1).ravel()[reached],
        cents=chosen.ravel()[reached],
    )


def _priced(
    option: MediaOption, is_limited: Sequence[bool], lengths: tuple[IntArray, IntArray], economics: Economics
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield stock items and prices of runs of an option: the shortest that do, then longer ones.

    A longer one counts where supply limits all that are shorter and would do.
    """
    routed, slack = lengths
    usable = np.array([*usable_stock_mm(option), NO_ROUTE_MM], dtype=np.int64)
    goes_on = np.array([*is_limited, False])
    cents, stock = price_option(option, routed, slack, economics)
    yield stock, cents
    while (goes_on[stock] & (cents < UNREACHABLE_CENTS)).any():
        longer = np.where(goes_on[stock], np.minimum(stock + 1, len(usable) - 1), len(usable) - 1)
        cents, stock = price_option(option, routed, usable[longer] - routed, economics)
        yield stock, cents


def fit(
    columns: Columns,
    groups: Sequence[Group],
    resources: Resources,
    watched: IntArray,
    *,
    seed: int,
    node_limit: int,
    must_fit: bool = False,
) -> Fitted | None:
    """Choose whole numbers of runs at least cost so that no resource is exceeded, or as little as can be.

    Only resources that are ``watched`` and those that turn out exceeded become rows. None where the groups
    cannot be kept. With ``must_fit`` nothing more is tried once runs exceed a segment that is watched.
    """
    withheld = np.zeros(len(resources.left), dtype=np.int64)
    found: Fitted | None = None
    for _ in range(_ROUNDS):
        runs = _solve(columns, groups, resources, watched, withheld, seed=seed, node_limit=node_limit)
        if runs is None:
            return found
        excess = resources.excess(columns.route, columns.kind, runs)
        latest = Fitted(runs, resources.size(excess))
        found = latest if found is None or latest.excess <= found.excess else found
        over = np.flatnonzero(excess)
        if must_fit and np.isin(over[over < len(resources.segments)], watched).any():
            return found
        # Spares are rounded up line by line: a part in several lengths may be short by them alone.
        rounded = np.intersect1d(over[over >= len(resources.segments)], watched)
        fresh = np.setdiff1d(over, watched)
        if not len(fresh) and not len(rounded):
            return found
        withheld[rounded] += excess[rounded]
        watched = np.union1d(watched, fresh)
    return found


def price_resources_of(columns: Columns, groups: Sequence[Group], resources: Resources) -> IntArray:
    """Return prices of resources (E + P,) that make the columns' runs fit."""
    watched = np.zeros(0, dtype=np.int64)
    prices = np.zeros(len(resources.left), dtype=np.int64)
    for _ in range(_ROUNDS):
        model, runs, full = _model(columns, groups, resources, watched, integer=False)
        solution = model.solve_relaxation()
        if solution is None:
            return prices
        prices = prices_of_duals(resources, watched, solution.duals[full])
        used = resources.used(columns.route, columns.kind, solution.values[runs])
        fresh = np.setdiff1d(resources.exceeded(used), watched)
        if not len(fresh):
            break
        watched = np.union1d(watched, fresh)
    return prices


def _solve(
    columns: Columns,
    groups: Sequence[Group],
    resources: Resources,
    watched: IntArray,
    withheld: IntArray,
    *,
    seed: int,
    node_limit: int,
) -> IntArray | None:
    """Solve with rows for the watched resources; the runs of each column."""
    model, runs, _ = _model(columns, groups, resources, watched, withheld, integer=True)
    solution = model.solve(seed=seed, node_limit=node_limit, relative_gap=_GAP)
    return None if solution is None else np.rint(solution.values[runs]).astype(np.int64)


def _model(
    columns: Columns,
    groups: Sequence[Group],
    resources: Resources,
    watched: IntArray,
    withheld: IntArray | int = 0,
    *,
    integer: bool,
) -> tuple[LinearModel, IntArray, IntArray]:
    """Return the model, its runs, and the rows of the watched resources, which may be exceeded at a price."""
    model = LinearModel()
    most = np.full(len(columns.pair), np.inf)
    if integer:  # else a bound that the rows imply anyway would take a share of their prices
        for group in groups:
            most = np.minimum(most, group.most[group.of_column])
    runs = model.variables((len(columns.pair),), most, columns.cents / CENTS, integer=integer)
    for group in groups:
        rows = model.rows((len(group.least),), group.least, group.most)
        model.add(rows[group.of_column], runs, 1)
    limits = Limits(model, resources, watched, withheld)
    limits.take(runs, columns.route, columns.kind)
    return model, runs, limits.rows
