"""What could be built instead: designs near a wish that cannot be met, found by trying them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.model.layout import Spread
from planner.topology.spread import design_spread
from planner.topology.sums import TierSums
from planner.units import ceil_div

NO_DESIGN = "none with these parts"
MORE_RACKS_TRIED = 64
"""How many racks beyond the wish are tried; no spread known to work there starts to work later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A fabric as asked for, and other sums for it worth trying (with what to change)."""

    sums: TierSums
    spread: Spread
    slots: int
    upper_device: str
    other_units: tuple[tuple[str, TierSums], ...] = ()


def upper_devices(sums: TierSums, spread: Spread) -> int | None:
    """Return the upper devices of the design, None where the spread is impossible."""
    design = design_spread(spread, sums.lower_units, sums.uplinks, sums.upper_ports)
    if design is None:
        return None
    return ceil_div(sums.planes * design.upper_units, sums.upper_units_per_device)


def nearest_designs(wish: Wish) -> str:
    """Return a list in words of the nearest designs that spread and slots allow."""
    units, step = wish.sums.lower_units, wish.sums.units_per_rack or 1
    found = [
        text
        for text in (
            _with_size(wish, range(units - step, 0, -step)),
            _with_size(wish, range(units + step, units + step * (MORE_RACKS_TRIED + 1), step)),
            *_with_other_spread(wish, "", wish.sums, all_spreads=False),
            *(
                text
                for change, sums in wish.other_units
                for text in _with_other_spread(wish, f", {change}", sums, all_spreads=True)
            ),
            _with_larger_upper(wish),
        )
        if text
    ]
    return "; ".join(found) if found else NO_DESIGN


def _fits(wish: Wish, sums: TierSums, spread: Spread) -> int | None:
    """Return the upper devices where the design exists and has slots."""
    devices = upper_devices(sums, spread)
    return devices if devices is not None and devices <= wish.slots else None


def _text(wish: Wish, sums: TierSums, spread: Spread, change: str, devices: int) -> str:
    return f"{sums.size_text}, {spread.value}{change} ({devices} x '{wish.upper_device}')"


def _with_size(wish: Wish, lower_units: range) -> str:
    for units in lower_units:
        sums = replace(wish.sums, lower_units=units)
        devices = _fits(wish, sums, wish.spread)
        if devices is not None:
            return _text(wish, sums, wish.spread, "", devices)
    return ""


def _with_other_spread(wish: Wish, change: str, sums: TierSums, *, all_spreads: bool) -> list[str]:
    found = []
    for spread in Spread:
        devices = _fits(wish, sums, spread)
        if devices is not None and (all_spreads or spread is not wish.spread):
            found.append(_text(wish, sums, spread, change, devices))
    return found


def _with_larger_upper(wish: Wish) -> str:
    """Name the sockets an upper unit would need, where the spread itself is what fails."""
    if upper_devices(wish.sums, wish.spread) is not None:
        return ""
    ports = next(
        ports
        for ports in range(wish.sums.upper_ports + 1, wish.sums.lower_units * wish.sums.uplinks + 1)
        if upper_devices(replace(wish.sums, upper_ports=ports), wish.spread) is not None
    )
    return f"an upper unit with at least {ports} {wish.sums.sockets_word}"
