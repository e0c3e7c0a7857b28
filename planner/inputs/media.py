"""Cable assemblies, fiber cords and transceivers, and the media options they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.inputs.fields import Record
from planner.inputs.findings import nearest, shown
from planner.inputs.library import PartReader
from planner.inputs.parts import read_connector
from planner.inputs.stock import read_stock
from planner.inputs.values import Value
from planner.model.cages import Connector
from planner.model.evidence import Basis, Price
from planner.model.media import CableFamily, MediaOption, Medium, Plug, Transceiver
from planner.units import DELAY_PS_PER_M, DIAMETER_UM, LINEAR_G_PER_M

MAX_LANES = 64
PORT_SUFFIX = ".port"
"""What a transceiver's id is followed by where each of its cords carries a run of its own."""


def read_cord(part: PartReader) -> CableFamily:
    """Read a family of fiber cords."""
    return replace(
        read_family(part, "cord", None),
        loss_mdb=part.record.optional_loss_mdb("loss") or 0,
        loss_mdb_per_km=part.record.optional_loss_mdb("loss_per_km") or 0,
    )


def read_cable(part: PartReader) -> MediaOption:
    """Read a family of cable assemblies: plugs and cable are one part."""
    reach_mm = part.record.length_mm("reach", 1)
    return _read_option(part, reach_mm, read_family(part, "cable", reach_mm), None)


def read_transceiver(part: PartReader, cords: Mapping[str, CableFamily]) -> MediaOption:
    """Read a transceiver with the cords it takes: one run fills the cage."""
    record = part.record
    price = record.need("price")
    transceiver = Transceiver(
        id=part.id,
        description=record.text("description"),
        vendor=record.text("vendor"),
        part_number=record.optional_text("part_number"),
        cords=record.integer("cords", 1, 64),
        price=part.price(price, "price")
        if price
        else Price(cents=0, basis=Basis.ASSUMPTION, source="", date=""),
        loss_budget_mdb=record.optional_loss_mdb("loss_budget"),
    )
    cord = find_cord(record.need("cord"), cords)
    return _read_option(part, record.length_mm("reach", 1), cord, transceiver)


def port_option(option: MediaOption) -> MediaOption | None:
    """Return the option of a transceiver whose cords each carry a run; None where it has but one.

    Nor is there one where the lanes cannot be shared evenly.
    """
    runs, plug = option.cables_per_run, option.plugs[0]
    if runs == 1 or plug.lanes % runs:
        return None
    shared = replace(plug, runs=runs)
    return replace(option, id=option.id + PORT_SUFFIX, plugs=(shared, shared), cables_per_run=1)


def find_cord(value: Value | None, cords: Mapping[str, CableFamily]) -> CableFamily:
    """Return the family of cords that a value names; a stand-in where that is unknown and reported."""
    name = value.as_name() if value else ""
    if value and name and name not in cords:
        value.fail("unknown-part", f"unknown cord {shown(name)}{nearest(name, cords)}")
    return cords.get(name) or CableFamily(
        id="",
        category="cord",
        description="",
        vendor="",
        stock=(),
        outer_diameter_um=0,
        weight_g_per_m=0,
        bend_radius_mm=0,
        delay_ps_per_m=0,
    )


def read_plug_connector(record: Record) -> Connector:
    """Read the connector of a plug."""
    connector = record.need("connector")
    return read_connector(connector) if connector else Connector(form="", thermal="")


def read_protocols(record: Record) -> tuple[str, ...]:
    """Read what a part speaks, each name once, sorted."""
    protocols = record.need("protocols")
    names = [item.as_name() for item in protocols.as_items("a list of protocols")] if protocols else []
    return tuple(sorted(set(names)))


def _read_option(
    part: PartReader, reach_mm: int, family: CableFamily, transceiver: Transceiver | None
) -> MediaOption:
    record = part.record
    plug = Plug(
        connector=read_plug_connector(record),
        lanes=record.integer("lanes", 1, MAX_LANES),
        transceiver=transceiver,
        power_milliwatts=record.power_milliwatts("power_per_end"),
    )
    return MediaOption(
        id=part.id,
        medium=record.choice("medium", Medium),
        protocols=read_protocols(record),
        lane_rate_gbps=record.rate_gbps("lane_rate"),
        reach_mm=reach_mm,
        plugs=(plug, plug),
        cable=family,
        cables_per_run=transceiver.cords if transceiver else 1,
    )


def read_family(part: PartReader, category: str, reach_mm: int | None) -> CableFamily:
    """Read a family of cables or cords; made-to-length cables end at their reach."""
    record = part.record
    return CableFamily(
        id=part.id,
        category=category,
        description=record.text("description"),
        vendor=record.text("vendor"),
        stock=read_stock(part, reach_mm),
        outer_diameter_um=record.quantity("outer_diameter", DIAMETER_UM, "3.0 mm", 1),
        weight_g_per_m=record.quantity("weight_per_meter", LINEAR_G_PER_M, "45 g/m"),
        bend_radius_mm=record.length_mm("bend_radius"),
        delay_ps_per_m=record.quantity("delay", DELAY_PS_PER_M, "4.9 ns/m"),
    )
