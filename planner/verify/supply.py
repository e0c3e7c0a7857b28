"""Supply: what is ordered of limited parts, and what certificates charge for pieces of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from planner.errors import Finding, Severity
from planner.model.solution import Certificate
from planner.verify.ground import Ground, fault
from planner.verify.wiring import Tiers

LARGEST_PART_PRICE = 10**9
"""Largest price of a piece taken, in cents."""

Limit = tuple[str, int | None]
"""A part and the stock length that is limited (None: all of the part)."""


def check_supply(ground: Ground) -> Iterator[Finding]:
    """Add up what the bill orders of every limited part; what is short must be stated by the plan itself."""
    limits = limits_of(ground)
    stated = [one.message for one in ground.plan.findings if one.severity is Severity.BLOCKING]
    names = {line.fabric for line in ground.plan.bom}
    for (part, length_mm), most in limits.items():
        count = _ordered(ground, (part, length_mm), names)
        if count <= most:
            continue
        text = f"{_name(part, length_mm)}: {count} ordered, {most} can be had"
        yield Finding(code="supply-short", message=text, severity=Severity.BLOCKING)
        if not any(message.startswith(text) for message in stated):
            yield fault("supply-not-stated", f"{text}, and no blocking finding says so")


def limits_of(ground: Ground) -> dict[Limit, int]:
    """Return the most pieces of each limited part; the least of limits stated twice."""
    limits: dict[Limit, int] = {}
    for one in ground.plan.layout.supply:
        key = (one.part, one.stock_length_mm)
        limits[key] = min(one.most_pieces, limits.get(key, one.most_pieces))
    return limits


def limited_lengths(ground: Ground, part: str) -> set[int]:
    """Return the stock lengths of a part that are limited by themselves."""
    return {length for name, length in limits_of(ground) if name == part and length is not None}


def _ordered(ground: Ground, limit: Limit, fabrics: Collection[str]) -> int:
    part, length_mm = limit
    return sum(
        line.order_quantity
        for line in ground.plan.bom
        if line.part == part and length_mm in (None, line.stock_length_mm) and line.fabric in fabrics
    )


def _name(part: str, length_mm: int | None) -> str:
    return part if length_mm is None else f"{part} of {length_mm} mm"


def check_part_prices(ground: Ground, certificate: Certificate, tiers: Tiers | None) -> Iterator[Finding]:
    """Check that a certificate prices limited parts, each once, within bounds, and none where runs share."""
    limits = limits_of(ground)
    seen = set()
    for one in certificate.part_prices:
        limit = (one.part, one.stock_length_mm)
        what = f"certificate of {certificate.fabric}: {_name(*limit)}"
        if limit not in limits:
            yield fault("forged-part-prices", f"{what} is priced, and no supply limits it")
        elif limit in seen:
            yield fault("forged-part-prices", f"{what} is priced twice")
        elif not 0 <= one.price_cents <= LARGEST_PART_PRICE:
            text = f"{what} charges {one.price_cents} cents, it may charge 0 to {LARGEST_PART_PRICE}"
            yield fault("forged-part-prices", text)
        elif tiers is not None and tiers.is_one_way:
            yield fault("forged-part-prices", f"{what} is priced, and runs share plugs or cables")
        seen.add(limit)
