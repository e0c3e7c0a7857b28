"""What supply keeps from being made as it would be cheapest, and how many more pieces would allow that."""

from __future__ import annotations

from collections import Counter

from planner.explain.detours import cents_of
from planner.explain.made import Made
from planner.model.explanation import Flip, FlipKind
from planner.model.plan import CableRun, Plan
from planner.model.supply import BomKey, SupplyLimit, ordered, own_pieces, spare_pieces
from planner.units import money

_RUN_PARTS = frozenset(("cable", "cord", "transceiver"))


class StockLeft:
    """What can still be had of parts."""

    def __init__(self, plan: Plan) -> None:
        self._limits = plan.layout.supply
        self._currency = plan.layout.economics.currency
        self._spares_permille = plan.layout.economics.spares_permille
        self._quantity: Counter[tuple[str, BomKey]] = Counter()
        self._ordered: Counter[BomKey] = Counter()
        for line in plan.bom if self._limits else ():
            if line.category in _RUN_PARTS:
                key = line.part, line.stock_length_mm
                self._quantity[line.fabric, key] += line.quantity
                self._ordered[key] += line.order_quantity

    def lacking(self, run: CableRun, now: Made, other: Made) -> dict[SupplyLimit, int]:
        """Return the limits that a run made another way breaks, and how many pieces lack, spares included."""
        if not self._limits or now.stock is None or other.stock is None:
            return {}
        change = own_pieces(other.option, other.stock)
        change.subtract(own_pieces(now.option, now.stock))
        more: Counter[BomKey] = Counter()
        for key, pieces in change.items():
            before = self._quantity[run.fabric, key]
            more[key] = self._order(before + pieces) - self._order(before)
        lacking = {}
        for limit in self._limits:
            added = ordered(limit, more)
            short = ordered(limit, self._ordered) + added - limit.most_pieces
            if added > 0 and short > 0:
                lacking[limit] = short
        return lacking

    def flip(self, run: CableRun, now: Made, other: Made, does: str) -> Flip | None:
        """Say how many more pieces let a run be made in another way that costs less, None where none lack."""
        lacking = self.lacking(run, now, other)
        if not lacking:
            return None
        words = " and ".join(f"{count} more of {limit.name}" for limit, count in lacking.items())
        saved = money(cents_of(now) - cents_of(other))
        sentence = (
            f"{words} to be had would let {run.cable_id} ({run.a.rack} to {run.b.rack}) {does}:"
            f" that saves {saved} {self._currency}"
        )
        amount = max(lacking.values())
        return Flip(kind=FlipKind.MORE_SUPPLY, amount=amount, to=run.cable_id, sentence=sentence)

    def _order(self, quantity: int) -> int:
        return quantity + spare_pieces(quantity, self._spares_permille)
