"""Rack types, devices and protocols as catalogs describe them."""

from __future__ import annotations

from typing import NamedTuple

from planner.inputs.fields import Record, record_of
from planner.inputs.findings import shown
from planner.inputs.library import PartReader
from planner.inputs.ranges import key_range, read_numbers, read_range
from planner.inputs.values import Value
from planner.model.cages import CageGroup, Connector, Face
from planner.model.catalog import DeviceMount, DeviceType, Protocol, RackType
from planner.units import DIAMETER_UM, LENGTH_MM, RATE_GBPS

MAX_UNITS = 100
"""Most rack units a rack may have: a bound against slips of the pen, not a standard's."""

MAX_CAGES = 2000
MAX_ASICS = 64


def read_protocol(part: PartReader) -> Protocol:
    """Read a protocol and its limit on one NVLink domain."""
    limit = part.record.get("max_gpus_per_domain")
    return Protocol(
        id=part.id,
        description=part.record.text("description"),
        max_gpus_per_domain=None if limit is None or limit.is_null else limit.as_integer(1),
    )


def read_device(part: PartReader) -> DeviceType:
    """Read a device with its cages."""
    record = part.record
    asics = record.get("asics")
    gpus = record.get("gpus")
    downlink = record.get("downlink")
    asic_count = asics.as_integer(0, MAX_ASICS) if asics else 0
    return DeviceType(
        id=part.id,
        category=record.name("category"),
        description=record.text("description"),
        vendor=record.text("vendor"),
        part_number=record.optional_text("part_number"),
        height_u=record.integer("height_u", 1, MAX_UNITS),
        asics=asic_count,
        gpus=gpus.as_integer() if gpus else 0,
        downlink_gbps=downlink.as_quantity(RATE_GBPS, "14.4 Tb/s") if downlink else 0,
        power_milliwatts=record.power_milliwatts("power"),
        weight_g=record.weight_g("weight"),
        cages=_read_cages(record.get("cages"), asic_count),
        price=part.optional_price(),
        loss_mdb=record.optional_loss_mdb("loss") or 0,
    )


def _read_cages(value: Value | None, asics: int) -> tuple[CageGroup, ...]:
    """Read the groups in the order of their cage numbers, which must count from 1 without gaps."""
    if value is None:
        return ()
    groups = []
    for name, entry in value.as_entries("cage groups"):
        numbers, group = _read_group(name, entry, asics)
        groups.append((numbers, entry, group))
    groups.sort(key=lambda item: item[0])
    expected = 1
    for numbers, entry, _group in groups:
        if numbers and numbers[0] != expected:
            message = f"cages {numbers[0]}-{numbers[-1]}, expected this group to begin at cage {expected}"
            entry.fail("cage-numbers", message)
        expected = numbers[-1] + 1 if numbers else expected
    return tuple(group for _numbers, _entry, group in groups)


def _read_group(name: str, value: Value, asics: int) -> tuple[tuple[int, ...], CageGroup]:
    record = record_of(value, "the fields of a cage group")
    numbers_value = record.need("numbers")
    numbers = read_range(numbers_value, MAX_CAGES) if numbers_value else ()
    connector = record.need("connector")
    lanes, lane_rate_gbps = record.integer("lanes", 0, 64), record.rate_gbps("lane_rate")
    if bool(lanes) != bool(lane_rate_gbps):
        message = (
            f"found {lanes} lanes of {lane_rate_gbps} Gb/s, expected both above 0, "
            "or both 0 where light only passes"
        )
        value.fail("bad-lanes", message)
    may_be_silent = lanes == 0 and not record.has("protocol")
    group = CageGroup(
        name=name,
        count=len(numbers),
        connector=read_connector(connector) if connector else Connector(form="", thermal=""),
        protocol="" if may_be_silent else record.name("protocol"),
        face=record.choice("face", Face),
        ports=record.integer("ports", 1, 64),
        links=record.integer("links", 1, 64),
        lanes=lanes,
        lane_rate_gbps=lane_rate_gbps,
        asic_of_cage=_read_asic_of_cage(record.get("asic_of_cage"), numbers, asics, value),
        offset_mm=_read_offsets(record.get("offsets"), len(numbers)),
    )
    record.finish()
    return numbers, group


def read_connector(value: Value) -> Connector:
    """Read "FORM THERMAL"; a plug fits where both words are those of the cage."""
    text = value.as_text("a form and a thermal kind, two words")
    words = text.split()
    if text and len(words) != 2:
        message = f"found {shown(text)}, expected a form and a thermal kind, two words"
        value.fail("bad-connector", message)
    return Connector(form=words[0], thermal=words[1]) if len(words) == 2 else Connector(form="", thermal="")


def _read_asic_of_cage(
    value: Value | None, numbers: tuple[int, ...], asics: int, group: Value
) -> tuple[int, ...]:
    asic_of: dict[int, int] = {}
    if value is None:
        if asics > 1:
            group.fail("missing-key", f"'asic_of_cage' is missing here: the device has {asics} ASICs")
        return (1,) * len(numbers) if asics else (0,) * len(numbers)
    for key, entry in value.as_entries("cages and the ASIC behind them"):
        asic = entry.as_integer(1, max(asics, 1))
        for cage in key_range(key, entry, MAX_CAGES):
            if cage not in numbers or cage in asic_of:
                problem = "is there twice" if cage in asic_of else "is not of this group"
                entry.fail("cage-numbers", f"cage {cage} {problem}")
            asic_of[cage] = asic
    missing = [cage for cage in numbers if cage not in asic_of]
    if missing:
        value.fail("cage-numbers", f"no ASIC is given for cage {missing[0]}")
    return tuple(asic_of.get(cage, 1) for cage in numbers)


def _read_offsets(value: Value | None, count: int) -> tuple[int, ...] | None:
    if value is None or value.is_null:
        return None
    items = value.as_items("one offset a cage")
    offsets = tuple(item.as_quantity(LENGTH_MM, "120 mm") for item in items)
    if len(offsets) != count:
        value.fail("cage-numbers", f"found {len(offsets)} offsets, expected {count}, one a cage")
    return offsets


def read_rack_type(part: PartReader) -> RackType:
    """Read a rack type: its size, what it brings along, and where devices may be added."""
    record = part.record
    units = record.integer("units", 1, MAX_UNITS)
    slots = _read_slots(record.record("slots")) if record.get("slots") else _Slots()
    return RackType(
        id=part.id,
        description=record.text("description"),
        vendor=record.text("vendor"),
        part_number=record.optional_text("part_number"),
        width_mm=record.length_mm("width", 1),
        depth_mm=record.length_mm("depth", 1),
        height_mm=record.length_mm("height", 1),
        units=units,
        unit_height_um=record.quantity("unit_height", DIAMETER_UM, "44.45 mm", 1),
        u1_z_mm=record.length_mm("u1_height"),
        power_milliwatts=record.power_milliwatts("power"),
        weight_g=record.weight_g("weight"),
        cooling=record.text("cooling"),
        mounts=_read_mounts(record.get("mounts")),
        tray_slots_u=slots.lowest_u,
        slot_height_u=slots.height_u,
        max_added_power_milliwatts=slots.power_milliwatts,
        max_added_weight_g=slots.weight_g,
        price=part.optional_price(),
    )


def _read_mounts(value: Value | None) -> tuple[DeviceMount, ...]:
    mounts = [
        DeviceMount(device=device, u=u)
        for device, entry in (value.as_entries("devices and their lowest U") if value else ())
        for u in read_numbers(entry, MAX_UNITS)
    ]
    return tuple(sorted(mounts, key=lambda mount: (mount.u, mount.device)))


class _Slots(NamedTuple):
    """Where devices may be added to a rack, and how much of them; none by default."""

    lowest_u: tuple[int, ...] = ()
    height_u: int = 1
    power_milliwatts: int = 0
    weight_g: int = 0


def _read_slots(record: Record) -> _Slots:
    height = record.integer("height_u", 1, MAX_UNITS)
    units_value = record.need("units")
    units = read_numbers(units_value, MAX_UNITS) if units_value else ()
    lowest: list[int] = []
    for u in units:
        if set(range(u, u + height)) <= set(units) and (not lowest or u >= lowest[-1] + height):
            lowest.append(u)
    if units_value and units and len(lowest) * height != len(units):
        message = f"{len(units)} units cannot be cut into slots of {height}; found slots at {lowest}"
        units_value.fail("bad-slots", message)
    slots = _Slots(
        tuple(lowest), height, record.power_milliwatts("added_power"), record.weight_g("added_weight")
    )
    record.finish()
    return slots
