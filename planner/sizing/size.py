"""The entry of the stage: from a system and a wish to its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from planner.errors import InfeasibleError
from planner.model.layout import Spread
from planner.model.sizing import CabledTier, JoinSize, LowerUnit, System, SystemSize, Uplinks, Wish
from planner.sizing.joins import Lower, Upper, join_tiers, refusal
from planner.sizing.nearest import nearest_designs
from planner.sizing.refusals import (
    count_blocks,
    refuse_no_uplinks,
    refuse_tiers,
    refuse_unit,
    refuse_unpaired,
    tapered_downlinks,
    tapered_uplinks,
)
from planner.sizing.spread_rule import SpreadRule


def size_system(system: System, wish: Wish, rule: SpreadRule, others: Sequence[System] = ()) -> SystemSize:
    """Size a system as wished.

    Parameters
    ----------
    system, wish
        What, and how it should differ from the catalog's defaults.
    rule
        The arithmetic of the spread.
    others
        Systems to point at where this one cannot do it.

    Raises
    ------
    InfeasibleError
        The wish cannot be met: the message has the sum that fails and the nearest designs.
    """
    try:
        return _size(system, wish, rule, others)
    except InfeasibleError as error:
        (finding,) = error.findings
        if finding.code != "spread-impossible":
            raise
        near = nearest_designs(system, wish, lambda other: _size(system, other, rule, ()))
        blocks = count_blocks(system, wish)
        asked = f"{blocks:,} x {system.block.name} ({blocks * system.block.gpus:,} GPUs)"
        message = f"{system.id}, {asked}: {finding.message}; possible: {near}"
        raise refusal(finding.code, message) from None


def _size(system: System, wish: Wish, rule: SpreadRule, others: Sequence[System]) -> SystemSize:
    blocks = count_blocks(system, wish)
    uplinks = system.uplinks
    alone = SystemSize(
        system=system,
        blocks=blocks,
        domains=wish.domains,
        taper=Fraction(1),
        spread=wish.spread or system.spread,
        joins=(),
        tiers=system.inner_tiers,
    )
    if uplinks is None:
        refuse_no_uplinks(system, wish, blocks, others)
        return alone
    if not system.tiers:
        refuse_unpaired(system, uplinks, wish, blocks)
        return replace(alone, joins=(_pair(system, uplinks, blocks),))
    refuse_unit(system, uplinks, wish.unit or uplinks.unit)
    build = _Build(system=system, uplinks=uplinks, wish=wish, rule=rule, spread=alone.spread)
    failures = []
    for tiers in (wish.tiers,) if wish.tiers is not None else system.tier_counts:
        refuse_tiers(system, tiers)
        try:
            joins = build.joins(blocks, tiers)
        except InfeasibleError as error:
            failures.append(error)
        else:
            return replace(alone, joins=joins, tiers=tiers, taper=build.taper)
    raise failures[-1]


def _pair(system: System, uplinks: Uplinks, blocks: int) -> JoinSize:
    name = system.block.tier or system.block.name
    return JoinSize(
        lower=name,
        upper=name,
        lower_units=blocks,
        planes=1,
        runs=uplinks.runs * blocks // 2,
        upper_units=0,
        asics=0,
        trays=0,
        pair_runs=(uplinks.runs, uplinks.runs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    """Joins one tier after the other, from the blocks up."""

    system: System
    uplinks: Uplinks
    wish: Wish
    rule: SpreadRule
    spread: Spread

    @property
    def unit(self) -> LowerUnit:
        return self.wish.unit or self.uplinks.unit

    @property
    def taper(self) -> Fraction:
        """The wish's taper, else what the catalog's uplinks leave of the GPUs' rate."""
        if self.wish.taper is not None:
            return self.wish.taper
        return self.system.block.gpus * self.system.gpu_gbps / (self.uplinks.runs * self.uplinks.rate_gbps)

    def joins(self, blocks: int, tiers: int) -> tuple[JoinSize, ...]:
        system = self.system
        used = system.tiers[: tiers - system.inner_tiers]
        units = system.block.units(self.unit)
        lower = Lower(
            name=system.block.tier or "GPU", groups=(units,) * blocks, uplinks=self._lowest_uplinks(units)
        )
        joins = []
        for index, tier in enumerate(used):
            tier = self._wired(tier)
            ports = tier.ports // (tier.asics if tier.unit is LowerUnit.ASIC else 1)
            is_top = index + 1 == len(used)
            down = ports if is_top else self._downlinks(tier, ports, is_lowest=index == 0)
            size, above = join_tiers(
                lower, Upper(tier=tier, downlinks=down, is_top=is_top), self.spread, self.rule
            )
            joins.append(size)
            lower = replace(above, uplinks=ports - down)
        return tuple(joins)

    def _lowest_uplinks(self, units: int) -> int:
        # Switches in the block are the lowest that can be tapered; without them, those above.
        if self.wish.taper is not None and self.system.inner_tiers:
            return tapered_uplinks(self.system, self.uplinks, self.wish.taper, self.unit)
        return self.uplinks.runs // units

    def _downlinks(self, tier: CabledTier, ports: int, *, is_lowest: bool) -> int:
        is_tapered = is_lowest and not self.system.inner_tiers and self.wish.taper is not None
        ratio = self.wish.taper if is_tapered and self.wish.taper else Fraction(1)
        return tapered_downlinks(self.system, tier.name, ports, ratio)

    def _wired(self, tier: CabledTier) -> CabledTier:
        unit = self.wish.unit
        return tier if unit is None or unit is LowerUnit.BLOCK else replace(tier, unit=unit)
