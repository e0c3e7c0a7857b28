"""Inputs of a plan with a price, the slack or a reach changed, and what the plan itself costs then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from planner.errors import Finding, InputError
from planner.model.catalog import Catalog
from planner.model.evidence import Price
from planner.model.layout import Layout, Slack
from planner.model.media import MediaOption, Medium, Plug
from planner.model.plan import Plan
from planner.model.sensitivity import PriceFamily
from planner.units import round_half_up

ACTIVE_COPPER = "active copper"
OPTICS = "optics"
WHOLE = 1000
_ACTIVE = (Medium.ACC, Medium.AEC)
_LIGHT = (Medium.OPTICS, Medium.AOC)


def price_families(plan: Plan) -> tuple[PriceFamily, ...]:
    """Return each part that runs are made of or could be, then all active copper and all optics."""
    rates = {run.rate_gbps for run in plan.runs}
    used = {run.option for run in plan.runs}
    options = [option for option in plan.catalog.media if option.id in used or _rate(option) in rates]
    singles = sorted({part for option in options for part in _parts(option)})
    families = [PriceFamily(name=part, parts=(part,)) for part in singles]
    for name, media in ((ACTIVE_COPPER, _ACTIVE), (OPTICS, _LIGHT)):
        parts = {part for option in options if option.medium in media for part in _parts(option)}
        if len(parts) > 1 or (name == ACTIVE_COPPER and parts):
            families.append(PriceFamily(name=name, parts=tuple(sorted(parts))))
    return tuple(families)


def find_family(families: tuple[PriceFamily, ...], name: str, hint: Callable[[str], str]) -> PriceFamily:
    """Return the family of that name; InputError where there is none."""
    for family in families:
        if family.name == name:
            return family
    message = f"no part '{name}' that runs of this plan could be made of{hint(name)}"
    raise InputError([Finding(code="unknown-part", message=message)])


def _rate(option: MediaOption) -> int:
    return option.lane_rate_gbps * min(plug.lanes // plug.runs for plug in option.plugs)


def _parts(option: MediaOption) -> list[str]:
    return [option.cable.id, *(plug.transceiver.id for plug in option.plugs if plug.transceiver)]


def spend_cents(plan: Plan, family: PriceFamily) -> int:
    """Return what the plan spends on the family, spares aside."""
    return sum(line.extended_price_cents for line in plan.bom if line.part in family.parts)


class PriceLine(NamedTuple):
    """What a plan costs where prices of a family change: the rest, and quantities at stated prices."""

    rest_cents: int
    bought: tuple[tuple[int, int], ...]

    def cents_at(self, permille: int) -> int:
        """Return the plan's objective where the family costs so much of what is stated."""
        return self.rest_cents + sum(count * scaled(cents, permille) for count, cents in self.bought)


Prices = Mapping[tuple[str, int | None], int]
"""Stated unit prices by part and stock length."""


def stated_prices(catalog: Catalog) -> Prices:
    """Return the price of everything that runs can be made of."""
    prices: dict[tuple[str, int | None], int] = {}
    for option in catalog.media:
        prices.update({(option.cable.id, item.length_mm): item.price.cents for item in option.cable.stock})
        modules = (plug.transceiver for plug in option.plugs if plug.transceiver)
        prices.update({(module.id, None): module.price.cents for module in modules})
    return prices


def price_line(plan: Plan, family: PriceFamily, stated: Prices) -> PriceLine:
    """Return the line of a plan, whatever prices of the family it was made at."""
    lines = [line for line in plan.bom if line.part in family.parts]
    spent = sum(line.extended_price_cents for line in lines)
    bought = tuple((line.quantity, stated[line.part, line.stock_length_mm]) for line in lines)
    return PriceLine(plan.solve.objective_cents - spent, bought)


def scaled(cents: int, permille: int) -> int:
    """Return a price in permille of what is stated, rounded once."""
    return round_half_up(Fraction(cents * permille, WHOLE))


def priced(catalog: Catalog, family: PriceFamily, permille: int) -> Catalog:
    """Return the catalog with the family's prices so much of what is stated."""

    def price(stated: Price) -> Price:
        return replace(stated, cents=scaled(stated.cents, permille))

    def plug(one: Plug) -> Plug:
        module = one.transceiver
        if module is None or module.id not in family.parts:
            return one
        return replace(one, transceiver=replace(module, price=price(module.price)))

    def option(one: MediaOption) -> MediaOption:
        cable = one.cable
        if cable.id in family.parts:
            stock = tuple(replace(item, price=price(item.price)) for item in cable.stock)
            cable = replace(cable, stock=stock)
        return replace(one, cable=cable, plugs=(plug(one.plugs[0]), plug(one.plugs[1])))

    return replace(catalog, media=tuple(option(one) for one in catalog.media))


def with_less_slack(layout: Layout, less_mm: int) -> Layout:
    """Return the layout with so much less slack at each end of every run, none where there is less."""

    def slack(one: Slack) -> Slack:
        return replace(one, per_end_mm=max(0, one.per_end_mm - less_mm))

    ways = layout.pathways
    return replace(
        layout,
        pathways=replace(
            ways,
            lateral_slack=slack(ways.lateral_slack),
            overhead_slack=slack(ways.overhead_slack),
            underfloor_slack=slack(ways.underfloor_slack),
        ),
    )


def most_slack_mm(layout: Layout) -> int:
    """Return the most slack at an end of any kind of route."""
    ways = layout.pathways
    return max(one.per_end_mm for one in (ways.lateral_slack, ways.overhead_slack, ways.underfloor_slack))


def with_reach(catalog: Catalog, option: str, reach_mm: int) -> Catalog:
    """Return the catalog with another reach of an option."""
    media = (replace(one, reach_mm=reach_mm) if one.id == option else one for one in catalog.media)
    return replace(catalog, media=tuple(media))


def active_to_optics(plan: Plan) -> Fraction | None:
    """Return what an active copper run costs of an optical one in parts, on average; None where one lacks."""
    sums = []
    for media in (_ACTIVE, _LIGHT):
        costs = [run.cost_cents for run in plan.runs if run.medium in media]
        if not costs or not sum(costs):
            return None
        sums.append(Fraction(sum(costs), len(costs)))
    return sums[0] / sums[1]
