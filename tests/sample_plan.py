"""Plans made by hand, without any stage: racks, runs and routes as the planner would name them."""

from __future__ import annotations

from collections import Counter

from planner.errors import Finding, Severity
from planner.model import economics as money
from planner.model.catalog import Catalog
from planner.model.layout import Layout, RackPosition
from planner.model.media import MediaOption
from planner.model.plan import (
    FORMAT_VERSION,
    BomLine,
    CableEnd,
    CableRun,
    FabricSummary,
    Plan,
    PlanDevice,
    SegmentFill,
    SolveInfo,
    Totals,
)
from planner.model.routes import RouteKind, SegmentKind
from planner.model.solution import Baselines, BoundCase, Certificate
from planner.units import ceil_div, format_m
from tests.sample_hall import BIG, SMALL, Hall, sample_catalog, sample_layout
from tests.sample_routes import Router


def small_plan() -> Plan:
    """Return 4 GPU racks, 2 planes, 24 runs, 2 upper devices in 1 switch rack."""
    return _plan(SMALL)


def big_plan() -> Plan:
    """Return 16 GPU racks, 18 planes, 2,592 runs, 72 upper devices."""
    return _plan(BIG)


def _choose(catalog: Catalog, required_mm: int) -> tuple[MediaOption, int]:
    for option in catalog.media:
        for stock, item in enumerate(option.cable.stock):
            if item.length_mm >= required_mm:
                return option, stock
    raise AssertionError(required_mm)


def _upper_places(layout: Layout, count: int) -> list[tuple[RackPosition, int]]:
    racks = [p for row in layout.rows for p in row.positions if p.choices == ("switch-rack",)]
    opened = racks[: max(1, min(4, ceil_div(count, 18)))]
    return [(opened[n % len(opened)], 3 + 2 * (n // len(opened))) for n in range(count)]


def _z_mm(u: int, height_u: int) -> int:
    return 60 + ((2 * (u - 1) + height_u) * 44450 + 1000) // 2000


class _Wiring:
    """Deals every plane's uplinks to its upper ASICs, round and round."""

    def __init__(self, hall: Hall, layout: Layout, catalog: Catalog) -> None:
        self.layout, self.catalog, self.hall = layout, catalog, hall
        self.router = Router(layout)
        self.racks = [layout.position(address) for address in layout.fabrics[0].racks]  # type: ignore[union-attr]
        uplinks = len(self.racks) * hall.cages_per_asic
        self.per_plane = ceil_div(uplinks, hall.upper_cages_per_asic)
        self.planes = 2 * hall.lower_devices
        self.places = _upper_places(layout, self.planes * self.per_plane // 2)
        self.fill: Counter[str] = Counter()
        self.used: Counter[str] = Counter()

    def run(self, plane: int, index: int, a: RackPosition, a_cage: int, upper: int, b_cage: int) -> CableRun:
        b, b_u = self.places[upper]
        a_u = 19 + plane // 2
        kind, segments = self.router.route(a, _z_mm(a_u, 1), b, _z_mm(b_u, 2))
        routed = sum(segment.length_mm for segment in segments)
        horizontal = sum(s.length_mm for s in segments if s.kind is not SegmentKind.RISER)
        slack = 100 if kind is RouteKind.LATERAL else 600 + ceil_div(horizontal, 10)
        option, stock = _choose(self.catalog, routed + slack)
        item = option.cable.stock[stock]
        for segment in segments:
            self.router.segments[segment.id] = segment
            self.fill[segment.id] += option.cables_per_run * option.cable.outer_diameter_um**2 * 785 // 1000
            self.used[segment.id] += 1
        transceiver = option.plugs[0].transceiver
        module = transceiver.id if transceiver else ""
        per_asic = self.hall.upper_cages_per_asic
        near = f"{a.address}-U{a_u:02d}-C{a_cage:02d}"
        far = f"{b.address}-U{b_u:02d}-C{b_cage:02d}"
        cords = range(1, transceiver.cords + 1) if transceiver else ()
        return CableRun(
            cable_id=f"fabric-{a.address}U{a_u:02d}C{a_cage:02d}",
            fabric="fabric",
            plane=plane,
            medium=option.medium,
            option=option.id,
            part_number=item.part_number if transceiver is None else None,
            stock_length_mm=item.length_mm,
            routed_mm=routed,
            slack_mm=slack,
            reach_mm=option.reach_mm,
            rate_gbps=1600,
            links=4,
            a=_end(a, a_u, "lower-switch", plane % 2 + 1, a_cage, module),
            b=_end(b, b_u, "upper-switch", (b_cage - 1) // per_asic + 1, b_cage, module),
            route_kind=kind,
            segments=tuple(segment.id for segment in segments),
            bundle=f"{a.address}-{b.address}-{option.medium.value}",
            install_order=index + 1,
            phase=1,
            crew=index % 2 + 1,
            minutes=12,
            label_a=f"{near} / {far}",
            label_b=f"{far} / {near}",
            cord_labels_a=tuple(f"{near}/{cord} / {far}/{cord}" for cord in cords),
            cord_labels_b=tuple(f"{far}/{cord} / {near}/{cord}" for cord in cords),
            cost_cents=money.run_parts_cents(option, stock),
        )

    def runs(self) -> list[CableRun]:
        runs: list[CableRun] = []
        uplinks, ports = self.hall.cages_per_asic, self.hall.upper_cages_per_asic
        for plane in range(self.planes):
            taken = [0] * self.per_plane
            turn = 0
            for rack in self.racks:
                for cage in range(uplinks):
                    asic = turn % self.per_plane
                    turn += 1
                    unit = plane * self.per_plane + asic
                    b_cage = unit % 2 * ports + taken[asic] + 1
                    taken[asic] += 1
                    a_cage = plane % 2 * uplinks + cage + 1
                    runs.append(self.run(plane, len(runs), rack, a_cage, unit // 2, b_cage))
        return runs

    def devices(self) -> list[PlanDevice]:
        lower = [
            _plan_device(rack, 19 + n, "lower-switch", 1, (2 * n, 2 * n + 1))
            for rack in self.racks
            for n in range(self.hall.lower_devices)
        ]
        upper = [
            _plan_device(rack, u, "upper-switch", 2, (2 * n // self.per_plane, (2 * n + 1) // self.per_plane))
            for n, (rack, u) in enumerate(self.places)
        ]
        return sorted(lower + upper, key=lambda device: (device.rack, device.u))


def _end(rack: RackPosition, u: int, device: str, asic: int, cage: int, module: str) -> CableEnd:
    return CableEnd(
        row=rack.row, rack=rack.address, u=u, device=device, asic=asic, cage=cage, port=0, transceiver=module
    )


def _plan_device(rack: RackPosition, u: int, device: str, tier: int, planes: tuple[int, ...]) -> PlanDevice:
    return PlanDevice(
        name=f"{rack.address}-U{u:02d}",
        fabric="fabric",
        tier=tier,
        rack=rack.address,
        u=u,
        device=device,
        planes=planes,
        is_placed=tier == 2,
    )


def _bom(catalog: Catalog, runs: list[CableRun], devices: list[PlanDevice]) -> list[BomLine]:
    counts = Counter((run.option, run.stock_length_mm) for run in runs)
    lines = []
    for option in catalog.media:
        for item in option.cable.stock:
            quantity = counts[option.id, item.length_mm] * option.cables_per_run
            if quantity:
                lines.append(
                    _line(
                        option.cable.id,
                        f"{option.cable.description}, {format_m(item.length_mm)} m",
                        option.cable.category,
                        item.part_number,
                        item.length_mm,
                        quantity,
                        item.price.cents,
                    )
                )
    modules = 2 * sum(count for (option, _), count in counts.items() if option == "light")
    if modules:
        lines.append(_line("module", "module, 2 cords", "transceiver", None, None, modules, 100_000))
    placed = sum(device.is_placed for device in devices)
    lines.append(_line("upper-switch", "upper switch, 2 ASICs", "device", None, None, placed, 3_000_000))
    return lines


def _line(
    part: str, text: str, category: str, number: str | None, length_mm: int | None, quantity: int, cents: int
) -> BomLine:
    spares = ceil_div(quantity * 20, 1000) if category != "device" else 0
    return BomLine(
        part=part,
        part_number=number,
        description=text,
        category=category,
        vendor="",
        unit="each",
        stock_length_mm=length_mm,
        quantity=quantity,
        spares=spares,
        order_quantity=quantity + spares,
        unit_price_cents=cents,
        extended_price_cents=quantity * cents,
        order_price_cents=(quantity + spares) * cents,
        basis="assumption",
        price_date="2026-01-15",
        source="sample",
        fabric="fabric",
    )


def _solve() -> SolveInfo:
    case = BoundCase(
        open_racks=("A02",),
        closed_racks=(),
        slot_prices_millicents=(5, 0),
        uplink_prices_millicents=(((1, 2), (-2, 4)), ((3,),)),
    )
    return SolveInfo(
        status="within 0.1 %",
        objective="tco",
        objective_cents=1_000_000,
        lower_bound_cents=999_000,
        gap="0.00100000",
        bound_covers="all routes, fill ignored",
        geometric_floor_cents=900_000,
        baselines=Baselines(all_optics_cents=2_000_000, first_fit_cents=None, greedy_cents=1_200_000),
        certificates=(
            Certificate(fabric="fabric", plane_classes=((0, 1),), cases=(case,), bound_cents=999_000),
        ),
        seed=0,
        cut=None,
        versions={"planner": "0.1.0"},
    )


def _rack_powers(
    layout: Layout, catalog: Catalog, runs: list[CableRun], placed: list[PlanDevice]
) -> dict[str, int]:
    opened = {device.rack for device in placed}
    powers = {
        position.address: catalog.rack_types[position.choices[0]].power_milliwatts
        for row in layout.rows
        for position in row.positions
        if position.is_decided or position.address in opened
    }
    for device in placed:
        powers[device.rack] += catalog.device_types[device.device].power_milliwatts
    for run in runs:
        for rack in (run.a.rack, run.b.rack):
            powers[rack] += 25_000 if run.option == "light" else 0
    return powers


def _plan(hall: Hall) -> Plan:
    layout, catalog = sample_layout(hall), sample_catalog(hall)
    wiring = _Wiring(hall, layout, catalog)
    runs, devices = wiring.runs(), wiring.devices()
    by_medium = Counter(run.medium.value for run in runs)
    media = {medium: by_medium[medium] for medium in sorted(by_medium)}
    labor = sum(money.labor_cents(layout.economics, run.routed_mm) for run in runs)
    bom = _bom(catalog, runs, devices)
    parts = sum(line.extended_price_cents for line in bom)
    placed = [device for device in devices if device.is_placed]
    units = len(wiring.racks) * hall.lower_devices
    return Plan(
        format_version=FORMAT_VERSION,
        inputs_hash="0" * 64,
        layout=layout,
        catalog=catalog,
        opened_racks={rack: "switch-rack" for rack in sorted({device.rack for device in placed})},
        rack_power_milliwatts=_rack_powers(layout, catalog, runs, placed),
        fabrics=(
            FabricSummary(
                name="fabric",
                kind="tiers",
                gpus=36 * len(wiring.racks),
                lower_devices=units,
                lower_asics=2 * units,
                upper_devices=len(placed),
                upper_asics=2 * len(placed),
                upper_units_per_plane=wiring.per_plane,
                planes=wiring.planes,
                plane_names=tuple(str(plane) for plane in range(wiring.planes)),
                runs=len(runs),
                ends=2 * len(runs),
                modules=2 * by_medium["optics"],
                pair_runs=(1, 2),
                ports_reserved=0,
                oversubscription=(1, 1),
                runs_by_medium=media,
            ),
        ),
        devices=tuple(devices),
        runs=tuple(runs),
        segments=tuple(
            SegmentFill(segment=wiring.router.segments[id_], used_um2=wiring.fill[id_], runs=wiring.used[id_])
            for id_ in sorted(wiring.router.segments)
        ),
        bom=tuple(bom),
        totals=Totals(
            runs=len(runs),
            routed_mm=sum(run.routed_mm for run in runs),
            power_milliwatts=50_000 * by_medium["optics"] + 1_400_000 * len(placed),
            parts_cents=parts,
            labor_cents=labor,
            capex_cents=parts + labor,
            energy_cents=0,
            tco_cents=parts + labor,
            runs_by_medium=media,
            parts_not_quotable=3,
            install_minutes=12 * len(runs),
            elapsed_minutes=6 * len(runs),
        ),
        solve=_solve(),
        findings=(Finding(code="sample", message="A sample.", severity=Severity.WARNING),),
        assumptions=catalog.provenance,
    )
