"""What fabrics planned earlier take of what all fabrics share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from planner.model.supply import BomKey


@dataclass(frozen=True, slots=True)
class Taken:
    """Cross-section in square micrometers by segment id, and pieces ordered by part and stock length."""

    um2: Counter[str] = field(default_factory=Counter)
    orders: Counter[BomKey] = field(default_factory=Counter)
