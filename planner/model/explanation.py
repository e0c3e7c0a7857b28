"""Why a plan is as it is: what else could be, the rule that binds, what would flip the choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FlipKind(StrEnum):
    """What would have to be otherwise."""

    LESS_LENGTH = "less-length"  # so much less required length, millimeters
    MORE_LENGTH = "more-length"  # so much more required length, millimeters
    CHEAPER = "cheaper"  # another choice costs so much less, cents
    LATERAL = "lateral"  # laterals past so many positions
    CHEAPER_RACK = "cheaper-rack"  # a rack costs so much less, cents
    DEARER_RACK = "dearer-rack"  # a rack costs so much more, cents
    MORE_ROOM = "more-room"  # pathway segments may take so much more cross-section, square micrometers
    MORE_SUPPLY = "more-supply"  # so many more pieces can be had of each part that lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChoice:
    """One of the choices, the chosen one among them.

    ``cents`` is what it costs (a run as the objective counts it; a slot as a difference to the plan), None
    where it cannot be; ``reason`` says why not, or how it would be made.
    """

    what: str
    cents: int | None
    reason: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What would make another choice the cheaper one, all else as it is.

    ``amount`` is the least in the unit of its kind that does, ``to`` what would then be chosen.
    """

    kind: FlipKind
    amount: int
    to: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Facts about a cable run, rack or segment, its choices, the rule that binds, and the flips."""

    subject: str
    kind: str
    currency: str
    facts: tuple[str, ...]
    choices: tuple[OtherChoice, ...]
    rule: str
    flips: tuple[Flip, ...]
