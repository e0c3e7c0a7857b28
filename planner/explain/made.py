"""All ways to make one run between the ends that it has, priced as the objective counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from planner.model.media import MediaOption
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
    _least: dict[tuple[int, int], int | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def options(self) -> tuple[MediaOption, ...]:
        """Options of the profile that join the fabric's cages, in the profile's order."""
        types, fabric = self.catalog.device_types, self.fabric
        if isinstance(fabric, PeerFabric):
            lower = upper = cage_group(types[fabric.device], fabric.cages)
            runs_per_cage = (1, 1)
        else:
            lower = cage_group(types[fabric.lower_device], fabric.cages)
            upper = cage_group(types[fabric.upper_device], fabric.upper_cages)
            runs_per_cage = fabric.runs_per_cage
        return tuple(
            option for option in self.catalog.media if option.between(lower, upper, runs_per_cage) is not None
        )

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

    def all_made(self, a: int, b: int, less_mm: int = 0) -> list[Made]:
        """Price every option on every route, with so much less required length than there is."""
        economics = self.layout.economics
        ways = self.ways(a, b)
        return [make(option, way, economics, less_mm) for option in self.options for way in ways]

    def least_cents(self, a: int, b: int) -> int | None:
        """Return what a run costs as the planner makes it, None where nothing reaches; remembered."""
        if (a, b) not in self._least:
            best = self.cheapest(a, b)
            self._least[a, b] = best.cents if best else None
        return self._least[a, b]

    def cheapest(self, a: int, b: int, less_mm: int = 0) -> Made | None:
        """Return the way to make it that the planner takes, None where nothing reaches."""
        return cheapest(self.all_made(a, b, less_mm))


def make(option: MediaOption, way: Way, economics: Economics, less_mm: int = 0) -> Made:
    """Take the shortest stock length that does, and price the run."""
    stock = next(
        (number for number, mm in enumerate(usable_mm(option)) if mm >= way.required_mm - less_mm), None
    )
    if stock is None:
        return Made(option, way, None, None)
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
