"""Systems that are sized without a floor: what they are made of, and the figures that come out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from planner.model.cages import CageGroup
from planner.model.evidence import Provenance
from planner.model.layout import Spread
from planner.model.media import Medium
from planner.model.starter import Starter
from planner.units import ceil_div

EQUIVALENT_GBPS = 1600
"""Ends of other rates are counted as parts or multiples of one of this rate."""


class Network(StrEnum):
    """Which of the two networks of a cluster a system is."""

    SCALE_UP = "scale-up"
    SCALE_OUT = "scale-out"


class LowerUnit(StrEnum):
    """What sends the runs of the lowest cabled tier: runs are counted and spread for it."""

    ASIC = "asic"
    TRAY = "tray"
    BLOCK = "block"


class Join(StrEnum):
    """How the units of a tier find their upper units.

    ``attach``: each fills up the next upper unit; ``groups``: groups of as many as an upper unit
    has downlinks, all with all; ``planes``: units of one number in each block or group, all with all.
    """

    ATTACH = "attach"
    GROUPS = "groups"
    PLANES = "planes"


class Figure(StrEnum):
    """Figures of a size that claims are held against."""

    GPUS = "gpus"
    BLOCKS = "blocks"
    GPUS_PER_BLOCK = "gpus-per-block"
    GPU_BANDWIDTH = "gpu-bandwidth-gbps"
    INNER_TRAYS = "inner-trays"
    INNER_ASICS = "inner-asics"
    ASICS = "asics"
    TRAYS = "trays"
    RUNS = "runs"
    ENDS = "ends"
    ENDS_PER_GPU = "ends-per-gpu"
    EQUIVALENT_ENDS_PER_GPU = "equivalent-ends-per-gpu"
    GPUS_PER_SWITCH = "gpus-per-switch"
    SWITCHES_PER_GPU = "switches-per-gpu"
    PASSIVE_COPPER_REACH = "passive-copper-reach-m"
    ACTIVE_COPPER_REACH = "active-copper-reach-m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is bought whole: a rack, a chassis, a node, or one GPU with its network port.

    ``tier`` names the switches inside ("" for none), ``asics`` and ``trays`` count them; ``trays``
    is 0 where they sit on a board.
    """

    name: str
    gpus: int
    count: int
    tier: str
    asics: int
    trays: int

    def units(self, unit: LowerUnit) -> int:
        """Return how many units of a kind the block has."""
        return {LowerUnit.ASIC: self.asics, LowerUnit.TRAY: self.trays, LowerUnit.BLOCK: 1}[unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplinks:
    """What leaves a block: ``runs`` cable runs, sent by units of one kind.

    ``runs_per_cable`` runs share one cable or transceiver in a cage like ``cage``.
    """

    runs: int
    unit: LowerUnit
    cage: CageGroup
    runs_per_cable: int

    @property
    def rate_gbps(self) -> Fraction:
        """Rate of one run in one direction."""
        return Fraction(self.cage.rate_gbps, self.runs_per_cable)


@dataclass(frozen=True, slots=True, kw_only=True)
class CabledTier:
    """A tier that is reached over cable runs; ``ports`` and ``asics`` are those of one tray."""

    name: str
    join: Join
    asics: int
    ports: int
    unit: LowerUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system as a catalog describes it.

    Without ``uplinks`` nothing leaves a block; with uplinks and no ``tiers`` blocks are cabled in
    pairs. ``tier_counts`` are the numbers of switch tiers it may be built with, wished-for first.
    """

    id: str
    description: str
    generation: str
    network: Network
    gpu_gbps: int
    max_gpus: int | None
    block: Block
    uplinks: Uplinks | None
    tiers: tuple[CabledTier, ...]
    tier_counts: tuple[int, ...]
    spread: Spread
    starter: Starter | None
    provenance: tuple[Provenance, ...]

    @property
    def inner_tiers(self) -> int:
        """Switch tiers inside a block: 0 or 1."""
        return 1 if self.block.asics else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a user asks of a system; None leaves it to the catalog."""

    gpus: int | None = None
    blocks: int | None = None
    domains: int = 1
    tiers: int | None = None
    taper: Fraction | None = None
    spread: Spread | None = None
    unit: LowerUnit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSize:
    """The runs between two tiers of one domain, and the upper switches they need.

    ``planes`` are sets of lower units that share upper units; ``pair_runs`` fewest and most runs of
    a lower and an upper unit of one plane, (0, 0) where units are attached to one upper unit each.
    """

    lower: str
    upper: str
    lower_units: int
    planes: int
    runs: int
    upper_units: int
    asics: int
    trays: int
    pair_runs: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSize:
    """Sizes of ``domains`` equal domains of a system; ``joins`` are those of one domain."""

    system: System
    blocks: int
    domains: int
    taper: Fraction
    spread: Spread
    joins: tuple[JoinSize, ...]
    tiers: int

    @property
    def gpus(self) -> int:
        """GPUs of all domains."""
        return self.blocks * self.system.block.gpus * self.domains

    @property
    def runs(self) -> int:
        """Cable runs of all domains."""
        return sum(join.runs for join in self.joins) * self.domains

    @property
    def ends(self) -> int:
        """Ends of the cable runs."""
        return 2 * self.runs

    @property
    def inner_asics(self) -> int:
        """Switch ASICs inside the blocks."""
        return self.blocks * self.system.block.asics * self.domains

    @property
    def inner_trays(self) -> int:
        """Switch trays inside the blocks."""
        return self.blocks * self.system.block.trays * self.domains

    @property
    def asics(self) -> int:
        """Switch ASICs of the cabled tiers."""
        return sum(join.asics for join in self.joins) * self.domains

    @property
    def trays(self) -> int:
        """Switch trays of the cabled tiers."""
        return sum(join.trays for join in self.joins) * self.domains

    @property
    def cables(self) -> int:
        """Cables, or pairs of transceivers, that the runs take."""
        return ceil_div(self.runs, self.system.uplinks.runs_per_cable) if self.system.uplinks else 0

    @property
    def equivalent_ends(self) -> Fraction:
        """Ends counted by their rate."""
        rate = self.system.uplinks.rate_gbps if self.system.uplinks else Fraction(0)
        return self.ends * rate / EQUIVALENT_GBPS


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumPrice:
    """One part that fits: what a cable, or two transceivers with cords, cost by length, in cents."""

    medium: Medium
    part: str
    least_cents: int
    most_cents: int
    bases: tuple[str, ...]
    reach_mm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Factors of the demand for chips and interconnect; money in cents, the share in permille."""

    capex_cents: int
    chip_share_permille: int
    chip_price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure that a text states: ``low`` to ``high``, right within ``about_permille``.

    ``figure`` of the systems ``of`` (one, or one for each bound) is what it is held against, as a
    multiple of the same figure of ``against`` where that names systems.
    """

    id: str
    says: str
    figure: Figure
    of: tuple[str, ...]
    against: tuple[str, ...]
    low: Fraction
    high: Fraction
    about_permille: int
    remark: str
