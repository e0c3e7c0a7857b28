"""What the optimizer decides and proves, before it is written out as a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.model.fabric import Socket
from planner.model.routes import PathwaySegment
from planner.model.supply import BomKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPrice:
    """What a crowded segment charges, in thousandths of a cent per square millimeter of cross-section."""

    segment: PathwaySegment
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPrice:
    """What a piece of a limited part charges, in cents; ``stock_length_mm`` as in the layout's limit."""

    part: str
    stock_length_mm: int | None
    price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePrices:
    """What crowded segments and limited parts charge in one case of a certificate."""

    segment_prices: tuple[SegmentPrice, ...]
    part_prices: tuple[PartPrice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLimit:
    """At most ``most`` upper devices stand in ``racks``; that is priced, as what segments hold is.

    Every run to a device there pays ``price_cents``, and what all runs of so many devices may pay is earned
    back. Its opposite is the limit on all other racks that leaves them less room than all the other devices
    take: of two cases that differ in that alone, each plan is in one.
    """

    racks: tuple[str, ...]
    most: int
    price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCase:
    """One case of a bound certificate: some switch racks open, some closed, the rest free.

    Multipliers are thousandths of a cent; a case's bound is their sum divided by 1000, rounded up.
    ``slot_prices_millicents`` prices one upper unit in each slot, in the slots' canonical order.
    ``uplink_prices_millicents[g]`` holds one or more sets of prices for plane class g, each with the
    price of one extra run (beyond the fewest per pair) of each lower unit, empty where the spread
    leaves no extra run. However a plane's upper units are divided among the racks, the set that
    proves most for that division counts. Where runs share plugs or cables, all runs of the fabric are
    made one way: ``option`` is then the media option that the case is about, and each one has cases
    that cover every choice. ``prices`` are what segments and parts charge in this case; None: what the
    certificate says. The case is about plans that keep all its ``device_limits``.
    """

    open_racks: tuple[str, ...]
    closed_racks: tuple[str, ...]
    slot_prices_millicents: tuple[int, ...]
    uplink_prices_millicents: tuple[tuple[tuple[int, ...], ...], ...]
    option: str = ""
    prices: ResourcePrices | None = None
    device_limits: tuple[DeviceLimit, ...] = ()


MAX_DIVISIONS = 20_000
"""Most divisions of a plane's upper units among racks that a bound tells apart; where there are more,
one set of uplink prices, the one that proves most, counts for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementCase:
    """One arrangement of the racks that may move, by the open positions that none of them stands at.

    It is bounded at ``prices``, an index into the proof's slot prices, or, where those prove too little,
    by ``proofs`` of its own, cases over switch racks as in a certificate. With neither, it is the plan's
    arrangement, which the certificate's own cases are about.
    """

    left: tuple[str, ...]
    prices: int = -1
    proofs: tuple[BoundCase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RackCase:
    """One case of a bound on all arrangements: some switch racks open, some closed, the rest free.

    Every upper unit is priced as if the racks that may move stood where its own runs are cheapest, at none
    of the open racks' positions nor at its own rack's. ``slot_prices_millicents`` prices one upper unit in
    each slot of all racks that may hold upper devices, in canonical order; ``run_prices_millicents`` one
    extra run (beyond the fewest per pair) of each plane class, empty where the spread leaves none.
    """

    open_racks: tuple[str, ...]
    closed_racks: tuple[str, ...]
    slot_prices_millicents: tuple[int, ...]
    run_prices_millicents: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementProof:
    """What proves that no other arrangement of the racks that may move undercuts a bound.

    Where there are few, ``cases`` are all arrangements that the layout's rules allow; where there are many,
    ``rack_cases`` cover every choice of switch racks instead, and each bounds all arrangements that go with
    it. ``slot_prices_millicents`` holds sets of
    prices of one upper unit in each slot, in the canonical order of the racks that may hold upper devices
    where an arrangement leaves them, slot by slot: the first rack left has the first prices, whichever it is.
    Extra runs are then priced at their lower unit's cheapest slot. ``given_bound_cents`` is what the
    certificate's own cases prove of the plan's arrangement alone.
    """

    given_bound_cents: int
    slot_prices_millicents: tuple[tuple[int, ...], ...]
    cases: tuple[ArrangementCase, ...]
    rack_cases: tuple[RackCase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Integers that prove a lower bound on one fabric's objective; see ``verify/bound.py``.

    ``plane_classes`` groups planes whose lower units stand at the same places: the first plane of a
    class stands for all of it. The cases together cover every choice of racks to open. A fabric
    without placement (peers) has no cases: each run is priced at its cheapest.

    ``segment_prices`` are what crowded segments charge: every run pays for its cross-section, rounded
    down to the cent, and what the fabric may take of each segment is earned back. The bound is then
    one on plans that fit the pathway. ``part_prices`` are the same for parts that supply limits: every run
    pays for its pieces, and what the fabric may use of each part, spares left aside, is earned back. Cases
    may have prices of their own instead.

    Where racks may move, ``arrangements`` extends the bound to all places where they might stand; without
    it the bound is one on plans with these racks where they are.
    """

    fabric: str
    plane_classes: tuple[tuple[int, ...], ...]
    cases: tuple[BoundCase, ...]
    bound_cents: int
    segment_prices: tuple[SegmentPrice, ...] = ()
    part_prices: tuple[PartPrice, ...] = ()
    arrangements: ArrangementProof | None = None

    @property
    def price_sets(self) -> tuple[ResourcePrices, ...]:
        """The certificate's own prices of segments and parts, then those of its cases, each set once."""
        common = ResourcePrices(segment_prices=self.segment_prices, part_prices=self.part_prices)
        own = dict.fromkeys(case.prices for case in self.cases if case.prices is not None)
        return (common, *own)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDevice:
    """An upper device: the lowest U it takes, and the plane of each of its units (-1: none)."""

    rack: str
    u: int
    planes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumChoice:
    """What a run is made of and where it goes: indices into media, its stock, and the routes."""

    option: int
    stock: int
    route: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRun:
    """One run: lower unit and socket, upper device (index into ``placed``) and socket, and its make.

    In a peer fabric ``lower`` is the index of the run and ``upper`` is 0.
    """

    lower: int
    lower_socket: Socket
    upper: int
    upper_socket: Socket
    choice: MediumChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """Objective of three honest other ways to wire the same fabric; None: cannot be built so."""

    all_optics_cents: int | None
    first_fit_cents: int | None
    greedy_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FabricSolution:
    """Decisions for one fabric, its cost, and the proof that goes with it.

    ``least_orders`` are pieces of limited parts that every plan of the fabric orders, spares included, by
    part and stock length of the limit.
    """

    fabric: str
    placed: tuple[PlacedDevice, ...]
    runs: tuple[ChosenRun, ...]
    objective_cents: int
    geometric_floor_cents: int
    baselines: Baselines
    certificate: Certificate
    least_orders: Mapping[BomKey, int] = field(default_factory=dict)
