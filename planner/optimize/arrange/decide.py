"""Entry of the room: which open positions hold the racks that move, and what proves how good that is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

from planner.errors import Finding, InfeasibleError, Where
from planner.model.arrangement import Arrangement, ArrangementRules
from planner.model.catalog import RackType
from planner.model.fabric import TierFabric
from planner.optimize.arrange.every import Arranged, EveryArrangement
from planner.optimize.arrange.open_problem import OpenProblem, open_problem
from planner.optimize.arrange.rack_tree import RackTree
from planner.optimize.arrange.sketch import Sketcher
from planner.optimize.at_once import decided_or_at_once
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.optimize.stop import heeding, is_stopped
from planner.optimize.ways import FabricInputs, Way, find_ways

_MOST_CELLS = 30_000_000
"""Most costs of upper units, over all arrangements, that are kept to bound each of them."""
_MOST_ARRANGEMENTS = 30_000
_SKETCHED = 200
"""Arrangements sketched whose extra runs are balanced before the best are placed."""
_PLACED = 2
"""Arrangements placed in full; one that leaves many positions to switch racks in a row may take minutes."""


def arrange_racks(
    inputs: FabricInputs, rules: ArrangementRules, rack_type: RackType, options: SolveOptions
) -> Arranged:
    """Choose positions for racks that may move together with those of switch racks.

    Parameters
    ----------
    inputs
        The hall with open positions free for switch racks, the fabric with lower units at all of them.
    rules, rack_type
        Which arrangements may be, and of what type the racks are that move.
    options
        Seed, stop rules, progress.

    Raises
    ------
    InfeasibleError
        No arrangement was found in which the fabric can be placed.
    """
    ways = find_ways(inputs)
    problems = [_problems(way, rules, rack_type, inputs.fabric) for way in ways]
    with heeding(options.stop):
        found = choose_arrangement(problems, options)
    if found is None:
        raise InfeasibleError([_not_arranged(inputs.fabric, rules)])
    return found


def choose_arrangement(
    problems: Sequence[tuple[OpenProblem, OpenProblem]], options: SolveOptions
) -> Arranged | None:
    """Choose an arrangement; None where none is found in which all can be placed.

    Parameters
    ----------
    problems
        For each way to make the runs the problem that plans are made of, and the one that bounds are.
    options
        Seed, stop rules, progress.
    """
    if len(problems) == 1 and _can_bound_every(problems[0][0]):
        return EveryArrangement(problems[0], list(problems[0][0].rules.every()), options).run()
    return _best_of_sketched(problems, options)


def _problems(
    way: Way, rules: ArrangementRules, rack_type: RackType, fabric: TierFabric
) -> tuple[OpenProblem, OpenProblem]:
    """Return the problem that plans are made of, and the one that bounds are."""
    plans = open_problem(rules, rack_type, fabric, way.problem)
    if way.bound_problem is way.problem:
        return plans, plans
    return plans, open_problem(rules, rack_type, fabric, way.bound_problem)


def _can_bound_every(problem: OpenProblem) -> bool:
    placing, rules = problem.problem, problem.rules
    cells = len(placing.classes) * len(placing.slots) * rules.count
    left = len(problem.positions) - problem.moving
    share = left / max(1, len(problem.positions))
    return rules.count <= _MOST_ARRANGEMENTS and cells * share <= _MOST_CELLS


def _best_of_sketched(
    problems: Sequence[tuple[OpenProblem, OpenProblem]], options: SolveOptions
) -> Arranged | None:
    """Place the arrangements that look best; where runs are made one way, bound all the others together."""
    tree = None
    if len(problems) == 1:
        options.progress("arrangements: bounding all together")
        tree = RackTree(problems[0][1])
        tree.run()
    sketched: list[tuple[int, int, Arrangement]] = []
    for number, (plans, _) in enumerate(problems):
        sketcher = Sketcher(plans)
        for racks in (*sketcher.starts, *([tree.likely_racks] if tree else [])):
            sketcher.climb(racks)
        sketched += [(cents, number, chosen) for cents, chosen in sketcher.best(_SKETCHED)]
    if not sketched:
        plans = problems[0][0]
        sketched = [(0, 0, chosen) for chosen in islice(plans.rules.every(), _PLACED)]
    best: tuple[int, int, Arrangement] | None = None
    for tried, (_, number, chosen) in enumerate(sorted(sketched)):
        if best is not None and (tried >= _PLACED or is_stopped()):
            break
        options.progress(f"arrangement {', '.join(chosen)}: placing")
        restricted = problems[number][0].restricted(chosen)
        decision = decided_or_at_once(restricted, partial(decide, restricted, options))
        if decision is not None:
            key = decision.placement.cents, decision.placement.routed_mm, chosen
            best = key if best is None else min(best, key)
    if best is None:
        return None
    rack_cases = tree.cases() if tree else ()
    others_cents = tree.bound_cents if tree else 0
    return Arranged(best[2], best[0], others_cents=others_cents, rack_cases=rack_cases)


def _not_arranged(fabric: TierFabric, rules: ArrangementRules) -> Finding:
    return Finding(
        code="no-arrangement",
        message=(
            f"fabric {fabric.name}: none of the arrangements of {rules.spec.needed} racks that were tried"
            f" leaves places for {fabric.upper_devices} upper switch trays within reach; offer more positions"
            " for either, rows more power, or a medium with more reach"
        ),
        where=Where(file="", path="open_racks"),
    )
