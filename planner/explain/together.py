"""Runs that share plugs or cables: all of a fabric are made of one option, so they are priced together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.explain.made import RoutedFabric, usable_mm
from planner.model.economics import (
    energy_in_objective_cents,
    labor_cents,
    module_cents,
    run_parts_cents,
    run_power_milliwatts,
)
from planner.model.media import MediaOption, Plug
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import NO_ROUTE_MM
from planner.units import ceil_div

IntArray = NDArray[np.int64]
_NEVER = 2**60


class RunsTogether:
    """All runs of a fabric between the ends that they have, made of one option on their cheapest routes."""

    def __init__(self, routed: RoutedFabric, runs: Sequence[CableRun]) -> None:
        self.routed = routed
        self.runs = runs
        ends = np.array([routed.ends(run) for run in runs], dtype=np.int64)
        table = routed.table
        self._routed_mm = table.routed_mm[ends[:, 0], ends[:, 1]].astype(np.int64)
        slack_mm = table.slack_mm[ends[:, 0], ends[:, 1]].astype(np.int64)
        self._is_way = self._routed_mm < NO_ROUTE_MM
        self._required_mm = np.where(self._is_way, self._routed_mm + slack_mm, NO_ROUTE_MM)
        lengths, places = np.unique(self._routed_mm, return_inverse=True)
        economics = routed.layout.economics
        labor = [labor_cents(economics, mm) if mm < NO_ROUTE_MM else 0 for mm in lengths.tolist()]
        self._labor = np.array(labor, dtype=np.int64)[places].reshape(self._routed_mm.shape)

    def cents(self, option: MediaOption, less_mm: int = 0) -> int | None:
        """Return what all cost with so much less required length each; None where one does not reach."""
        taken = self._taken(option, less_mm)
        if taken is None:
            return None
        route, stock = taken
        labor = int(np.take_along_axis(self._labor, route[:, None], axis=1).sum())
        return labor + self._parts_cents(option, stock) + self._shared_plug_cents(option)

    def route_of(self, run: CableRun, option: MediaOption) -> int | None:
        """Return a run's route where all runs are made of an option; None where one does not reach."""
        taken = self._taken(option)
        return None if taken is None else int(taken[0][self.runs.index(run)])

    def _taken(self, option: MediaOption, less_mm: int = 0) -> tuple[IntArray, IntArray] | None:
        """Return the route and the stock length that each run takes; None where one does not reach.

        Of the cheapest routes the shortest, of these the first: as the planner chooses.
        """
        usable, prices = self._stock(option)
        stock = np.searchsorted(usable, self._required_mm - less_mm)
        reaches = (stock < len(usable)) & self._is_way
        if not reaches.any(axis=1).all():
            return None
        cables = np.append(prices, 0)[stock] * option.cables_per_run // option.runs_per_cable
        each = np.where(reaches, self._labor + cables, _NEVER)
        is_least = each == each.min(axis=1)[:, None]
        route = np.where(is_least, self._routed_mm, NO_ROUTE_MM).argmin(axis=1)
        return route, np.take_along_axis(stock, route[:, None], axis=1)[:, 0]

    def too_long(self, option: MediaOption) -> tuple[int, int]:
        """Return how many runs the option does not reach, and by how much the worst is too long."""
        longest = max(usable_mm(option), default=0)
        over = self._required_mm.min(axis=1) - longest
        return int((over > 0).sum()), int(over.max())

    def steps(self, *, is_less: bool) -> list[int]:
        """Return every change of length at which some run begins to need another stock length."""
        found: set[int] = set()
        required = np.unique(self._required_mm[self._is_way])
        for option in self.routed.options:
            for length in usable_mm(option):
                over = required - length
                found.update((over[over > 0] if is_less else 1 - over[over <= 0]).tolist())
        return sorted(found)

    def _stock(self, option: MediaOption) -> tuple[list[int], list[int]]:
        usable = usable_mm(option)
        return usable, [item.price.cents for item in option.cable.stock[: len(usable)]]

    def _parts_cents(self, option: MediaOption, stock: IntArray) -> int:
        """Sum cables, plugs and energy that runs have for themselves, and the cables that they share."""
        economics = self.routed.layout.economics
        energy = energy_in_objective_cents(economics, run_power_milliwatts(option))
        items, counts = np.unique(stock, return_counts=True)
        own = sum(
            count * (run_parts_cents(option, item) + energy)
            for item, count in zip(items.tolist(), counts.tolist(), strict=True)
        )
        prices = self._stock(option)[1]
        if option.runs_per_cable == 1:
            return int(own)
        cables = runs_by_cable(self.routed, option, self.runs)
        return int(own) + sum(prices[max(int(stock[run]) for run in cable)] for cable in cables)

    def _shared_plug_cents(self, option: MediaOption) -> int:
        total = 0
        for side, plug in enumerate(self.routed.plugs(option)):
            if plug.runs > 1:
                cages = _by_cage([(run.a, run.b)[side] for run in self.runs])
                total += sum(ceil_div(len(cage), plug.runs) for cage in cages) * self._plug_cents(plug)
        return total

    def _plug_cents(self, plug: Plug) -> int:
        economics = self.routed.layout.economics
        return module_cents(plug) + energy_in_objective_cents(economics, plug.power_milliwatts)


def runs_by_cable(routed: RoutedFabric, option: MediaOption, runs: Sequence[CableRun]) -> Iterator[list[int]]:
    """Yield the runs, by index, that share each cable of an option: neighbors in the cage of its head."""
    lower, upper = routed.plugs(option)
    for cage in _by_cage([run.a if lower.runs >= upper.runs else run.b for run in runs]):
        for first in range(0, len(cage), option.runs_per_cable):
            yield cage[first : first + option.runs_per_cable]


def _by_cage(ends: Sequence[CableEnd]) -> list[list[int]]:
    """Group runs by the cage that they end in, in the order of its ports."""
    cages: dict[tuple[str, int, int], list[int]] = {}
    for run, end in enumerate(ends):
        cages.setdefault((end.rack, end.u, end.cage), []).append(run)
    return [sorted(cage, key=lambda run: ends[run].port) for cage in cages.values()]
