"""The room as the user describes it. Axes: x along the room, y across, z up from the floor."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from planner.model.evidence import Provenance
from planner.model.installation import Installation
from planner.model.open_racks import OpenRacks
from planner.model.pins import NO_PINS, Pins
from planner.model.rules import Resilience
from planner.model.supply import SupplyLimit


class Side(StrEnum):
    """Where the front of a row looks: south is toward y = 0, north away from it."""

    SOUTH = "south"
    NORTH = "north"


class Level(StrEnum):
    """Height class of a cable tray."""

    OVERHEAD = "overhead"
    UNDERFLOOR = "underfloor"


class Spread(StrEnum):
    """How runs spread over lower-upper pairs (product term; see ``topology``)."""

    BALANCED = "balanced"
    UNIFORM = "uniform"


class Objective(StrEnum):
    """What is minimized."""

    CAPEX = "capex"
    TCO = "tco"


class WiredUnit(StrEnum):
    """What counts as one unit of a tier when runs are spread."""

    ASIC = "asic"
    DEVICE = "device"
    CAGE = "cage"
    PORT = "port"


class Granularity(StrEnum):
    """What one run takes of a cage: all of it, or one of its logical ports or links."""

    CAGE = "cage"
    PORT = "port"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class RackPosition:
    """A place in a row.

    ``choices`` are the rack type ids that may stand here; one id: it stands here for sure; none:
    nothing may. ``may_be_empty`` tells whether the planner may leave it empty; ``is_reserved``
    sets what is kept for something outside of this plan apart from what is merely empty.
    (``x_mm``, ``y_mm``) is the low corner of the rack's footprint.
    """

    address: str
    row: str
    number: int
    x_mm: int
    y_mm: int
    choices: tuple[str, ...]
    may_be_empty: bool
    is_reserved: bool = False

    @property
    def is_decided(self) -> bool:
        """True where the layout fixes what stands here."""
        return len(self.choices) == 1 and not self.may_be_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Rack positions side by side, numbered from low x upward; all fronts look one way.

    Limits (None: there is none) are on what its racks with all devices in them draw, weigh, and give off
    as heat, which is what they draw.
    """

    name: str
    front: Side
    x_mm: int
    y_mm: int
    pitch_mm: int
    power_limit_milliwatts: int | None
    positions: tuple[RackPosition, ...]
    weight_limit_g: int | None = None
    cooling_limit_milliwatts: int | None = None

    @property
    def limits_milliwatts(self) -> tuple[int, ...]:
        """The limits on what the row draws, power first."""
        both = self.power_limit_milliwatts, self.cooling_limit_milliwatts
        return tuple(limit for limit in both if limit is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSection:
    """Inner width and depth of a pathway and the share of it that cables may take."""

    width_mm: int
    depth_mm: int
    fill_permille: int

    @property
    def usable_um2(self) -> int:
        """Permitted cross-section of all runs in square micrometers, rounded down."""
        return self.width_mm * self.depth_mm * self.fill_permille * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Laterals:
    """Way along a row from riser to riser, at any height, past at most ``max_positions``."""

    max_positions: int
    section: CrossSection


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTray:
    """Cable tray along one row, over its positions' whole length."""

    name: str
    level: Level
    row: str
    y_mm: int
    z_mm: int
    section: CrossSection


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTray:
    """Cable tray across rows at one x, joining the row trays of its level between two rows."""

    name: str
    level: Level
    x_mm: int
    z_mm: int
    rows: tuple[str, ...]
    section: CrossSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """Extra length of a kind of route: per end, plus a share of the horizontal part."""

    per_end_mm: int
    horizontal_permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathways:
    """All ways a run may take."""

    risers: CrossSection
    laterals: Laterals | None
    row_trays: tuple[RowTray, ...]
    cross_trays: tuple[CrossTray, ...]
    lateral_slack: Slack
    overhead_slack: Slack
    underfloor_slack: Slack
    routes_per_pair: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeersSpec:
    """Two racks cabled to each other, cage n to cage n of every device of one type."""

    name: str
    device: str
    cages: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSpec:
    """One tier: which device, which of its cages, and what is its wired unit.

    ``numbers`` are the cages of the group that may be used, ascending; None: all of them. A lower
    tier of ``below`` consists of the upper devices that the fabric of that name places.
    """

    device: str
    cages: str
    unit: WiredUnit
    numbers: tuple[int, ...] | None = None
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiersSpec:
    """Lower devices wired to upper devices that the planner places.

    ``racks`` are the positions whose lower devices join (all that hold one, by default).
    ``oversubscription`` is downlink : uplink as two integers, None: every cage is an uplink.

    A lower unit's plane is its index within its rack (where the tier is that of a fabric below: 0),
    modulo ``planes`` where that is declared. With ``plane_keys`` the lower units that agree in all of
    them form a plane. A key is the name of a grouping of racks, ``rail`` (the unit's index within its
    device) or, of a fabric below, what that fabric's planes are told apart by, or ``index`` (the
    unit's index within its plane there).

    ``within`` are the positions that bound it: racks outside neither join nor take its upper devices; none:
    there is no bound. ``family`` is what it was declared as, where it is one of several fabrics, one for
    each group of racks. A lower tier that names a family below is that of all its fabrics, or, where this
    one is of a family too, of those that lie within its own group. ``resilience`` is None where one rack may
    hold a whole plane. ``pins`` are what the user decided already. ``sized_for`` is how many lower units of a
    plane its upper devices are sized for, None: those that stand.
    """

    name: str
    lower: TierSpec
    upper: TierSpec
    upper_rack_type: str
    racks: tuple[str, ...]
    spread: Spread
    oversubscription: tuple[int, int] | None
    planes: int | None = None
    plane_keys: tuple[str, ...] = ()
    granularity: Granularity = Granularity.CAGE
    within: tuple[str, ...] = ()
    family: str = ""
    resilience: Resilience | None = None
    pins: Pins = NO_PINS
    sized_for: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """Coefficients of the objective: labor per run and per routed meter, energy, spares."""

    objective: Objective
    currency: str
    labor_per_run_cents: int
    labor_per_meter_cents: int
    pue_permille: int
    price_per_mwh_cents: int
    years: int
    spares_permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room's inner size."""

    width_mm: int
    depth_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A floor layout, defaults filled in, in canonical order whatever the file's order.

    ``fabrics`` are in natural order of their names, each after the one whose upper devices it wires.
    ``groups`` are groupings of racks: by name of the grouping and of the group, the racks' addresses.
    ``provenance`` covers the values that the file left to defaults. ``open_racks`` are racks that may
    move; in a plan their positions are settled (``planner.model.arrangement``). ``supply`` says what can
    be had of parts.
    """

    name: str
    title: str
    profile: str
    room: Room
    rows: tuple[Row, ...]
    pathways: Pathways
    fabrics: tuple[PeersSpec | TiersSpec, ...]
    economics: Economics
    installation: Installation
    provenance: tuple[Provenance, ...]
    groups: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    open_racks: OpenRacks | None = None
    supply: tuple[SupplyLimit, ...] = ()

    def position(self, address: str) -> RackPosition:
        """Return the position of that address; KeyError where there is none."""
        for row in self.rows:
            for position in row.positions:
                if position.address == address:
                    return position
        raise KeyError(address)

    def row_of(self, position: RackPosition) -> Row:
        """Return the row that holds the position."""
        return next(row for row in self.rows if row.name == position.row)
