"""Finds a placement: which upper unit of which plane stands in which slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from planner.optimize.class_model import Standing, build_class_model
from planner.optimize.options import SolveOptions
from planner.optimize.plane_model import assign_planes
from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped
from planner.optimize.wiring import PlaneWiring, wire_plane

_PART_GAP_PERMILLION = 2500
"""As close as a part of all planes is placed: it matters less, and closing its gap takes long."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where the upper units of each plane stand, and how they are wired.

    ``slots[p]`` are the slots of plane p's upper units, ascending, a slot once per unit in it.
    """

    slots: tuple[IntArray, ...]
    wirings: tuple[PlaneWiring, ...]
    cents: int
    routed_mm: int

    @property
    def run_cents(self) -> int:
        """What the runs alone cost."""
        return sum(wiring.cents for wiring in self.wirings)


def price_placement(problem: PlacementProblem, slots: tuple[IntArray, ...]) -> Placement | None:
    """Wire every plane and sum the objective; None where something does not reach."""
    wirings = []
    for plane, group in enumerate(plane_groups(problem)):
        wiring = wire_plane(problem, group, slots[plane])
        if wiring is None:
            return None
        wirings.append(wiring)
    return make_placement(problem, slots, tuple(wirings))


def make_placement(
    problem: PlacementProblem, slots: tuple[IntArray, ...], wirings: tuple[PlaneWiring, ...]
) -> Placement:
    """Sum the objective of planes that are wired: runs, devices, racks opened."""
    held = problem.held(slots)
    is_open = (held > 0) | np.array(problem.is_fixed)
    cents = sum(wiring.cents for wiring in wirings) + int(problem.opening_cents[is_open].sum())
    cents += int(held.sum()) * problem.device_cents + problem.constant_cents
    return Placement(slots, wirings, cents, sum(wiring.routed_mm for wiring in wirings))


def plane_groups(problem: PlacementProblem) -> list[int]:
    """Return the class of each plane."""
    group_of = {plane: group for group, members in enumerate(problem.classes) for plane in members}
    return [group_of[plane] for plane in range(len(group_of))]


def place(
    problem: PlacementProblem,
    rack_bounds: tuple[IntArray, IntArray],
    options: SolveOptions,
    *,
    offered: BoolArray | None = None,
    standing: Mapping[int, IntArray] = MappingProxyType({}),
) -> Placement | None:
    """Place all upper units; None where no way was found, or the search is to end.

    Solves the model by class, then deals each class's units to its planes.

    Parameters
    ----------
    problem
        The placement problem.
    rack_bounds
        Least and most opening of each candidate rack, 0 or 1 (Q,).
    options
        Seed and node limit.
    offered
        Which slots each class is offered (G, S); None: all.
    standing
        Slots of the units of planes that are placed already and stay.
    """
    if is_stopped():
        return None
    waiting = [[plane for plane in members if plane not in standing] for members in problem.classes]
    known = Standing(
        problem.planes_per_class - np.array([len(planes) for planes in waiting]),
        sum(
            (np.bincount(slots, minlength=len(problem.slots)) for slots in standing.values()),
            start=np.zeros(len(problem.slots), dtype=np.int64),
        ),
    )
    model = build_class_model(problem, rack_bounds, integer=True, offered=offered, standing=known)
    solution = model.model.solve(
        seed=options.seed,
        node_limit=options.node_limit,
        relative_gap=(_PART_GAP_PERMILLION if standing else options.gap_permillion) / 2e6,
    )
    if solution is None:
        return None
    counts = model.counts(solution.values, problem.base_cents.shape)
    slots = dict(standing)
    for group, planes in enumerate(waiting):
        dealt = deal_units(problem, group, len(planes), counts[group], options) if planes else []
        if dealt is None:
            return None
        slots.update(zip(planes, dealt, strict=True))
    return price_placement(problem, tuple(slots[plane] for plane in range(len(slots))))


def rank(placement: Placement) -> tuple[int, int]:
    """Return what is compared between plans: money, then routed length."""
    return placement.cents, placement.routed_mm


def deal_units(
    problem: PlacementProblem, group: int, planes: int, counts: IntArray, options: SolveOptions
) -> list[IntArray] | None:
    """Deal a class's units to so many of its planes, K each.

    Where every slot holds a multiple of the planes, each plane takes the same from each, which
    costs nothing: the class's runs split evenly (an even bipartite graph has an Euler split).
    Else a small integer program finds the cheapest way.
    """
    occupied = np.flatnonzero(counts)
    if (counts % planes == 0).all():
        return [np.repeat(occupied, counts[occupied] // planes)] * planes
    return assign_planes(problem, [group] * planes, counts, options)


def is_close(placement: Placement, bound_cents: int, gap_permillion: int) -> bool:
    """Tell whether the plan is within so many parts per million of the bound."""
    return (placement.cents - bound_cents) * 1_000_000 <= gap_permillion * placement.cents
