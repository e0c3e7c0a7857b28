"""What a plan is worth, in sentences for those who have five minutes."""

from __future__ import annotations

from planner.model.coverage import taken_as_given
from planner.model.layout import Layout, TiersSpec
from planner.model.plan import Plan
from planner.outputs.report.columns import Shown
from planner.units import ceil_div, money

_BY = {
    "rack": "all runs between the same two racks in the same medium",
    "row": "all runs between the same two rows in the same medium",
}


def whole_money(cents: int) -> str:
    """Write an amount to the full unit, rounded half up: ``1,234``."""
    return f"{(cents + 50) // 100:,}" if cents >= 0 else f"-{(50 - cents) // 100:,}"


def percent(part: int, whole: int) -> str:
    """Write a share with two decimals, and as more than nothing where it is."""
    if not whole or not part:
        return "0 %"
    hundredths = (abs(part) * 10_000 + whole // 2) // whole
    sign = "-" if part < 0 else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d} %" if hundredths else f"{sign}under 0.01 %"


def kilowatts(milliwatts: int) -> str:
    """Write a power in kilowatts to two decimals, rounded up."""
    hundredths = ceil_div(milliwatts, 10_000)
    return f"{hundredths // 100:,}.{hundredths % 100:02d} kW"


def proof_sentences(plan: Plan) -> tuple[str, ...]:
    """Say what is proved about the cost, in money, and what only another floor could save."""
    solve, currency = plan.solve, plan.layout.economics.currency
    cost, bound, floor = solve.objective_cents, solve.lower_bound_cents, solve.geometric_floor_cents
    given = taken_as_given(solve.bound_covers)
    costs = f"This plan costs {whole_money(cost)} {currency} ({solve.objective})"
    if bound == cost:
        first = f"{costs}, and it is proved that none costs less on this floor at these prices{given}."
    else:
        first = (
            f"{costs}. It is proved that no plan on this floor at these prices{given} costs less than"
            f" {whole_money(bound)} {currency}: all that a better plan could save is {money(cost - bound)}"
            f" {currency}, {percent(cost - bound, cost)} of the cost."
        )
    covered = f"The proof covers {solve.bound_covers}."
    beyond = (
        "If every run had the best conceivable place for itself, all would cost"
        f" {whole_money(floor)} {currency}. The {whole_money(bound - floor)} {currency} up to the proved"
        f" bound only another floor{_or_other_rules(plan.layout)} could save."
        if floor < bound
        else "Every run has the best place that it could have: another floor like this saves nothing."
    )
    cut = (solve.cut_sentence,) if solve.cut else ()
    return first, *cut, covered, beyond


def _or_other_rules(layout: Layout) -> str:
    """Say that supply, pins or resilience keep a plan dear too, "" where the layout has none of them."""
    tiers = [spec for spec in layout.fabrics if isinstance(spec, TiersSpec)]
    is_ruled = bool(layout.supply) or any(spec.pins or spec.resilience for spec in tiers)
    return " or other rules than the layout's" if is_ruled else ""


def baseline_rows(plan: Plan) -> list[tuple[str, str, str]]:
    """Return other ways to wire the same fabric: what, its cost, and how much more that is."""
    baselines = plan.solve.baselines
    ways = (
        ("all runs in optics, placement optimized for it", baselines.all_optics_cents),
        ("by hand: switch racks and slots filled in address order", baselines.first_fit_cents),
        ("each switch at the slot nearest to its racks", baselines.greedy_cents),
    )
    cost = plan.solve.objective_cents
    return [
        (
            words,
            plan.solve.no_baseline if cents is None else whole_money(cents),
            "" if cents is None else f"{'+' if cents >= cost else ''}{percent(cents - cost, cost)}",
        )
        for words, cents in ways
    ]


def shown_sentence(shown: Shown, runs: int) -> str:
    """Say how the table of runs is made where it does not hold each run."""
    if shown.by == "run":
        return ""
    return (
        f"This plan has {runs:,} cable runs, too many for one page: a line of the table below stands for"
        f" {_BY[shown.by]}. Each run has its line in cut-sheet.csv."
    )
