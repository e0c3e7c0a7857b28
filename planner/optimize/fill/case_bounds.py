"""Bounds of cases over the racks to open, found quickly or evaluated again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.solution import BoundCase, DeviceLimit
from planner.optimize.bound import IMPOSSIBLE_CENTS, CaseTree, lacks_room, masks, read_multipliers
from planner.optimize.certify import certify
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.problem import PlacementProblem
from planner.optimize.stop import is_stopped


@dataclass(frozen=True, slots=True, eq=False)
class PricedCase:
    """A case, its bound on plans that fit, and the prices of resources (E + P,) that it was bounded at."""

    bound_cents: int
    case: BoundCase
    prices: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of all choices: least and most opening of each rack (Q,), and limits on devices in racks."""

    least: IntArray
    most: IntArray
    limits: tuple[DeviceLimit, ...] = ()

    @classmethod
    def whole(cls, problem: PlacementProblem) -> Region:
        """Return all choices."""
        fixed = np.array(problem.is_fixed, dtype=np.int64)
        return cls(fixed, np.ones_like(fixed))

    @classmethod
    def of(cls, problem: PlacementProblem, case: BoundCase) -> Region:
        """Return the choices that a case is about."""
        is_open, is_closed = masks(problem, case)
        return cls(is_open, 1 - is_closed, case.device_limits)

    def priced(self, prices_cents: Sequence[int]) -> Region:
        """Return the same choices, with other prices of the limits."""
        priced = zip(self.limits, prices_cents, strict=True)
        return replace(self, limits=tuple(replace(one, price_cents=cents) for one, cents in priced))

    def within(self, problem: PlacementProblem) -> PlacementProblem:
        """Return the problem with these racks open and closed, where runs pay what limits charge."""
        charged = sum(
            (one.price_cents * has_racks(problem, one) for one in self.limits),
            np.zeros(len(problem.rack_names), dtype=np.int64),
        )
        is_reached = (problem.cents < UNREACHABLE_CENTS) & (self.most[problem.slot_rack] > 0)
        return replace(
            problem,
            is_fixed=tuple(bool(one) for one in self.least),
            capacity=problem.capacity * self.most,
            cents=np.where(is_reached, problem.cents + charged[problem.slot_rack], UNREACHABLE_CENTS),
        )

    def earned_cents(self, problem: PlacementProblem) -> int:
        """Return what runs of as many devices as limits allow pay at most."""
        runs = problem.units_per_device * problem.upper_load[1]
        return runs * sum(one.price_cents * one.most for one in self.limits)


def has_racks(problem: PlacementProblem, limit: DeviceLimit) -> BoolArray:
    """Tell which racks a limit is about (Q,)."""
    return np.array([name in limit.racks for name in problem.rack_names], dtype=bool)


def price_cases(
    problem: PlacementProblem, cases: Sequence[BoundCase], prices: IntArray, earned_cents: int
) -> tuple[PricedCase, ...]:
    """Return cases with what they prove of plans that fit, given what resources earn at the prices."""
    return tuple(PricedCase(bound_of(problem, case) - earned_cents, case, prices) for case in cases)


def bound_enough(
    problem: PlacementProblem, wanted_cents: int, enough_cents: int, limit: int
) -> tuple[BoundCase, ...] | None:
    """Return cases that cover all choices and prove so much as is wanted, or enough when they prove no more.

    None: not before so many cells were priced.
    """
    tree = CaseTree(problem)
    while tree.bound_cents < wanted_cents:
        if tree.is_finished or tree.cells_priced >= limit or is_stopped():
            break
        tree.work()
    return tuple(case.case for case in tree.cases()) if tree.bound_cents >= enough_cents else None


def bound_of(problem: PlacementProblem, case: BoundCase) -> int:
    """Return what a case's multipliers prove about plans in its racks, in cents."""
    is_open, is_closed = masks(problem, case)
    if lacks_room(problem, is_open, is_closed):
        return IMPOSSIBLE_CENTS
    return certify(problem, read_multipliers(case), is_open, is_closed)


def rack_names(problem: PlacementProblem, is_marked: BoolArray) -> tuple[str, ...]:
    """Return the names of marked racks (Q,)."""
    return tuple(name for name, marked in zip(problem.rack_names, is_marked, strict=True) if marked)
