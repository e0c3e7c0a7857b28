"""Made-up parts for the halls of tests: devices, rack types, media."""

from __future__ import annotations

from collections.abc import Sequence

from planner.model.cages import CageGroup, Connector, Face
from planner.model.catalog import DeviceMount, DeviceType, RackType
from planner.model.evidence import Basis, Price
from planner.model.media import CableFamily, MediaOption, Medium, Plug, StockItem, Transceiver

RACK_DEPTH_MM = 1200
UNIT_UM = 44450

PLUG = Connector(form="plug", thermal="flat")


def price(cents: int) -> Price:
    return Price(cents=cents, basis=Basis.ASSUMPTION, source="made up for tests", date="2026-01-01")


def cable(name: str, stock: Sequence[tuple[int, int]], diameter_um: int) -> CableFamily:
    """``stock``: (length in mm, price in cents), shortest first."""
    return CableFamily(
        id=name,
        category="cord" if name.startswith("fiber") else "cable",
        description=name,
        vendor="nobody",
        stock=tuple(
            StockItem(length_mm=mm, part_number=f"{name}-{mm}", price=price(cents)) for mm, cents in stock
        ),
        outer_diameter_um=diameter_um,
        weight_g_per_m=100,
        bend_radius_mm=30,
        delay_ps_per_m=4300,
    )


def make_media(lanes: int = 8) -> tuple[MediaOption, ...]:
    """Passive copper to 1 m, active copper to 3 m, optics to 50 m; two fiber cords a run."""
    transceiver = Transceiver(
        id="transceiver",
        description="transceiver",
        vendor="nobody",
        part_number="transceiver",
        cords=2,
        price=price(85_000),
    )
    passive = cable("copper", ((500, 18_000), (1000, 20_000)), 9000)
    active = cable("active", ((1500, 60_000), (2000, 70_000), (2500, 80_000), (3000, 90_000)), 7000)
    lengths = (3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 50_000)
    cord = cable("fiber-cord", tuple((mm, 5000 + mm // 10) for mm in lengths), 3000)

    def option(
        medium: Medium, reach_mm: int, power: int, family: CableFamily, module: Transceiver | None = None
    ) -> MediaOption:
        plug = Plug(connector=PLUG, lanes=lanes, transceiver=module, power_milliwatts=power)
        return MediaOption(
            id=medium.value,
            medium=medium,
            protocols=("link",),
            lane_rate_gbps=200,
            reach_mm=reach_mm,
            plugs=(plug, plug),
            cable=family,
            cables_per_run=module.cords if module else 1,
        )

    return (
        option(Medium.DAC, 1000, 100, passive),
        option(Medium.AEC, 3000, 12_000, active),
        option(Medium.OPTICS, 50_000, 25_000, cord, transceiver),
    )


def make_device(
    name: str,
    *,
    height_u: int,
    asics: int,
    cages: int,
    group: str,
    face: Face = Face.FRONT,
    gpus: int = 0,
    downlink_gbps: int = 0,
    offset_mm: tuple[int, ...] | None = None,
    lanes: int = 8,
) -> DeviceType:
    """A device whose cages are dealt out to its ASICs in equal, consecutive shares."""
    share = cages // asics if asics else 0
    return DeviceType(
        id=name,
        category="switch" if cages else "host",
        description=name,
        vendor="nobody",
        part_number=name,
        height_u=height_u,
        asics=asics,
        gpus=gpus,
        downlink_gbps=downlink_gbps,
        power_milliwatts=2_000_000,
        weight_g=40_000,
        cages=(
            CageGroup(
                name=group,
                count=cages,
                connector=PLUG,
                protocol="link",
                face=face,
                ports=2,
                links=4,
                lanes=lanes,
                lane_rate_gbps=200,
                asic_of_cage=tuple(1 + cage // share for cage in range(cages)),
                offset_mm=offset_mm,
            ),
        )
        if cages
        else (),
        price=price(5_000_000),
    )


def make_rack_type(
    name: str, mounts: Sequence[DeviceMount], slots_u: Sequence[int] = (), slot_height_u: int = 1
) -> RackType:
    return RackType(
        id=name,
        description=name,
        vendor="nobody",
        part_number=name,
        width_mm=600,
        depth_mm=RACK_DEPTH_MM,
        height_mm=2300,
        units=48,
        unit_height_um=UNIT_UM,
        u1_z_mm=100,
        power_milliwatts=1_000_000,
        weight_g=200_000,
        cooling="air",
        mounts=tuple(mounts),
        tray_slots_u=tuple(slots_u),
        slot_height_u=slot_height_u,
        max_added_power_milliwatts=100_000_000,
        max_added_weight_g=1_000_000,
        price=price(600_000),
    )
