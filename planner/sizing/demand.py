"""From money to chips, and from chips to ends: every factor an input."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.model.sizing import EQUIVALENT_GBPS, Demand, SystemSize


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandChain:
    """One system's chain: capital spending, chips, interconnect.

    ``tiers`` counts cabled tiers at the chip's full rate: a taper makes it a fraction, and so does a
    pair, whose runs have chips at both sides. ``asics`` and ``trays`` are the switches of as many
    chips, in domains of the size.
    """

    demand: Demand
    chips: int
    chip_gbps: int
    tiers: Fraction
    equivalent_ends: Fraction
    asics: Fraction
    trays: Fraction

    @property
    def chips_per_million(self) -> Fraction:
        """Value for money: chips that a million buys."""
        return Fraction(10**8, self.demand.chip_price_cents)


def full_rate_tiers(size: SystemSize) -> Fraction:
    """Return the cabled tiers of a size, counted at the full rate of its GPUs."""
    return size.equivalent_ends * EQUIVALENT_GBPS / (2 * size.gpus * size.system.gpu_gbps)


def demand_chain(
    demand: Demand, size: SystemSize, chip_gbps: int | None = None, tiers: Fraction | None = None
) -> DemandChain:
    """Multiply the factors out; bandwidth and tiers are those of the system unless given."""
    chips = demand.capex_cents * demand.chip_share_permille // (1000 * demand.chip_price_cents)
    rate = size.system.gpu_gbps if chip_gbps is None else chip_gbps
    count = full_rate_tiers(size) if tiers is None else tiers
    return DemandChain(
        demand=demand,
        chips=chips,
        chip_gbps=rate,
        tiers=count,
        equivalent_ends=chips * 2 * Fraction(rate, EQUIVALENT_GBPS) * count,
        asics=Fraction(chips * size.asics, size.gpus),
        trays=Fraction(chips * size.trays, size.gpus),
    )
