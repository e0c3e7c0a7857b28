"""Small halls made by hand: a layout and its catalog, as large or as tiny as a test wants.

A row is written as a word, one letter a rack position: ``L`` a rack of lower trays, ``S`` a switch
rack or nothing (the planner decides), ``D`` a switch rack for sure, ``.`` nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.model.cages import Face
from planner.model.catalog import Catalog, DeviceMount, Protocol
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
    PeersSpec,
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
from tests.hall_parts import RACK_DEPTH_MM, make_device, make_media, make_rack_type

PITCH_MM = 600
ROW_PITCH_MM = 2400
FIRST_LOWER_U = 19
FIRST_SLOT_U = 5
OVERHEAD_Z_MM = 2600
UNDERFLOOR_Z_MM = -400

_ROW_CHOICES: dict[str, tuple[tuple[str, ...], bool]] = {
    "L": (("lower-rack",), False),
    "S": (("switch-rack",), True),
    "D": (("switch-rack",), False),
    ".": ((), True),
}


def _rows(words: Sequence[str], fronts: Sequence[Side]) -> tuple[Row, ...]:
    rows = []
    for index, word in enumerate(words):
        name = chr(ord("A") + index)
        y_mm = 1200 + index * ROW_PITCH_MM
        positions = tuple(
            RackPosition(
                address=f"{name}{number:02d}",
                row=name,
                number=number,
                x_mm=(number - 1) * PITCH_MM,
                y_mm=y_mm,
                choices=_ROW_CHOICES[letter][0],
                may_be_empty=_ROW_CHOICES[letter][1],
            )
            for number, letter in enumerate(word, start=1)
        )
        rows.append(
            Row(
                name=name,
                front=fronts[index % len(fronts)],
                x_mm=0,
                y_mm=y_mm,
                pitch_mm=PITCH_MM,
                power_limit_milliwatts=None,
                positions=positions,
            )
        )
    return tuple(rows)


def make_pathways(
    rows: Sequence[Row],
    *,
    cross_x_mm: Sequence[int],
    max_positions: int | None,
    levels: Sequence[Level],
    routes_per_pair: int,
) -> Pathways:
    """One row tray a row and level over the middle of its racks; cross trays join all rows."""
    section = CrossSection(width_mm=300, depth_mm=100, fill_permille=500)
    height = {Level.OVERHEAD: OVERHEAD_Z_MM, Level.UNDERFLOOR: UNDERFLOOR_Z_MM}
    return Pathways(
        risers=CrossSection(width_mm=150, depth_mm=150, fill_permille=600),
        laterals=None if max_positions is None else Laterals(max_positions=max_positions, section=section),
        row_trays=tuple(
            RowTray(
                name=f"{row.name}-{level.value}",
                level=level,
                row=row.name,
                y_mm=row.y_mm + RACK_DEPTH_MM // 2,
                z_mm=height[level],
                section=section,
            )
            for level in levels
            for row in rows
        ),
        cross_trays=tuple(
            CrossTray(
                name=f"X{number}-{level.value}",
                level=level,
                x_mm=x_mm,
                z_mm=height[level],
                rows=tuple(row.name for row in rows),
                section=section,
            )
            for level in levels
            for number, x_mm in enumerate(cross_x_mm, start=1)
        ),
        lateral_slack=Slack(per_end_mm=50, horizontal_permille=0),
        overhead_slack=Slack(per_end_mm=300, horizontal_permille=100),
        underfloor_slack=Slack(per_end_mm=300, horizontal_permille=100),
        routes_per_pair=routes_per_pair,
    )


def make_hall(
    rows: Sequence[str] = ("LSL",),
    *,
    fronts: Sequence[Side] = (Side.SOUTH,),
    trays_per_rack: int = 1,
    lower_asics: int = 2,
    lower_cages: int = 4,
    lower_offset_mm: tuple[int, ...] | None = None,
    lower_face: Face = Face.FRONT,
    downlink_gbps: int = 0,
    gpus_per_rack: int = 36,
    upper_asics: int = 2,
    upper_cages: int = 8,
    upper_height_u: int = 2,
    upper_offset_mm: tuple[int, ...] | None = None,
    upper_face: Face = Face.FRONT,
    slots_per_rack: int = 18,
    unit: WiredUnit = WiredUnit.ASIC,
    spread: Spread = Spread.BALANCED,
    oversubscription: tuple[int, int] | None = None,
    peers: Sequence[tuple[str, str]] = (),
    with_tiers: bool = True,
    cross_x_mm: Sequence[int] = (0,),
    max_positions: int | None = 2,
    levels: Sequence[Level] = (Level.OVERHEAD,),
    routes_per_pair: int = 4,
    max_gpus_per_domain: int | None = None,
    objective: Objective = Objective.CAPEX,
) -> tuple[Layout, Catalog]:
    """Make a hall. Fabrics: ``tiers`` (unless ``with_tiers`` is False) and, with ``peers``, ``pairs``."""
    made_rows = _rows(rows, fronts)
    fabrics: list[PeersSpec | TiersSpec] = []
    if peers:
        fabrics.append(PeersSpec(name="pairs", device="lower-tray", cages="uplink", pairs=tuple(peers)))
    if with_tiers:
        fabrics.append(
            TiersSpec(
                name="tiers",
                lower=TierSpec(device="lower-tray", cages="uplink", unit=unit),
                upper=TierSpec(device="upper-tray", cages="downlink", unit=unit),
                upper_rack_type="switch-rack",
                racks=tuple(
                    position.address
                    for row in made_rows
                    for position in row.positions
                    if position.choices == ("lower-rack",)
                ),
                spread=spread,
                oversubscription=oversubscription,
            )
        )
    layout = Layout(
        name="hall",
        title="A hall for tests",
        profile="default",
        room=Room(width_mm=100_000, depth_mm=100_000, height_mm=4000),
        rows=made_rows,
        pathways=make_pathways(
            made_rows,
            cross_x_mm=cross_x_mm,
            max_positions=max_positions,
            levels=levels,
            routes_per_pair=routes_per_pair,
        ),
        fabrics=tuple(fabrics),
        economics=Economics(
            objective=objective,
            currency="USD",
            labor_per_run_cents=1500,
            labor_per_meter_cents=300,
            pue_permille=1200,
            price_per_mwh_cents=8000,
            years=4,
            spares_permille=20,
        ),
        installation=Installation(max_bundle=24, crews=2, minutes_per_run=10, minutes_per_meter=1),
        provenance=(),
    )
    lower = make_device(
        "lower-tray",
        height_u=1,
        asics=lower_asics,
        cages=lower_cages,
        group="uplink",
        face=lower_face,
        downlink_gbps=downlink_gbps,
        offset_mm=lower_offset_mm,
    )
    upper = make_device(
        "upper-tray",
        height_u=upper_height_u,
        asics=upper_asics,
        cages=upper_cages,
        group="downlink",
        face=upper_face,
        offset_mm=upper_offset_mm,
    )
    host = make_device("host", height_u=1, asics=0, cages=0, group="", gpus=gpus_per_rack)
    mounts = [DeviceMount(device="host", u=1)]
    mounts += [DeviceMount(device="lower-tray", u=FIRST_LOWER_U + tray) for tray in range(trays_per_rack)]
    slots_u = tuple(FIRST_SLOT_U + upper_height_u * slot for slot in range(slots_per_rack))
    catalog = Catalog(
        rack_types={
            "lower-rack": make_rack_type("lower-rack", mounts),
            "switch-rack": make_rack_type("switch-rack", (), slots_u, upper_height_u),
        },
        device_types={"host": host, "lower-tray": lower, "upper-tray": upper},
        media=make_media(),
        protocols={
            "link": Protocol(id="link", description="test link", max_gpus_per_domain=max_gpus_per_domain)
        },
        provenance=(),
    )
    return layout, catalog


def make_domain(
    racks: int, *, spread: Spread = Spread.BALANCED, candidates_per_row: int = 3, max_gpus: int | None = 576
) -> tuple[Layout, Catalog]:
    """Racks of nine two-ASIC trays with 18 cages in two rows (one row for two racks or fewer).

    Upper trays are 2U with two ASICs of 18 cages, 18 slots a switch rack.
    """
    row_count = 2 if racks > 2 else 1
    words = []
    for index in range(row_count):
        here = racks // row_count + (1 if index < racks % row_count else 0)
        half = here // 2
        words.append("L" * half + "S" * candidates_per_row + "L" * (here - half))
    return make_hall(
        words,
        fronts=(Side.SOUTH, Side.NORTH),
        trays_per_rack=9,
        lower_cages=18,
        downlink_gbps=28_800,
        upper_cages=36,
        spread=spread,
        cross_x_mm=(0, 600 * max(len(word) for word in words)),
        max_gpus_per_domain=max_gpus,
    )
