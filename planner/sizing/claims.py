"""Hold what a text claims against the figures that come out, and say where they part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from planner.model.sizing import Claim
from planner.sizing.figures import ASICS, TRAYS, Variants


class Verdict(StrEnum):
    """Whether a claim stands."""

    HOLDS = "holds"
    ABOUT = "about right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A claim and what comes out; ``counted`` is the unit in which it comes nearest ("" for none)."""

    claim: Claim
    verdict: Verdict
    counted: str
    figures: Variants

    @property
    def computed(self) -> tuple[Fraction, Fraction]:
        """Lowest and highest computed value in the unit that comes nearest."""
        return self.figures[self.counted]

    @property
    def mixes_units(self) -> bool:
        """True where ASICs of one network are divided by trays of the other."""
        above, _, below = self.counted.partition(" : ")
        return {above, below} == {ASICS, TRAYS}


def judge(claim: Claim, figures: Variants) -> Judgement:
    """Judge a claim by the unit that favors it most."""
    counted = min(figures, key=lambda label: _deviation(claim, figures[label]))
    deviation = _deviation(claim, figures[counted])
    verdict = Verdict.WRONG
    if deviation == 0:
        verdict = Verdict.HOLDS
    elif deviation * 1000 <= claim.about_permille:
        verdict = Verdict.ABOUT
    return Judgement(claim=claim, verdict=verdict, counted=counted, figures=figures)


def _deviation(claim: Claim, computed: tuple[Fraction, Fraction]) -> Fraction:
    """Return the larger of the bounds' distances, as a share of the computed value."""
    pairs = zip((claim.low, claim.high), computed, strict=True)
    return max(abs(stated - value) / value if value else Fraction(stated != 0) for stated, value in pairs)


def units_of_switches(judgements: tuple[Judgement, ...]) -> dict[str, list[str]]:
    """Return, for each unit in which claims count switches, the claims that do."""
    counted: dict[str, list[str]] = {}
    for judgement in judgements:
        if judgement.counted:
            counted.setdefault(judgement.counted, []).append(judgement.claim.id)
    return counted
