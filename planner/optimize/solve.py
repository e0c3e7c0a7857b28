"""Solves one fabric: prices, bound, placement, wiring, cages, baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog, Medium
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.routes import RouteTable
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.cages import WrittenRuns, choose_runs
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.optimize.peers import solve_peers
from planner.optimize.placement import Placement, price_placement
from planner.optimize.pricing import PairPrices, price_pairs
from planner.optimize.problem import PlacementProblem, RowPower, build_problem
from planner.optimize.reach import fabric_cages, fitting_media, require_peer_reach, require_reach

_BASELINE_GAP_PERMILLION = 3000
"""The all-optics baseline is optimized too, to within a third of a percent."""


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
    by_hand = build_problem(layout, catalog, fabric, table, shortest_prices)
    all_optics = build_problem(layout, catalog, fabric, table, optics_prices)
    write = partial(choose_runs, catalog, fabric, table)
    priced = (problem, prices), (by_hand, shortest_prices), (all_optics, optics_prices)
    return _solve_tiers(fabric, priced, write, options)


_Priced = tuple[PlacementProblem, PairPrices]
_Write = Callable[[PairPrices, PlacementProblem, Placement], WrittenRuns | None]


def _solve_tiers(
    fabric: TierFabric, priced: tuple[_Priced, _Priced, _Priced], write: _Write, options: SolveOptions
) -> FabricSolution:
    """Decide; the problem is given with all media and routes, the shortest routes, and optics alone."""
    (problem, prices), (by_hand, shortest_prices), (optics_problem, optics_prices) = priced
    options.progress(f"{fabric.name}: placing {problem.devices} switch trays")
    decision = decide(problem, options)
    if decision is None:
        raise InfeasibleError(_not_placed(fabric, problem))
    options.progress(f"{fabric.name}: baselines")
    optics_decision = decide(
        optics_problem,
        replace(options, relaxation_limit=1, node_limit=1, gap_permillion=_BASELINE_GAP_PERMILLION),
    )
    all_optics = optics_decision.placement if optics_decision else None
    by_address, nearest = first_fit(by_hand), nearest_slot(problem)
    written = _cheapest(write, prices, problem, (decision.placement, nearest, by_address, all_optics))
    if written is None:
        raise InfeasibleError(_not_placed(fabric, problem))
    return FabricSolution(
        fabric=fabric.name,
        placed=written.devices,
        runs=written.runs,
        objective_cents=written.cents,
        geometric_floor_cents=_geometric_floor(problem),
        baselines=Baselines(
            all_optics_cents=_written_cents(write, optics_prices, optics_problem, all_optics),
            first_fit_cents=_written_cents(write, shortest_prices, by_hand, by_address),
            greedy_cents=_written_cents(write, prices, problem, nearest),
        ),
        certificate=Certificate(
            fabric=fabric.name,
            plane_classes=problem.classes,
            cases=decision.cases,
            bound_cents=decision.bound_cents,
        ),
    )


def _cheapest(
    write: _Write, prices: PairPrices, problem: PlacementProblem, placements: Sequence[Placement | None]
) -> WrittenRuns | None:
    """Write out the placement that is cheapest once its runs have cages, the first among equals.

    Where cages of a unit stand apart, a placement's price is only a lower bound, and a baseline's
    slots may then be the better ones: a plan must not cost more than what it is compared with.
    """
    best: WrittenRuns | None = None
    for placement in placements:
        if placement is None or problem.overdrawn(problem.held(placement.slots)):
            continue
        rewired = price_placement(problem, placement.slots)
        if rewired is None or (best is not None and rewired.cents >= best.cents):
            continue
        written = write(prices, problem, rewired)
        if written is not None and (best is None or written.cents < best.cents):
            best = written
    return best


def _written_cents(
    write: _Write, prices: PairPrices, problem: PlacementProblem, placement: Placement | None
) -> int | None:
    """Return what a baseline costs with its runs in their cages: a valid wiring, not a bound."""
    if placement is None or problem.overdrawn(problem.held(placement.slots)):
        return None
    written = write(prices, problem, placement)
    return None if written is None else written.cents


def _geometric_floor(problem: PlacementProblem) -> int:
    """Cost of the devices and of every run at its lower unit's cheapest slot.

    Ignores spread, room, openings and fill: what no placement on this floor can undercut.
    """
    cheapest = problem.cents.min(axis=2).sum(axis=1) * problem.uplinks
    return int((cheapest * problem.planes_per_class).sum()) + problem.devices * problem.device_cents


def _not_placed(fabric: TierFabric, problem: PlacementProblem) -> list[Finding]:
    """Name the rows whose power limit keeps racks from being filled; else what else is in the way."""
    short = problem.overdrawn(problem.capacity)
    return [_no_power(fabric, row) for row in short] or [_no_placement(fabric)]


def _no_placement(fabric: TierFabric) -> Finding:
    return Finding(
        code="no-placement",
        message=(
            f"fabric {fabric.name}: no placement of {fabric.upper_devices} upper switch trays was found in"
            " which every lower unit reaches the upper units of its plane; offer more switch-rack"
            " positions or a medium with more reach"
        ),
        where=Where(file="", path=f"fabrics.{fabric.name}"),
    )


def _no_power(fabric: TierFabric, row: RowPower) -> Finding:
    return Finding(
        code="no-row-power",
        message=(
            f"fabric {fabric.name}: no placement of {fabric.upper_devices} upper switch trays was found in"
            f" which rows keep their power limits; row {row.row} has {row.left_milliwatts / 10**6:g} kW left,"
            f" a switch tray draws {row.device_milliwatts / 10**6:g} kW; raise the limit or offer positions"
            " in other rows"
        ),
        where=Where(file="", path=f"rows.{row.row}.power_limit"),
    )
