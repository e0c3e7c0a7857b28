"""Planted faults: what is ordered of limited parts, and prices of their pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.model.plan import Plan
from planner.model.solution import PartPrice
from planner.model.supply import SupplyLimit
from tests.faults import edits
from tests.faults.kinds import Planted


def _prices(change: Callable[[tuple[PartPrice, ...]], tuple[PartPrice, ...]]) -> Callable[[Plan], Plan]:
    return lambda plan: edits.certificate(plan, part_prices=change(plan.solve.certificates[0].part_prices))


def _first(**changes: Any) -> Callable[[Plan], Plan]:
    return _prices(lambda prices: (replace(prices[0], **changes), *prices[1:]))


def _limit(change: Callable[[SupplyLimit], SupplyLimit]) -> Callable[[Plan], Plan]:
    return lambda plan: edits.layout(plan, supply=(change(plan.layout.supply[0]), *plan.layout.supply[1:]))


def _unlimited(plan: Plan) -> Plan:
    """Longer pieces than needed, and nothing that limits the shorter ones."""
    return edits.certificate(edits.layout(plan, supply=()), part_prices=())


SUPPLY = tuple(
    Planted(name, code, says, plant, base="short")
    for name, code, says, plant in (
        ("supply-cut", "supply-not-stated", "0 can be had", _limit(lambda one: replace(one, most_pieces=0))),
        (
            "supply-cut-bound",
            "forged-bound",
            "its numbers prove",
            _limit(lambda one: replace(one, most_pieces=10**6)),
        ),
        ("longer-without-need", "cable-too-long", "covers the required", _unlimited),
        ("piece-unlimited", "forged-part-prices", "no supply limits it", _first(part="copper")),
        ("piece-other-length", "forged-part-prices", "no supply limits it", _first(stock_length_mm=1)),
        ("piece-twice", "forged-part-prices", "priced twice", _prices(lambda prices: (*prices, prices[0]))),
        ("piece-below-0", "forged-part-prices", "it may charge 0 to", _first(price_cents=-1)),
        ("piece-too-dear", "forged-part-prices", "it may charge 0 to", _first(price_cents=10**10)),
        ("piece-raised", "forged-bound", "its numbers prove", _first(price_cents=5 * 10**8)),
        ("pieces-dropped", "forged-bound", "its numbers prove", _prices(lambda _: ())),
    )
)
