"""The bill of materials: one line a part, stock length and fabric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from planner.model.catalog import Catalog, DeviceType, RackType
from planner.model.evidence import Price
from planner.model.layout import Economics
from planner.model.media import CableFamily, Transceiver
from planner.model.plan import BomLine, PlanDevice
from planner.model.supply import BomKey, spare_pieces
from planner.plan.racks import BoughtRack
from planner.plan.shares import PricedRun, by_fabric, kinds_of, module_counts

CABLE, CORD, TRANSCEIVER, DEVICE, RACK = "cable", "cord", "transceiver", "device", "rack"


@dataclass(frozen=True, slots=True)
class _Part:
    """What a line says of its part, whatever kind of part it is."""

    id: str
    part_number: str | None
    description: str
    vendor: str
    category: str
    stock_length_mm: int | None
    price: Price | None


def build_bom(
    catalog: Catalog,
    economics: Economics,
    runs: Sequence[PricedRun],
    devices: Sequence[PlanDevice],
    racks: Mapping[str, BoughtRack],
) -> tuple[BomLine, ...]:
    """Count parts, fabric by fabric: cables, cords, transceivers, devices placed, racks bought."""
    lines: list[BomLine] = []
    runs_of = by_fabric(runs, attrgetter("run.fabric"))
    placed_of = by_fabric((device for device in devices if device.is_placed), attrgetter("fabric"))
    for fabric in dict.fromkeys(device.fabric for device in devices):
        own_runs = runs_of.get(fabric, [])
        placed = placed_of.get(fabric, [])
        own_racks = [rack.rack_type for rack in racks.values() if rack.fabric == fabric]
        quantities: Counter[_Part] = Counter()
        for part, quantity in (
            *_run_parts(own_runs),
            *_site_parts(catalog, placed, own_racks),
        ):
            quantities[part] += quantity
        lines += [_line(part, quantities[part], economics, fabric) for part in sorted(quantities, key=_order)]
    return tuple(lines)


def orders_of_runs(runs: Sequence[PricedRun], economics: Economics) -> Counter[BomKey]:
    """Count what is ordered for the runs of one fabric, spares included, by part and stock length."""
    quantities: Counter[BomKey] = Counter()
    for part, quantity in _run_parts(runs):
        quantities[part.id, part.stock_length_mm] += quantity
    return Counter(
        {key: count + spare_pieces(count, economics.spares_permille) for key, count in quantities.items()}
    )


def _order(part: _Part) -> tuple[int, str, int]:
    rank = (CABLE, TRANSCEIVER, CORD, DEVICE, RACK).index(part.category)
    return rank, part.id, part.stock_length_mm or 0


def _run_parts(runs: Sequence[PricedRun]) -> Iterator[tuple[_Part, int]]:
    kinds = kinds_of(runs)
    options = {one.made.option.id: one.made.option for one, _ in kinds}
    cables: Counter[tuple[str, int]] = Counter()
    for one, number in kinds:
        cables[one.made.option.id, one.made.stock] += number * one.cables
    for (option_id, stock), count in cables.items():
        if count:
            yield _cable_part(options[option_id].cable, stock), count
    counts = module_counts(kinds)
    known = {
        plug.transceiver.id: plug.transceiver for one, _ in kinds for plug in one.plugs if plug.transceiver
    }
    for module_id, count in counts.items():
        yield _transceiver_part(known[module_id]), count


def _site_parts(
    catalog: Catalog, placed: Sequence[PlanDevice], rack_types: Sequence[str]
) -> Iterator[tuple[_Part, int]]:
    for device in placed:
        yield _bought_part(catalog.device_types[device.device], DEVICE), 1
    for rack_type in rack_types:
        yield _bought_part(catalog.rack_types[rack_type], RACK), 1


def _cable_part(cable: CableFamily, stock: int) -> _Part:
    item, category = cable.stock[stock], CORD if cable.category == CORD else CABLE
    return _Part(
        cable.id, item.part_number, cable.description, cable.vendor, category, item.length_mm, item.price
    )


def _transceiver_part(module: Transceiver) -> _Part:
    return _Part(
        module.id, module.part_number, module.description, module.vendor, TRANSCEIVER, None, module.price
    )


def _bought_part(kind: DeviceType | RackType, category: str) -> _Part:
    return _Part(kind.id, kind.part_number, kind.description, kind.vendor, category, None, kind.price)


def _line(part: _Part, quantity: int, economics: Economics, fabric: str) -> BomLine:
    spares = _spares(part.category, quantity, economics)
    unit_cents = part.price.cents if part.price else 0
    return BomLine(
        part=part.id,
        part_number=part.part_number,
        description=part.description,
        category=part.category,
        vendor=part.vendor,
        unit="each",
        stock_length_mm=part.stock_length_mm,
        quantity=quantity,
        spares=spares,
        order_quantity=quantity + spares,
        unit_price_cents=unit_cents,
        extended_price_cents=quantity * unit_cents,
        order_price_cents=(quantity + spares) * unit_cents,
        basis=part.price.basis.value if part.price else "",
        price_date=part.price.date if part.price else "",
        source=part.price.source if part.price else "",
        fabric=fabric,
    )


def _spares(category: str, quantity: int, economics: Economics) -> int:
    # What hands break and sites keep on a shelf. A spare switch or rack is a decision of its own,
    # never a share of the count.
    if category in (DEVICE, RACK):
        return 0
    return spare_pieces(quantity, economics.spares_permille)
