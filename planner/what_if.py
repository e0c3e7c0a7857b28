"""Looks for the prices, slack and reach at which another plan is cheaper, by planning anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial

from planner.many_plans import side_by_side
from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.model.media import Medium
from planner.model.plan import Plan
from planner.model.sensitivity import (
    OpticsFlip,
    PriceFamily,
    PriceLimit,
    PriceSensitivity,
    ReachSensitivity,
    Sensitivity,
    SlackSensitivity,
    WrongPrice,
)
from planner.optimize.options import SolveOptions
from planner.second_look import cautions, planned_again
from planner.sensitivity.inputs import (
    ACTIVE_COPPER,
    WHOLE,
    PriceLine,
    active_to_optics,
    find_family,
    most_slack_mm,
    price_families,
    price_line,
    priced,
    spend_cents,
    stated_prices,
    with_less_slack,
    with_reach,
)

FARTHEST = {-1: 500, 1: 2000}
"""How far prices are looked at, in permille of the stated ones."""

FLIP_STEP = 10
"""Permille of a price that a flip of the media mix is found to."""

_MOST_PLANS = 12


_MOST_STOCKS = 4


def sensitivity_of(
    name: str, plan: Plan, parts: Sequence[str], wrong_permille: int, progress: Callable[[str], None]
) -> Sensitivity:
    """Say what the plan's being the cheapest hangs on.

    Parameters
    ----------
    name, plan
        The plan, and what to call it.
    parts
        Families to look at; none named: all of them, and slack and reach too.
    wrong_permille
        By how much prices are taken to be wrong.
    progress
        Told what is being looked at.
    """
    families = price_families(plan)
    names = [family.name for family in families]
    chosen = [find_family(families, part, partial(_near, names)) for part in parts] or families
    work = [partial(_price, plan, family, wrong_permille) for family in chosen]
    progress(f"looking at the prices of {len(work)} parts and families of parts")
    prices = side_by_side(work)
    return Sensitivity(
        name=name,
        currency=plan.layout.economics.currency,
        cost_cents=plan.solve.objective_cents,
        bound_cents=plan.solve.lower_bound_cents,
        prices=tuple(prices),
        slack=None if parts else _slack(plan),
        reach=() if parts else tuple(_reaches(plan)),
        cautions=cautions(plan),
    )


def _near(names: Sequence[str], name: str) -> str:
    near = get_close_matches(name, names, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; expected one of {', '.join(names)}"


def _again(plan: Plan, layout: Layout | None = None, catalog: Catalog | None = None) -> Plan:
    options = SolveOptions(seed=plan.solve.seed)
    return planned_again(layout or plan.layout, catalog or plan.catalog, options)


def _price(plan: Plan, family: PriceFamily, wrong_permille: int) -> PriceSensitivity:
    search = _Search(plan, family)
    wrong = []
    for permille in (WHOLE - wrong_permille, WHOLE + wrong_permille):
        cost, other = search.line.cents_at(permille), search.plan_at(permille)
        best = other if other.solve.objective_cents < cost else plan
        wrong.append(
            WrongPrice(
                permille=permille,
                cost_cents=cost,
                replanned_cents=min(cost, other.solve.objective_cents),
                bound_cents=other.solve.lower_bound_cents,
                runs_by_medium=best.totals.runs_by_medium,
            )
        )
    flips = (search.optics_flip(-1), search.optics_flip(1)) if family.name == ACTIVE_COPPER else ()
    return PriceSensitivity(
        family=family,
        spend_cents=spend_cents(plan, family),
        lower=search.limit(-1),
        upper=search.limit(1),
        wrong=tuple(wrong),
        ratio=active_to_optics(plan) if family.name == ACTIVE_COPPER else None,
        flips=tuple(flip for flip in flips if flip is not None),
    )


class _Search:
    """Plans made anew with a family at other prices, each made once."""

    def __init__(self, plan: Plan, family: PriceFamily) -> None:
        self._plan = plan
        self._family = family
        self._stated = stated_prices(plan.catalog)
        self._made = {WHOLE: plan}
        self.line = price_line(plan, family, self._stated)

    def plan_at(self, permille: int) -> Plan:
        """Return the plan made where the family costs so much of what is stated."""
        if permille not in self._made:
            catalog = priced(self._plan.catalog, self._family, permille)
            self._made[permille] = _again(self._plan, catalog=catalog)
        return self._made[permille]

    def limit(self, way: int) -> PriceLimit:
        """Find where another plan becomes cheaper, down (-1) or up (1) from the stated price.

        The cost of each plan is a line in the price, so that two cross once. At the crossing all is
        planned anew: if that is no cheaper, the crossing is the limit, else the newer plan crosses nearer.
        """
        permille = FARTHEST[way]
        other: PriceLine | None = None
        mix: dict[str, int] = {}
        for _ in range(_MOST_PLANS):
            made = self.plan_at(permille)
            if permille == WHOLE or made.solve.objective_cents >= self.line.cents_at(permille):
                break
            other, mix = price_line(made, self._family, self._stated), made.totals.runs_by_medium
            permille = self._crossing(other, permille)
        gaps = self.line.cents_at(permille) - self.plan_at(permille).solve.lower_bound_cents
        beyond = permille + way
        return PriceLimit(
            permille=permille,
            is_open=other is None,
            gap_cents=max(gaps, self._plan.solve.objective_cents - self._plan.solve.lower_bound_cents),
            saved_cents=self.line.cents_at(beyond) - other.cents_at(beyond) if other else 0,
            runs_by_medium=mix,
        )

    def optics_flip(self, way: int) -> OpticsFlip | None:
        """Find a factor at which the number of optical runs changes, None where it does not on the way.

        The one found is such a factor for sure; where the number changes more than once, it may be any.
        """
        good, bad = WHOLE, FARTHEST[way]
        if self._optics(bad) == self._optics(good):
            return None
        while abs(bad - good) > FLIP_STEP:
            middle = (good + bad) // (2 * FLIP_STEP) * FLIP_STEP
            if self._optics(middle) == self._optics(WHOLE):
                good = middle
            else:
                bad = middle
        return OpticsFlip(permille=bad, optics_runs=self._optics(bad))

    def _optics(self, permille: int) -> int:
        made = self.plan_at(permille)
        if made.solve.objective_cents >= self.line.cents_at(permille):
            made = self._plan
        return made.totals.runs_by_medium.get(Medium.OPTICS.value, 0)

    def _crossing(self, other: PriceLine, bad: int) -> int:
        """Return the last factor from the stated price on at which the plan costs no more than the other."""
        good = WHOLE
        while abs(bad - good) > 1:
            middle = (good + bad) // 2
            if self.line.cents_at(middle) <= other.cents_at(middle):
                good = middle
            else:
                bad = middle
        return good


def _slack(plan: Plan) -> SlackSensitivity:
    """Halve the range of slack: less slack never makes the cheapest plan dearer."""
    options = {option.id: option for option in plan.catalog.media}
    spare = min(run.stock_length_mm - run.routed_mm - run.slack_mm for run in plan.runs)
    reached = all(run.stock_length_mm <= options[run.option].reach_mm for run in plan.runs)
    good, bad, saved = 0, most_slack_mm(plan.layout) + 1, 0
    while bad - good > 1:
        middle = (good + bad) // 2
        made = _again(plan, layout=with_less_slack(plan.layout, middle))
        gain = plan.solve.objective_cents - made.solve.objective_cents
        good, bad, saved = (middle, bad, saved) if gain <= 0 else (good, middle, gain)
    return SlackSensitivity(more_mm=spare // 2 if reached else 0, less_mm=good, saved_cents=saved)


def _reaches(plan: Plan) -> Iterator[ReachSensitivity]:
    """Try the stocked lengths beyond the reach of each option in use, shortest first."""
    for option in plan.catalog.media:
        used = [run.stock_length_mm for run in plan.runs if run.option == option.id]
        if not used:
            continue
        found, saved = None, 0
        for item in [item for item in option.cable.stock if item.length_mm > option.reach_mm][:_MOST_STOCKS]:
            made = _again(plan, catalog=with_reach(plan.catalog, option.id, item.length_mm))
            saved = plan.solve.objective_cents - made.solve.objective_cents
            if saved > 0:
                found = item.length_mm
                break
        yield ReachSensitivity(
            option=option.id,
            reach_mm=option.reach_mm,
            least_mm=max(used),
            cheaper_from_mm=found,
            saved_cents=saved if found else 0,
        )
