"""Lower bounds, proved again from a certificate's integers, without any solver.

A fabric's objective is at least what remains when two rules are priced instead of kept: that a lower
unit sends exactly U runs up (price per extra run), and that a slot holds only so many units (price per
unit, which racks earn back). Whatever the prices, the rest falls apart plane by plane
(``plane_bound``) and rack by rack, so the least of it is exact.
Prices come in thousandths of a cent; the bound is rounded up, since every plan costs whole cents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from planner.errors import Finding
from planner.model.solution import BoundCase, Certificate
from planner.verify.costs import UNREACHABLE_CENTS, Cents, least_costs
from planner.verify.ground import Ground, fault
from planner.verify.plane_bound import PER_CENT, least_plane_cost
from planner.verify.prices import counted_energy, price_of
from planner.verify.router import End, end_of, least_lengths
from planner.verify.wiring import Tiers, Unit, candidates, carries_lower, unit_cages

LARGEST_PRICE = 10**13
"""Largest multiplier taken: beyond it 64-bit sums could wrap, and a forged bound with them."""


@dataclass(frozen=True, slots=True)
class Board:
    """Costs and places of one fabric of tiers.

    Parameters
    ----------
    tiers
        What the fabric must look like.
    racks, decided, capacity
        Candidate racks in canonical order, those the layout fixes, and upper devices per rack.
    opening_cents, device_cents
        What opening each rack and what one upper device adds to the objective.
    slots_per_rack
        Slots of a rack; slots follow each other rack by rack.
    cost
        Least cost of a run, by lower unit, for every slot.
    """

    tiers: Tiers
    racks: tuple[str, ...]
    decided: frozenset[str]
    capacity: int
    opening_cents: dict[str, int]
    device_cents: int
    slots_per_rack: int
    cost: dict[Unit, Cents]

    def floor_cents(self) -> int:
        """Return the geometric floor: every run at its cheapest slot, fill and room ignored."""
        runs = sum(int(row.min(initial=UNREACHABLE_CENTS)) for row in self.cost.values())
        return self.tiers.devices * self.device_cents + self.tiers.uplinks * runs


def lay_out(ground: Ground, tiers: Tiers, priced_racks: set[str]) -> Board:
    """Price every slot for every lower unit; racks in ``priced_racks`` cost nothing to open again."""
    spec, rack_type, upper = tiers.spec, tiers.rack_type, tiers.upper_device
    economics = ground.plan.layout.economics
    places = candidates(ground, spec.upper_rack_type)
    fits = upper.height_u <= rack_type.slot_height_u
    heights = sorted(set(rack_type.tray_slots_u)) if fits else []
    cages = [cage for cage in ground.cages[spec.upper.device].values() if cage.group.name == spec.upper.cages]
    slots = [end_of(place, rack_type, upper, u, cages) for place in places for u in heights]
    lower = {unit: _lower_end(ground, tiers, unit) for plane in tiers.planes for unit in plane}
    ends = list(dict.fromkeys(lower.values()))
    cost = least_costs(
        ground,
        (tiers.lower_group, tiers.upper_group),
        least_lengths(ground, ends, slots) if ends and slots else (),
        (len(ends), len(slots)),
    )
    row = {end: index for index, end in enumerate(ends)}
    opening = price_of(rack_type.price) + counted_energy(economics, rack_type.power_milliwatts)
    addresses = tuple(place.position.address for place in places)
    free = priced_racks | {place.position.address for place in places if carries_lower(ground, place)}
    return Board(
        tiers=tiers,
        racks=addresses,
        decided=frozenset(place.position.address for place in places if place.position.is_decided),
        capacity=_capacity(tiers, len(heights)),
        opening_cents={address: 0 if address in free else opening for address in addresses},
        device_cents=price_of(upper.price) + counted_energy(economics, upper.power_milliwatts),
        slots_per_rack=len(heights),
        cost={unit: cost[row[end]] for unit, end in lower.items()},
    )


def _lower_end(ground: Ground, tiers: Tiers, unit: Unit) -> End:
    device = tiers.lower_device
    cages = ground.cages[tiers.spec.lower.device]
    own = [cages[number] for number in unit_cages(cages, tiers.spec.lower, unit.asic)]
    return end_of(ground.places[unit.rack], ground.racks[unit.rack], device, unit.u, own)


def _capacity(tiers: Tiers, slots: int) -> int:
    rack_type, upper = tiers.rack_type, tiers.upper_device
    limits = [slots]
    if upper.power_milliwatts > 0:
        limits.append(rack_type.max_added_power_milliwatts // upper.power_milliwatts)
    if upper.weight_g > 0:
        limits.append(rack_type.max_added_weight_g // upper.weight_g)
    return max(0, min(limits))


def prove(board: Board, certificate: Certificate) -> tuple[int | None, list[Finding]]:
    """Return the proved bound in cents (None: the certificate proves none) and what is wrong."""
    findings = list(_check_classes(board, certificate)) or list(_check_cases(board, certificate))
    if findings:
        return None, findings
    class_costs = [_class_cost(board, planes) for planes in certificate.plane_classes]
    bounds = [_case_bound(board, certificate, case, class_costs) for case in certificate.cases]
    known = [bound for bound in bounds if bound is not None]
    if not known:
        name = certificate.fabric
        return None, [fault("forged-cases", f"certificate of {name}: no case leaves room for the devices")]
    return min(known), []


def _class_cost(board: Board, planes: Sequence[int]) -> Cents:
    """Return the least cost of each lower unit (rows) at each slot, over the planes of a class."""
    tables = [np.stack([board.cost[unit] for unit in board.tiers.planes[plane]]) for plane in planes]
    least: Cents = np.minimum.reduce(tables)
    return least


def _check_classes(board: Board, certificate: Certificate) -> Iterator[Finding]:
    what = f"certificate of {certificate.fabric}"
    planes = board.tiers.planes
    named = [plane for planes in certificate.plane_classes for plane in planes]
    if sorted(named) != list(range(len(planes))) or not all(certificate.plane_classes):
        text = f"{what}: its classes name planes {sorted(named)}, there are planes 0 to {len(planes) - 1}"
        yield fault("forged-classes", text)
        return
    for members in certificate.plane_classes:
        places = {tuple((unit.rack, unit.u) for unit in planes[plane]) for plane in members}
        if len(places) > 1:
            yield fault(
                "forged-classes",
                f"{what}: planes {', '.join(map(str, members))} do not stand at the same places",
            )


def _check_cases(board: Board, certificate: Certificate) -> Iterator[Finding]:
    what = f"certificate of {certificate.fabric}"
    known = set(board.racks)
    # Where runs divide evenly nothing is left to price: then a case needs no uplink prices.
    priced = [len(board.tiers.planes[planes[0]]) for planes in certificate.plane_classes]
    expected = [{count if board.tiers.extra_per_lower else 0} for count in priced]
    slots = len(board.racks) * board.slots_per_rack
    for number, case in enumerate(certificate.cases):
        named = [*case.open_racks, *case.closed_racks]
        wrong = sorted(set(named) - known) + sorted(set(case.closed_racks) & board.decided)
        if wrong or len(set(named)) != len(named):
            text = f"{what}, case {number}: racks {', '.join(wrong or named)} cannot be opened or closed so"
            yield fault("forged-cases", text)
        sizes = [
            {len(prices) for prices in price_sets} or {-1} for price_sets in case.uplink_prices_millicents
        ]
        if sizes != expected or len(case.slot_prices_millicents) != slots:
            text = (
                f"{what}, case {number}: it has {len(case.slot_prices_millicents)} slot prices and, by class,"
                f" {[*map(sorted, sizes)]} uplink prices a set, needs {slots} and {[*map(sorted, expected)]}"
            )
            yield fault("forged-prices", text)
        prices = [price for sets in case.uplink_prices_millicents for each in sets for price in each]
        if min(case.slot_prices_millicents, default=0) < 0:
            yield fault("forged-prices", f"{what}, case {number}: a slot's price is below 0")
        largest = max((abs(price) for price in (*case.slot_prices_millicents, *prices)), default=0)
        if largest > LARGEST_PRICE:
            text = f"{what}, case {number}: price {largest} is beyond {LARGEST_PRICE} thousandths of a cent"
            yield fault("forged-prices", text)
    yield from _check_cover(board, certificate)


def _check_cover(board: Board, certificate: Certificate) -> Iterator[Finding]:
    """Check that the cases split all choices: no two overlap, and together they count them all."""
    what = f"certificate of {certificate.fabric}"
    undecided = [rack for rack in board.racks if rack not in board.decided]
    bit = {rack: 1 << index for index, rack in enumerate(undecided)}
    masks = [
        (
            sum(bit.get(rack, 0) for rack in set(case.open_racks)),
            sum(bit.get(rack, 0) for rack in set(case.closed_racks)),
        )
        for case in certificate.cases
    ]
    for (i, (open_i, closed_i)), (j, (open_j, closed_j)) in combinations(enumerate(masks), 2):
        if not (open_i & closed_j or closed_i & open_j):
            yield fault("forged-cases", f"{what}: cases {i} and {j} overlap")
            return
    covered = sum(1 << (len(undecided) - (o | c).bit_count()) for o, c in masks)
    if covered != 1 << len(undecided):
        yield fault(
            "forged-cases",
            f"{what}: its cases cover {covered} of {1 << len(undecided)} choices of racks to open",
        )


def _case_bound(
    board: Board, certificate: Certificate, case: BoundCase, class_costs: Sequence[Cents]
) -> int | None:
    """Return the least objective where the case's racks are open and closed; None: none fits."""
    tiers = board.tiers
    forced = board.decided | set(case.open_racks)
    racks = [rack for rack in board.racks if rack not in case.closed_racks]
    if board.capacity * len(racks) < tiers.devices:
        return None
    total = PER_CENT * tiers.devices * board.device_cents
    slots = np.array(case.slot_prices_millicents, dtype=np.int64)
    is_closed = [rack in case.closed_racks for rack in board.racks]
    for planes, cost, price_sets in zip(
        certificate.plane_classes, class_costs, case.uplink_prices_millicents, strict=True
    ):
        total += len(planes) * least_plane_cost(tiers, cost, price_sets, slots, is_closed)
    by_rack = -np.sort(-slots.reshape(len(board.racks), board.slots_per_rack), axis=1)
    worth = -tiers.units_per_device * by_rack[:, : board.capacity].sum(axis=1)
    for rack, value in zip(board.racks, worth.tolist(), strict=True):
        net = PER_CENT * board.opening_cents[rack] + value
        if rack in forced:
            total += net
        elif rack in racks:
            total += min(0, net)
    return -(-total // PER_CENT)
