"""What fabrics earn back of what their certificates charge for segments and parts.

All runs together take at most what there is of a segment or a part. So whatever prices charge them for it,
all fabrics that have one price for it may earn, together, what all of it is worth at this price: each what
the plan's own runs take, the last of them what is then left. Their bounds add up to one on plans of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.errors import Finding
from planner.model.solution import ResourcePrices
from planner.verify.fill import run_um2
from planner.verify.ground import Ground, fault
from planner.verify.supply import Limit, limits_of
from planner.verify.tolls import SCALE

Resource = str | Limit
"""The id of a segment, or a part and the stock length that is limited."""


class Allotments:
    """How much of each priced resource each fabric earns."""

    def __init__(self, ground: Ground) -> None:
        """Find out which fabrics price what, and what their runs take of what several price."""
        self._ground = ground
        self._limits = limits_of(ground)
        self._prices: dict[Resource, dict[str, set[int]]] = defaultdict(dict)
        order = [spec.name for spec in ground.plan.layout.fabrics]
        known = [one for one in ground.plan.solve.certificates if one.fabric in order]
        for certificate in sorted(known, key=lambda one: order.index(one.fabric)):
            sets = [_prices_of(one) for one in certificate.price_sets]
            for key in dict.fromkeys(key for one in sets for key in one):
                self._prices[key][certificate.fabric] = {one.get(key, 0) for one in sets}
        self._taken = self._take({key for key, fabrics in self._prices.items() if len(fabrics) > 1})

    def check(self) -> Iterator[Finding]:
        """Check that fabrics that price the same segment or part have one price for it."""
        for key, fabrics in self._prices.items():
            prices = sorted({price for one in fabrics.values() for price in one})
            if len(fabrics) > 1 and len(prices) > 1:
                what = key if isinstance(key, str) else key[0]
                text = f"certificates of {' and '.join(fabrics)}: they price {what}, which they share, at"
                yield fault("prices-differ", f"{text} {' and '.join(map(str, prices))}")

    def earned_cents(self, fabric: str, prices: ResourcePrices) -> int:
        """Return what a fabric earns at a set of its prices, rounded up."""
        um2_millicents, cents = 0, 0
        for one in prices.segment_prices:
            um2_millicents += one.price * self._share(fabric, one.segment.id, one.segment.usable_um2 or 0)
        whole = 1000 + self._ground.plan.layout.economics.spares_permille
        for part in prices.part_prices:
            key = part.part, part.stock_length_mm
            cents += part.price_cents * self._share(fabric, key, 1000 * self._limits[key] // whole)
        return cents - (-um2_millicents // SCALE)

    def _share(self, fabric: str, key: Resource, most: int) -> int:
        """Return how much of a resource, of which there is so much, a fabric earns."""
        fabrics = list(self._prices[key])
        if fabric != fabrics[-1]:
            return self._taken[fabric, key]
        return most - sum(self._taken[other, key] for other in fabrics[:-1])

    def _take(self, keys: set[Resource]) -> dict[tuple[str, Resource], int]:
        """Return what runs of each fabric take of these, in square micrometers and in pieces in use."""
        plan = self._ground.plan
        taken: dict[tuple[str, Resource], int] = defaultdict(int)
        sections = {name: run_um2(option) for name, option in self._ground.options.items()}
        for run in plan.runs if any(isinstance(key, str) for key in keys) else ():
            for name in run.segments:
                if name in keys:
                    taken[run.fabric, name] += sections.get(run.option, 0)
        for line in plan.bom:
            for key in {(line.part, None), (line.part, line.stock_length_mm)} & keys:
                taken[line.fabric, key] += line.quantity
        return taken


def _prices_of(prices: ResourcePrices) -> dict[Resource, int]:
    """Return a set of prices by what they are prices of."""
    segments: dict[Resource, int] = {one.segment.id: one.price for one in prices.segment_prices}
    return segments | {(one.part, one.stock_length_mm): one.price_cents for one in prices.part_prices}
