"""Runs that must fit together: whole numbers of runs on ways, within spread and limits, at least cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.optimize.class_model import CENTS
from planner.optimize.fill.columns import Columns, PairWays
from planner.optimize.fill.resources import Limits, Resources, prices_of_duals
from planner.optimize.linear_model import FloatArray, LinearModel
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray

_CHOICES = 6
"""Ways that a pair of ends may choose from at first: those that are cheapest with tolls."""

_COLUMNS = 20_000
"""Ways of all pairs together that are more than enough, where ``_CHOICES`` of each are not more."""

_ROUNDS = 24
"""Most rounds of adding resources that turn out exceeded, and ways round them."""

_NEARLY_FULL = 0.9

_NEIGHBORHOODS = 2
"""Parts of the runs, each larger than the one before, that are chosen anew before all are."""

_GAP = 1e-5
_NEAR = 2 * _GAP
"""Share of what all runs cost that a way may cost more than the cheapest of its pair, tolls included."""

_NEAR_IF_LARGE = 1e-3
_SMALL = 2000
"""Columns up to which a program of all of them takes no time."""

_SOME = 1e-6

_GAP_IF_EXCEEDED = 0.1
"""Where not even halves of runs fit, it matters where limits are exceeded, and roughly by how much."""


class Group(NamedTuple):
    """Sums of runs to keep: the group of each pair of ends, and the least and most runs of each group."""

    of_pair: IntArray
    least: IntArray
    most: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """Ways to choose from: those that may matter, and more of them for when they do not fit.

    ``relaxed`` are the runs of the few where halves of runs are allowed, ``excess`` what they take too much
    in all. ``prices`` (E + P,) are those at which they leave room; the resources that were ``watched`` for it
    may be exceeded.
    """

    few: Columns
    many: Columns
    relaxed: FloatArray
    excess: int
    prices: IntArray
    watched: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Whole numbers of runs of columns, and what they take too much in all."""

    columns: Columns
    runs: IntArray
    excess: int

    @property
    def cents(self) -> int:
        """What all runs cost."""
        return int((self.runs * self.columns.cents).sum())


def offer_ways(ways: PairWays, groups: Sequence[Group], prices: IntArray) -> Offer:
    """Price resources until the runs of pairs leave room, and return the ways that are cheap at these prices.

    Parameters
    ----------
    ways
        All ways of the pairs.
    groups
        Sums of runs to keep.
    prices
        Prices of resources (E + P,) to start from.
    """
    resources = ways.resources
    watched = np.flatnonzero(prices)
    tolled = ways.tolled(prices)
    chosen = ways.cheapest(tolled, _CHOICES)
    relaxed, near, excess = np.zeros(chosen.shape), 0, 0
    for _ in range(_ROUNDS):
        columns = ways.columns(chosen)
        model, runs, full = _model(columns, groups, resources, watched, integer=False)
        solution = model.solve_by_simplex()
        if solution is None:
            break
        prices = prices_of_duals(resources, watched, solution.duals[full])
        taken = np.maximum(0, solution.values[runs])
        relaxed = np.zeros(chosen.shape)
        relaxed[chosen] = taken
        near = int(_NEAR * float(taken @ columns.cents))
        used = resources.used(columns.route, columns.kind, taken)
        excess = resources.size(np.where(resources.is_exceeded(used), used - resources.left, 0))
        fresh = np.setdiff1d(resources.exceeded(used), watched)
        if len(fresh):  # what is kept out of these may soon exceed those that are nearly full
            watched = np.union1d(watched, np.flatnonzero(used >= _NEARLY_FULL * resources.left))
        tolled = ways.tolled(prices)
        least = np.where(chosen, tolled, UNREACHABLE_CENTS).min(axis=1)
        better = ways.cheapest(tolled, 1) & (tolled < least[:, None])
        if not len(fresh) and not better.any():
            break
        chosen = chosen | better
    many = ways.cheapest(tolled, max(_CHOICES, _COLUMNS // len(chosen)))
    few = (ways.cheapest(tolled, _CHOICES) & (tolled <= tolled.min(axis=1)[:, None] + near)) | (
        relaxed > _SOME
    )
    return Offer(
        few=ways.columns(few),
        many=ways.columns(many | chosen),
        relaxed=relaxed[few],
        excess=excess,
        prices=prices,
        watched=watched,
    )


def fit(offer: Offer, groups: Sequence[Group], resources: Resources, options: SolveOptions) -> Fitted | None:
    """Choose whole numbers of runs at least cost so that no resource is exceeded, or as little as can be.

    Runs stay as they are relaxed except where halves of them are taken, and what shares a group with those;
    then also what takes of resources that this exceeds. Only where that is not enough, all are chosen anew.
    Where halves of runs exceed limits, the first runs found will do. None where the groups cannot be kept.
    """
    few, whole = offer.few, np.rint(offer.relaxed)
    is_open = _sharing(few, groups, np.abs(offer.relaxed - whole) > _SOME)
    found: Fitted | None = None
    for _ in range(_NEIGHBORHOODS):
        bounds = np.where(is_open, 0, whole), np.where(is_open, np.inf, whole)
        found = _fit(few, bounds, groups, resources, offer, options)
        if found is not None and (offer.excess or _is_near(found, offer)):
            return found
        if found is None or not found.excess:
            break
        excess = resources.excess(few.route, few.kind, found.runs)
        which, resource, _ = resources.entries(few.route, few.kind)
        taking = np.zeros(len(few.pair), dtype=bool)
        taking[which[excess[resource] > 0]] = True
        is_open |= _sharing(few, groups, taking & (found.runs > 0))
    anything = np.zeros(len(offer.many.pair)), np.full(len(offer.many.pair), np.inf)
    further = _fit(offer.many, anything, groups, resources, offer, options)
    return min(filter(None, (found, further)), key=lambda each: (each.excess, each.cents), default=None)


def _sharing(columns: Columns, groups: Sequence[Group], marked: BoolArray) -> BoolArray:
    """Tell which columns share a group with one that is marked."""
    groups_of = [group.of_pair[columns.pair] for group in groups]
    return np.asarray(np.any([np.isin(each, each[marked]) for each in groups_of], axis=0))


def _is_near(found: Fitted, offer: Offer) -> bool:
    """Tell whether runs are so near those allowed halves that all of them anew are not worth the time."""
    relaxed_cents = float(offer.relaxed @ offer.few.cents)
    near = _NEAR if len(offer.many.pair) <= _SMALL else _NEAR_IF_LARGE
    return not found.excess and found.cents <= (1 + near) * relaxed_cents


def _fit(
    columns: Columns,
    bounds: tuple[FloatArray, FloatArray],
    groups: Sequence[Group],
    resources: Resources,
    offer: Offer,
    options: SolveOptions,
) -> Fitted | None:
    """Choose among columns of an offer, so many runs of each at least and at most.

    Only resources that are watched and those that turn out exceeded become rows.
    """
    watched, relative_gap = offer.watched, _GAP_IF_EXCEEDED if offer.excess else _GAP
    withheld = np.zeros(len(resources.left), dtype=np.int64)
    found: Fitted | None = None
    most = bounds[1]
    for group in groups:
        most = np.minimum(most, group.most[group.of_pair[columns.pair]])
    for _ in range(_ROUNDS):
        model, runs_of, _ = _model(columns, groups, resources, watched, withheld, integer=True)
        model.rebound(runs_of, bounds[0], most)
        solution = model.solve(
            seed=options.seed, node_limit=options.node_limit, relative_gap=relative_gap, is_tight=True
        )
        if solution is None:
            return found
        runs = np.rint(solution.values[runs_of]).astype(np.int64)
        excess = resources.excess(columns.route, columns.kind, runs)
        latest = Fitted(columns, runs, resources.size(excess))
        found = latest if found is None or latest.excess <= found.excess else found
        over = np.flatnonzero(excess)
        # Spares are rounded up line by line: a part in several lengths may be short by them alone.
        rounded = np.intersect1d(over[over >= len(resources.segments)], watched)
        fresh = np.setdiff1d(over, watched)
        if offer.excess or not (len(fresh) or len(rounded)):
            return found
        withheld[rounded] += excess[rounded]
        watched = np.union1d(watched, fresh)
    return found


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
    # A bound that the rows imply anyway would take a share of their prices.
    runs = model.variables((len(columns.pair),), np.inf, columns.cents / CENTS, integer=integer)
    for group in groups:
        rows = model.rows((len(group.least),), group.least, group.most)
        model.add(rows[group.of_pair[columns.pair]], runs, 1)
    limits = Limits(model, resources, watched, withheld)
    limits.take(runs, columns.route, columns.kind)
    return model, runs, limits.rows
