"""Cable assemblies, fiber cords and transceivers, and the media options they make."""

from __future__ import annotations

from collections.abc import Mapping

from planner.inputs.findings import nearest, shown
from planner.inputs.library import PartReader
from planner.inputs.parts import read_connector
from planner.inputs.stock import read_stock
from planner.model.catalog import Basis, CableFamily, Connector, MediaOption, Medium, Price, Transceiver
from planner.units import DELAY_PS_PER_M, DIAMETER_UM, LINEAR_G_PER_M


def read_cord(part: PartReader) -> CableFamily:
    """Read a family of fiber cords."""
    return _read_family(part, "cord", None)


def read_cable(part: PartReader) -> MediaOption:
    """Read a family of cable assemblies: plugs and cable are one part."""
    reach_mm = part.record.length_mm("reach", 1)
    return _read_option(part, reach_mm, _read_family(part, "cable", reach_mm), None)


def read_transceiver(part: PartReader, cords: Mapping[str, CableFamily]) -> MediaOption | None:
    """Read a transceiver with the cords it takes; None where the cord is unknown."""
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
    )
    cord = record.need("cord")
    name = cord.as_name() if cord else ""
    family = cords.get(name)
    if cord and name and family is None:
        cord.fail("unknown-part", f"unknown cord {shown(name)}{nearest(name, cords)}")
    option = _read_option(part, record.length_mm("reach", 1), family or _stand_in(), transceiver)
    return option if family else None


def _stand_in() -> CableFamily:
    """Return a family to read on with after an unknown cord was reported."""
    return CableFamily(
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


def _read_option(
    part: PartReader, reach_mm: int, family: CableFamily, transceiver: Transceiver | None
) -> MediaOption:
    record = part.record
    connector = record.need("connector")
    protocols = record.need("protocols")
    names = [item.as_name() for item in protocols.as_items("a list of protocols")] if protocols else []
    return MediaOption(
        id=part.id,
        medium=record.choice("medium", Medium),
        connector=read_connector(connector) if connector else Connector(form="", thermal=""),
        protocols=tuple(sorted(set(names))),
        lanes=record.integer("lanes", 1, 64),
        lane_rate_gbps=record.rate_gbps("lane_rate"),
        reach_mm=reach_mm,
        power_per_end_milliwatts=record.power_milliwatts("power_per_end"),
        cable=family,
        transceiver=transceiver,
    )


def _read_family(part: PartReader, category: str, reach_mm: int | None) -> CableFamily:
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
