"""Least cost of pinned runs: between their own cages, of their own part and stock length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.verify.costs import least_costs
from planner.verify.ground import Ground
from planner.verify.pins import Slot, lower_unit, option_of
from planner.verify.router import end_of, least_lengths
from planner.verify.tolled_router import tolled_lengths
from planner.verify.tolls import TollBook
from planner.verify.units import Unit
from planner.verify.wiring import Tiers


def pinned_more_cents(
    ground: Ground, tiers: Tiers, book: TollBook | None, least_of: Callable[[Unit, Slot], int]
) -> int:
    """Return what all pinned runs cost, at least, beyond the least of their pairs, ``least_of``."""
    total = 0
    numbers = {socket.cage for part in tiers.upper_parts for socket in part.sockets}
    for pin in tiers.spec.pins.runs:
        unit = lower_unit(tiers, pin)
        place, lower_type = ground.places.get(pin.upper.rack), ground.racks.get(pin.lower.rack)
        if unit is None or place is None or lower_type is None:
            continue
        fits = [
            replace(fit, option=option_of(fit.option, pin))
            for fit in tiers.fits
            if pin.part in ("", fit.option.id)
        ]
        own = {pin.upper.cage} if pin.upper.cage else numbers
        cages = [cage for number, cage in ground.cages[tiers.upper_device.id].items() if number in own]
        cage = ground.cages[tiers.lower_device.id][pin.lower.cage]
        a = end_of(ground.places[pin.lower.rack], lower_type, tiers.lower_device, pin.lower.u, [cage])
        b = end_of(place, tiers.rack_type, tiers.upper_device, pin.upper.u, cages)
        lengths = tolled_lengths(ground, [a], [b], book) if book else least_lengths(ground, [a], [b])
        cents = int(least_costs(ground, fits, lengths, (1, 1))[0, 0])
        total += cents - least_of(unit, (pin.upper.rack, pin.upper.u))
    return total
