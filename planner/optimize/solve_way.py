"""Solves a fabric whose media are given: bound, placement, wiring, cages, baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.model.solution import BoundCase
from planner.optimize.at_once import decided_or_at_once
from planner.optimize.baselines import first_fit, nearest_slot
from planner.optimize.cages import WrittenRuns, choose_runs
from planner.optimize.decide import Decision, decide
from planner.optimize.even_flow import is_even
from planner.optimize.even_spread import decide_evenly
from planner.optimize.options import SolveOptions
from planner.optimize.placement import Placement, price_placement
from planner.optimize.problem import PlacementProblem
from planner.optimize.ways import FabricInputs, Way, make_way

_BASELINE_GAP_PERMILLION = 3300
"""The all-optics baseline is optimized too, to within a third of a percent."""

_BASELINE_SEARCHING_PERMILLION = 500
"""Exchanges take little, so that they go on for longer."""

_BASELINE_PLANES = 600
_BASELINE_WIRINGS = 200

_LARGE = 400
"""Classes of planes x slots above which even problems are solved by flows."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Solved:
    """The plan of one way, what proves how good it is, and what other ways to place would cost."""

    written: WrittenRuns
    cases: tuple[BoundCase, ...]
    bound_cents: int
    all_optics_cents: int | None
    first_fit_cents: int | None
    greedy_cents: int | None


def solve_way(inputs: FabricInputs, way: Way, options: SolveOptions) -> Solved | None:
    """Place, wire and bound; None where no placement was found."""
    name = f"{inputs.fabric.name}, {way.option}" if way.option else inputs.fabric.name
    options.progress(f"{name}: placing {way.problem.devices} switch trays")
    decision = decide_and_prove(way, options)
    if decision is None:
        return None
    options.progress(f"{name}: baselines")
    by_hand = make_way(inputs, way.media, way.option, route_count=1)
    by_address, nearest = first_fit(by_hand.problem), nearest_slot(way.problem)
    only_optics = len(way.optics) == len(way.media)
    optics = None if only_optics or not way.optics else make_way(inputs, way.optics)
    all_optics = place_all_optics(optics, options, decision.placement) if optics else None
    greedy_cents = written_cents(inputs, way, nearest)
    first_fit_cents = written_cents(inputs, by_hand, by_address)
    optics_cents = written_cents(inputs, optics, all_optics) if optics else None
    written = _cheapest(inputs, way, (decision.placement, nearest, by_address, all_optics))
    # A plan must not cost more than what it is compared with.
    for other, placement, cents in (
        (way, nearest, greedy_cents),
        (by_hand, by_address, first_fit_cents),
        (optics, all_optics, optics_cents),
    ):
        if other and cents is not None and (written is None or cents < written.cents):
            written = _write(inputs, other, placement)
    if written is None:
        return None
    return Solved(
        written=written,
        cases=tuple(replace(case, option=way.option) for case in decision.cases),
        bound_cents=decision.bound_cents,
        all_optics_cents=written.cents if only_optics else optics_cents,
        first_fit_cents=first_fit_cents,
        greedy_cents=greedy_cents,
    )


def decide_and_prove(way: Way, options: SolveOptions) -> Decision | None:
    """Decide, and bound at prices that no longer route undercuts."""
    decision = decide_way(way.problem, options)
    if decision is None or way.bound_problem is way.problem:
        return decision
    proof = decide_way(way.bound_problem, options)
    return Decision(decision.placement, proof.cases, proof.bound_cents) if proof else None


def decide_way(
    problem: PlacementProblem, options: SolveOptions, known: Sequence[Placement] = ()
) -> Decision | None:
    """Solve a large problem by flows where that can be done, others by linear programs."""
    if problem.is_allowed.size > _LARGE and is_even(problem):
        return decided_or_at_once(problem, partial(decide_evenly, problem, options), known)
    return decided_or_at_once(problem, partial(decide, problem, options, known), known)


def place_all_optics(
    optics: Way, options: SolveOptions, placement: Placement | None = None
) -> Placement | None:
    """Place for optics alone, with less effort than the plan: from its slots and from the nearest ones."""
    problem = optics.problem
    starts = nearest_slot(problem), price_placement(problem, placement.slots) if placement else None
    decision = decide_way(
        problem,
        replace(
            options,
            gap_permillion=_BASELINE_GAP_PERMILLION,
            unsharpened_gap_permillion=_BASELINE_GAP_PERMILLION,
            diving_gap_permillion=_BASELINE_GAP_PERMILLION,
            sharpening_gap_permillion=_BASELINE_GAP_PERMILLION,
            searching_gap_permillion=_BASELINE_SEARCHING_PERMILLION,
            relaxation_limit=1,
            arc_limit=1,
            sharpening_limit=_BASELINE_PLANES,
            wiring_limit=_BASELINE_WIRINGS,
        ),
        [start for start in starts if start is not None],
    )
    return decision.placement if decision else None


def _cheapest(inputs: FabricInputs, way: Way, placements: Sequence[Placement | None]) -> WrittenRuns | None:
    """Write out the placement that is cheapest once its runs have cages, the first among equals.

    Where cages of a unit stand apart, a placement's price is only a lower bound, and a baseline's
    slots may then be the better ones.
    """
    best: WrittenRuns | None = None
    for placement in placements:
        rewired = price_placement(way.problem, placement.slots) if placement else None
        if rewired is None or (best is not None and rewired.cents >= best.cents):
            continue
        written = _write(inputs, way, rewired)
        if written is not None and (best is None or written.cents < best.cents):
            best = written
    return best


def written_cents(inputs: FabricInputs, way: Way, placement: Placement | None) -> int | None:
    """Return what a placement costs with its runs in their cages, None where it cannot be built."""
    if placement is not None and way.is_exact:
        return None if _is_overdrawn(way, placement) else placement.cents
    written = _write(inputs, way, placement)
    return None if written is None else written.cents


def _is_overdrawn(way: Way, placement: Placement) -> bool:
    return bool(way.problem.overdrawn(way.problem.held(placement.slots)))


def _write(inputs: FabricInputs, way: Way, placement: Placement | None) -> WrittenRuns | None:
    """Write a placement out: a valid wiring, not a bound; None where rows lack the power for it."""
    if placement is None or _is_overdrawn(way, placement):
        return None
    return choose_runs(
        inputs.layout, inputs.catalog, inputs.fabric, inputs.table, way.prices, way.problem, placement
    )
