"""The whole decision of a hall with pathway fill and supply as one integer program, way by way.

Code of its own: slots, planes, pairs, ways, segments and parts are told apart, nothing is folded or priced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from ortools.math_opt.python import mathopt

from planner.geometry.table import build_route_table
from planner.model.media import MediaOption
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.sections import run_section_um2
from planner.model.supply import BomKey
from planner.optimize.linear_model import LinearModel
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray, price_option
from planner.optimize.problem import PlacementProblem
from planner.optimize.reach import fitting_media
from tests.reference.answer import HIGHS, USD, Answer, Solver, solve_model
from tests.reference.floors import Hall
from tests.reference.plain import plain_problem

UM2 = 10**6
ROUTES = 16
"""As many as the planner considers where segments are crowded."""


@dataclass(slots=True)
class _Shared:
    """The model, and what fabrics share in it: rows of segments, orders of limited parts."""

    model: LinearModel = field(default_factory=LinearModel)
    segment_rows: dict[str, int] = field(default_factory=dict)
    orders: dict[BomKey, list[int]] = field(default_factory=lambda: defaultdict(list))

    def row_of_segment(self, name: str, usable_um2: int) -> int:
        """The row that keeps what runs take of a segment."""
        if name not in self.segment_rows:
            self.segment_rows[name] = self.model.rows((1,), -np.inf, usable_um2 / UM2).item()
        return self.segment_rows[name]


class _Crowded:
    """One fabric in the model: arrays are over planes, lower units of each, slots (P, N, S)."""

    def __init__(self, shared: _Shared, hall: Hall, table: RouteTable) -> None:
        self.shared, self.hall, self.table = shared, hall, table
        self.problem: PlacementProblem = plain_problem(hall)
        self.lower, self.upper = self._ends()
        self.pieces_of: dict[BomKey, list[tuple[IntArray, int]]] = defaultdict(list)

    def add(self) -> None:
        model, problem = self.shared.model, self.problem
        planes, lowers, slots = len(problem.classes), self.lower.shape[1], len(problem.slots)
        units = model.variables((planes, slots), problem.units_per_device, 0, integer=True)
        every = problem.units_per_plane
        model.add(model.rows((planes,), every, every)[:, None], units, 1)
        runs = model.variables((planes, lowers, slots), problem.uplinks, 0, integer=True)
        model.add(model.rows((planes, lowers), problem.uplinks, problem.uplinks)[:, :, None], runs, 1)
        self._bound(runs, units[:, None, :], problem.pair_runs)
        loads = model.rows((2, planes, slots), [[[0]], [[-np.inf]]], [[[np.inf]], [[0]]])
        for load, limit in zip(loads, problem.upper_load, strict=True):
            model.add(load[:, None, :], runs, 1)
            model.add(load, units, -limit)
        made = model.rows(runs.shape, 0, 0)
        model.add(made, runs, -1)
        for k in range(self.table.routed_mm.shape[2]):
            self._add_route(k, made)
        self._add_racks(units)
        self._order_pieces()

    def _bound(self, runs: IntArray, units: IntArray, pair_runs: tuple[int, int]) -> None:
        """Let a pair have so many runs, at least and at most, for each unit in the slot."""
        model = self.shared.model
        for bounds, limit in zip(((0, np.inf), (-np.inf, 0)), pair_runs, strict=True):
            rows = model.rows(runs.shape, *bounds)
            model.add(rows, runs, 1)
            model.add(rows, units, -limit)

    def _ends(self) -> tuple[IntArray, IntArray]:
        """Attachment of each lower unit of each plane (P, N), and of each slot (S,)."""
        table, fabric = self.table, self.hall.fabric
        columns: dict[tuple[str, int], int] = {}
        for (rack, u, _), column in table.upper_index.items():
            columns[rack, u] = min(column, columns.get((rack, u), column))
        refs = [[fabric.lower_units[lower] for lower in plane] for plane in fabric.planes]
        rows = [[table.lower_index[ref.rack, ref.u, ref.sockets[0].cage] for ref in row] for row in refs]
        return np.array(rows), np.array([columns[slot] for slot in self.problem.slots])

    def _add_route(self, k: int, made: IntArray) -> None:
        """Add the runs of all pairs by their k-th route, by every option and stock length."""
        shared, table = self.shared, self.table
        ends = self.lower[:, :, None], self.upper[None, None, :]
        routed, slack = table.routed_mm[*ends, k], table.slack_mm[*ends, k]
        pairs, of_pair = np.unique(ends[0] * len(table.upper) + ends[1], return_inverse=True)
        segments = [self._segments(*divmod(pair, len(table.upper)), k) for pair in pairs.tolist()]
        of_pair = of_pair.reshape(routed.shape)
        for _, option in fitting_media(self.hall.catalog, self.hall.fabric):
            for exists, cents, lines in self._made_of(option, routed, slack):
                runs = shared.model.variables(cents.shape, self.problem.uplinks, cents / USD, integer=True)
                shared.model.add(made[exists], runs, 1)
                of_run = of_pair[exists].tolist()
                count = [len(segments[pair]) for pair in of_run]
                rows = np.array([row for pair in of_run for row in segments[pair]], dtype=np.int64)
                shared.model.add(rows, np.repeat(runs, count), run_section_um2(option) / UM2)
                for key, here, pieces in lines:
                    self.pieces_of[key].append((runs[here], pieces))

    def _segments(self, row: int, column: int, k: int) -> list[int]:
        """Rows of the limited segments on a route; none where there is no such route."""
        if self.table.routed_mm[row, column, k] >= NO_ROUTE_MM:
            return []
        return [
            self.shared.row_of_segment(segment.id, segment.usable_um2)
            for segment in self.table.route(row, column, k).segments
            if segment.usable_um2 is not None
        ]

    def _made_of(
        self, option: MediaOption, routed: IntArray, slack: IntArray
    ) -> Iterator[tuple[BoolArray, IntArray, list[tuple[BomKey, BoolArray, int]]]]:
        """Which pairs' runs may be made of an option, what they cost, and which of these take which pieces.

        Of the shortest piece that is long enough; then of longer ones, as long as those before are limited.
        """
        limited = {(one.part, one.stock_length_mm) for one in self.hall.layout.supply}
        items = [item for item in option.cable.stock if item.length_mm <= option.reach_mm]
        price = np.array([*(item.price.cents for item in items), 0], dtype=np.int64)
        goes_on = np.array([*((option.cable.id, item.length_mm) in limited for item in items), False])
        cents, _ = price_option(option, routed, slack, self.hall.layout.economics)
        first = np.searchsorted([item.length_mm for item in items], routed + slack)
        exists, at = (routed < NO_ROUTE_MM) & (cents < UNREACHABLE_CENTS), first
        while exists.any():
            more = option.cables_per_run * (price[at] - price[first])
            lines = [
                ((option.cable.id, item.length_mm), at[exists] == number, option.cables_per_run)
                for number, item in enumerate(items)
            ]
            every = np.ones(int(exists.sum()), dtype=bool)
            lines += [((plug.transceiver.id, None), every, 1) for plug in option.plugs if plug.transceiver]
            yield exists, (cents + more)[exists], lines
            exists = exists & goes_on[at] & (at + 1 < len(items))
            at = np.minimum(at + 1, len(items))

    def _add_racks(self, units: IntArray) -> None:
        problem, model = self.problem, self.shared.model
        opened = model.variables(
            problem.opening_cents.shape, 1, problem.opening_cents / USD, lower=problem.is_fixed, integer=True
        )
        stands = model.variables((len(problem.slots),), 1, problem.device_cents / USD, integer=True)
        held = model.rows(opened.shape, -np.inf, 0)
        model.add(held[problem.slot_rack], stands, 1)
        model.add(held, opened, -problem.capacity)
        model.add(model.rows((1,), -np.inf, problem.devices), stands, 1)
        filled, in_open_rack = model.rows((2, len(stands)), -np.inf, 0)
        model.add(filled, units, 1)
        model.add(filled, stands, -problem.units_per_device)
        model.add(in_open_rack, stands, 1)
        model.add(in_open_rack, opened[problem.slot_rack], -1)

    def _order_pieces(self) -> None:
        """Order the fabric's limited pieces with their spares, line by line."""
        model, layout = self.shared.model, self.hall.layout
        for key, taken in self.pieces_of.items():
            if not any(limit.covers(key) for limit in layout.supply):
                continue
            order = model.variables((1,), np.inf, 0, integer=True)
            row = model.rows((1,), 0, np.inf)
            model.add(row, order, 1000)
            for runs, pieces in taken:
                model.add(row, runs, -(1000 + layout.economics.spares_permille) * pieces)
            self.shared.orders[key].append(order.item())


def least_cents_within_limits(
    hall: Hall, *, time_limit_s: float, solver: Solver = HIGHS, routes: int = ROUTES
) -> Answer:
    """Cost of the best plan that keeps fill and supply, and its bound, over so many routes of every pair."""
    return least_cents_together([hall], time_limit_s=time_limit_s, solver=solver, routes=routes)


def least_cents_together(
    halls: Sequence[Hall], *, time_limit_s: float, solver: Solver = HIGHS, routes: int = ROUTES
) -> Answer:
    """The same for fabrics of one layout that share pathways and parts, but no racks."""
    shared = _Shared()
    for hall in halls:
        pathways = replace(hall.layout.pathways, routes_per_pair=routes)
        table = build_route_table(replace(hall.layout, pathways=pathways), hall.catalog, hall.fabric)
        _Crowded(shared, hall, table).add()
    for limit in halls[0].layout.supply:
        orders = [order for key, some in shared.orders.items() if limit.covers(key) for order in some]
        row = shared.model.rows((1,), -np.inf, limit.most_pieces)
        shared.model.add(row, np.array(orders, dtype=np.int64), 1)
    model = mathopt.Model.from_model_proto(shared.model.proto())
    return solve_model(model, solver, time_limit_s=time_limit_s)
