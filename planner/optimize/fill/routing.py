"""Runs of a placement that stands, spread and routed so that they fit the pathway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.routes import RouteTable
from planner.model.solution import ChosenRun, MediumChoice
from planner.optimize.fill.columns import Columns, Group, fit, make_columns, price_resources_of
from planner.optimize.fill.resources import Resources
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, make_placement, plane_groups
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.wiring import PlaneWiring


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crowd:
    """Routes and options to choose from, and what resources charge.

    ``prices`` (E + P,) only steer which ways are tried and which limits are looked at first. With
    ``must_fit`` no effort is made to exceed limits as little as can be.
    """

    table: RouteTable
    media: tuple[tuple[int, MediaOption], ...]
    economics: Economics
    resources: Resources
    prices: IntArray
    must_fit: bool = False

    def columns(self, pairs: IntArray) -> Columns:
        """Return the ways of each pair of ends (P, 2)."""
        return make_columns(self.table, self.media, self.economics, self.resources, self.prices, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Routed:
    """What each run is made of, what all cost, and what they take too much of resources."""

    choices: tuple[MediumChoice, ...]
    cents: int
    excess: int


def respread(
    problem: PlacementProblem,
    crowd: Crowd,
    ends: tuple[IntArray, IntArray],
    placement: Placement,
    options: SolveOptions,
) -> Placement:
    """Spread the runs of all planes anew, so that they fit and cost least.

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
    columns = crowd.columns(np.stack([lower, upper], axis=1))
    plane, i, k = (index.ravel()[columns.pair] for index in np.indices(shape))
    lowers = np.full(planes * shape[1], problem.uplinks)
    uppers_least = np.full(planes * uppers, problem.upper_load[0])
    uppers_most = np.full(planes * uppers, problem.upper_load[1])
    pairs = np.ones(len(lower), dtype=np.int64)
    found = fit(
        columns,
        (
            Group(plane * shape[1] + i, lowers, lowers),
            Group(columns.pair, pairs * problem.pair_runs[0], pairs * problem.pair_runs[1]),
            Group(plane * uppers + k, uppers_least, uppers_most),
        ),
        crowd.resources,
        np.flatnonzero(crowd.prices),
        seed=options.seed,
        node_limit=options.node_limit,
    )
    if found is None:
        return placement
    runs = np.zeros(len(lower), dtype=np.int64)
    np.add.at(runs, columns.pair, found.runs)
    wirings = [
        _wiring(problem, int(groups[plane]), slots[plane], counts)
        for plane, counts in enumerate(runs.reshape(shape))
    ]
    return make_placement(problem, placement.slots, tuple(wirings))


def _wiring(problem: PlacementProblem, group: int, slots: IntArray, runs: IntArray) -> PlaneWiring:
    cents, routed = problem.cents[group][:, slots], problem.routed_mm[group][:, slots]
    return PlaneWiring(runs, int((runs * cents).sum()), int((runs * routed).sum()))


def price_routes(crowd: Crowd, pairs: IntArray) -> IntArray:
    """Return prices of resources (E + P,) at which runs between given ends (runs, 2) leave room."""
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    columns = crowd.columns(distinct)
    return price_resources_of(columns, (Group(columns.pair, counts, counts),), crowd.resources)


def reroute(crowd: Crowd, pairs: IntArray, options: SolveOptions) -> Routed | None:
    """Choose a way for every run between given ends (runs, 2), so that all fit and cost least.

    None where a run reaches by no way.
    """
    distinct, pair_of = np.unique(pairs, axis=0, return_inverse=True)
    pair_of = pair_of.ravel()
    columns = crowd.columns(distinct)
    needed = np.bincount(pair_of, minlength=len(distinct))
    if len(np.unique(columns.pair)) < len(distinct):
        return None
    group = Group(columns.pair, needed, needed)
    watched = np.flatnonzero(crowd.prices)
    found = fit(
        columns,
        (group,),
        crowd.resources,
        watched,
        seed=options.seed,
        node_limit=options.node_limit,
        must_fit=crowd.must_fit,
    )
    if found is None:
        return None
    # Runs of a pair take its ways in order: cheapest first, so that equal plans are written alike.
    order = np.lexsort((np.arange(len(columns.pair)), columns.cents, columns.pair))
    taken = np.repeat(order, found.runs[order])
    runs = np.argsort(pair_of, kind="stable")
    column_of = np.empty(len(pairs), dtype=np.int64)
    column_of[runs] = taken
    routes = crowd.resources.shape[2]
    choices = tuple(
        MediumChoice(
            option=int(columns.option[column]),
            stock=int(columns.stock[column]),
            route=int(columns.route[column] % routes),
        )
        for column in column_of
    )
    return Routed(choices, int((found.runs * columns.cents).sum()), found.excess)


def with_choices(runs: Sequence[ChosenRun], choices: Sequence[MediumChoice]) -> tuple[ChosenRun, ...]:
    """Return the runs made of something else."""
    return tuple(replace(run, choice=choice) for run, choice in zip(runs, choices, strict=True))
