"""Solves one fabric: each way to make its runs, the cheapest of them, and the proof over all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.media import Medium
from planner.model.routes import RouteTable
from planner.model.sites import RackUse
from planner.model.solution import Baselines, Certificate, FabricSolution
from planner.optimize.fill.peers import solve_peers_within_limits
from planner.optimize.fill.resources import few_enough
from planner.optimize.fill.solve import solve_tiers_within_limits
from planner.optimize.fill.taken import Taken
from planner.optimize.options import SolveOptions
from planner.optimize.peers import solve_peers
from planner.optimize.pricing import price_pairs
from planner.optimize.problem import NOTHING_USED, PlacementProblem
from planner.optimize.reach import fitting_media, require_peer_reach
from planner.optimize.room import RowPower
from planner.optimize.solve_way import Solved, place_all_optics, solve_way, written_cents
from planner.optimize.stop import heeding, is_stopped
from planner.optimize.ways import FabricInputs, Way, find_ways, simple_case, ways_that_reach


def solve_fabric(
    layout: Layout,
    catalog: Catalog,
    fabric: Fabric,
    table: RouteTable,
    options: SolveOptions,
    used: Mapping[str, RackUse] = NOTHING_USED,
) -> FabricSolution:
    """Decide everything about one fabric and prove how good that is.

    Parameters
    ----------
    layout, catalog, fabric, table
        The inputs, the fabric to wire, and the routes between its ends.
    options
        Seed, stop rules, progress.
    used
        What earlier fabrics of the layout put into racks, by address.

    Raises
    ------
    InfeasibleError
        Something is out of every medium's reach, or no placement keeps the rules.
    """
    if isinstance(fabric, TierFabric):
        inputs = FabricInputs(layout=layout, catalog=catalog, fabric=fabric, table=table, used=used)
        with heeding(options.stop):
            return solve_tiers(inputs, options)
    media = fitting_media(catalog, fabric)
    optics = [(index, option) for index, option in media if option.medium is Medium.OPTICS]
    prices = price_pairs(table, media, layout.economics)
    require_peer_reach(fabric, table, prices, media)
    return solve_peers(
        fabric,
        table,
        prices,
        price_pairs(table, optics, layout.economics),
        price_pairs(table, media, layout.economics, route_count=1),
        price_pairs(table, media, layout.economics, least=True),
    )


def solve_within_limits(
    layout: Layout,
    catalog: Catalog,
    fabric: Fabric,
    table: RouteTable,
    before: FabricSolution,
    options: SolveOptions,
    used: Mapping[str, RackUse],
    taken: Taken,
) -> FabricSolution:
    """Decide about a fabric anew so that its runs fit the pathway and no part is ordered that cannot be had.

    Parameters
    ----------
    layout, catalog, fabric, table, options, used
        As for ``solve_fabric``; where segments are overfull, the table has more routes.
    before
        The solution without regard to these limits: kept where it keeps them, and where parts of runs are
        pinned.
    taken
        What other fabrics take of segments and parts.
    """
    few = few_enough(table, layout.pathways.routes_per_pair)
    if isinstance(fabric, TierFabric):
        if any(run.pin.part for run in fabric.pinned_runs):
            return before  # runs are routed anew whatever they are made of, and a pinned part must stay
        inputs = FabricInputs(layout=layout, catalog=catalog, fabric=fabric, table=few, used=used)
        with heeding(options.stop):
            return solve_tiers_within_limits(inputs, table, before, taken, options)
    media = fitting_media(catalog, fabric)
    with heeding(options.stop):
        return solve_peers_within_limits(layout, fabric, few, tuple(media), before, taken, options)


def solve_tiers(inputs: FabricInputs, options: SolveOptions) -> FabricSolution:
    """Solve each way to make the runs that may be the cheapest, and take the plan that is."""
    ways = find_ways(inputs)
    reaching = ways_that_reach(inputs, ways)
    simple = {way.option: simple_case(way.bound_problem, way.option) for way in ways} if len(ways) > 1 else {}
    solved: dict[str, Solved] = {}
    for way in sorted(reaching, key=lambda way: simple.get(way.option, (0, None))[0]):
        best = _cheapest_of(solved, ways)
        if best is None or (simple[way.option][0] <= best.written.cents and not is_stopped()):
            found = solve_way(inputs, way, options)
            if found is not None:
                solved[way.option] = found
    best = _cheapest_of(solved, ways)
    if best is None:
        raise InfeasibleError(_not_placed(inputs.fabric, reaching[0].problem))
    proofs = [
        (solved[way.option].bound_cents, solved[way.option].cases)
        if way.option in solved
        else (simple[way.option][0], (simple[way.option][1],))
        for way in ways
    ]
    return FabricSolution(
        fabric=inputs.fabric.name,
        placed=best.written.devices,
        runs=best.written.runs,
        objective_cents=best.written.cents,
        geometric_floor_cents=min(way.floor_cents for way in ways),
        baselines=_baselines(inputs, reaching, solved, options),
        certificate=Certificate(
            fabric=inputs.fabric.name,
            plane_classes=reaching[0].problem.classes,
            cases=tuple(case for _, cases in proofs for case in cases),
            bound_cents=min(bound for bound, _ in proofs),
        ),
    )


def _cheapest_of(solved: Mapping[str, Solved], ways: Sequence[Way]) -> Solved | None:
    """Return the cheapest of the ways solved so far, the first of the profile among equals."""
    found = [solved[way.option] for way in ways if way.option in solved]
    return min(found, key=lambda each: each.written.cents, default=None)


def _baselines(
    inputs: FabricInputs, reaching: Sequence[Way], solved: Mapping[str, Solved], options: SolveOptions
) -> Baselines:
    """Take each baseline where it is cheapest, over the ways that were solved."""
    optics = [each.all_optics_cents for each in solved.values()]
    if not any(cents is not None for cents in optics):
        others = [way for way in reaching if way.option not in solved and way.optics]
        for way in sorted(others, key=lambda way: way.floor_cents)[:1]:
            placement = place_all_optics(way, options)
            optics.append(written_cents(inputs, way, placement))
    return Baselines(
        all_optics_cents=_least(optics),
        first_fit_cents=_least(each.first_fit_cents for each in solved.values()),
        greedy_cents=_least(each.greedy_cents for each in solved.values()),
    )


def _least(amounts: Iterable[int | None]) -> int | None:
    return min((cents for cents in amounts if cents is not None), default=None)


def _not_placed(fabric: TierFabric, problem: PlacementProblem) -> list[Finding]:
    """Name the rows whose power limit keeps racks from being filled; else what else is in the way."""
    short = problem.overdrawn(problem.capacity)
    return [_no_power(fabric, row) for row in short] or [_no_placement(fabric, problem)]


def _no_placement(fabric: TierFabric, problem: PlacementProblem) -> Finding:
    kept = ", and no rack or power feed takes more of a plane than it may" if problem.rules else ""
    return Finding(
        code="no-placement",
        message=(
            f"fabric {fabric.name}: no placement of {fabric.upper_devices} upper switch trays was found in"
            f" which every lower unit reaches the upper units of its plane{kept}; offer more switch-rack"
            " positions or a medium with more reach"
        ),
        where=Where(file="", path=f"fabrics.{fabric.name}"),
    )


def _no_power(fabric: TierFabric, row: RowPower) -> Finding:
    unit, draws = ("t", "weighs") if row.limit == "weight" else ("kW", "draws")
    return Finding(
        code=f"no-row-{row.limit}",
        message=(
            f"fabric {fabric.name}: no placement of {fabric.upper_devices} upper switch trays was found in"
            f" which rows keep their {row.limit} limits; row {row.row} has"
            f" {row.left_milliwatts / 10**6:g} {unit} left, a switch tray {draws}"
            f" {row.device_milliwatts / 10**6:g} {unit}; raise the limit or offer positions in other rows"
        ),
        where=Where(file="", path=f"rows.{row.row}.{row.limit}_limit"),
    )
