"""Proves again what cases over switch racks say of all arrangements together; integers, no solver.

Each upper unit of a case may have the racks that move where its own runs cost least: at any open positions
but those of the racks that the case opens, and that of its own rack. No arrangement makes a unit cheaper.
Slots and extra runs have prices, and the rest falls apart unit by unit and rack by rack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.errors import Finding
from planner.model.solution import RackCase
from planner.verify.bound import LARGEST_PRICE
from planner.verify.case_cover import answers_about, check_cover
from planner.verify.costs import UNREACHABLE_CENTS, Cents
from planner.verify.ground import fault
from planner.verify.open_hall import OpenHall
from planner.verify.plane_bound import NOWHERE, PER_CENT


def prove_rack_cases(
    hall: OpenHall, cases: Sequence[RackCase], what: str
) -> tuple[int | None, list[Finding]]:
    """Return the least that the cases prove of any arrangement (None: nothing), and what is wrong."""
    findings = list(_check(hall, cases, what))
    if findings:
        return None, findings
    bounds = [bound for case in cases if (bound := _bound(hall, case)) is not None]
    if not bounds:
        return None, [fault("forged-cases", f"{what}: no case leaves room for the devices")]
    return min(bounds), []


def _sure(hall: OpenHall) -> set[str]:
    """Return candidate racks that stand in any case; one at an open position may have to make room."""
    racks = zip(hall.everywhere.racks, hall.rack_at.tolist(), strict=True)
    return {rack for rack, at in racks if at < 0 and rack in hall.everywhere.decided}


def _check(hall: OpenHall, cases: Sequence[RackCase], what: str) -> Iterator[Finding]:
    """Check that the cases split all choices of racks, and that prices are such that sums hold."""
    board, sure = hall.everywhere, _sure(hall)
    expected = board.slots, len(hall.planes) if board.tiers.extra_per_lower else 0
    for number, case in enumerate(cases):
        named = [*case.open_racks, *case.closed_racks]
        wrong = sorted(set(named) - set(board.racks)) + sorted(set(case.closed_racks) & sure)
        if wrong or len(set(named)) != len(named):
            text = f"{what}, case {number}: racks {', '.join(wrong or named)} cannot be opened or closed so"
            yield fault("forged-cases", text)
        sizes = len(case.slot_prices_millicents), len(case.run_prices_millicents)
        if sizes != expected:
            text = (
                f"{what}, case {number}: {sizes[0]} prices of slots and {sizes[1]} of runs, needs {expected}"
            )
            yield fault("forged-prices", text)
        prices = (*case.slot_prices_millicents, *case.run_prices_millicents)
        lowest, largest = min(prices, default=0), max(prices, default=0)
        if lowest < 0 or largest > LARGEST_PRICE:
            text = f"{what}, case {number}: prices from {lowest} to {largest} thousandths of a cent"
            yield fault("forged-prices", text)
    undecided = [rack for rack in board.racks if rack not in sure]
    yield from check_cover(what, [dict(answers_about(case, undecided)) for case in cases])


def _bound(hall: OpenHall, case: RackCase) -> int | None:
    """Return the least that any plan costs with the case's racks open and closed; None: there is none."""
    board, tiers = hall.everywhere, hall.everywhere.tiers
    is_closed = np.array([rack in case.closed_racks for rack in board.racks], dtype=bool)
    capacity = np.array(board.capacity, dtype=np.int64)
    opened = {
        at for rack, at in zip(board.racks, hall.rack_at.tolist(), strict=True) if rack in case.open_racks
    }
    opened.discard(-1)
    if int(capacity[~is_closed].sum()) < tiers.devices:
        return None
    if len(hall.spec.positions) - len(opened) < hall.moving:
        return None
    slots = board.rack_slots
    prices = np.array([*case.slot_prices_millicents, 0], dtype=np.int64)[slots]
    usable = (slots >= 0) & ~is_closed[:, None]
    each = _run_prices(case, len(hall.planes))
    total = PER_CENT * (tiers.devices * board.device_cents + board.constant_cents[""])
    for group, (planes, run_price) in enumerate(zip(hall.planes.tolist(), each, strict=True)):
        cost = np.append(_unit_costs(hall, group, opened, run_price), NOWHERE)[slots]
        priced = np.where(usable, np.minimum(cost + prices, NOWHERE), NOWHERE)
        units = np.sort(np.repeat(priced.ravel(), tiers.units_per_device))[: tiers.upper_per_plane]
        short = tiers.upper_per_plane - len(units)
        plane = int(units.sum()) + short * NOWHERE + run_price * tiers.extra_per_lower * hall.members
        total += planes * plane
    sure = _sure(hall) | set(case.open_racks)
    for rack, room, own in zip(board.racks, board.capacity, prices.tolist(), strict=True):
        if rack not in case.closed_racks:
            earned = tiers.units_per_device * sum(sorted(own, reverse=True)[:room])
            net = PER_CENT * board.opening_cents[rack] - earned
            total += net if rack in sure else min(0, net)
    return -(-total // PER_CENT)


def _run_prices(case: RackCase, classes: int) -> tuple[int, ...]:
    """Return the price of an extra run of each class, 0 where there is none."""
    return case.run_prices_millicents or (0,) * classes


def _unit_costs(hall: OpenHall, group: int, opened: set[int], run_price: int) -> Cents:
    """Return the least that the runs of one upper unit cost in each slot (S,), extra ones at their price."""
    board, tiers = hall.everywhere, hall.everywhere.tiers
    at = hall.unit_at[group]
    cost = np.minimum(hall.cost[group], UNREACHABLE_CENTS)
    rack_of = np.full(board.slots + 1, -1, dtype=np.int64)
    rack_of[board.rack_slots] = np.arange(len(board.racks))[:, None]
    slot_at = hall.rack_at[rack_of[:-1]]
    cost = np.where((at[:, None] == slot_at) & (slot_at >= 0), UNREACHABLE_CENTS, cost)
    cost[np.isin(at, sorted(opened))] = UNREACHABLE_CENTS
    stands = cost[at < 0].sum(axis=0)
    racks = np.stack([cost[at == number].sum(axis=0) for number in range(len(hall.spec.positions))])
    racks = np.sort(np.minimum(racks, UNREACHABLE_CENTS), axis=0)[: hall.moving]
    whole = stands + racks.sum(axis=0)
    values = PER_CENT * tiers.fewest_per_pair * whole
    if tiers.extra_per_lower:
        base = tiers.fewest_per_pair * hall.members
        least = max(0, tiers.fewest_per_upper - base)
        most = max(least, tiers.most_per_upper - base)
        reduced = np.sort(PER_CENT * cost - run_price, axis=0)
        reduced = np.repeat(reduced, tiers.most_per_pair - tiers.fewest_per_pair, axis=0)
        values = values + reduced[:least].sum(axis=0) + np.minimum(reduced[least:most], 0).sum(axis=0)
    return np.asarray(np.where(whole >= UNREACHABLE_CENTS, NOWHERE, np.minimum(values, NOWHERE)))
