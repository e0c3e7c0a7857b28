"""Entry of the room: which open positions hold the racks that move, and what proves how good that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.errors import Finding, InfeasibleError, Where
from planner.model.arrangement import ArrangementRules
from planner.model.catalog import RackType
from planner.model.fabric import TierFabric
from planner.optimize.arrange.every import Arranged, EveryArrangement
from planner.optimize.arrange.open_problem import OpenProblem, open_problem
from planner.optimize.arrange.sketched import SketchedArrangements
from planner.optimize.options import SolveOptions
from planner.optimize.stop import heeding
from planner.optimize.ways import FabricInputs, Way, find_ways

_MOST_CELLS = 30_000_000
"""Most costs of upper units, over all arrangements, that are kept to bound each of them."""
_MOST_ARRANGEMENTS = 30_000


def arrange_racks(
    inputs: FabricInputs, rules: ArrangementRules, rack_type: RackType, options: SolveOptions
) -> Iterator[Arranged]:
    """Choose positions for racks that may move together with those of switch racks.

    Yields arrangements in turn, the cheapest without regard to what the pathway holds first: further ones are
    asked for where that one's plan does not keep limits.

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
    in_turn = arrangements_in_turn(problems, options)
    is_first = True
    while True:
        with heeding(options.stop):
            found = next(in_turn, None)
        if found is None:
            break
        yield found
        is_first = False
    if is_first:
        raise InfeasibleError([_not_arranged(inputs.fabric, rules)])


def arrangements_in_turn(
    problems: Sequence[tuple[OpenProblem, OpenProblem]], options: SolveOptions
) -> Iterator[Arranged]:
    """Yield arrangements in turn; none where none is found in which all can be placed.

    Parameters
    ----------
    problems
        For each way to make the runs the problem that plans are made of, and the one that bounds are.
    options
        Seed, stop rules, progress.
    """
    if len(problems) == 1 and _can_bound_every(problems[0][0]):
        return EveryArrangement(problems[0], list(problems[0][0].rules.every()), options).in_turn()
    return SketchedArrangements(problems, options).in_turn()


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
