"""Catalogs in which a longer cable costs less than a shorter one: plans stay good, bounds stay valid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.model.catalog import Catalog
from planner.model.layout import Layout
from planner.verify.check import verify_plan
from tests.faults.plans import make_plan
from tests.halls import make_hall


def dear_item(hall: tuple[Layout, Catalog], option: int, item: int) -> tuple[Layout, Catalog]:
    """The hall with one stock length of one medium at ten times its price."""
    layout, catalog = hall
    media = list(catalog.media)
    cable = media[option].cable
    stock = list(cable.stock)
    stock[item] = replace(stock[item], price=replace(stock[item].price, cents=10 * stock[item].price.cents))
    media[option] = replace(media[option], cable=replace(cable, stock=tuple(stock)))
    return layout, replace(catalog, media=tuple(media))


@pytest.mark.parametrize(("option", "item"), [(option, item) for option in range(3) for item in range(2)])
def test_tiers_are_proved_at_prices_that_no_longer_route_undercuts(option: int, item: int) -> None:
    plan = make_plan(*dear_item(make_hall(("LLSLS", "LS..."), trays_per_rack=2, lower_cages=8), option, item))
    assert verify_plan(plan) == ()


def test_peers_are_bounded_likewise() -> None:
    hall = make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, trays_per_rack=2)
    plan = make_plan(*dear_item(hall, 0, 0))
    assert verify_plan(plan) == ()
