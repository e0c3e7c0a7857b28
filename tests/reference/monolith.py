"""The whole placement as one integer program: planes told apart, every slot, every number of runs.

Code of its own, so that an error in the optimizer's models does not repeat here. The solver
proves what it can in the time given.
"""

from __future__ import annotations

from ortools.math_opt.python import mathopt

from planner.optimize.pricing import UNREACHABLE_CENTS
from planner.optimize.problem import PlacementProblem
from tests.reference.answer import HIGHS, USD, Answer, Solver, solve_model


def solve_monolith(problem: PlacementProblem, *, time_limit_s: float, solver: Solver = HIGHS) -> Answer:
    """Minimize the objective, all rules in one model."""
    model = mathopt.Model(name="monolith")
    opened = [model.add_binary_variable() for _ in problem.rack_names]
    stands = [model.add_binary_variable() for _ in problem.slots]
    units_in: list[list[mathopt.Variable]] = [[] for _ in problem.slots]
    terms = [int(cents) / USD * one for cents, one in zip(problem.opening_cents, opened, strict=True)]
    terms += [problem.device_cents / USD * one for one in stands]
    for group, members in enumerate(problem.classes):
        for _ in members:
            terms += _add_plane(problem, group, model, units_in)
    for rack, is_fixed in enumerate(problem.is_fixed):
        if is_fixed:
            model.add_linear_constraint(opened[rack] == 1)
        held = [one for one, at in zip(stands, problem.slot_rack, strict=True) if at == rack]
        model.add_linear_constraint(mathopt.fast_sum(held) <= int(problem.capacity[rack]) * opened[rack])
    model.add_linear_constraint(mathopt.fast_sum(stands) <= problem.devices)
    for slot, rack in enumerate(problem.slot_rack):
        model.add_linear_constraint(
            mathopt.fast_sum(units_in[slot]) <= problem.units_per_device * stands[slot]
        )
        model.add_linear_constraint(stands[slot] <= opened[rack])
    model.minimize(mathopt.fast_sum(terms))
    return solve_model(model, solver, time_limit_s=time_limit_s)


def _add_plane(
    problem: PlacementProblem,
    group: int,
    model: mathopt.Model,
    units_in: list[list[mathopt.Variable]],
) -> list[mathopt.LinearTypes]:
    """Add a plane's upper units and runs; returns its share of the objective."""
    cents = problem.cents[group]
    lowers = range(len(cents))
    reached = [s for s in range(len(problem.slots)) if (cents[:, s] < UNREACHABLE_CENTS).all()]
    low, high = problem.pair_runs
    least, most = (load - low * len(cents) for load in problem.upper_load)
    units = {s: model.add_integer_variable(lb=0, ub=problem.units_per_device) for s in reached}
    model.add_linear_constraint(mathopt.fast_sum(list(units.values())) == problem.units_per_plane)
    terms = [low * int(cents[:, s].sum()) / USD * unit for s, unit in units.items()]
    # Runs beyond the fewest; as a whole count they would need a row more for each pair.
    extra = {
        (i, s): model.add_integer_variable(lb=0, ub=(high - low) * problem.units_per_device)
        for i in lowers
        for s in reached
    }
    for i in lowers:
        sent = mathopt.fast_sum([extra[i, s] for s in reached])
        model.add_linear_constraint(sent == problem.uplinks - low * problem.units_per_plane)
    for s in reached:
        units_in[s].append(units[s])
        load = mathopt.fast_sum([extra[i, s] for i in lowers])
        model.add_linear_constraint(load >= least * units[s])
        model.add_linear_constraint(load <= most * units[s])
        for i in lowers:
            model.add_linear_constraint(extra[i, s] <= (high - low) * units[s])
    return terms + [int(cents[i, s]) / USD * variable for (i, s), variable in extra.items()]
