"""Join tier to tier: how many upper units, switches and runs, or which sum fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import Finding, InfeasibleError
from planner.model.layout import Spread
from planner.model.sizing import CabledTier, Join, JoinSize, LowerUnit
from planner.sizing.spread_rule import SpreadRule
from planner.units import ceil_div


def refusal(code: str, message: str) -> InfeasibleError:
    """Return the error that carries this one finding."""
    return InfeasibleError([Finding(code=code, message=message)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lower:
    """Units below a tier by block or group, and what each sends up."""

    name: str
    groups: tuple[int, ...]
    uplinks: int

    @property
    def units(self) -> int:
        """All units."""
        return sum(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upper:
    """A tier to reach: its switches, and the downlinks of one of its wired units."""

    tier: CabledTier
    downlinks: int
    is_top: bool

    @property
    def units_per_tray(self) -> int:
        """Wired units of one tray."""
        return self.tier.asics if self.tier.unit is LowerUnit.ASIC else 1


def join_tiers(lower: Lower, upper: Upper, spread: Spread, rule: SpreadRule) -> tuple[JoinSize, Lower]:
    """Return the size of a join, and the upper units as the next join's lower ones (no uplinks yet).

    Raises
    ------
    InfeasibleError
        The spread has no design; the message gives the sum.
    """
    planes, pair_runs, groups = _upper_units(lower, upper, spread, rule)
    units = sum(groups)
    trays = ceil_div(units, upper.units_per_tray)
    size = JoinSize(
        lower=lower.name,
        upper=upper.tier.name,
        lower_units=lower.units,
        planes=planes,
        runs=lower.units * lower.uplinks,
        upper_units=units,
        asics=units if upper.tier.unit is LowerUnit.ASIC else trays * upper.tier.asics,
        trays=trays,
        pair_runs=pair_runs,
    )
    return size, Lower(name=upper.tier.name, groups=groups, uplinks=0)


def _upper_units(
    lower: Lower, upper: Upper, spread: Spread, rule: SpreadRule
) -> tuple[int, tuple[int, int], tuple[int, ...]]:
    """Return planes, runs of a pair, and the upper units by group."""
    if upper.tier.join is Join.ATTACH:
        units = ceil_div(lower.units * lower.uplinks, upper.downlinks)
        if upper.is_top and units > 1:
            runs = f"{lower.units * lower.uplinks:,} runs of {upper.downlinks:,} a switch"
            message = f"{runs} take {units:,} {upper.tier.name} switches, and no tier joins those"
            raise refusal("spread-impossible", message)
        return 1, (0, 0), (units,)
    if upper.tier.join is Join.GROUPS:
        sizes = (lower.units,) if upper.is_top else _even(lower.units, upper.downlinks)
    else:
        sizes = tuple(sum(1 for units in lower.groups if units > plane) for plane in range(max(lower.groups)))
    designs = {}
    for size in dict.fromkeys(sizes):
        design = rule(spread, size, lower.uplinks, upper.downlinks)
        if design is None:
            raise refusal("spread-impossible", _spread_sum(lower, upper, spread, size))
        designs[size] = design
    counts = tuple(designs[size].upper_units for size in sizes)
    pairs = [design.pair_runs for design in designs.values()]
    pair_runs = min(fewest for fewest, _ in pairs), max(most for _, most in pairs)
    # Planes reach across all blocks, so whatever comes above sees one group.
    return len(sizes), pair_runs, counts if upper.tier.join is Join.GROUPS else (sum(counts),)


def _even(units: int, most: int) -> Sequence[int]:
    """Cut units into the fewest groups of at most ``most``, as equal as can be, larger ones first."""
    groups = ceil_div(units, most)
    return tuple(units // groups + (index < units % groups) for index in range(groups))


def _spread_sum(lower: Lower, upper: Upper, spread: Spread, size: int) -> str:
    runs = size * lower.uplinks
    fewest = ceil_div(runs, upper.downlinks)
    need = (
        f"{lower.name} to {upper.tier.name}, {spread.value}: {size:,} lower units x {lower.uplinks:,} "
        f"uplinks = {runs:,} runs a plane need {fewest:,} upper units of {upper.downlinks:,} cages, but "
    )
    if spread is Spread.BALANCED:
        return f"{need}a lower unit has {lower.uplinks:,} uplinks: a pair would get none"
    return f"{need}no divisor of {lower.uplinks:,} uplinks is that large"
