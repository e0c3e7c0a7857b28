"""How far prices, slack and reach may be other than stated before another plan is cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFamily:
    """Parts whose prices are taken to be wrong by the same factor; ids, sorted."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLimit:
    """How far a price may go one way, in permille of the stated one.

    Parameters
    ----------
    permille
        The last factor at which no cheaper plan is known. Between it and the stated price the plan
        is at most ``gap_cents`` dearer than any other: optimal costs are concave in a price.
    is_open
        No cheaper plan was found as far as was looked, which is ``permille``.
    gap_cents
        The larger of the gaps to the lower bound, at the stated price and at ``permille``.
    saved_cents, runs_by_medium
        What another plan saves one permille further on, and its runs; 0 and empty where it is open.
    """

    permille: int
    is_open: bool
    gap_cents: int
    saved_cents: int
    runs_by_medium: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPrice:
    """The plan's cost where prices turn out so, and what planning anew at those prices gives.

    ``runs_by_medium`` are those of the plan made anew, of the plan itself where that is no cheaper.
    """

    permille: int
    cost_cents: int
    replanned_cents: int
    bound_cents: int
    runs_by_medium: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpticsFlip:
    """A factor at which planning anew gives another number of optical runs than just nearer to 100 %."""

    permille: int
    optics_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSensitivity:
    """A family of parts, what the plan spends on it, limits, and wrong prices.

    Where the family is all active copper, ``ratio`` is what an active copper run costs of an optical
    one, in parts and on average over the plan's own (None where it lacks either), and ``flips`` say where
    the number of optical runs changes below and above the stated price.
    """

    family: PriceFamily
    spend_cents: int
    lower: PriceLimit
    upper: PriceLimit
    wrong: tuple[WrongPrice, ...]
    ratio: Fraction | None
    flips: tuple[OpticsFlip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSensitivity:
    """Slack at each end, over all kinds of routes alike.

    ``more_mm`` leaves every stock length long enough: the plan stays as it is, and as good. Down to
    ``less_mm`` no cheaper plan is found; ``saved_cents`` is what one is cheaper with 1 mm less than that, 0
    where slack ends there.
    """

    more_mm: int
    less_mm: int
    saved_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachSensitivity:
    """Reach of a media option that the plan uses.

    Down to ``least_mm`` the plan stays as it is, and as good. ``cheaper_from_mm`` is the first stocked
    length beyond reach that makes a plan cheaper, by ``saved_cents``; None where none does.
    """

    option: str
    reach_mm: int
    least_mm: int
    cheaper_from_mm: int | None
    saved_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What a plan's being the cheapest hangs on."""

    name: str
    currency: str
    cost_cents: int
    bound_cents: int
    prices: tuple[PriceSensitivity, ...]
    slack: SlackSensitivity | None
    reach: tuple[ReachSensitivity, ...]
    cautions: tuple[str, ...]
