"""Numbers as explanations say them."""

from __future__ import annotations

from collections.abc import Callable

from planner.units import format_m


def meters(length_mm: int) -> str:
    """Write a length: ``0.7 m``."""
    return format_m(length_mm).rstrip("0").rstrip(".") + " m"


def money(cents: int) -> str:
    """Cents for reading: 123456789 -> "1,234,567.89"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def least_that(holds: Callable[[int], bool], most: int) -> int | None:
    """Return the least number from 1 on at which something holds that holds for all larger ones, or None."""
    if not holds(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
