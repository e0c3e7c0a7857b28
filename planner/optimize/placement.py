"""Finds a placement: which upper unit of which plane stands in which slot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.optimize.class_model import build_class_model
from planner.optimize.options import SolveOptions
from planner.optimize.plane_model import assign_planes
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.wiring import PlaneWiring, wire_plane


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
    opened = {int(problem.slot_rack[slot]) for plane in slots for slot in plane}
    opened |= {rack for rack, fixed in enumerate(problem.is_fixed) if fixed}
    used = {int(slot) for plane in slots for slot in plane}
    cents = (
        sum(wiring.cents for wiring in wirings) + len(used) * problem.device_cents + problem.constant_cents
    )
    cents += sum(int(problem.opening_cents[rack]) for rack in opened)
    return Placement(slots, wirings, cents, sum(wiring.routed_mm for wiring in wirings))


def plane_groups(problem: PlacementProblem) -> list[int]:
    """Return the class of each plane."""
    group_of = {plane: group for group, members in enumerate(problem.classes) for plane in members}
    return [group_of[plane] for plane in range(len(group_of))]


def place(
    problem: PlacementProblem, rack_bounds: tuple[IntArray, IntArray], options: SolveOptions
) -> Placement | None:
    """Place all upper units; None where no way was found.

    Solves the model by class, then deals each class's units to its planes.

    Parameters
    ----------
    problem
        The placement problem.
    rack_bounds
        Least and most opening of each candidate rack, 0 or 1 (Q,).
    options
        Seed and node limit.
    """
    model = build_class_model(problem, rack_bounds)
    solution = model.model.solve(
        seed=options.seed, node_limit=options.node_limit, relative_gap=options.gap_permillion / 2e6
    )
    if solution is None:
        return None
    counts = np.rint(solution.values[model.units]).astype(np.int64)
    slots: dict[int, IntArray] = {}
    for group, members in enumerate(problem.classes):
        dealt = deal_units(problem, group, counts[group], options)
        if dealt is None:
            return None
        slots.update(zip(members, dealt, strict=True))
    return price_placement(problem, tuple(slots[plane] for plane in range(len(slots))))


def rank(placement: Placement) -> tuple[int, int]:
    """Return what is compared between plans: money, then routed length."""
    return placement.cents, placement.routed_mm


def deal_units(
    problem: PlacementProblem, group: int, counts: IntArray, options: SolveOptions
) -> list[IntArray] | None:
    """Deal a class's units to its planes, K each.

    Where every slot holds a multiple of the planes, each plane takes the same from each, which
    costs nothing: the class's runs split evenly (an even bipartite graph has an Euler split).
    Else a small integer program finds the cheapest way.
    """
    planes = len(problem.classes[group])
    occupied = np.flatnonzero(counts)
    if (counts % planes == 0).all():
        return [np.repeat(occupied, counts[occupied] // planes)] * planes
    return assign_planes(problem, [group] * planes, counts, options)


def is_close(placement: Placement, bound_cents: int, gap_permillion: int) -> bool:
    """Tell whether the plan is within so many parts per million of the bound."""
    return (placement.cents - bound_cents) * 1_000_000 <= gap_permillion * placement.cents
