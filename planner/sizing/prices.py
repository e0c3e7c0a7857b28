"""What a cable run costs in each medium that fits: from the shortest stock length to the longest."""

from __future__ import annotations

from collections.abc import Sequence

from planner.model.economics import run_parts_cents
from planner.model.media import MediaOption
from planner.model.sizing import MediumPrice, System


def medium_prices(system: System, media: Sequence[MediaOption]) -> tuple[MediumPrice, ...]:
    """Return the parts that fit the system's cages, in the order of the profile."""
    if system.uplinks is None:
        return ()
    cage = system.uplinks.cage
    return tuple(_price(option) for option in media if option.between(cage, cage, (1, 1)))


def _price(option: MediaOption) -> MediumPrice:
    stock = option.cable.stock
    usable = [index for index, item in enumerate(stock) if item.length_mm <= option.reach_mm]
    prices = [run_parts_cents(option, index) for index in usable]
    bases = {stock[index].price.basis for index in usable}
    bases |= {plug.transceiver.price.basis for plug in option.plugs if plug.transceiver}
    return MediumPrice(
        medium=option.medium,
        part=option.id,
        least_cents=min(prices, default=0),
        most_cents=max(prices, default=0),
        bases=tuple(sorted(basis.value for basis in bases)),
        reach_mm=option.reach_mm,
    )
