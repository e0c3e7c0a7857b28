"""Plans side by side: figures, which is best, and what the differences are made of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

SHARE = "share_"
"""Keys of figures that say what the money goes to begin so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFigure:
    """One figure of every plan, in the order of the plans.

    Parameters
    ----------
    key, label, unit
        Stable name for programs, words for people, and the unit (an ISO code where it is money).
    values
        Exact values; None where a plan has no such figure.
    decimals
        Places that are shown.
    notes
        What a value is about, such as the segment that is the fullest; "" where nothing is to be said.
    is_best
        Which plans have the best value; none where all are alike or none is better than another.
    """

    key: str
    label: str
    unit: str
    values: tuple[Fraction | None, ...]
    decimals: int
    notes: tuple[str, ...]
    is_best: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Plans side by side.

    ``verdicts`` say which plan is cheaper for sure, ``differences`` what makes up the difference in
    cost to the cheapest, ``cautions`` what makes the plans hard to compare.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    currency: str
    figures: tuple[ComparedFigure, ...]
    verdicts: tuple[str, ...]
    differences: tuple[str, ...]
    cautions: tuple[str, ...]
