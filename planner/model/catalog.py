"""Parts: what can be bought, as the catalogs describe it. Frozen values, integers in base units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """What a cable run is made of; the order is the order of listing, not of preference."""

    DAC = "dac"
    ACC = "acc"
    AEC = "aec"
    AOC = "aoc"
    OPTICS = "optics"


class Basis(StrEnum):
    """What a number rests on."""

    VENDOR = "vendor"
    DERIVED = "derived"
    ANALYST = "analyst"
    ASSUMPTION = "assumption"


class Face(StrEnum):
    """The face of a rack that cages look out of."""

    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where one number of one part comes from.

    Parameters
    ----------
    subject, field
        Part id (or ``defaults``, or the layout's name) and the field in it.
    value
        The number as written in the file.
    basis, source, date
        Kind of evidence, source as shown to users, and ISO date ("" where it has none).
    """

    subject: str
    field: str
    value: str
    basis: Basis
    source: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Unit price in cents of the layout's currency, converted and rounded once."""

    cents: int
    basis: Basis
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A form and a thermal kind; a plug fits a cage only where both are equal."""

    form: str
    thermal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CageGroup:
    """Identical receptacles of a device; cages are numbered from 1 through its groups.

    Parameters
    ----------
    name
        What fabrics call the group, e.g. ``uplink``.
    count, connector, protocol, face
        How many, what fits, what it speaks, where it looks.
    ports, links
        Logical ports and links inside one cage.
    lanes, lane_rate_gbps
        Electrical lanes of one cage and the rate of each.
    asic_of_cage
        1-based ASIC behind each cage, ``count`` long.
    offset_mm
        Each cage's offset across the face from its left edge as a person before it sees it, or
        None where not public: then a cage counts as the center of the face.
    """

    name: str
    count: int
    connector: Connector
    protocol: str
    face: Face
    ports: int
    links: int
    lanes: int
    lane_rate_gbps: int
    asic_of_cage: tuple[int, ...]
    offset_mm: tuple[int, ...] | None = None

    @property
    def rate_gbps(self) -> int:
        """Rate of one cage in one direction."""
        return self.lanes * self.lane_rate_gbps


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceType:
    """A tray, switch, host or other thing that fills rack units.

    ``downlink_gbps`` is what the device carries toward the tier below without a planned cable
    (a backplane); 0 where nothing is below it or all of it runs over cages.
    """

    id: str
    category: str
    description: str
    vendor: str
    part_number: str | None
    height_u: int
    asics: int
    gpus: int
    downlink_gbps: int
    power_milliwatts: int
    weight_g: int
    cages: tuple[CageGroup, ...]
    price: Price | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMount:
    """A device that a rack type brings along, by its lowest U."""

    device: str
    u: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RackType:
    """A rack as bought: its size, what stands in it, what may be added.

    ``u1_z_mm`` is the height of the lower edge of U1 above the floor. ``tray_slots_u`` lists the
    lowest U of each place where the planner may mount a device of ``slot_height_u``.
    ``max_added_power_milliwatts`` and ``max_added_weight_g`` limit what is mounted there; the power
    limit also holds with the plugs in all cages of the rack.
    """

    id: str
    description: str
    vendor: str
    part_number: str | None
    width_mm: int
    depth_mm: int
    height_mm: int
    units: int
    unit_height_um: int
    u1_z_mm: int
    power_milliwatts: int
    weight_g: int
    cooling: str
    mounts: tuple[DeviceMount, ...]
    tray_slots_u: tuple[int, ...]
    slot_height_u: int
    max_added_power_milliwatts: int
    max_added_weight_g: int
    price: Price | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockItem:
    """One orderable length of a cable family."""

    length_mm: int
    part_number: str | None
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class CableFamily:
    """Cable assemblies (with plugs) or fiber cords in their stock lengths, shortest first."""

    id: str
    category: str
    description: str
    vendor: str
    stock: tuple[StockItem, ...]
    outer_diameter_um: int
    weight_g_per_m: int
    bend_radius_mm: int
    delay_ps_per_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transceiver:
    """A pluggable module; takes ``cords`` fiber cords."""

    id: str
    description: str
    vendor: str
    part_number: str | None
    cords: int
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOption:
    """One way to join two cages: a cable assembly, or a transceiver at each end and cords.

    ``reach_mm`` limits the stock length; exactly at reach is legal.
    """

    id: str
    medium: Medium
    connector: Connector
    protocols: tuple[str, ...]
    lanes: int
    lane_rate_gbps: int
    reach_mm: int
    power_per_end_milliwatts: int
    cable: CableFamily
    transceiver: Transceiver | None

    @property
    def cables_per_run(self) -> int:
        """Assemblies or cords that one run takes."""
        return self.transceiver.cords if self.transceiver else 1

    def fits(self, cage: CageGroup) -> bool:
        """Tell whether a plug of this option goes into the cage and speaks its language."""
        return (
            self.connector == cage.connector
            and cage.protocol in self.protocols
            and (self.lanes, self.lane_rate_gbps) == (cage.lanes, cage.lane_rate_gbps)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What cages speak, and its limit on one NVLink domain (None: no stated limit)."""

    id: str
    description: str
    max_gpus_per_domain: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All parts that a layout can use, resolved: prices converted, profile applied.

    ``media`` is the layout's profile in the profile's order. Dictionaries are sorted by id.
    """

    rack_types: dict[str, RackType]
    device_types: dict[str, DeviceType]
    media: tuple[MediaOption, ...]
    protocols: dict[str, Protocol]
    provenance: tuple[Provenance, ...]
