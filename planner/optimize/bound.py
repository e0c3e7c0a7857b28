"""A certified lower bound: cases over the racks to open, each with integer multipliers.

The bound relaxes two rules: that each lower unit has its number of extra runs (price u), and that
each class has its number of upper units (price alpha). What is left falls apart into slots: a slot
takes, for each of its units, the class that pays most above its runs; a rack opens if its slots pay
for it. ``certify`` evaluates that in integers for any multipliers, so a solver may supply them
without being trusted. Multipliers are thousandths of a cent: rounding them must not cost the cent
that separates "proved" from "nearly".
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from planner.model.solution import BoundCase
from planner.optimize.class_model import CENTS, build_class_model
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import IntArray
from planner.optimize.problem import PlacementProblem
from planner.units import ceil_div

MILLI = 1000
IMPOSSIBLE_CENTS = 2**60
"""Bound of a case whose racks cannot hold the devices."""
_FORBIDDEN = 2**55
_INTEGRAL = 1e-6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BoundedCase:
    """A case with its bound, and how far the relaxation opens each rack (Q,)."""

    bound_cents: int
    case: BoundCase
    opening: tuple[float, ...]

    @property
    def is_decided(self) -> bool:
        """Whether the relaxation opens each rack wholly or not at all."""
        return all(min(share, 1 - share) < _INTEGRAL for share in self.opening)

    def opened(self) -> IntArray:
        """Return the racks to place in (Q,): those the relaxation opens at all."""
        return np.array([int(share > _INTEGRAL) for share in self.opening], dtype=np.int64)


def certify(
    problem: PlacementProblem,
    uplink_prices: IntArray,
    unit_prices: IntArray,
    is_open: IntArray,
    is_closed: IntArray,
) -> int:
    """Return the lower bound in cents that these multipliers prove for one case.

    Parameters
    ----------
    problem
        The placement problem.
    uplink_prices, unit_prices
        Multipliers in thousandths of a cent, (G, N) and (G,).
    is_open, is_closed
        0 or 1 for each candidate rack (Q,).
    """
    per_class = problem.planes_per_class
    surplus = _slot_cost(problem, uplink_prices) - unit_prices[:, None]
    slot_value = np.minimum(0, surplus.min(axis=0)) * problem.units_per_device
    total = MILLI * problem.devices * problem.device_cents
    total += int((per_class * problem.extra_per_lower * uplink_prices.sum(axis=1)).sum())
    total += int((per_class * problem.units_per_plane * unit_prices).sum())
    for rack in range(len(problem.rack_names)):
        best = np.sort(slot_value[problem.slot_rack == rack])[: problem.capacity[rack]]
        value = MILLI * int(problem.opening_cents[rack]) + int(best.sum())
        if is_open[rack]:
            total += value
        elif not is_closed[rack]:
            total += min(0, value)
    return ceil_div(total, MILLI)


def _slot_cost(problem: PlacementProblem, uplink_prices: IntArray) -> IntArray:
    """Least reduced cost of one upper unit of each class in each slot, in thousandths of a cent."""
    cost = MILLI * problem.base_cents
    if problem.extra_per_lower:
        reduced = np.sort(MILLI * problem.cents - uplink_prices[:, :, None], axis=1)
        reduced = np.repeat(reduced, problem.extra_per_pair, axis=1)
        fewest, most = problem.extra_per_upper
        sums = np.concatenate([np.zeros_like(reduced[:, :1]), np.cumsum(reduced, axis=1)], axis=1)
        cost = cost + sums[:, fewest : most + 1].min(axis=1)
    return np.where(problem.is_allowed, cost, _FORBIDDEN)


def bound_by_cases(problem: PlacementProblem, options: SolveOptions) -> list[BoundedCase]:
    """Divide the choice of racks into cases until the weakest one is decided; weakest first.

    The cases cover every choice. Their least bound is the bound on the problem.
    """
    racks = len(problem.rack_names)
    root = _solve_case(
        problem, np.array(problem.is_fixed, dtype=np.int64), np.zeros(racks, np.int64), options
    )
    heap = [(root.bound_cents, 0, root)]
    serial = 0
    while serial < options.case_limit:
        _, _, weakest = heap[0]
        if weakest.is_decided or weakest.bound_cents >= IMPOSSIBLE_CENTS:
            break
        heapq.heappop(heap)
        shares = np.array(weakest.opening)
        branch = int(np.argmin(np.abs(shares - 0.5)))
        for decision in (0, 1):
            serial += 1
            is_open, is_closed = _masks(problem, weakest.case)
            (is_open if decision else is_closed)[branch] = 1
            child = _solve_case(problem, is_open, is_closed, options, weakest)
            heapq.heappush(heap, (child.bound_cents, serial, child))
    return [case for _, _, case in sorted(heap, key=lambda entry: entry[:2])]


def _lacks_room(problem: PlacementProblem, is_closed: IntArray) -> bool:
    """Tell whether the racks not closed hold too few devices."""
    return int((problem.capacity * (1 - is_closed)).sum()) < problem.devices


def _masks(problem: PlacementProblem, case: BoundCase) -> tuple[IntArray, IntArray]:
    """Return the case's open and closed racks as 0-1 arrays."""
    return tuple(  # type: ignore[return-value]
        np.array([name in chosen for name in problem.rack_names], dtype=np.int64)
        for chosen in (case.open_racks, case.closed_racks)
    )


def _solve_case(
    problem: PlacementProblem,
    is_open: IntArray,
    is_closed: IntArray,
    options: SolveOptions,
    parent: BoundedCase | None = None,
) -> BoundedCase:
    """Solve one case's relaxation for multipliers and certify them.

    A child is never weaker than its parent: the parent's multipliers prove it too. Where the
    relaxation has no solution these are all there is, and the racks left free are divided further.
    """
    relaxed = build_class_model(problem, is_open, 1 - is_closed)
    solution = relaxed.solve(seed=options.seed)
    candidates = []
    opening = tuple(np.where(is_open + is_closed, is_open, 0.5).tolist())
    if solution is not None:
        scale = CENTS * MILLI
        candidates.append(
            (
                np.rint(solution.duals[relaxed.uplink_rows] * scale).astype(np.int64),
                np.rint(solution.duals[relaxed.class_rows] * scale).astype(np.int64),
            )
        )
        opening = tuple(solution.values[relaxed.open].tolist())
    if parent is not None:
        candidates.append(
            (
                np.array(parent.case.uplink_prices_millicents, np.int64),
                np.array(parent.case.unit_prices_millicents, np.int64),
            )
        )
    if not candidates:
        groups, lowers, _ = problem.cents.shape
        priced = lowers if problem.extra_per_lower else 0
        candidates.append((np.zeros((groups, priced), np.int64), np.zeros(groups, np.int64)))
    bounds = [certify(problem, *prices, is_open, is_closed) for prices in candidates]
    best = int(np.argmax(bounds))
    uplink_prices, unit_prices = candidates[best]
    names = problem.rack_names
    return BoundedCase(
        bound_cents=IMPOSSIBLE_CENTS if _lacks_room(problem, is_closed) else bounds[best],
        case=BoundCase(
            open_racks=tuple(name for name, flag in zip(names, is_open, strict=True) if flag),
            closed_racks=tuple(name for name, flag in zip(names, is_closed, strict=True) if flag),
            uplink_prices_millicents=tuple(tuple(row) for row in uplink_prices.tolist()),
            unit_prices_millicents=tuple(unit_prices.tolist()),
        ),
        opening=opening,
    )
