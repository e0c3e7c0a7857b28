"""Entry point of the stage: from two plans to all changes between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.errors import Finding, InputError
from planner.model.plan import BomLine, Plan
from planner.model.revision import BillChange, Fate, Revision
from planner.revision.matching import cables_of, match_cables
from planner.revision.order import change_order

_Key = tuple[str, int | None]


def diff_plans(names: tuple[str, str], before: Plan, after: Plan) -> Revision:
    """Return what becomes of every cable, the change of the bill, and the change order.

    Raises
    ------
    InputError
        The plans count in different currencies.
    """
    currency = before.layout.economics.currency
    if currency != after.layout.economics.currency:
        message = (
            f"the plans count in different currencies ({currency}, {after.layout.economics.currency});"
            " plan them with one: economics.currency"
        )
        raise InputError([Finding(code="currencies-differ", message=message)])
    matches = match_cables(cables_of(before), cables_of(after))
    fates = Counter(match.fate for match in matches)
    bill = tuple(_bill(before, after))
    return Revision(
        names=names,
        currency=currency,
        fates={fate: fates[fate] for fate in Fate},
        bill=bill,
        parts_cents=sum(change.cents for change in bill),
        objective_cents=(before.solve.objective_cents, after.solve.objective_cents),
        steps=change_order(before, after, matches),
        cautions=tuple(_cautions(before, after, bill)),
    )


def _bill(before: Plan, after: Plan) -> Iterator[BillChange]:
    """Compare part by part; a part at another price changes the bill too."""
    old, new = _lines(before), _lines(after)
    for key in dict.fromkeys([*old, *new]):
        lines, others = old.get(key, []), new.get(key, [])
        count, more = (sum(line.quantity for line in each) for each in (lines, others))
        cents, later = (sum(line.extended_price_cents for line in each) for each in (lines, others))
        if count != more or cents != later:
            line = (others or lines)[0]
            yield BillChange(
                part=line.part,
                part_number=line.part_number,
                category=line.category,
                stock_length_mm=line.stock_length_mm,
                before=count,
                after=more,
                unit_price_cents=line.unit_price_cents,
                cents=later - cents,
            )


def _lines(plan: Plan) -> dict[_Key, list[BomLine]]:
    found: dict[_Key, list[BomLine]] = {}
    for line in plan.bom:
        found.setdefault((line.part, line.stock_length_mm), []).append(line)
    return found


def _cautions(before: Plan, after: Plan, bill: tuple[BillChange, ...]) -> Iterator[str]:
    if before.solve.objective != after.solve.objective:
        objectives = f"{before.solve.objective}, {after.solve.objective}"
        yield f"the plans minimize different sums ({objectives}): the change of cost says little"
    dearer = [change.part for change in bill if change.before == change.after]
    if dearer:
        yield f"prices differ between the plans: {', '.join(dict.fromkeys(dearer))}"
    shared = {option.id for option in after.catalog.media if option.is_shared}
    used = sorted({run.option for run in (*before.runs, *after.runs)} & shared)
    if used:
        parts = ", ".join(used)
        yield f"runs share plugs or cables of {parts}: each run has steps, what runs share is in the bill"
