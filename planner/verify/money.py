"""Money: every run, every line of the BOM and every sum, from the embedded prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.errors import Finding
from planner.model.catalog import DeviceType, RackType
from planner.model.evidence import Price
from planner.model.layout import Objective, TiersSpec
from planner.model.media import CableFamily, StockItem, Transceiver
from planner.model.plan import BomLine, CableRun, PlanDevice
from planner.units import format_money
from planner.verify.bounds import candidates
from planner.verify.ground import Ground, fault
from planner.verify.prices import energy, labor, price_of
from planner.verify.shares import Made, made_of
from planner.verify.wiring import carries_lower

SPARED = ("cable", "cord", "transceiver")
Key = tuple[str, str, int | None]
Part = CableFamily | Transceiver | DeviceType | RackType


def check_money(ground: Ground) -> Iterator[Finding]:
    """Check each run's own cost, the BOM line by line, and the totals."""
    made = made_of(ground)
    good: set[tuple[object, ...]] = set()
    for index, run in enumerate(ground.plan.runs):
        one = made.get(index)
        if one is None:
            continue
        # Runs made alike are looked at once; only what is well is remembered.
        kind = (run.option, run.stock_length_mm, run.part_number, run.cost_cents, *one.kind)
        item = None if kind in good else stock_item(ground, run)
        if item is None:
            continue
        option, cost = one.fit.option, one.cents(item.price.cents)
        if (run.cost_cents, run.part_number) == (cost, item.part_number):
            good.add(kind)
        if run.cost_cents != cost:
            yield fault(
                "wrong-run-cost",
                f"run {run.cable_id}: cost {format_money(run.cost_cents)}, its parts {format_money(cost)}",
            )
        if run.part_number != item.part_number:
            yield fault(
                "wrong-part-number",
                f"run {run.cable_id}: part number {run.part_number}, {option.cable.id} at"
                f" {item.length_mm} mm is {item.part_number}",
            )
    yield from _check_bom(ground)
    yield from _check_totals(ground)


def stock_item(ground: Ground, run: CableRun) -> StockItem | None:
    """Return the stocked length that a run is made of; None where there is none."""
    option = ground.options.get(run.option)
    if option is None:
        return None
    return next((item for item in option.cable.stock if item.length_mm == run.stock_length_mm), None)


def standing_upper_racks(ground: Ground) -> dict[str, tuple[str, RackType]]:
    """Return fabric and type of every rack that the plan buys for upper devices, by address.

    That is each opened rack and each one that the layout fixes for them, but for those that stand for
    their lower devices. A rack that several fabrics use is bought by the first of them.
    """
    racks: dict[str, tuple[str, RackType]] = {}
    for spec in ground.plan.layout.fabrics:
        if not isinstance(spec, TiersSpec):
            continue
        used = {one.rack for one in ground.placed_of.get(spec.name, ())}
        fixed = {place.position.address for place in candidates(ground, spec) if place.position.is_decided}
        for address in sorted(used | fixed):
            rack_type = ground.racks.get(address)
            if rack_type is not None and not carries_lower(ground, ground.places[address]):
                racks.setdefault(address, (spec.name, rack_type))
    return racks


def placed_devices(ground: Ground) -> Iterator[tuple[PlanDevice, DeviceType]]:
    """Yield the devices that the plan placed, with their types."""
    for device in ground.plan.devices:
        kind = ground.device_type(device.device)
        if device.is_placed and kind is not None:
            yield device, kind


class _Want:
    """What the BOM must hold: quantity, part and price of each line."""

    def __init__(self) -> None:
        self.quantity: Counter[Key] = Counter()
        self.part: dict[Key, tuple[str, Part, Price | None, str | None]] = {}

    def add(
        self,
        key: Key,
        count: int,
        category: str,
        part: Part,
        price: Price | None,
        number: str | None,
    ) -> None:
        self.quantity[key] += count
        self.part[key] = (category, part, price, number)


def _wanted(ground: Ground) -> _Want:
    want = _Want()
    runs = ground.plan.runs
    kinds: dict[tuple[object, ...], tuple[int, int]] = {}
    for index, one in made_of(ground).items():
        run = runs[index]
        made_as = (run.fabric, run.option, run.stock_length_mm, *one.kind)
        first, count = kinds.get(made_as, (index, 0))
        kinds[made_as] = (first, count + 1)
    for index, count in kinds.values():
        run, one = runs[index], made_of(ground)[index]
        item, cable = stock_item(ground, run), one.fit.option.cable
        if item is None:
            continue
        if one.cables:
            category = "cord" if cable.category == "cord" else "cable"
            key: Key = (run.fabric, cable.id, item.length_mm)
            want.add(key, count * one.cables, category, cable, item.price, item.part_number)
        for module in (plug.transceiver for plug in one.plugs if plug.transceiver):
            key = (run.fabric, module.id, None)
            want.add(key, count, "transceiver", module, module.price, module.part_number)
    for device, kind in placed_devices(ground):
        want.add((device.fabric, kind.id, None), 1, "device", kind, kind.price, kind.part_number)
    for fabric, rack_type in standing_upper_racks(ground).values():
        key = (fabric, rack_type.id, None)
        want.add(key, 1, "rack", rack_type, rack_type.price, rack_type.part_number)
    return want


def _check_bom(ground: Ground) -> Iterator[Finding]:
    want = _wanted(ground)
    lines = Counter((line.fabric, line.part, line.stock_length_mm) for line in ground.plan.bom)
    for key in sorted(set(want.quantity) | set(lines), key=str):
        if lines[key] != min(1, want.quantity[key]):
            yield fault(
                "wrong-bom-lines",
                f"BOM: {lines[key]} lines for {_key_text(key)}, of which the plan uses {want.quantity[key]}",
            )
    for line in ground.plan.bom:
        key = (line.fabric, line.part, line.stock_length_mm)
        if key in want.part:
            yield from _check_line(ground, line, want.quantity[key], want.part[key])


def _key_text(key: Key) -> str:
    fabric, part, stock = key
    return f"{part}{f' at {stock} mm' if stock is not None else ''} in fabric {fabric}"


def _check_line(
    ground: Ground, line: BomLine, quantity: int, wanted: tuple[str, Part, Price | None, str | None]
) -> Iterator[Finding]:
    category, part, price, number = wanted
    permille = ground.plan.layout.economics.spares_permille if category in SPARED else 0
    spares = -(-quantity * permille // 1000)
    cents = price_of(price)
    expected: dict[str, object] = {
        "part_number": number,
        "description": part.description,
        "category": category,
        "vendor": part.vendor,
        "quantity": quantity,
        "spares": spares,
        "order_quantity": quantity + spares,
        "unit_price_cents": cents,
        "extended_price_cents": quantity * cents,
        "order_price_cents": (quantity + spares) * cents,
        "basis": str(price.basis) if price is not None else "",
        "price_date": price.date if price is not None else "",
        "source": price.source if price is not None else "",
    }
    for field, value in expected.items():
        found = getattr(line, field)
        if found != value:
            key = (line.fabric, line.part, line.stock_length_mm)
            yield fault(
                "wrong-bom-line", f"BOM, {_key_text(key)}: {field} is {found!r}, recomputed {value!r}"
            )


def _check_totals(ground: Ground) -> Iterator[Finding]:
    plan, economics = ground.plan, ground.plan.layout.economics
    powers = _powers(ground)
    parts = sum(line.extended_price_cents for line in plan.bom)
    lengths = Counter(run.routed_mm for run in plan.runs)
    work = sum(count * labor(economics, routed_mm) for routed_mm, count in lengths.items())
    burned = sum(count * energy(economics, power) for power, count in powers.items())
    expected = {
        "runs": len(plan.runs),
        "routed_mm": sum(run.routed_mm for run in plan.runs),
        "power_milliwatts": sum(count * power for power, count in powers.items()),
        "parts_cents": parts,
        "labor_cents": work,
        "capex_cents": parts + work,
        "energy_cents": burned,
        "tco_cents": parts + work + burned,
        "runs_by_medium": dict(Counter(str(run.medium) for run in plan.runs)),
        "parts_not_quotable": sum(1 for line in plan.bom if line.part_number is None),
    }
    for field, value in expected.items():
        found = getattr(plan.totals, field)
        if found != value:
            yield fault("wrong-total", f"totals: {field} is {found}, recomputed {value}")
    cost = expected["tco_cents" if economics.objective is Objective.TCO else "capex_cents"]
    if plan.solve.objective_cents != cost or plan.solve.objective != economics.objective.value:
        yield fault(
            "wrong-objective",
            f"objective {plan.solve.objective} of {plan.solve.objective_cents} cents, the plan's"
            f" {economics.objective.value} is {cost} cents",
        )
    own = sum(run.cost_cents for run in plan.runs)
    lines = sum(line.extended_price_cents for line in plan.bom if line.category in SPARED)
    if own != lines:
        yield fault(
            "sums-disagree",
            f"the runs cost {format_money(own)}, the BOM's cables, transceivers and cords"
            f" {format_money(lines)}",
        )


def _powers(ground: Ground) -> Counter[int]:
    """Count the things that the plan powers by what each draws."""
    powers: Counter[int] = Counter()
    kinds: dict[tuple[object, ...], tuple[Made, int]] = {}
    for made in made_of(ground).values():
        first, count = kinds.get(made.kind, (made, 0))
        kinds[made.kind] = (first, count + 1)
    for made, count in kinds.values():
        for power in made.powers_milliwatts():
            powers[power] += count
    powers.update(kind.power_milliwatts for _, kind in placed_devices(ground))
    powers.update(rack_type.power_milliwatts for _, rack_type in standing_upper_racks(ground).values())
    return powers
