"""Numbers as explanations say them."""

from __future__ import annotations

from collections.abc import Callable


def least_that(holds: Callable[[int], bool], most: int) -> int | None:
    """Return the least number from 1 on at which something holds that holds for all larger ones, or None."""
    if not holds(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
