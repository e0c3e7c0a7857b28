"""What other fabrics take of what all fabrics share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.model.supply import BomKey

Resource = str | BomKey
"""The id of a segment, or a part and its stock length (None: all of the part)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Cross-section in square micrometers by segment id, and pieces ordered by part and stock length."""

    um2: Counter[str] = field(default_factory=Counter)
    orders: Counter[BomKey] = field(default_factory=Counter)

    @classmethod
    def together(cls, parts: Iterable[Taken]) -> Taken:
        """Return the sum of what several fabrics take."""
        whole = cls()
        for one in parts:
            whole.add(one)
        return whole

    def add(self, other: Taken) -> None:
        """Count what a fabric takes."""
        self.um2.update(other.um2)
        self.orders.update(other.orders)

    def subtract(self, other: Taken) -> None:
        """Leave out what a fabric takes."""
        self.um2.subtract(other.um2)
        self.orders.subtract(other.orders)
