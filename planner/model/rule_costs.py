"""What each rule of a layout costs: the plan beside one made without the rule."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.segment_worth import SegmentWorth


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCost:
    """A rule, and what the plan costs without it.

    Parameters
    ----------
    rule, change
        The rule, and what was changed to be without it.
    is_relaxed
        Whether every plan that keeps the rule is one without it as well: then the rule costs no less
        than nothing.
    cost_cents, bound_cents
        Cost and lower bound without the rule; None where nothing can be planned so, which
        ``refusal`` explains.
    least_cents, most_cents
        What the rule costs for sure, and at most: between the best plans with and without it, which the
        gaps leave open.
    runs_by_medium
        Runs of the plan without the rule.
    """

    rule: str
    change: str
    is_relaxed: bool
    cost_cents: int | None
    bound_cents: int | None
    least_cents: int | None
    most_cents: int | None
    runs_by_medium: dict[str, int]
    refusal: str

    @property
    def is_sure(self) -> bool:
        """Whether the gaps leave no doubt that the rule changes the cost, and which way."""
        if self.least_cents is None or self.most_cents is None:
            return False
        return self.least_cents > 0 or self.most_cents < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCosts:
    """What the rules of a plan's layout cost, and what room in its crowded segments is worth; cents."""

    name: str
    currency: str
    objective: str
    cost_cents: int
    bound_cents: int
    is_overfull: bool
    rules: tuple[RuleCost, ...]
    segments: tuple[SegmentWorth, ...]
    cautions: tuple[str, ...]
