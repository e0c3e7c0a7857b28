"""All ways to make one run between the ends that it has, priced as the objective counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from planner.model.catalog import Catalog
from planner.model.economics import (
    energy_in_objective_cents,
    labor_cents,
    run_parts_cents,
    run_power_milliwatts,
)
from planner.model.fabric import Fabric, PeerFabric
from planner.model.layout import Economics, Layout
from planner.model.media import MediaOption, Plug
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.sites import cage_group


class Way(NamedTuple):
    """A route of a pair of ends: its number, routed length, and slack."""

    route: int
    routed_mm: int
    slack_mm: int

    @property
    def required_mm(self) -> int:
        """Length that a cable on this route must have."""
        return self.routed_mm + self.slack_mm

    def shorter(self, by_mm: int) -> Way:
        """Return the way where it is so much shorter, its slack as it is."""
        return self._replace(routed_mm=max(0, self.routed_mm - by_mm))


class Made(NamedTuple):
    """One way to make the run; ``stock`` and ``cents`` are None where no stocked length within reach does."""

    option: MediaOption
    way: Way
    stock: int | None
    cents: int | None


@dataclass(frozen=True)
class RoutedFabric:
    """A fabric with its routes, found again from the plan's own inputs."""

    layout: Layout
    catalog: Catalog
    fabric: Fabric
    table: RouteTable

    @cached_property
    def options(self) -> tuple[MediaOption, ...]:
        """Options of the profile that join the fabric's cages, in the profile's order."""
        return tuple(option for option in self.catalog.media if self._plugs(option) is not None)

    def plugs(self, option: MediaOption) -> tuple[Plug, Plug]:
        """Return the plugs of one of the options in the order lower, upper."""
        plugs = self._plugs(option)
        if plugs is None:
            raise ValueError(f"{option.id} does not join the cages of fabric {self.fabric.name}")
        return plugs

    def _plugs(self, option: MediaOption) -> tuple[Plug, Plug] | None:
        types, fabric = self.catalog.device_types, self.fabric
        if isinstance(fabric, PeerFabric):
            group = cage_group(types[fabric.device], fabric.cages)
            return option.between(group, group, (1, 1))
        lower = cage_group(types[fabric.lower_device], fabric.cages)
        upper = cage_group(types[fabric.upper_device], fabric.upper_cages)
        return option.between(lower, upper, fabric.runs_per_cage)

    @property
    def shares_parts(self) -> bool:
        """Whether runs may share parts: then all are made one way, and none is chosen for itself."""
        return any(option.is_shared for option in self.options)

    def ends(self, run: CableRun) -> tuple[int, int]:
        """Return the attachments of a run."""
        return self.lower(run.a), self.table.upper_index[run.b.rack, run.b.u, run.b.cage]

    def lower(self, end: CableEnd) -> int:
        """Return the attachment of an end A."""
        return self.table.lower_index[end.rack, end.u, end.cage]

    def ways(self, a: int, b: int) -> tuple[Way, ...]:
        """Return the routes of a pair of attachments, the cheapest to lay first."""
        lengths = zip(self.table.routed_mm[a, b].tolist(), self.table.slack_mm[a, b].tolist(), strict=True)
        found = (Way(route, *both) for route, both in enumerate(lengths))
        return tuple(way for way in found if way.routed_mm < NO_ROUTE_MM)

    def way_of(self, run: CableRun) -> Way | None:
        """Return the way that a run takes: by its segments, else one as long; None where none is."""
        a, b = self.ends(run)
        alike = self.ways_alike(run)
        same = (way for way in alike if self.segment_ids(a, b, way) == run.segments)
        return next(same, alike[0] if alike else None)

    def ways_alike(self, run: CableRun) -> list[Way]:
        """Return the ways between a run's ends that are as long as its own."""
        return [way for way in self.ways(*self.ends(run)) if way[1:] == (run.routed_mm, run.slack_mm)]

    def segment_ids(self, a: int, b: int, way: Way) -> tuple[str, ...]:
        """Return the ids of a way's segments."""
        return self.table.route(a, b, way.route).segment_ids

    def all_made(self, a: int, b: int, less_mm: int = 0) -> list[Made]:
        """Price every option on every route, with so much less required length than there is."""
        economics = self.layout.economics
        ways = self.ways(a, b)
        return [make(option, way, economics, less_mm) for option in self.options for way in ways]

    def cheapest(self, a: int, b: int, less_mm: int = 0) -> Made | None:
        """Return the way to make it that the planner takes, None where nothing reaches."""
        return cheapest(self.all_made(a, b, less_mm))


def make(option: MediaOption, way: Way, economics: Economics, less_mm: int = 0) -> Made:
    """Take the shortest stock length that does, and price the run."""
    stock = next(
        (number for number, mm in enumerate(usable_mm(option)) if mm >= way.required_mm - less_mm), None
    )
    return Made(option, way, None, None) if stock is None else _priced(option, way, stock, economics)


def make_of(option: MediaOption, way: Way, stock_length_mm: int, economics: Economics) -> Made:
    """Price the run made of a stock length, which may be a longer one than the shortest that does."""
    lengths = [item.length_mm for item in option.cable.stock]
    return _priced(option, way, lengths.index(stock_length_mm), economics)


def _priced(option: MediaOption, way: Way, stock: int, economics: Economics) -> Made:
    energy = energy_in_objective_cents(economics, run_power_milliwatts(option))
    cents = run_parts_cents(option, stock) + labor_cents(economics, way.routed_mm) + energy
    return Made(option, way, stock, cents)


def usable_mm(option: MediaOption) -> list[int]:
    """Return the stock lengths within reach, shortest first."""
    return [item.length_mm for item in option.cable.stock if item.length_mm <= option.reach_mm]


def cheapest(made: Sequence[Made]) -> Made | None:
    """Return the cheapest; ties go to the shorter way, then as they are listed: by option, by route."""
    priced = [
        (one.cents, one.way.routed_mm, number) for number, one in enumerate(made) if one.cents is not None
    ]
    return made[min(priced)[2]] if priced else None
