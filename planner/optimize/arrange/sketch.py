"""Sketches of plans: some switch racks, and the racks that move around them, as cheap as a flow finds them.

A sketch leaves out what rows allow switch racks, and prices extra runs by what each upper unit would take;
its cost ranks arrangements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ortools.graph.python import min_cost_flow

from planner.model.arrangement import Arrangement
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.arrange.places import CheapestPlaces
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, IntArray
from planner.optimize.stop import is_stopped
from planner.units import ceil_div

_STEPS = 40
"""Most exchanges of one climb."""


class Sketch(NamedTuple):
    """What an arrangement is likely to cost, where it has its racks, and the switch racks (indices)."""

    cents: int
    taken: tuple[int, ...]
    racks: tuple[int, ...]


class Sketcher:
    """Sketches plans of one open problem, and keeps the cheapest of each arrangement."""

    def __init__(self, open_problem: OpenProblem) -> None:
        self._open = open_problem
        problem = self._problem = open_problem.problem
        self._places = CheapestPlaces(open_problem.rules)
        self._cents = np.minimum(problem.cents, UNREACHABLE_CENTS // 2**10)
        self._rack_slots = [
            np.flatnonzero(problem.slot_rack == rack) for rack in range(len(problem.rack_names))
        ]
        self._rack_position = open_problem.rack_position
        self._sure = tuple(
            rack
            for rack, is_fixed in enumerate(problem.is_fixed)
            if is_fixed and self._rack_position[rack] < 0
        )
        self._seen: dict[tuple[int, ...], Sketch | None] = {}

    @property
    def starts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """As few switch racks as hold all devices, with those that stand: the nearest to all, and spread."""
        problem = self._problem
        held = int(problem.capacity[list(self._sure)].sum())
        free = [rack for rack in range(len(problem.rack_names)) if rack not in self._sure]
        count = min(len(free), max(0, ceil_div(problem.devices - held, int(problem.capacity.max()))))
        far = [int(self._cents[:, :, self._rack_slots[rack]].sum()) for rack in free]
        nearest = [free[at] for at in sorted(range(len(free)), key=far.__getitem__)[:count]]
        spread = [free[(2 * at + 1) * len(free) // (2 * count)] for at in range(count)]
        return tuple(sorted({*self._sure, *nearest})), tuple(sorted({*self._sure, *spread}))

    def climb(self, racks: Sequence[int]) -> None:
        """Add, drop or exchange one switch rack at a time as long as that makes the sketch cheaper."""
        now = self.sketch(racks)
        for _ in range(_STEPS):
            best = now
            for other in self._neighbors(tuple(racks)):
                if best is not None and is_stopped():
                    return
                found = self.sketch(other)
                if found is not None and (best is None or found < best):
                    best = found
            if best is None or best == now:
                return
            now, racks = best, best.racks

    def best(self, count: int) -> list[Sketch]:
        """Return so many of the cheapest arrangements sketched, with cents once extra runs are balanced."""
        return sorted(map(self._balanced, self.all[:count]))

    @property
    def all(self) -> list[Sketch]:
        """All arrangements sketched, the cheapest sketch of each, in order of cost."""
        cheapest: dict[tuple[int, ...], Sketch] = {}
        for found in self._seen.values():
            if found is not None and (found.taken not in cheapest or found < cheapest[found.taken]):
                cheapest[found.taken] = found
        return sorted(cheapest.values())

    def arrangement(self, sketch: Sketch) -> Arrangement:
        """Return the addresses where a sketch has the racks that move."""
        return tuple(self._open.positions[at] for at in sketch.taken)

    def _neighbors(self, racks: tuple[int, ...]) -> list[tuple[int, ...]]:
        free = [rack for rack in range(len(self._rack_slots)) if rack not in racks]
        movable = [rack for rack in racks if rack not in self._sure]
        found = [tuple(sorted((*racks, more))) for more in free]
        for out in movable:
            rest = tuple(rack for rack in racks if rack != out)
            found.append(rest)
            found += [tuple(sorted((*rest, more))) for more in free]
        return found

    def sketch(self, racks: Sequence[int]) -> Sketch | None:
        """Return the sketch with these switch racks; None where devices or racks that move find no room."""
        key = tuple(racks)
        if key not in self._seen:
            self._seen[key] = self._sketched(key)
        return self._seen[key]

    def _sketched(self, racks: tuple[int, ...]) -> Sketch | None:
        problem = self._problem
        if int(problem.capacity[list(racks)].sum()) < problem.devices:
            return None
        slots = np.concatenate([self._rack_slots[rack] for rack in racks])
        cents = self._cents[:, :, slots]
        barred = self._rack_position[list(racks)]
        even = np.ones((len(problem.classes), len(slots)), dtype=np.int64)
        taken = self._places.pick(self._values(cents, even), barred)
        units = None if taken is None else self._units(cents, taken, racks)
        if units is None:
            return None
        taken = self._places.pick(self._values(cents, units), barred)
        assert taken is not None
        base, extra = self._unit_costs(cents, taken)
        given = int(problem.opening_cents[list(racks)].sum()) + problem.given_cents
        return Sketch(int((units * (base + extra)).sum()) + given, taken, racks)

    def _balanced(self, sketch: Sketch) -> Sketch:
        """Return a sketch at what it costs when each lower unit has its extra runs, and each rack no more."""
        problem = self._problem
        slots = np.concatenate([self._rack_slots[rack] for rack in sketch.racks])
        cents = self._cents[:, :, slots]
        units = self._units(cents, sketch.taken, sketch.racks)
        if units is None or not problem.extra_per_lower:
            return sketch
        _, extra = self._unit_costs(cents, sketch.taken)
        inside = [problem.slot_rack[slots] == rack for rack in sketch.racks]
        more = 0
        for group, stands in enumerate(self._stand(sketch.taken)):
            used = [own & (units[group] > 0) for own in inside]
            by_rack = [cents[group][stands][:, own].min(axis=1, initial=UNREACHABLE_CENTS) for own in used]
            planes = int(problem.planes_per_class[group])
            most = problem.extra_per_upper_among(int(stands.sum()))[1]
            flow = _flow(
                np.stack(by_rack, axis=1),
                np.full(int(stands.sum()), planes * problem.extra_per_lower),
                np.array([most * int(units[group][own].sum()) for own in inside]),
            )
            if flow is not None:
                more += int((flow * np.stack(by_rack, axis=1)).sum()) - int(
                    (units[group] * extra[group]).sum()
                )
        return sketch._replace(cents=sketch.cents + more)

    def _values(self, cents: IntArray, units: IntArray) -> IntArray:
        """Return what a rack at each open position costs (P,) with units of each class in slots (G, S)."""
        by_lower = np.einsum("gns,gs->gn", cents, units)
        values = np.zeros(len(self._open.positions) + 1, dtype=np.int64)
        np.add.at(values, self._open.unit_position, by_lower)
        return values[:-1]

    def _stand(self, taken: tuple[int, ...]) -> BoolArray:
        """Tell which lower units of a plane there are in an arrangement (G, N)."""
        return np.asarray(np.isin(self._open.unit_position, (-1, *taken)))

    def _unit_costs(self, cents: IntArray, taken: tuple[int, ...]) -> tuple[IntArray, IntArray]:
        """Return what the runs that all pairs have and the cheapest extra ones cost a unit (G, S)."""
        problem = self._problem
        stands = self._stand(taken)
        here = np.where(stands[:, :, None], cents, 0)
        base = np.asarray(problem.pair_runs[0] * here.sum(axis=1))
        fewest = problem.extra_per_upper_among(int(stands[0].sum()))[0]
        if not problem.extra_per_lower or not fewest:
            return base, np.zeros_like(base)
        times = problem.extra_per_pair
        lowers = ceil_div(fewest, times)
        far = np.where(stands[:, :, None], cents, UNREACHABLE_CENTS)
        least = np.sort(np.partition(far, lowers - 1, axis=1)[:, :lowers], axis=1)
        return base, np.asarray(np.repeat(least, times, axis=1)[:, :fewest].sum(axis=1))

    def _units(self, cents: IntArray, taken: tuple[int, ...], racks: tuple[int, ...]) -> IntArray | None:
        """Return how many units of each class stand in each slot (G, S) at least cost; None: no room."""
        problem = self._problem
        base, extra = self._unit_costs(cents, taken)
        per_device = problem.units_per_device
        supplies = problem.planes_per_class * problem.units_per_plane
        rack = np.repeat(np.arange(len(racks)), [len(self._rack_slots[each]) for each in racks])
        held = per_device * problem.capacity[list(racks)]
        return _flow(base + extra, supplies, np.full(len(rack), per_device), (rack, held))


def _flow(
    cost: IntArray, supplies: IntArray, room: IntArray, joint: tuple[IntArray, IntArray] | None = None
) -> IntArray | None:
    """Return the cheapest flow from sources to sinks (A, B); None where they do not hold all.

    ``joint`` says for each sink which further sink it leads to (B,), and what each of those holds.
    """
    sources, sinks = cost.shape
    onto, held = joint if joint is not None else (np.arange(sinks), room)
    end = sources + sinks + len(held)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.repeat(np.arange(sources), sinks),
        np.tile(sources + np.arange(sinks), sources),
        np.minimum(np.repeat(supplies, sinks), np.tile(room, sources)),
        cost.ravel(),
    )
    nothing = np.zeros(max(sinks, len(held)), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        sources + np.arange(sinks), sources + sinks + onto, room, nothing[:sinks]
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        sources + sinks + np.arange(len(held)), np.full(len(held), end), held, nothing[: len(held)]
    )
    flow.set_nodes_supplies(np.arange(sources), supplies)
    flow.set_node_supply(end, -int(supplies.sum()))
    if flow.solve() != flow.OPTIMAL:
        return None
    return np.asarray(flow.flows(arcs), dtype=np.int64).reshape(sources, sinks)
