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
        Electrical lanes of one cage and the rate of each; both 0 where light only passes (a port of
        an optical circuit switch): such a cage takes any rate and protocol.
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
        """Rate of one cage in one direction; 0 where light only passes."""
        return self.lanes * self.lane_rate_gbps

    @property
    def is_passive(self) -> bool:
        """Whether light only passes."""
        return self.lanes == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceType:
    """A tray, switch, host or other thing that fills rack units.

    ``downlink_gbps`` is what the device carries toward the tier below without a planned cable
    (a backplane); 0 where nothing is below it or all of it runs over cages. ``loss_mdb`` is what
    light loses in passing an optical circuit switch, thousandths of a decibel.
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
    loss_mdb: int = 0


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
    """Cable assemblies (with plugs) or fiber cords in their stock lengths, shortest first.

    ``loss_mdb`` is what light loses in a cord with the connectors at its ends, whatever its length;
    ``loss_mdb_per_km`` what it loses on the way. Both 0 for copper.
    """

    id: str
    category: str
    description: str
    vendor: str
    stock: tuple[StockItem, ...]
    outer_diameter_um: int
    weight_g_per_m: int
    bend_radius_mm: int
    delay_ps_per_m: int
    loss_mdb: int = 0
    loss_mdb_per_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transceiver:
    """A pluggable module; takes ``cords`` fiber cords.

    ``loss_budget_mdb`` is what light may lose between two of them, None where it is not known.
    """

    id: str
    description: str
    vendor: str
    part_number: str | None
    cords: int
    price: Price
    loss_budget_mdb: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """What one end of a run puts into a cage.

    Parameters
    ----------
    connector, lanes
        The cage it fills.
    transceiver
        None where the cable brings its plug, or fiber lands on the device itself (co-packaged optics,
        optical circuit switches).
    power_milliwatts
        Of the whole plug.
    runs
        How many runs share it: 2 where a twin-port transceiver or the head of a breakout carries two.
    """

    connector: Connector
    lanes: int
    transceiver: Transceiver | None
    power_milliwatts: int
    runs: int = 1

    def fills(self, cage: CageGroup) -> bool:
        """Tell whether the plug goes into the cage."""
        return self.connector == cage.connector and (cage.is_passive or self.lanes == cage.lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOption:
    """One way to make a run: a plug at each end and what is between them.

    ``reach_mm`` limits the stock length; exactly at reach is legal. A run takes ``cables_per_run``
    assemblies or cords; where ``runs_per_cable`` is over 1 (a splitter) so many runs share one, which
    then is 1, and end in one cage at the plug that most runs share.
    """

    id: str
    medium: Medium
    protocols: tuple[str, ...]
    lane_rate_gbps: int
    reach_mm: int
    plugs: tuple[Plug, Plug]
    cable: CableFamily
    cables_per_run: int = 1
    runs_per_cable: int = 1

    @property
    def is_shared(self) -> bool:
        """Whether runs share a plug or a cable: then all runs of a fabric are made this way or none."""
        return self.runs_per_cable > 1 or any(plug.runs > 1 for plug in self.plugs)

    def between(
        self, lower: CageGroup, upper: CageGroup, runs_per_cage: tuple[int, int]
    ) -> tuple[Plug, Plug] | None:
        """Return the plugs in the order lower, upper; None where the option joins no such cages.

        Parameters
        ----------
        lower, upper
            The cages.
        runs_per_cage
            How many runs each of them takes.
        """
        for plugs in (self.plugs, self.plugs[::-1]):
            ends = zip(plugs, (lower, upper), runs_per_cage, strict=True)
            if all(plug.fills(cage) and plug.runs == runs for plug, cage, runs in ends):
                break
        else:
            return None
        speaks = all(
            cage.is_passive
            or (cage.protocol in self.protocols and cage.lane_rate_gbps == self.lane_rate_gbps)
            for cage in (lower, upper)
        )
        return (plugs[0], plugs[1]) if speaks else None


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
