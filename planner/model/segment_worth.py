"""What room in crowded pathway segments is worth, as a plan's certificates price it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.model.names import natural_key
from planner.model.plan import Plan
from planner.model.sections import run_section_um2
from planner.model.solution import SegmentPrice
from planner.units import round_half_up

MM2 = 100
"""Usable cross-section that prices are told for, in square millimeters."""

MOST_SHOWN = 12
"""Segments that people are told of, the dearest."""

_UM2_PER_MM2 = 10**6
_MILLI = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentWorth:
    """The shadow price of a segment that a fabric fills.

    However much wider the segment is made, the plan's cost falls by no more than the gap to the lower
    bound and ``cents_per_100_mm2`` for every 100 mm2 of usable cross-section: the dearest of the prices
    that the cases of the bound have. ``option`` is the
    thickest of the fabric's runs in it ("" where none is), and ``cents_per_run`` what room for one more is
    worth.
    """

    fabric: str
    segment: str
    kind: str
    cents_per_100_mm2: int
    option: str
    cents_per_run: int


def segment_worths(plan: Plan) -> tuple[SegmentWorth, ...]:
    """Return all priced segments, dearest first."""
    sections = {option.id: run_section_um2(option) for option in plan.catalog.media}
    priced: dict[tuple[str, str], SegmentPrice] = {}
    for certificate in plan.solve.certificates:
        for price in (price for one in certificate.price_sets for price in one.segment_prices):
            at = certificate.fabric, price.segment.id
            if price.price > (priced[at].price if at in priced else 0):
                priced[at] = price
    thickest: dict[tuple[str, str], str] = {}
    for run in plan.runs if priced else ():
        for segment in run.segments:
            at = run.fabric, segment
            if at in priced and sections[run.option] > sections.get(thickest.get(at, ""), 0):
                thickest[at] = run.option
    found = [
        SegmentWorth(
            fabric=fabric,
            segment=segment,
            kind=price.segment.kind.value,
            cents_per_100_mm2=round_half_up(Fraction(price.price * MM2, _MILLI)),
            option=thickest.get((fabric, segment), ""),
            cents_per_run=round_half_up(
                Fraction(
                    price.price * sections.get(thickest.get((fabric, segment), ""), 0), _MILLI * _UM2_PER_MM2
                )
            ),
        )
        for (fabric, segment), price in priced.items()
    ]
    key = natural_key
    return tuple(sorted(found, key=lambda one: (-one.cents_per_100_mm2, key(one.segment), key(one.fabric))))
