"""Solves one fabric: prices, bound, placement, wiring, cages, baselines."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Finding, InfeasibleError
from planner.model.catalog import Catalog, Medium
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.bound import IMPOSSIBLE_CENTS, BoundedCase, bound_by_cases
from planner.optimize.cages import choose_runs
from planner.optimize.local_search import search
from planner.optimize.options import SolveOptions
from planner.optimize.peers import solve_peers
from planner.optimize.placement import Placement, place, rank
from planner.optimize.pricing import price_pairs
from planner.optimize.problem import PlacementProblem, build_problem
from planner.optimize.reach import fabric_cages, fitting_media, require_peer_reach, require_reach

_CASES_TRIED = 3
"""Choices of racks that are placed in full, weakest bound first, while they may still win."""


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """A placement with the cases that bound it."""

    placement: Placement
    cases: tuple[BoundedCase, ...]


def solve_fabric(
    layout: Layout, catalog: Catalog, fabric: Fabric, table: RouteTable, options: SolveOptions
) -> FabricSolution:
    """Decide everything about one fabric and prove how good that is.

    Parameters
    ----------
    layout, catalog, fabric, table
        The inputs, the fabric to wire, and the routes between its ends.
    options
        Seed, stop rules, progress.

    Raises
    ------
    InfeasibleError
        Something is out of every medium's reach, or no placement keeps the rules.
    """
    media = fitting_media(catalog, fabric_cages(catalog, fabric))
    optics = [(index, option) for index, option in media if option.medium is Medium.OPTICS]
    prices = price_pairs(table, media, layout.economics)
    optics_prices = price_pairs(table, optics, layout.economics)
    shortest_prices = price_pairs(table, media, layout.economics, route_count=1)
    if not isinstance(fabric, TierFabric):
        require_peer_reach(fabric, table, prices, media)
        return solve_peers(fabric, table, prices, optics_prices, shortest_prices)
    problem = build_problem(layout, catalog, fabric, table, prices)
    require_reach(fabric, table, problem, media)
    options.progress(f"{fabric.name}: placing {problem.devices} switch trays")
    answer = _answer(problem, options)
    if answer is None:
        raise InfeasibleError([_no_placement(fabric)])
    options.progress(f"{fabric.name}: baselines")
    by_hand = build_problem(layout, catalog, fabric, table, shortest_prices)
    all_optics = _answer(build_problem(layout, catalog, fabric, table, optics_prices), options)
    devices, runs, run_cents = choose_runs(catalog, fabric, table, prices, problem, answer.placement)
    return FabricSolution(
        fabric=fabric.name,
        placed=devices,
        runs=runs,
        objective_cents=answer.placement.cents - answer.placement.run_cents + run_cents,
        geometric_floor_cents=_geometric_floor(problem),
        baselines=Baselines(
            all_optics_cents=all_optics.placement.cents if all_optics else None,
            first_fit_cents=_cents(first_fit(by_hand)),
            greedy_cents=_cents(nearest_slot(problem)),
        ),
        certificate=Certificate(
            fabric=fabric.name,
            plane_classes=problem.classes,
            cases=tuple(case.case for case in answer.cases),
            bound_cents=answer.cases[0].bound_cents,
        ),
    )


def _answer(problem: PlacementProblem, options: SolveOptions) -> _Answer | None:
    """Bound the problem by cases and place the upper units in the racks of the weakest ones."""
    cases = bound_by_cases(problem, options)
    best: Placement | None = None
    for case in cases[:_CASES_TRIED]:
        if case.bound_cents >= (best.cents if best else IMPOSSIBLE_CENTS):
            break
        found = place(problem, case.opened(), options)
        if found is not None:
            found = search(problem, found, case.opened(), cases[0].bound_cents, options)
            if best is None or rank(found) < rank(best):
                best = found
    return None if best is None else _Answer(best, tuple(cases))


def _cents(placement: Placement | None) -> int | None:
    return None if placement is None else placement.cents


def _geometric_floor(problem: PlacementProblem) -> int:
    """Cost of the devices and of every run at its lower unit's cheapest slot.

    Ignores spread, room, openings and fill: what no placement on this floor can undercut.
    """
    cheapest = problem.cents.min(axis=2).sum(axis=1) * problem.uplinks
    return int((cheapest * problem.planes_per_class).sum()) + problem.devices * problem.device_cents


def _no_placement(fabric: TierFabric) -> Finding:
    return Finding(
        code="no-placement",
        message=(
            f"fabric {fabric.name}: no placement of {fabric.upper_devices} upper switch trays was found in"
            " which every lower unit reaches the upper units of its plane; offer more switch-rack"
            " positions or a medium with more reach"
        ),
    )
