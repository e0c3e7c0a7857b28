"""Planted faults: prices of crowded segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.model.plan import Plan
from planner.model.solution import DeviceLimit, ResourcePrices, SegmentPrice
from tests.faults import edits
from tests.faults.kinds import Planted


def _prices(change: Callable[[tuple[SegmentPrice, ...]], tuple[SegmentPrice, ...]]) -> Callable[[Plan], Plan]:
    return lambda plan: edits.certificate(
        plan, segment_prices=change(plan.solve.certificates[0].segment_prices)
    )


def _first(**changes: Any) -> Callable[[Plan], Plan]:
    return _prices(lambda prices: (replace(prices[0], **changes), *prices[1:]))


def _segment(**changes: Any) -> Callable[[Plan], Plan]:
    return _prices(
        lambda prices: (replace(prices[0], segment=replace(prices[0].segment, **changes)), *prices[1:])
    )


def _own(change: Callable[[tuple[SegmentPrice, ...]], tuple[SegmentPrice, ...]]) -> Callable[[Plan], Plan]:
    """Give every case prices of its own: what the certificate's are changed to."""

    def plant(plan: Plan) -> Plan:
        (certificate,) = plan.solve.certificates
        own = ResourcePrices(segment_prices=change(certificate.segment_prices), part_prices=())
        return edits.certificate(plan, cases=tuple(replace(case, prices=own) for case in certificate.cases))

    return plant


def _everywhere(
    change: Callable[[tuple[SegmentPrice, ...]], tuple[SegmentPrice, ...]],
) -> Callable[[Plan], Plan]:
    """Change the certificate's prices and those that cases have of their own alike."""

    def plant(plan: Plan) -> Plan:
        (certificate,) = plan.solve.certificates
        cases = tuple(
            case
            if case.prices is None
            else replace(case, prices=replace(case.prices, segment_prices=change(case.prices.segment_prices)))
            for case in certificate.cases
        )
        return edits.certificate(plan, segment_prices=change(certificate.segment_prices), cases=cases)

    return plant


def _own_first(**changes: Any) -> Callable[[Plan], Plan]:
    return _own(lambda prices: (replace(prices[0], **changes), *prices[1:]))


def _shared(plan: Plan) -> str:
    """Return the id of a segment that both certificates price."""
    first, second = ({one.segment.id for one in each.segment_prices} for each in plan.solve.certificates)
    return min(first & second)


def _raised(prices: tuple[SegmentPrice, ...], name: str) -> tuple[SegmentPrice, ...]:
    return tuple(replace(one, price=8 * one.price) if one.segment.id == name else one for one in prices)


def _raise_one(plan: Plan) -> Plan:
    """Let the first fabric charge more than the second for what both take of."""
    return _prices(lambda prices: _raised(prices, _shared(plan)))(plan)


def _raise_all(plan: Plan) -> Plan:
    """Let both charge more: what all of it sells for grows as well."""
    name = _shared(plan)
    certificates = tuple(
        replace(one, segment_prices=_raised(one.segment_prices, name)) for one in plan.solve.certificates
    )
    return edits.solve(plan, certificates=certificates)


_OF_ONE = tuple(
    Planted(name, code, says, plant, base="crowded")
    for name, code, says, plant in (
        ("toll-wider", "forged-tolls", "no declared segment", _segment(usable_um2=10**9)),
        ("toll-without-limit", "forged-tolls", "no declared segment", _segment(usable_um2=None)),
        ("toll-twice", "forged-tolls", "priced twice", _prices(lambda prices: (*prices, prices[0]))),
        ("toll-below-0", "forged-tolls", "it may charge 0 to", _first(price=-1)),
        ("toll-too-high", "forged-tolls", "it may charge 0 to", _first(price=10**12)),
        (
            "toll-raised",
            "forged-bound",
            "its numbers prove",
            _everywhere(lambda prices: (replace(prices[0], price=5 * 10**8), *prices[1:])),
        ),
        ("tolls-dropped", "forged-bound", "its numbers prove", _everywhere(lambda _: ())),
        ("own-toll-twice", "forged-tolls", "priced twice", _own(lambda prices: (*prices, prices[0]))),
        ("own-toll-below-0", "forged-tolls", "it may charge 0 to", _own_first(price=-1)),
        ("own-toll-too-high", "forged-tolls", "it may charge 0 to", _own_first(price=10**12)),
        ("own-toll-raised", "forged-bound", "its numbers prove", _own_first(price=5 * 10**8)),
        ("own-tolls-dropped", "forged-bound", "its numbers prove", _own(lambda _: ())),
    )
)


def _limit(at: int, **changes: Any) -> Callable[[Plan], Plan]:
    """Change the limit on devices that the case so numbered has."""

    def plant(plan: Plan) -> Plan:
        cases = plan.solve.certificates[0].cases
        (limit,) = cases[at].device_limits
        forged = replace(cases[at], device_limits=(replace(limit, **changes),))
        return edits.certificate(plan, cases=edits.nth(cases, at, forged))

    return plant


def _limit_both_ways(plan: Plan) -> Plan:
    first, second = plan.solve.certificates[0].cases
    return edits.case(plan, device_limits=(*first.device_limits, *second.device_limits))


def _empty_open_rack(plan: Plan) -> Plan:
    rack = plan.solve.certificates[0].cases[0].open_racks[0]
    return edits.case(plan, device_limits=(DeviceLimit(racks=(rack,), most=0, price_cents=0),))


_COUNTED = tuple(
    Planted(name, code, says, plant, base="counted")
    for name, code, says, plant in (
        ("limit-tighter", "forged-cases", "no one question", _limit(0, most=1)),
        ("opposite-tighter", "forged-cases", "no one question", _limit(1, most=0)),
        ("limit-looser", "forged-cases", "no one question", _limit(0, most=3)),
        ("limit-of-fewer-racks", "forged-cases", "no one question", _limit(0, racks=("A02",))),
        ("limit-of-no-rack", "forged-cases", "in no rack", _limit(0, racks=())),
        ("limit-of-unknown-rack", "forged-cases", "the racks are", _limit(0, racks=("A02", "Z01"))),
        ("limit-of-one-twice", "forged-cases", "the racks are", _limit(0, racks=("A02", "A05", "A02"))),
        ("limit-below-0", "forged-cases", "limits nothing or leaves nothing", _limit(0, most=-1)),
        ("limit-of-all", "forged-cases", "limits nothing or leaves nothing", _limit(0, most=4)),
        ("limit-both-ways", "forged-cases", "one way and the other", _limit_both_ways),
        (
            "half-missing",
            "forged-cases",
            "cover nothing where more than 2 devices stand in A02, A05",
            lambda plan: edits.certificate(plan, cases=plan.solve.certificates[0].cases[:1]),
        ),
        ("limit-unlimited", "forged-cases", "overlap", lambda plan: edits.case(plan, device_limits=())),
        ("limit-pays", "forged-prices", "price is below 0", _limit(0, price_cents=-1)),
        ("limit-wrapping", "forged-prices", "pay more than", _limit(0, price_cents=10**11)),
        ("limit-for-nothing", "forged-bound", "its numbers prove", _limit(0, price_cents=0)),
        ("limit-too-dear", "forged-bound", "its numbers prove", _limit(0, price_cents=10**6)),
    )
)

TOLLS = (
    *_COUNTED,
    Planted("open-rack-empty", "forged-cases", "one way and the other", _empty_open_rack),
    *_OF_ONE,
    Planted("shared-toll-raised", "prices-differ", "which they share", _raise_one, base="shared"),
    Planted("shared-tolls-raised", "forged-bound", "its numbers prove", _raise_all, base="shared"),
)
