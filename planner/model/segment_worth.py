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
    """The shadow price of a segment that fabrics fill.

    However much wider the segment is made, the plan's cost falls by no more than the gap to the lower
    bound and ``cents_per_100_mm2`` for every 100 mm2 of usable cross-section: the dearest of the prices
    that the cases of the bound have. ``option`` is the thickest of the runs in it ("" where none is), and
    ``cents_per_run`` what room for one more is worth.
    """

    fabrics: tuple[str, ...]
    segment: str
    kind: str
    cents_per_100_mm2: int
    option: str
    cents_per_run: int


def segment_worths(plan: Plan) -> tuple[SegmentWorth, ...]:
    """Return all priced segments, dearest first; fabrics that price the same one have one price for it."""
    sections = {option.id: run_section_um2(option) for option in plan.catalog.media}
    dearest: dict[str, SegmentPrice] = {}
    fabrics: dict[str, dict[str, None]] = {}
    for certificate in plan.solve.certificates:
        for price in (price for one in certificate.price_sets for price in one.segment_prices):
            name = price.segment.id
            if not price.price:
                continue
            fabrics.setdefault(name, {})[certificate.fabric] = None
            if name not in dearest or price.price > dearest[name].price:
                dearest[name] = price
    thickest: dict[str, str] = {}
    for run in plan.runs if dearest else ():
        for name in run.segments:
            if name in dearest and sections[run.option] > sections.get(thickest.get(name, ""), 0):
                thickest[name] = run.option

    def worth(name: str, price: SegmentPrice) -> SegmentWorth:
        option = thickest.get(name, "")
        per_run = Fraction(price.price * sections.get(option, 0), _MILLI * _UM2_PER_MM2)
        return SegmentWorth(
            fabrics=tuple(fabrics[name]),
            segment=name,
            kind=price.segment.kind.value,
            cents_per_100_mm2=round_half_up(Fraction(price.price * MM2, _MILLI)),
            option=option,
            cents_per_run=round_half_up(per_run),
        )

    found = (worth(name, price) for name, price in dearest.items())
    return tuple(sorted(found, key=lambda one: (-one.cents_per_100_mm2, natural_key(one.segment))))
