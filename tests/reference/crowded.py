"""The whole decision of a tiny hall with pathway fill and supply as one integer program, way by way.

Code of its own: slots, planes, pairs, ways, segments and parts are told apart, nothing is folded or priced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ortools.math_opt.python import mathopt

from planner.geometry.table import build_route_table
from planner.model.media import MediaOption, StockItem
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.sections import run_section_um2
from planner.model.supply import BomKey
from planner.optimize.pricing import UNREACHABLE_CENTS, price_option
from planner.optimize.problem import PlacementProblem
from planner.optimize.reach import fitting_media
from tests.reference.answer import HIGHS, USD, Answer, Solver, solve_model
from tests.reference.floors import Hall
from tests.reference.plain import plain_problem

UM2 = 10**6
ROUTES = 16
"""As many as the planner considers where segments are crowded."""


@dataclass(slots=True)
class _Crowded:
    """The model while it grows: terms of the objective, units in slots, loads of segments."""

    hall: Hall
    table: RouteTable
    problem: PlacementProblem
    model: mathopt.Model
    terms: list[mathopt.LinearTypes] = field(default_factory=list)
    units_in: dict[int, list[mathopt.Variable]] = field(default_factory=lambda: defaultdict(list))
    load_of: dict[str, list[mathopt.LinearTypes]] = field(default_factory=lambda: defaultdict(list))
    usable: dict[str, int] = field(default_factory=dict)
    orders: dict[BomKey, list[mathopt.LinearTypes]] = field(default_factory=lambda: defaultdict(list))
    pieces_of: dict[BomKey, list[mathopt.LinearTypes]] = field(default_factory=lambda: defaultdict(list))

    def add_plane(self, plane: int) -> None:
        problem, model = self.problem, self.model
        members = self.hall.fabric.planes[problem.classes[plane][0]]
        units = [model.add_integer_variable(lb=0, ub=problem.units_per_device) for _ in problem.slots]
        model.add_linear_constraint(mathopt.fast_sum(units) == problem.units_per_plane)
        sent: dict[int, list[mathopt.LinearTypes]] = defaultdict(list)
        for slot, unit in enumerate(units):
            self.units_in[slot].append(unit)
            pairs = []
            for member in members:
                pair = mathopt.fast_sum(self.runs_of(member, slot))
                low, high = problem.pair_runs
                model.add_linear_constraint(pair >= low * unit)
                model.add_linear_constraint(pair <= high * unit)
                sent[member].append(pair)
                pairs.append(pair)
            least, most = problem.upper_load
            model.add_linear_constraint(mathopt.fast_sum(pairs) >= least * unit)
            model.add_linear_constraint(mathopt.fast_sum(pairs) <= most * unit)
        for pairs in sent.values():
            model.add_linear_constraint(mathopt.fast_sum(pairs) == problem.uplinks)

    def runs_of(self, lower: int, slot: int) -> list[mathopt.Variable]:
        """Runs of a lower unit to a slot, by every route, option and stock length that it may be made of."""
        ref, (rack, u) = self.hall.fabric.lower_units[lower], self.problem.slots[slot]
        row = self.table.lower_index[ref.rack, ref.u, ref.sockets[0].cage]
        column = min(
            at for (where, low, _), at in self.table.upper_index.items() if (where, low) == (rack, u)
        )
        found = []
        for k in range(self.table.routed_mm.shape[2]):
            lengths = (
                self.table.routed_mm[row, column, k : k + 1],
                self.table.slack_mm[row, column, k : k + 1],
            )
            for _, option in fitting_media(self.hall.catalog, self.hall.fabric):
                cents = int(price_option(option, *lengths, self.hall.layout.economics)[0][0])
                if lengths[0][0] >= NO_ROUTE_MM or cents >= UNREACHABLE_CENTS:
                    continue
                items = self.stock_items(option, int(lengths[0][0] + lengths[1][0]))
                cables = option.cables_per_run
                for item in items:
                    more = item.price.cents - items[0].price.cents
                    runs = self.model.add_integer_variable(lb=0, ub=self.problem.uplinks)
                    found.append(runs)
                    self.terms.append((cents + cables * more) / USD * runs)
                    self.pieces_of[option.cable.id, item.length_mm].append(cables * runs)
                    for plug in option.plugs:
                        if plug.transceiver:
                            self.pieces_of[plug.transceiver.id, None].append(runs)
                    for segment in self.table.route(row, column, k).segments:
                        if segment.usable_um2 is not None:
                            self.usable[segment.id] = segment.usable_um2
                            self.load_of[segment.id].append(run_section_um2(option) / UM2 * runs)
        return found

    def stock_items(self, option: MediaOption, required_mm: int) -> list[StockItem]:
        """The shortest piece that is long enough, and the next ones as long as those before are limited."""
        limited = {(one.part, one.stock_length_mm) for one in self.hall.layout.supply}
        items: list[StockItem] = []
        for item in option.cable.stock:
            if required_mm <= item.length_mm <= option.reach_mm:
                items.append(item)
                if (option.cable.id, item.length_mm) not in limited:
                    break
        return items

    def add_racks(self) -> None:
        problem, model = self.problem, self.model
        opened = [model.add_binary_variable() for _ in problem.rack_names]
        stands = [model.add_binary_variable() for _ in problem.slots]
        self.terms += [int(c) / USD * one for c, one in zip(problem.opening_cents, opened, strict=True)]
        self.terms += [problem.device_cents / USD * one for one in stands]
        for rack, is_fixed in enumerate(problem.is_fixed):
            if is_fixed:
                model.add_linear_constraint(opened[rack] == 1)
            held = [one for one, at in zip(stands, problem.slot_rack, strict=True) if at == rack]
            model.add_linear_constraint(mathopt.fast_sum(held) <= int(problem.capacity[rack]) * opened[rack])
        model.add_linear_constraint(mathopt.fast_sum(stands) <= problem.devices)
        for slot, rack in enumerate(problem.slot_rack):
            units = mathopt.fast_sum(self.units_in[slot])
            model.add_linear_constraint(units <= problem.units_per_device * stands[slot])
            model.add_linear_constraint(stands[slot] <= opened[rack])

    def add_fill(self) -> None:
        for name, load in self.load_of.items():
            self.model.add_linear_constraint(mathopt.fast_sum(load) <= self.usable[name] / UM2)

    def order_pieces(self) -> None:
        """Order the fabric's pieces with their spares, line by line."""
        spares = self.hall.layout.economics.spares_permille
        for key, pieces in self.pieces_of.items():
            order = self.model.add_integer_variable(lb=0)
            self.model.add_linear_constraint(1000 * order >= (1000 + spares) * mathopt.fast_sum(pieces))
            self.orders[key].append(order)

    def add_supply(self) -> None:
        """Order no more than can be had."""
        for limit in self.hall.layout.supply:
            covered = [
                order
                for (part, length), orders in self.orders.items()
                if part == limit.part and limit.stock_length_mm in (None, length)
                for order in orders
            ]
            self.model.add_linear_constraint(mathopt.fast_sum(covered) <= limit.most_pieces)


def least_cents_within_limits(
    hall: Hall, *, time_limit_s: float, solver: Solver = HIGHS, routes: int = ROUTES
) -> Answer:
    """Cost of the best plan that keeps fill and supply, and its bound, over so many routes of every pair."""
    return least_cents_together([hall], time_limit_s=time_limit_s, solver=solver, routes=routes)


def least_cents_together(
    halls: Sequence[Hall], *, time_limit_s: float, solver: Solver = HIGHS, routes: int = ROUTES
) -> Answer:
    """The same for fabrics of one layout that share pathways and parts, but no racks."""
    model = mathopt.Model(name="crowded")
    terms: list[mathopt.LinearTypes] = []
    load_of: dict[str, list[mathopt.LinearTypes]] = defaultdict(list)
    usable: dict[str, int] = {}
    orders: dict[BomKey, list[mathopt.LinearTypes]] = defaultdict(list)
    for hall in halls:
        pathways = replace(hall.layout.pathways, routes_per_pair=routes)
        table = build_route_table(replace(hall.layout, pathways=pathways), hall.catalog, hall.fabric)
        crowded = _Crowded(
            hall,
            table,
            plain_problem(hall),
            model,
            terms=terms,
            load_of=load_of,
            usable=usable,
            orders=orders,
        )
        for plane in range(len(crowded.problem.classes)):
            crowded.add_plane(plane)
        crowded.add_racks()
        crowded.order_pieces()
    crowded.add_fill()
    crowded.add_supply()
    model.minimize(mathopt.fast_sum(terms))
    return solve_model(model, solver, time_limit_s=time_limit_s)
