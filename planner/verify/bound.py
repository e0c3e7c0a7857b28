"""Lower bounds, proved again from a certificate's integers, without any solver.

A fabric's objective is at least what remains when two rules are priced instead of kept: that a lower
unit sends exactly U runs up (price per extra run), and that a slot holds only so many units (price per
unit, which racks earn back). Whatever the prices, the rest falls apart plane by plane
(``plane_bound``) and rack by rack, so the least of it is exact. A case may be about plans with at most so
many devices in certain racks: that has a price as well, which every run to them pays, and what the runs of
so many devices pay is earned back.
Prices come in thousandths of a cent; the bound is rounded up, since every plan costs whole cents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from planner.errors import Finding
from planner.model.solution import BoundCase, Certificate, DeviceLimit, ResourcePrices
from planner.verify.board import Board
from planner.verify.case_cover import Question, answers_about, check_cover
from planner.verify.costs import Cents
from planner.verify.ground import fault
from planner.verify.plane_bound import PER_CENT, ClassTable, least_plane_cost

LARGEST_PRICE = 10**13
"""Largest multiplier taken: beyond it 64-bit sums could wrap, and a forged bound with them."""


class Charged(NamedTuple):
    """A fabric's costs with what segments and parts charge, and what is earned back of it in all."""

    board: Board
    earned_cents: int


def prove(
    board: Board,
    certificate: Certificate,
    earned_cents: int = 0,
    own: Mapping[ResourcePrices, Charged] = MappingProxyType({}),
) -> tuple[int | None, list[Finding]]:
    """Return the proved bound in cents (None: the certificate proves none) and what is wrong.

    Parameters
    ----------
    board, earned_cents
        Costs with what the certificate's prices charge, and what they earn back.
    certificate
        What is to be proved.
    own
        The same at the prices that cases have of their own.
    """
    findings = list(_check_classes(board, certificate)) or list(_check_cases(board, certificate))
    if any(case.prices is not None and case.prices not in own for case in certificate.cases):
        text = f"certificate of {certificate.fabric}: a case prices segments or parts where none may be"
        findings.append(fault("forged-tolls", text))
    if findings:
        return None, findings
    common = Charged(board, earned_cents)
    class_tables: dict[tuple[ResourcePrices | None, str], list[ClassTable]] = {}
    bounds = []
    for case in certificate.cases:
        charged = common if case.prices is None else own[case.prices]
        key = case.prices, case.option
        if key not in class_tables:
            planes = certificate.plane_classes
            class_tables[key] = [charged.board.class_table(case.option, each) for each in planes]
        bound = _case_bound(charged.board, certificate, case, class_tables[key])
        bounds.append(None if bound is None else bound - charged.earned_cents)
    known = [bound for bound in bounds if bound is not None]
    if not known:
        name = certificate.fabric
        return None, [fault("forged-cases", f"certificate of {name}: no case leaves room for the devices")]
    return min(known), []


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
    slots = board.slots
    # A pinned device has units, so that being short of them has a price as well.
    free = set(board.rack_slots[board.pinned.fewest > 0].tolist())
    for number, case in enumerate(certificate.cases):
        named = [*case.open_racks, *case.closed_racks]
        if case.option not in board.tables:
            text = f"{what}, case {number}: no case can be about option '{case.option}', there are"
            yield fault("forged-option", f"{text} {', '.join(map(repr, board.tables)) or 'none'}")
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
        if any(price < 0 and slot not in free for slot, price in enumerate(case.slot_prices_millicents)):
            yield fault("forged-prices", f"{what}, case {number}: a slot's price is below 0")
        largest = max((abs(price) for price in (*case.slot_prices_millicents, *prices)), default=0)
        if largest > LARGEST_PRICE:
            text = f"{what}, case {number}: price {largest} is beyond {LARGEST_PRICE} thousandths of a cent"
            yield fault("forged-prices", text)
        yield from _check_limits(board, case, f"{what}, case {number}")
    yield from _check_cover(board, certificate)


def _check_limits(board: Board, case: BoundCase, what: str) -> Iterator[Finding]:
    """Check that a case's limits on devices are about the fabric's racks, and that sums of prices hold."""
    racks, devices = board.racks, board.tiers.devices
    for limit in case.device_limits:
        within = f"{what}: at most {limit.most} of {devices} devices in {', '.join(limit.racks) or 'no rack'}"
        if not limit.racks or len(set(limit.racks)) != len(limit.racks) or set(limit.racks) - set(racks):
            yield fault("forged-cases", f"{within}, the racks are {', '.join(racks)}")
        if not 0 <= limit.most < devices:
            yield fault("forged-cases", f"{within}, that limits nothing or leaves nothing")
        if limit.price_cents < 0:
            yield fault("forged-prices", f"{within}: a run's price is below 0")
    if PER_CENT * sum(limit.price_cents for limit in case.device_limits) > LARGEST_PRICE:
        yield fault("forged-prices", f"{what}: runs pay more than {LARGEST_PRICE // PER_CENT} cents in all")
    answers = set(_answers(board, case))
    if any((question, not answer) in answers for question, answer in answers):
        yield fault("forged-cases", f"{what}: it limits devices one way and the other, which no plan keeps")


def _answers(board: Board, case: BoundCase) -> Iterator[tuple[Question, bool]]:
    """Yield what a case says of undecided racks and of numbers of devices.

    A limit and its opposite answer one question: whether a rack is closed, if one of them says that, else
    what names the first rack.
    """
    yield from answers_about(case, [rack for rack in board.racks if rack not in board.decided])
    for limit in case.device_limits:
        racks = frozenset(limit.racks)
        opposite = frozenset(board.racks) - racks, board.tiers.devices - limit.most - 1
        both: list[tuple[Question, bool]] = [((racks, limit.most), True), (opposite, False)]
        yield min(
            both,
            key=lambda one: (len(one[0][0]) > 1 or one[0][1] > 0, not one[0][0].issuperset(board.racks[:1])),
        )


def _check_cover(board: Board, certificate: Certificate) -> Iterator[Finding]:
    """Check that the cases of every option split all choices: no overlap, and together they are all."""
    for option in board.tables:
        about = f" about {option}" if option else ""
        what = f"certificate of {certificate.fabric}{about}"
        cases = [dict(_answers(board, case)) for case in certificate.cases if case.option == option]
        yield from check_cover(what, cases)


def _case_bound(
    board: Board, certificate: Certificate, case: BoundCase, tables: Sequence[ClassTable]
) -> int | None:
    """Return the least objective where the case's racks are open and closed; None: none fits."""
    tiers = board.tiers
    forced = board.decided | set(case.open_racks)
    opened = [False if rack in case.closed_racks else rack in forced or None for rack in board.racks]
    is_closed = np.array([one is False for one in opened])
    room = board.most_worth([np.arange(count + 1) for count in board.capacity], opened)
    if room is None or room < tiers.devices:
        return None
    total = PER_CENT * (tiers.devices * board.device_cents + board.constant_cents[case.option])
    if case.device_limits:
        entry = _entry_cents(board, case.device_limits)
        tables = [table.with_entry(tiers, entry) for table in tables]
    runs_per_device = tiers.units_per_device * tiers.most_per_upper
    total -= PER_CENT * runs_per_device * sum(one.price_cents * one.most for one in case.device_limits)
    prices = np.array([*case.slot_prices_millicents, 0], dtype=np.int64)[board.rack_slots]
    for planes, table, price_sets in zip(
        certificate.plane_classes, tables, case.uplink_prices_millicents, strict=True
    ):
        limits = board.part_limits, board.pinned.of_class(planes), board.forced(planes)
        total += len(planes) * least_plane_cost(
            tiers, table, price_sets, prices, board.rack_slots, is_closed, *limits
        )
    capacity = np.array(board.capacity, dtype=np.int64)
    earned = board.pinned.worths(prices, capacity, tiers.units_per_device)
    racks = zip(board.racks, earned, strict=True)
    worth = board.most_worth([own - PER_CENT * board.opening_cents[rack] for rack, own in racks], opened)
    return None if worth is None else -(-(total - worth) // PER_CENT)


def _entry_cents(board: Board, limits: Sequence[DeviceLimit]) -> Cents:
    """Return what limits on devices make every run to each slot pay (S,)."""
    entry = np.zeros(board.slots, dtype=np.int64)
    for limit in limits:
        own = board.rack_slots[[rack in limit.racks for rack in board.racks]]
        entry[own[own >= 0]] += limit.price_cents
    return entry
