"""The whole decision of a tiny hall with pathway fill as one integer program, run by run and route by route.

Code of its own: slots, planes, pairs, ways and segments are told apart, nothing is folded or priced.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from ortools.math_opt.python import mathopt

from planner.geometry.table import build_route_table
from planner.model.routes import NO_ROUTE_MM
from planner.model.sections import run_section_um2
from planner.optimize.pricing import UNREACHABLE_CENTS, price_option
from planner.optimize.reach import fitting_media
from tests.reference.floors import Hall
from tests.reference.plain import plain_problem

USD = 100
UM2 = 10**6
ROUTES = 16
"""As many as the planner considers where segments are crowded."""


def least_cents_within_fill(hall: Hall, *, time_limit_s: float) -> tuple[float | None, float]:
    """Cost of the best plan that fits (None: there is none) and its proved bound, in cents."""
    pathways = replace(hall.layout.pathways, routes_per_pair=ROUTES)
    table = build_route_table(replace(hall.layout, pathways=pathways), hall.catalog, hall.fabric)
    problem = plain_problem(hall)
    model = mathopt.Model(name="crowded")
    opened = [model.add_binary_variable() for _ in problem.rack_names]
    stands = [model.add_binary_variable() for _ in problem.slots]
    terms = [int(cents) / USD * one for cents, one in zip(problem.opening_cents, opened, strict=True)]
    terms += [problem.device_cents / USD * one for one in stands]
    units_in = defaultdict(list)
    load_of = defaultdict(list)
    usable = {}
    media = fitting_media(hall.catalog, hall.fabric)
    for plane in range(len(problem.classes)):
        members = hall.fabric.planes[problem.classes[plane][0]]
        units = [model.add_integer_variable(lb=0, ub=problem.units_per_device) for _ in problem.slots]
        model.add_linear_constraint(mathopt.fast_sum(units) == problem.units_per_plane)
        sent = defaultdict(list)
        for slot, (rack, u) in enumerate(problem.slots):
            units_in[slot].append(units[slot])
            column = min(index for (at, low, _), index in table.upper_index.items() if (at, low) == (rack, u))
            taken = []
            for unit in members:
                ref = hall.fabric.lower_units[unit]
                row = table.lower_index[ref.rack, ref.u, ref.sockets[0].cage]
                ways = []
                for k in range(ROUTES):
                    if table.routed_mm[row, column, k] >= NO_ROUTE_MM:
                        continue
                    route = table.route(row, column, k)
                    for _, option in media:
                        at = table.routed_mm[row, column, k : k + 1], table.slack_mm[row, column, k : k + 1]
                        cents = int(price_option(option, *at, hall.layout.economics)[0][0])
                        if cents >= UNREACHABLE_CENTS:
                            continue
                        runs = model.add_integer_variable(lb=0, ub=problem.uplinks)
                        ways.append(runs)
                        terms.append(cents / USD * runs)
                        for segment in route.segments:
                            if segment.usable_um2 is not None:
                                usable[segment.id] = segment.usable_um2
                                load_of[segment.id].append(run_section_um2(option) / UM2 * runs)
                pair = mathopt.fast_sum(ways) if ways else mathopt.LinearExpression()
                low, high = problem.pair_runs
                model.add_linear_constraint(pair >= low * units[slot])
                model.add_linear_constraint(pair <= high * units[slot])
                sent[unit].append(pair)
                taken.append(pair)
            least, most = problem.upper_load
            model.add_linear_constraint(mathopt.fast_sum(taken) >= least * units[slot])
            model.add_linear_constraint(mathopt.fast_sum(taken) <= most * units[slot])
        for pairs in sent.values():
            model.add_linear_constraint(mathopt.fast_sum(pairs) == problem.uplinks)
    for name, load in load_of.items():
        model.add_linear_constraint(mathopt.fast_sum(load) <= usable[name] / UM2)
    for rack, is_fixed in enumerate(problem.is_fixed):
        if is_fixed:
            model.add_linear_constraint(opened[rack] == 1)
        held = [one for one, at in zip(stands, problem.slot_rack, strict=True) if at == rack]
        model.add_linear_constraint(mathopt.fast_sum(held) <= int(problem.capacity[rack]) * opened[rack])
    model.add_linear_constraint(mathopt.fast_sum(stands) <= problem.devices)
    for slot, rack in enumerate(problem.slot_rack):
        units = mathopt.fast_sum(units_in[slot])
        model.add_linear_constraint(units <= problem.units_per_device * stands[slot])
        model.add_linear_constraint(stands[slot] <= opened[rack])
    model.minimize(mathopt.fast_sum(terms))
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=time_limit_s), relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
    cost = USD * result.objective_value() if result.has_primal_feasible_solution() else None
    return cost, USD * result.dual_bound()
