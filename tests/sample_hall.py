"""A made-up hall and its parts: rows of GPU racks with switch rack candidates between them."""

from __future__ import annotations

from dataclasses import dataclass

from planner.model.cages import CageGroup, Connector, Face
from planner.model.catalog import Catalog, DeviceMount, DeviceType, Protocol, RackType
from planner.model.evidence import Basis, Price, Provenance
from planner.model.layout import (
    CrossSection,
    CrossTray,
    Economics,
    Installation,
    Laterals,
    Layout,
    Level,
    Objective,
    Pathways,
    RackPosition,
    Room,
    Row,
    RowTray,
    Side,
    Slack,
    Spread,
    TierSpec,
    TiersSpec,
    WiredUnit,
)
from planner.model.media import CableFamily, MediaOption, Medium, Plug, StockItem, Transceiver

DEPTH_MM = 1068
WIDTH_MM = 600
PLUG = Connector(form="plug", thermal="flat")


@dataclass(frozen=True)
class Hall:
    """What one row holds, letter by letter: g a GPU rack, s a candidate, r reserved, . empty."""

    rows: tuple[str, ...]
    lower_devices: int  # in each GPU rack
    cages_per_asic: int
    upper_cages_per_asic: int


SMALL = Hall(rows=("gsg", "g.gr"), lower_devices=1, cages_per_asic=3, upper_cages_per_asic=6)
BIG = Hall(rows=("ggggsssggggs", "ggggsssgggg."), lower_devices=9, cages_per_asic=9, upper_cages_per_asic=18)
CHOICES = {"g": ("gpu-rack",), "s": ("switch-rack",), "r": ("spare-rack",), ".": ()}


def _price(cents: int) -> Price:
    return Price(cents=cents, basis=Basis.ASSUMPTION, source="sample", date="2026-01-15")


def _cages(name: str, per_asic: int) -> CageGroup:
    return CageGroup(
        name=name,
        count=2 * per_asic,
        connector=PLUG,
        protocol="fast",
        face=Face.FRONT,
        ports=2,
        links=4,
        lanes=8,
        lane_rate_gbps=200,
        asic_of_cage=(1,) * per_asic + (2,) * per_asic,
    )


def _device(id_: str, height_u: int, cages: CageGroup, price: Price | None) -> DeviceType:
    return DeviceType(
        id=id_,
        category="switch",
        description=f"{id_}, 2 ASICs",
        vendor="",
        part_number=None,
        height_u=height_u,
        asics=2,
        gpus=0,
        downlink_gbps=28800,
        power_milliwatts=1_400_000,
        weight_g=20_000,
        cages=(cages,),
        price=price,
    )


def _rack(id_: str, mounts: tuple[DeviceMount, ...], slots: tuple[int, ...], price: Price) -> RackType:
    return RackType(
        id=id_,
        description=id_.replace("-", " "),
        vendor="",
        part_number=None,
        width_mm=WIDTH_MM,
        depth_mm=DEPTH_MM,
        height_mm=2236,
        units=48,
        unit_height_um=44450,
        u1_z_mm=60,
        power_milliwatts=66_000_000 if mounts else 0,
        weight_g=1_000_000,
        cooling="liquid",
        mounts=mounts,
        tray_slots_u=slots,
        slot_height_u=2,
        max_added_power_milliwatts=40_000_000,
        max_added_weight_g=800_000,
        price=price,
    )


def _cable(id_: str, category: str, lengths_mm: tuple[int, ...], base: int, per_m: int) -> CableFamily:
    stock = tuple(
        StockItem(length_mm=mm, part_number=f"{id_.upper()}-{mm}", price=_price(base + per_m * mm // 1000))
        for mm in lengths_mm
    )
    return CableFamily(
        id=id_,
        category=category,
        description=f"{id_} \N{MULTIPLICATION SIGN} 1",
        vendor="Cable, Inc.",
        stock=stock,
        outer_diameter_um=9000 if category == "cable" else 3000,
        weight_g_per_m=45,
        bend_radius_mm=50,
        delay_ps_per_m=4500,
    )


def _option(id_: str, medium: Medium, cable: CableFamily, module: Transceiver | None) -> MediaOption:
    plug = Plug(connector=PLUG, lanes=8, transceiver=module, power_milliwatts=25_000 if module else 0)
    return MediaOption(
        id=id_,
        medium=medium,
        protocols=("fast",),
        lane_rate_gbps=200,
        reach_mm=cable.stock[-1].length_mm,
        plugs=(plug, plug),
        cable=cable,
        cables_per_run=module.cords if module else 1,
    )


def sample_catalog(hall: Hall) -> Catalog:
    """Return three media, two device types and three rack types."""
    lower = _device("lower-switch", 1, _cages("uplink", hall.cages_per_asic), None)
    upper = _device("upper-switch", 2, _cages("downlink", hall.upper_cages_per_asic), _price(3_000_000))
    module = Transceiver(
        id="module",
        description="module, 2 cords",
        vendor="",
        part_number=None,
        cords=2,
        price=_price(100_000),
    )
    mounts = tuple(DeviceMount(device="lower-switch", u=19 + n) for n in range(hall.lower_devices))
    racks = (
        _rack("gpu-rack", mounts, (), _price(0)),
        _rack("spare-rack", (), (), _price(0)),
        _rack("switch-rack", (), tuple(range(3, 47, 2)), _price(1_000_000)),
    )
    copper = _cable("copper", "cable", (500, 1000), 9_000, 4_000)
    active = _cable("active", "cable", (1500, 2000, 2500, 3000), 30_000, 10_000)
    cord = _cable("cord", "cord", tuple(1000 * m for m in (3, 5, 7, 10, 15, 20, 30, 50)), 2_000, 150)
    source = Provenance(
        subject="upper-switch", field="price", value="30000 USD", basis=Basis.ASSUMPTION, source="sample"
    )
    return Catalog(
        rack_types={rack.id: rack for rack in racks},
        device_types={device.id: device for device in (lower, upper)},
        media=(
            _option("copper", Medium.DAC, copper, None),
            _option("active", Medium.ACC, active, None),
            _option("light", Medium.OPTICS, cord, module),
        ),
        protocols={"fast": Protocol(id="fast", description="fast", max_gpus_per_domain=None)},
        provenance=(source,),
    )


def _row(index: int, pattern: str) -> Row:
    name, y_mm = "AB"[index], 1500 + index * 3000
    positions = tuple(
        RackPosition(
            address=f"{name}{number:02d}",
            row=name,
            number=number,
            x_mm=1200 + (number - 1) * WIDTH_MM,
            y_mm=y_mm,
            choices=CHOICES[letter],
            may_be_empty=letter in "s.",
        )
        for number, letter in enumerate(pattern, 1)
    )
    front = (Side.SOUTH, Side.NORTH)[index]
    return Row(
        name=name,
        front=front,
        x_mm=1200,
        y_mm=y_mm,
        pitch_mm=WIDTH_MM,
        power_limit_milliwatts=None,
        positions=positions,
    )


def _pathways(rows: tuple[Row, ...]) -> Pathways:
    wide = CrossSection(width_mm=300, depth_mm=100, fill_permille=400)
    trays = tuple(
        RowTray(
            name=f"over-{row.name}",
            level=Level.OVERHEAD,
            row=row.name,
            y_mm=row.y_mm + DEPTH_MM // 2,
            z_mm=2600,
            section=wide,
        )
        for row in rows
    )
    cross_x_mm = 1200 + WIDTH_MM * (len(rows[0].positions) // 2)
    cross = CrossTray(
        name="cross-1", level=Level.OVERHEAD, x_mm=cross_x_mm, z_mm=2600, rows=("A", "B"), section=wide
    )
    return Pathways(
        risers=CrossSection(width_mm=100, depth_mm=150, fill_permille=500),
        laterals=Laterals(
            max_positions=4, section=CrossSection(width_mm=150, depth_mm=100, fill_permille=500)
        ),
        row_trays=trays,
        cross_trays=(cross,),
        lateral_slack=Slack(per_end_mm=50, horizontal_permille=0),
        overhead_slack=Slack(per_end_mm=300, horizontal_permille=100),
        underfloor_slack=Slack(per_end_mm=300, horizontal_permille=100),
        routes_per_pair=2,
    )


def sample_layout(hall: Hall) -> Layout:
    """Return two rows, one cross tray, one tiered fabric."""
    rows = tuple(_row(index, pattern) for index, pattern in enumerate(hall.rows))
    gpu_racks = tuple(p.address for row in rows for p in row.positions if p.choices == ("gpu-rack",))
    spec = TiersSpec(
        name="fabric",
        lower=TierSpec(device="lower-switch", cages="uplink", unit=WiredUnit.ASIC),
        upper=TierSpec(device="upper-switch", cages="downlink", unit=WiredUnit.ASIC),
        upper_rack_type="switch-rack",
        racks=gpu_racks,
        spread=Spread.BALANCED,
        oversubscription=None,
    )
    width_mm = 2400 + WIDTH_MM * max(len(row.positions) for row in rows)
    return Layout(
        name="sample",
        title="Sample hall, \N{GREEK SMALL LETTER ALPHA} & <b>",
        profile="default",
        room=Room(width_mm=width_mm, depth_mm=7000, height_mm=3500),
        rows=rows,
        pathways=_pathways(rows),
        fabrics=(spec,),
        economics=Economics(
            objective=Objective.TCO,
            currency="USD",
            labor_per_run_cents=2500,
            labor_per_meter_cents=150,
            pue_permille=1200,
            price_per_mwh_cents=8000,
            years=5,
            spares_permille=20,
        ),
        installation=Installation(max_bundle=24, crews=2, minutes_per_run=10, minutes_per_meter=1),
        provenance=(),
    )
