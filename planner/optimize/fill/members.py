"""Fabrics that share resources, each seen by what it does at given prices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.model.fabric import PeerFabric, TierFabric
from planner.model.media import MediaOption
from planner.model.solution import BoundCase, Certificate, FabricSolution
from planner.optimize.fill.opening import open_fabric
from planner.optimize.fill.parts import read_parts
from planner.optimize.fill.peers import ends_of_peers
from planner.optimize.fill.resources import Resources, few_enough, part_prices, read_resources, segment_prices
from planner.optimize.fill.shared import SharedFabric
from planner.optimize.fill.taken import Taken
from planner.optimize.linear_model import FloatArray
from planner.optimize.options import SolveOptions
from planner.optimize.pricing import UM2_MILLICENTS_PER_MM2_CENT, IntArray, price_pairs
from planner.optimize.reach import fitting_media
from planner.optimize.ways import FabricInputs


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """What a fabric does at given prices of resources.

    Parameters
    ----------
    bound_cents
        What every plan costs at least, with all that it is charged.
    cases
        The cases that prove it.
    plan_cents, used, taken
        A plan's cost without charges, what it takes of each resource (E + P,), and the same with pieces as
        they are ordered, line by line.
    """

    bound_cents: int
    cases: tuple[BoundCase, ...]
    plan_cents: float
    used: FloatArray
    taken: Taken


class Member(ABC):
    """A fabric whose runs can be charged for what they take."""

    def __init__(self, shared: SharedFabric, resources: Resources) -> None:
        self.shared = shared
        self.resources = resources

    @abstractmethod
    def reply(self, prices: IntArray) -> Reply | None:
        """Decide at prices of resources (E + P,); None where the search is to end first."""

    def known(self) -> list[tuple[int, FloatArray]]:
        """Return cost and use (E + P,) of the plans that are there already."""
        shared = self.shared
        solutions = (shared.plain, shared.chosen)
        return [
            (solution.objective_cents, self._used(solution, um2))
            for solution, um2 in zip(solutions, shared.um2, strict=True)
        ]

    def taken(self) -> IntArray:
        """Return what the chosen plan takes of each resource (E + P,)."""
        return np.asarray(self._used(self.shared.chosen, self.shared.um2[1]), dtype=np.int64)

    def certificate(self, prices: IntArray, reply: Reply, earned_cents: int) -> Certificate:
        """Return the certificate of a reply at prices (E + P,) at which so much is earned."""
        return replace(
            self.shared.plain.certificate,
            cases=reply.cases,
            bound_cents=reply.bound_cents - earned_cents,
            segment_prices=segment_prices(self.resources, prices),
            part_prices=part_prices(self.resources, prices),
        )

    def _replied(
        self,
        prices: IntArray,
        bound_cents: int,
        cases: tuple[BoundCase, ...],
        charged_cents: int,
        routes: IntArray,
        kinds: IntArray,
    ) -> Reply:
        """Return the reply of a plan that costs so much, charges included, and has these runs."""
        resources = self.resources
        used = resources.used(routes, kinds, np.ones(len(routes), dtype=np.int64))
        segments = len(resources.segments)
        tolls = float(prices[:segments] @ used[:segments]) / UM2_MILLICENTS_PER_MM2_CENT
        paid = tolls + float(prices[segments:] @ used[segments:])
        sections = {
            one.id: int(um2) for one, um2 in zip(resources.segments, used[:segments], strict=True) if um2
        }
        taken = Taken(Counter(sections), resources.parts.orders(kinds))
        return Reply(bound_cents, cases, charged_cents - paid, used, taken)

    def _used(self, solution: FabricSolution, um2: Mapping[str, int]) -> FloatArray:
        resources, runs = self.resources, solution.runs
        option, stock = np.array([(run.choice.option, run.choice.stock) for run in runs], dtype=np.int64).T
        pieces = resources.parts.pieces[resources.kind_number(option, stock)].sum(axis=0)
        sections = [um2.get(segment.id, 0) for segment in resources.segments]
        return np.concatenate([np.array(sections, dtype=float), pieces])


class _TierMember(Member):
    """A fabric of tiers: placed, spread and routed at the prices."""

    def __init__(self, shared: SharedFabric, fabric: TierFabric, options: SolveOptions) -> None:
        inputs = FabricInputs(
            layout=shared.layout,
            catalog=shared.catalog,
            fabric=fabric,
            table=shared.table,
            used=shared.used,
        )
        self.builder = open_fabric(inputs, shared.plain, Taken(), options).builder(shared.table)
        super().__init__(shared, self.builder.resources)

    def reply(self, prices: IntArray) -> Reply | None:
        found = self.builder.decide_at(prices)
        if found is None:
            return None
        bound_cents, cases, written = found
        routes, kinds = self.builder.ways_of(written.runs, written.devices)
        return self._replied(prices, bound_cents, cases, written.cents, routes, kinds)


class _PeerMember(Member):
    """Racks cabled to each other: every run takes its cheapest way."""

    def __init__(self, shared: SharedFabric, fabric: PeerFabric) -> None:
        layout, table = shared.layout, shared.table
        self._media: tuple[tuple[int, MediaOption], ...] = tuple(fitting_media(shared.catalog, fabric))
        parts = read_parts(self._media, layout.supply, {}, layout.economics.spares_permille)
        self._pairs = ends_of_peers(fabric, table)
        super().__init__(shared, read_resources(table, self._media, {}, parts))

    def reply(self, prices: IntArray) -> Reply | None:
        table, economics = self.shared.table, self.shared.layout.economics
        ends = self._pairs[:, 0], self._pairs[:, 1]
        charges = self.resources.charges(prices)
        least = price_pairs(table, self._media, economics, charges=charges, least=True)
        found = price_pairs(table, self._media, economics, charges=charges)
        routes = self.resources.route_number(*ends, found.route[ends])
        kinds = self.resources.kind_number(found.option[ends], found.stock[ends])
        cents = int(found.cents[ends].sum())
        return self._replied(prices, int(least.cents[ends].sum()), (), cents, routes, kinds)


def open_member(shared: SharedFabric, options: SolveOptions) -> Member | None:
    """Return a fabric as one that can be charged; None where its ends, media or pins allow no prices."""
    shared = replace(shared, table=few_enough(shared.table, shared.layout.pathways.routes_per_pair))
    fabric = shared.fabric
    if isinstance(fabric, PeerFabric):
        return _PeerMember(shared, fabric)
    if any(run.pin.part for run in fabric.pinned_runs):
        return None
    member = _TierMember(shared, fabric, options)
    can_be_priced = member.builder.unit_ends is not None and not member.builder.way.option
    return member if can_be_priced else None
