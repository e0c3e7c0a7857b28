"""Solves one fabric: prices, bound, placement, wiring, cages, baselines."""

from __future__ import annotations

from dataclasses import replace

from planner.errors import Finding, InfeasibleError
from planner.model.catalog import Catalog, Medium
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.cages import choose_runs
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.optimize.peers import solve_peers
from planner.optimize.placement import Placement
from planner.optimize.pricing import price_pairs
from planner.optimize.problem import PlacementProblem, build_problem
from planner.optimize.reach import fabric_cages, fitting_media, require_peer_reach, require_reach


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
    decision = decide(problem, options)
    if decision is None:
        raise InfeasibleError([_no_placement(fabric)])
    options.progress(f"{fabric.name}: baselines")
    by_hand = build_problem(layout, catalog, fabric, table, shortest_prices)
    optics_problem = build_problem(layout, catalog, fabric, table, optics_prices)
    all_optics = decide(optics_problem, replace(options, relaxation_limit=1))
    devices, runs, run_cents = choose_runs(catalog, fabric, table, prices, problem, decision.placement)
    return FabricSolution(
        fabric=fabric.name,
        placed=devices,
        runs=runs,
        objective_cents=decision.placement.cents - decision.placement.run_cents + run_cents,
        geometric_floor_cents=_geometric_floor(problem),
        baselines=Baselines(
            all_optics_cents=all_optics.placement.cents if all_optics else None,
            first_fit_cents=_cents(first_fit(by_hand)),
            greedy_cents=_cents(nearest_slot(problem)),
        ),
        certificate=Certificate(
            fabric=fabric.name,
            plane_classes=problem.classes,
            cases=decision.cases,
            bound_cents=decision.bound_cents,
        ),
    )


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
