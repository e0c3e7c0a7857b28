"""What a cable run costs in each medium that fits: from the shortest stock length to the longest."""

from __future__ import annotations

from collections.abc import Sequence

from planner.model.catalog import MediaOption, StockItem
from planner.model.sizing import MediumPrice, System


def medium_prices(system: System, media: Sequence[MediaOption]) -> tuple[MediumPrice, ...]:
    """Return the parts that fit the system's cages, in the order of the profile."""
    if system.uplinks is None:
        return ()
    return tuple(_price(option) for option in media if option.fits(system.uplinks.cage))


def _price(option: MediaOption) -> MediumPrice:
    usable = [item for item in option.cable.stock if item.length_mm <= option.reach_mm]
    prices = [_run_cents(option, item) for item in usable]
    bases = {item.price.basis for item in usable}
    if option.transceiver:
        bases.add(option.transceiver.price.basis)
    return MediumPrice(
        medium=option.medium,
        part=option.id,
        least_cents=min(prices, default=0),
        most_cents=max(prices, default=0),
        bases=tuple(sorted(basis.value for basis in bases)),
        reach_mm=option.reach_mm,
    )


def _run_cents(option: MediaOption, item: StockItem) -> int:
    ends = 2 * option.transceiver.price.cents if option.transceiver else 0
    return ends + option.cables_per_run * item.price.cents
