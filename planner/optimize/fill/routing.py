"""Runs of a placement that stands, spread and routed so that they fit the pathway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, MediumChoice
from planner.optimize.fill.columns import PairWays, find_ways
from planner.optimize.fill.fitting import Fitted, Group, fit, offer_ways
from planner.optimize.fill.resources import Resources
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, make_placement, plane_groups
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.wiring import PlaneWiring


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crowd:
    """Routes and options to choose from, and what resources charge.

    ``prices`` (E + P,) only steer which ways are tried and which limits are looked at first.
    """

    table: RouteTable
    media: tuple[tuple[int, MediaOption], ...]
    economics: Economics
    resources: Resources
    prices: IntArray

    def ways(self, pairs: IntArray) -> PairWays:
        """Return all ways of each pair of ends (P, 2)."""
        return find_ways(self.table, self.media, self.economics, self.resources, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Routed:
    """What each run is made of, what all cost, and what they take too much of resources."""

    choices: tuple[MediumChoice, ...]
    cents: int
    excess: int


@dataclass(frozen=True, slots=True, eq=False)
class Respread:
    """A placement whose runs were spread anew, and the ways they take between pairs of ends (P, 2)."""

    placement: Placement
    pairs: IntArray
    fitted: Fitted


def respread(
    problem: PlacementProblem,
    crowd: Crowd,
    ends: tuple[IntArray, IntArray],
    placement: Placement,
    options: SolveOptions,
    *,
    must_fit: bool = False,
) -> Respread | None:
    """Spread the runs of all planes anew, so that they fit and cost least.

    None where that is cut short, or where runs ``must_fit`` and do not even as halves.

    Parameters
    ----------
    problem, crowd, placement
        The problem without tolls, ways to make runs, and where upper units stand.
    ends
        Attachment of each lower unit of each class's planes (G, N), and of each slot (S,).
    """
    groups = np.array(plane_groups(problem))
    slots = np.stack(placement.slots)
    planes, uppers = slots.shape
    shape = (planes, ends[0].shape[1], uppers)
    lower = np.broadcast_to(ends[0][groups][:, :, None], shape).ravel()
    upper = np.broadcast_to(ends[1][slots][:, None, :], shape).ravel()
    pairs = np.stack([lower, upper], axis=1)
    plane, i, k = (index.ravel() for index in np.indices(shape))
    lowers = np.full(planes * shape[1], problem.uplinks)
    uppers_least = np.full(planes * uppers, problem.upper_load[0])
    uppers_most = np.full(planes * uppers, problem.upper_load[1])
    one = np.ones(len(pairs), dtype=np.int64)
    sums = (
        Group(plane * shape[1] + i, lowers, lowers),
        Group(np.arange(len(pairs)), one * problem.pair_runs[0], one * problem.pair_runs[1]),
        Group(plane * uppers + k, uppers_least, uppers_most),
    )
    offer = offer_ways(crowd.ways(pairs), sums, crowd.prices)
    found = None if must_fit and offer.excess else fit(offer, sums, crowd.resources, options)
    if found is None:
        return None
    runs = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(runs, found.columns.pair, found.runs)
    wirings = [
        _wiring(problem, int(groups[plane]), slots[plane], counts)
        for plane, counts in enumerate(runs.reshape(shape))
    ]
    return Respread(make_placement(problem, placement.slots, tuple(wirings)), pairs, found)


def _wiring(problem: PlacementProblem, group: int, slots: IntArray, runs: IntArray) -> PlaneWiring:
    cents, routed = problem.cents[group][:, slots], problem.routed_mm[group][:, slots]
    return PlaneWiring(runs, int((runs * cents).sum()), int((runs * routed).sum()))


def price_routes(crowd: Crowd, pairs: IntArray) -> IntArray:
    """Return prices of resources (E + P,) at which runs between given ends (runs, 2) leave room."""
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    group = Group(np.arange(len(distinct)), counts, counts)
    return offer_ways(crowd.ways(distinct), (group,), crowd.prices).prices


def reroute(crowd: Crowd, pairs: IntArray, options: SolveOptions, *, must_fit: bool = False) -> Routed | None:
    """Choose a way for every run between given ends (runs, 2), so that all fit and cost least.

    None where a run reaches by no way, or where they ``must_fit`` and do not even as halves of runs.
    """
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    group = Group(np.arange(len(distinct)), counts, counts)
    ways = crowd.ways(distinct)
    if (ways.cents.min(axis=1) >= UNREACHABLE_CENTS).any():
        return None
    offer = offer_ways(ways, (group,), crowd.prices)
    found = None if must_fit and offer.excess else fit(offer, (group,), crowd.resources, options)
    return None if found is None else deal_ways(crowd, distinct, found, pairs)


def deal_ways(crowd: Crowd, ends: IntArray, found: Fitted, runs: IntArray) -> Routed:
    """Give each run between given ends (runs, 2) a way, as many of each as were found.

    ``ends`` (P, 2) are those of the pairs that ways were found for; as many runs lie between them.
    """
    columns = found.columns
    _, number = np.unique(np.concatenate([ends, runs]), axis=0, return_inverse=True)
    place, place_of_run = number.ravel()[: len(ends)][columns.pair], number.ravel()[len(ends) :]
    # Runs of a pair take its ways in order: cheapest first, so that equal plans are written alike.
    order = np.lexsort((columns.stock, columns.option, columns.route, columns.cents, place))
    column_of = np.empty(len(runs), dtype=np.int64)
    column_of[np.argsort(place_of_run, kind="stable")] = np.repeat(order, found.runs[order])
    routes = crowd.resources.shape[2]
    choices = tuple(
        MediumChoice(
            option=int(columns.option[column]),
            stock=int(columns.stock[column]),
            route=int(columns.route[column] % routes),
        )
        for column in column_of
    )
    return Routed(choices, found.cents, found.excess)


def with_choices(runs: Sequence[ChosenRun], choices: Sequence[MediumChoice]) -> tuple[ChosenRun, ...]:
    """Return the runs made of something else."""
    return tuple(replace(run, choice=choice) for run, choice in zip(runs, choices, strict=True))
