"""How runs spread over the lower and upper units of a plane: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.layout import Spread
from planner.units import ceil_div


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadDesign:
    """Upper units of a plane, and fewest and most runs of a pair and of an upper unit."""

    upper_units: int
    pair_runs: tuple[int, int]
    upper_load: tuple[int, int]


def design_spread(spread: Spread, lower_units: int, uplinks: int, upper_ports: int) -> SpreadDesign | None:
    """Return the spread's one design for a plane, or None where it has none.

    Parameters
    ----------
    spread
        ``balanced`` or ``uniform``.
    lower_units, uplinks
        Lower units in the plane, and the runs that each sends up.
    upper_ports
        Sockets of an upper unit.
    """
    runs = lower_units * uplinks
    if spread is Spread.BALANCED:
        upper_units = ceil_div(runs, upper_ports)
    else:
        divisors = (n for n in range(1, uplinks + 1) if uplinks % n == 0)
        upper_units = next((n for n in divisors if n * upper_ports >= runs), 0)
    if not 1 <= upper_units <= uplinks:
        return None
    return SpreadDesign(
        upper_units=upper_units,
        pair_runs=(uplinks // upper_units, ceil_div(uplinks, upper_units)),
        upper_load=upper_load(lower_units, uplinks, upper_units),
    )


def upper_load(lower_units: int, uplinks: int, upper_units: int) -> tuple[int, int]:
    """Return fewest and most runs of an upper unit where so many lower units of its plane stand.

    Where others come later, their runs can be added without moving one: even loads of today lie
    within even loads of then.
    """
    runs = lower_units * uplinks
    return runs // upper_units, ceil_div(runs, upper_units)
