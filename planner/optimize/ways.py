"""Ways to make a fabric's runs: of any medium each, or, where runs share parts, all by one option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout
from planner.model.media import MediaOption, Medium
from planner.model.routes import RouteTable
from planner.model.sites import RackUse, Slot
from planner.model.solution import BoundCase
from planner.optimize.certify import MILLI, Multipliers, certify
from planner.optimize.pinned_runs import PinnedMake, least_cents, makes_of
from planner.optimize.pins import PinnedUnits
from planner.optimize.pricing import (
    UNREACHABLE_CENTS,
    Charges,
    IntArray,
    PairPrices,
    price_falls,
    price_pairs,
)
from planner.optimize.problem import PlacementProblem, build_problem
from planner.optimize.reach import fitting_media, pinned_too_far, reaches_enough, require_reach, usable_mm
from planner.optimize.sockets import shared_plug_cents, upper_cages

_WANT_MILLICENTS = 10**13
"""Price of one unit that no plan can pay: a hundred million of the currency."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FabricInputs:
    """The fabric to wire, the routes between its ends, and what earlier fabrics put into racks."""

    layout: Layout
    catalog: Catalog
    fabric: TierFabric
    table: RouteTable
    used: Mapping[str, RackUse]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Way:
    """The placement problem over some media.

    ``option`` is the one option that all runs are made by, "" where each takes the cheapest of
    ``media``. Bounds and the floor are those of ``bound_problem``: the problem itself, unless a longer
    cable is cheaper than a shorter one, so that a longer route might cost less than those considered.
    """

    option: str
    media: tuple[tuple[int, MediaOption], ...]
    prices: PairPrices
    problem: PlacementProblem
    bound_problem: PlacementProblem

    @property
    def optics(self) -> tuple[tuple[int, MediaOption], ...]:
        """Those of its media that are optics."""
        return tuple(each for each in self.media if each[1].medium is Medium.OPTICS)

    @property
    def is_exact(self) -> bool:
        """Whether a placement costs as much with its runs in their cages: they stand together, none share."""
        pinned = self.problem.pins is not None and self.problem.pins.runs
        shared = any(option.is_shared for _, option in self.media)
        return self.problem.are_cages_together and not pinned and not shared

    @property
    def floor_cents(self) -> int:
        """Cost of the devices and of every run at its lower unit's cheapest slot.

        Ignores spread, room, openings and fill: what no placement on this floor can undercut.
        """
        problem = self.bound_problem
        cheapest = problem.cents.min(axis=2).sum(axis=1) * problem.uplinks
        devices = problem.devices * problem.device_cents
        return int((cheapest * problem.planes_per_class).sum()) + devices + problem.constant_cents


def make_way(
    inputs: FabricInputs,
    media: Sequence[tuple[int, MediaOption]],
    option: str = "",
    route_count: int | None = None,
    charges: Charges | None = None,
) -> Way:
    """Price all pairs over the media and the first ``route_count`` routes (None: all), charges included."""
    layout, catalog, fabric = inputs.layout, inputs.catalog, inputs.fabric
    prices = price_pairs(inputs.table, media, layout.economics, route_count, charges)
    shared = sum(
        shared_plug_cents(layout.economics, catalog, fabric, each) for _, each in media if each.id == option
    )

    def priced(pairs: PairPrices) -> PlacementProblem:
        problem = build_problem(layout, catalog, fabric, inputs.table, pairs, inputs.used)
        pins = _with_runs(inputs, problem, media, least=pairs is not prices)
        return replace(problem, constant_cents=shared + (pins.more_cents if pins else 0), pins=pins)

    problem = bound_problem = priced(prices)
    rules = charges.stock if charges else {}
    if any(price_falls(each, rules.get(index)) for index, each in media):
        bound_problem = priced(
            price_pairs(inputs.table, media, layout.economics, route_count, charges, least=True)
        )
    return Way(option=option, media=tuple(media), prices=prices, problem=problem, bound_problem=bound_problem)


def _with_runs(
    inputs: FabricInputs, problem: PlacementProblem, media: Sequence[tuple[int, MediaOption]], *, least: bool
) -> PinnedUnits | None:
    """Add to what is pinned the runs that are, and what they cost more than the cheapest of their pairs."""
    fabric, table = inputs.fabric, inputs.table
    if problem.pins is None or not fabric.pinned_runs:
        return problem.pins
    makes = makes_of(fabric, fitting_media(inputs.catalog, fabric), media)
    group_of = {plane: group for group, members in enumerate(problem.classes) for plane in members}
    more = 0
    for make in makes:
        unit, end = fabric.lower_units[make.run.lower], make.run.pin.upper
        row = fabric.planes[unit.plane].index(make.run.lower)
        slot = problem.slots.index(Slot(end.rack, end.u))
        ends = pinned_attachments(inputs, make)
        cents = least_cents(make, table, inputs.layout.economics, ends, least=least)
        more += cents - int(problem.cents[group_of[unit.plane], row, slot])
    return replace(problem.pins, runs=makes, more_cents=more)


def pinned_attachments(inputs: FabricInputs, make: PinnedMake) -> tuple[int, list[int]]:
    """Return where a pinned run attaches below, and where it may attach above."""
    lower, upper = make.run.pin.lower, make.run.pin.upper
    cages = upper_cages(inputs.layout, inputs.catalog, inputs.fabric, 0)
    return inputs.table.lower_index[lower.rack, lower.u, lower.cage], [
        inputs.table.upper_index[upper.rack, upper.u, cage]
        for cage in ((upper.cage,) if upper.cage else cages)
    ]


def find_ways(inputs: FabricInputs) -> tuple[Way, ...]:
    """Return one way with all fitting media, or, where any of them is shared, one for each."""
    media = fitting_media(inputs.catalog, inputs.fabric)
    if not any(option.is_shared for _, option in media):
        return (make_way(inputs, media),)
    return tuple(make_way(inputs, [(index, option)], option.id) for index, option in media)


def ways_that_reach(inputs: FabricInputs, ways: Sequence[Way]) -> list[Way]:
    """Return the ways in which every plane reaches enough slots; InfeasibleError where none does."""
    _require_pinned_reach(inputs, ways)
    reaching = [way for way in ways if reaches_enough(way.problem)]
    if not reaching:
        farthest = max(ways, key=lambda way: max((usable_mm(option) for _, option in way.media), default=0))
        require_reach(inputs.fabric, inputs.table, farthest.problem, farthest.media)
    return reaching


def _require_pinned_reach(inputs: FabricInputs, ways: Sequence[Way]) -> None:
    """Refuse pinned runs that what they are to be made of does not reach; one finding each."""
    findings = []
    for make in ways[0].problem.pins.runs if ways and ways[0].problem.pins else ():
        row, columns = pinned_attachments(inputs, make)
        if least_cents(make, inputs.table, inputs.layout.economics, (row, columns)) >= UNREACHABLE_CENTS:
            findings.append(pinned_too_far(inputs.fabric, inputs.table, make, row, columns))
    if findings:
        raise InfeasibleError(findings)


def simple_case(problem: PlacementProblem, option: str = "") -> tuple[int, BoundCase]:
    """Bound all choices of racks at once, without solving anything; the bound and its case.

    Extra runs are priced at their lower unit's cheapest slot. Where a way reaches too few slots, a
    price on those it reaches proves that no plan is made that way.
    """
    is_open = np.array(problem.is_fixed, dtype=np.int64)
    is_closed = np.zeros_like(is_open)
    least = np.minimum(problem.cents.min(axis=2) * MILLI, _WANT_MILLICENTS)
    uplinks = tuple(each[None, : None if problem.extra_per_lower else 0] for each in least)
    tried = [Multipliers(slots, uplinks) for slots in _slot_prices(problem)]
    bounds = [certify(problem, each, is_open, is_closed) for each in tried]
    best = int(np.argmax(bounds))
    return bounds[best], BoundCase(
        open_racks=tuple(
            name for name, fixed in zip(problem.rack_names, problem.is_fixed, strict=True) if fixed
        ),
        closed_racks=(),
        slot_prices_millicents=tuple(tried[best].slots.tolist()),
        uplink_prices_millicents=tuple(
            tuple(tuple(each) for each in sets.tolist()) for sets in tried[best].uplinks
        ),
        option=option,
    )


def _slot_prices(problem: PlacementProblem) -> list[IntArray]:
    """Return slot prices worth trying: none, and one that nobody can pay on slots that are too few."""
    found = [np.zeros(len(problem.slots), dtype=np.int64)]
    if not reaches_enough(problem):
        allowed = problem.is_allowed
        found += [np.where(reached, _WANT_MILLICENTS, 0) for reached in (allowed.any(axis=0), *allowed)]
    return found
