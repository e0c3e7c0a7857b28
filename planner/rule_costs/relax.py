"""The rules that a layout has, and its inputs without each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout, Pathways, Spread, TiersSpec
from planner.model.media import CableFamily, Medium, StockItem
from planner.model.pins import NO_PINS
from planner.model.sites import joins_cages, rack_capacity
from planner.units import format_m, format_money, round_half_up

FILL = "pathway fill"
SUPPLY = "supply"
MORE_REACH_MM = 500
_ACTIVE = (Medium.ACC, Medium.AEC)
_NO_LIMIT = 10**9
"""Fill in permille that no cables reach, and added power and weight that no rack's slots do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutRule:
    """Inputs without one rule; ``is_relaxed`` tells whether all plans that keep it remain plans."""

    rule: str
    change: str
    layout: Layout
    catalog: Catalog
    is_relaxed: bool = True


def without_each_rule(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    """Yield the inputs without each rule that the layout has."""
    yield WithoutRule(
        rule=FILL,
        change="pathways take any number of cables",
        layout=replace(layout, pathways=_boundless(layout.pathways)),
        catalog=catalog,
    )
    yield from _racks(layout, catalog)
    yield from _reaches(layout, catalog)
    yield from _resilience(layout, catalog)
    yield from _pins(layout, catalog)
    yield from _supplies(layout, catalog)
    yield from _spreads(layout, catalog)
    yield from _row_limits(layout, catalog)


def _supplies(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    """Yield any number of each part that supply limits."""
    for limit in layout.supply:
        others = tuple(other for other in layout.supply if other != limit)
        yield WithoutRule(
            rule=f"{SUPPLY} of {limit.name}",
            change="any number can be had",
            layout=replace(layout, supply=others),
            catalog=catalog,
            # Without the limit no longer piece may stand in for this one, cheaper or not.
            is_relaxed=limit.stock_length_mm is None,
        )


def _boundless(pathways: Pathways) -> Pathways:
    def section(one: CrossSection) -> CrossSection:
        return replace(one, fill_permille=_NO_LIMIT)

    laterals = pathways.laterals
    return replace(
        pathways,
        risers=section(pathways.risers),
        laterals=replace(laterals, section=section(laterals.section)) if laterals else None,
        row_trays=tuple(replace(tray, section=section(tray.section)) for tray in pathways.row_trays),
        cross_trays=tuple(replace(tray, section=section(tray.section)) for tray in pathways.cross_trays),
    )


def _tiers(layout: Layout) -> list[TiersSpec]:
    return [spec for spec in layout.fabrics if isinstance(spec, TiersSpec)]


def _racks(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    """Yield racks for upper devices free of charge, and with any power and weight where that is short."""
    for name in dict.fromkeys(spec.upper_rack_type for spec in _tiers(layout)):
        rack = catalog.rack_types[name]
        if rack.price is not None and rack.price.cents:
            free = replace(rack, price=replace(rack.price, cents=0))
            yield WithoutRule(
                rule=f"price of {name}",
                change="switch racks are free of charge",
                layout=layout,
                catalog=replace(catalog, rack_types={**catalog.rack_types, name: free}),
            )
        devices = [catalog.device_types[s.upper.device] for s in _tiers(layout) if s.upper_rack_type == name]
        if any(rack_capacity(rack, device) < len(rack.tray_slots_u) for device in devices):
            strong = replace(rack, max_added_power_milliwatts=_NO_LIMIT, max_added_weight_g=_NO_LIMIT)
            yield WithoutRule(
                rule=f"power and weight added to {name}",
                change="switch racks take a device in every slot",
                layout=layout,
                catalog=replace(catalog, rack_types={**catalog.rack_types, name: strong}),
            )


def _reaches(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    """Yield half a meter more of reach for each family of active copper that fits some fabric's cages."""
    for option in catalog.media:
        if option.medium not in _ACTIVE or not any(
            joins_cages(catalog, spec, option) for spec in layout.fabrics
        ):
            continue
        reach_mm = option.reach_mm + MORE_REACH_MM
        cable, added = _stocked_to(option.cable, option.reach_mm, reach_mm)
        longer = replace(option, reach_mm=reach_mm, cable=cable)
        media = tuple(longer if one.id == option.id else one for one in catalog.media)
        price = f"{format_money(added.price.cents)} {layout.economics.currency}" if added else ""
        stock = f", stocked at {format_m(added.length_mm)} m for {price}" if added else ""
        yield WithoutRule(
            rule=f"reach of {option.id}",
            change=f"{format_m(reach_mm)} m instead of {format_m(option.reach_mm)} m{stock}",
            layout=layout,
            catalog=replace(catalog, media=media),
        )


def _stocked_to(cable: CableFamily, reach_mm: int, longer_mm: int) -> tuple[CableFamily, StockItem | None]:
    """Return the family with a length for the longer reach, priced as its last two lengths go on."""
    if any(reach_mm < item.length_mm <= longer_mm for item in cable.stock):
        return cable, None
    within = [item for item in cable.stock if item.length_mm <= reach_mm]
    if not within:
        return cable, None
    last = within[-1]
    before = within[-2] if len(within) > 1 else last
    step = last.length_mm - before.length_mm
    more = Fraction(last.price.cents - before.price.cents, step) if step else Fraction(0)
    cents = round_half_up(last.price.cents + max(Fraction(0), more) * (longer_mm - last.length_mm))
    added = StockItem(length_mm=longer_mm, part_number=None, price=replace(last.price, cents=cents))
    beyond = tuple(item for item in cable.stock if item.length_mm > longer_mm)
    return replace(cable, stock=(*within, added, *beyond)), added


def _resilience(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    for spec in _tiers(layout):
        if spec.resilience is not None:
            yield WithoutRule(
                rule=f"resilience of {spec.name}",
                change="one switch rack or power feed may take a whole plane",
                layout=_with_spec(layout, replace(spec, resilience=None)),
                catalog=catalog,
            )


def _pins(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    for spec in _tiers(layout):
        if spec.pins:
            yield WithoutRule(
                rule=f"pins of {spec.name}",
                change="the planner decides about what is pinned too",
                layout=_with_spec(layout, replace(spec, pins=NO_PINS)),
                catalog=catalog,
            )


def _spreads(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    for spec in _tiers(layout):
        other = next(spread for spread in Spread if spread is not spec.spread)
        yield WithoutRule(
            rule=f"{spec.spread.value} spread of {spec.name}",
            change=f"{other.value} spread",
            layout=_with_spec(layout, replace(spec, spread=other)),
            catalog=catalog,
            is_relaxed=False,
        )


def _row_limits(layout: Layout, catalog: Catalog) -> Iterator[WithoutRule]:
    """Yield rows without each kind of limit that some row has."""
    for limit, change, rows in (
        ("power", "rows may draw any power", [replace(r, power_limit_milliwatts=None) for r in layout.rows]),
        ("weight", "rows may weigh anything", [replace(r, weight_limit_g=None) for r in layout.rows]),
        (
            "cooling",
            "rows may give off any heat",
            [replace(r, cooling_limit_milliwatts=None) for r in layout.rows],
        ),
    ):
        if tuple(rows) != layout.rows:
            yield WithoutRule(
                rule=f"{limit} limits of rows",
                change=change,
                layout=replace(layout, rows=tuple(rows)),
                catalog=catalog,
            )


def _with_spec(layout: Layout, changed: TiersSpec) -> Layout:
    fabrics = (changed if spec.name == changed.name else spec for spec in layout.fabrics)
    return replace(layout, fabrics=tuple(fabrics))
