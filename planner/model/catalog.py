"""Parts: what can be bought, as the catalogs describe it. Frozen values, integers in base units."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.cages import CageGroup
from planner.model.evidence import Price, Provenance
from planner.model.media import MediaOption


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
