"""Differences of cost in words: what is sure, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.compare.figures import CATEGORIES
from planner.model.plan import BomLine, Plan
from planner.units import money

_SHOWN_PARTS = 4


class Named(NamedTuple):
    """A plan and what the comparison calls it."""

    name: str
    plan: Plan


class _Share(NamedTuple):
    what: str
    cents: int
    parts: tuple[str, ...] = ()


def verdicts(plans: Sequence[Named]) -> Iterator[str]:
    """Say of plans, cheapest first, whether one is cheaper than the next for sure.

    A plan may be improved to its lower bound at most: only where one's cost is under the other's
    bound is its floor the cheaper one, whatever a better search would find. What is sure from one to
    the next is sure over several; other pairs are told where they do not follow so.
    """
    ranked = sorted(plans, key=lambda one: one.plan.solve.objective_cents)
    for place, cheap in enumerate(ranked):
        follows = True
        for step, dear in enumerate(ranked[place + 1 :], start=place + 1):
            follows = follows and _is_sure(ranked[step - 1], dear)
            if step == place + 1 or not follows:
                yield _verdict(cheap, dear)


def _is_sure(cheap: Named, dear: Named) -> bool:
    return cheap.plan.solve.objective_cents < dear.plan.solve.lower_bound_cents


def _verdict(cheap: Named, dear: Named) -> str:
    cost, bound = cheap.plan.solve.objective_cents, dear.plan.solve.lower_bound_cents
    currency = cheap.plan.layout.economics.currency
    gap = dear.plan.solve.objective_cents - cost
    if _is_sure(cheap, dear):
        return (
            f"{cheap.name} is cheaper than {dear.name} for sure, by {money(bound - cost)} {currency} or"
            f" more: its cost is under the other's lower bound"
        )
    if gap == 0:
        return f"{cheap.name} and {dear.name} cost the same"
    under = f"is {money(cost - bound)} {currency} under that cost" if cost > bound else "equals that cost"
    return (
        f"{cheap.name} is {money(gap)} {currency} cheaper than {dear.name} as planned, but not for sure: the"
        f" lower bound of {dear.name} {under}"
    )


def differences(plans: Sequence[Named]) -> Iterator[str]:
    """Say what makes up the difference in cost of every plan to the cheapest one, to the cent."""
    cheapest = min(plans, key=lambda one: one.plan.solve.objective_cents)
    for other in plans:
        if other is not cheapest:
            yield _difference(cheapest, other)


def _difference(cheap: Named, dear: Named) -> str:
    currency = cheap.plan.layout.economics.currency
    shares = [share for share in _shares(cheap.plan, dear.plan) if share.cents]
    gap = dear.plan.solve.objective_cents - cheap.plan.solve.objective_cents
    if not shares:
        return f"{dear.name} against {cheap.name}: the same parts, labor and energy"
    shares.sort(key=lambda share: -abs(share.cents))
    listed = "; ".join(_said(share) for share in shares)
    return f"{dear.name} against {cheap.name}: {signed(gap)} {currency} = {listed}"


def _said(share: _Share) -> str:
    parts = f" ({', '.join(share.parts)})" if share.parts else ""
    return f"{signed(share.cents)} for {share.what}{parts}"


def _shares(cheap: Plan, dear: Plan) -> Iterator[_Share]:
    """Split the difference by what the money goes to; the cents sum to it."""
    for category, words in CATEGORIES.items():
        lines = _changes(cheap, dear, category)
        yield _Share(words, sum(cents for cents, _ in lines), _named(lines))
    yield _Share("labor", dear.totals.labor_cents - cheap.totals.labor_cents)
    if cheap.solve.objective == "tco":
        yield _Share("energy", dear.totals.energy_cents - cheap.totals.energy_cents)


def _changes(cheap: Plan, dear: Plan, category: str) -> list[tuple[int, str]]:
    """Return what each part and stock length costs more, and how many more there are of it."""
    before, after = _quantities(cheap, category), _quantities(dear, category)
    found = []
    for key in sorted(before.keys() | after.keys(), key=lambda one: (one[0], one[1] or 0)):
        count, cents = (
            two - one for one, two in zip(before.get(key, (0, 0)), after.get(key, (0, 0)), strict=True)
        )
        if cents or count:
            length = f" {key[1] / 1000:g} m" if key[1] is not None else ""
            how = f"{count:+,} x" if count else "another price of"
            found.append((cents, f"{how} {key[0]}{length}"))
    return found


def _quantities(plan: Plan, category: str) -> dict[tuple[str, int | None], tuple[int, int]]:
    totals: dict[tuple[str, int | None], tuple[int, int]] = {}
    for line in plan.bom:
        if line.category == category:
            totals[_key(line)] = _added(totals.get(_key(line), (0, 0)), line)
    return totals


def _key(line: BomLine) -> tuple[str, int | None]:
    return line.part, line.stock_length_mm


def _added(total: tuple[int, int], line: BomLine) -> tuple[int, int]:
    return total[0] + line.quantity, total[1] + line.extended_price_cents


def _named(lines: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    most = sorted(lines, key=lambda line: (-abs(line[0]), line[1]))
    shown = tuple(words for _, words in most[:_SHOWN_PARTS])
    return (*shown, f"and {len(most) - _SHOWN_PARTS} more") if len(most) > _SHOWN_PARTS else shown


def signed(cents: int) -> str:
    """Cents for reading, with a sign."""
    return ("-" if cents < 0 else "+") + money(abs(cents))
