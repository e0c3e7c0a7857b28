"""What sizing needs to know of a spread; the rule itself is handed in where stages are joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from planner.model.layout import Spread


class SpreadFigures(Protocol):
    """Upper units of a plane, and fewest and most runs of a pair."""

    @property
    def upper_units(self) -> int:
        """Upper units of a plane."""

    @property
    def pair_runs(self) -> tuple[int, int]:
        """Fewest and most runs of a pair."""


SpreadRule = Callable[[Spread, int, int, int], SpreadFigures | None]
"""Takes the spread, lower units of a plane, uplinks of each and cages of an upper unit; None: no design."""
