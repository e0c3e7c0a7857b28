"""What a fabric asks for that cannot be: which sum fails, and the designs that are near."""

from __future__ import annotations

from dataclasses import replace

from planner.errors import InfeasibleError
from planner.model.catalog import Catalog
from planner.model.layout import Layout, Spread, TiersSpec, WiredUnit
from planner.model.sites import candidate_racks, rack_capacity
from planner.topology.nearest import NO_DESIGN, Wish, nearest_designs
from planner.topology.sums import TierSums, tier_sums
from planner.units import ceil_div


def wish_of(layout: Layout, catalog: Catalog, spec: TiersSpec, sums: TierSums) -> Wish:
    """Return the fabric as asked for, with what else is worth trying."""
    return Wish(
        sums=sums,
        spread=spec.spread,
        slots=_slots(layout, catalog, spec),
        upper_device=spec.upper.device,
        other_units=_by_device(catalog, spec, sums),
    )


def _slots(layout: Layout, catalog: Catalog, spec: TiersSpec) -> int:
    rack_type = catalog.rack_types[spec.upper_rack_type]
    device = catalog.device_types[spec.upper.device]
    if device.height_u > rack_type.slot_height_u:
        return 0
    return len(candidate_racks(layout, spec.upper_rack_type, spec.within)) * rack_capacity(rack_type, device)


def _by_device(catalog: Catalog, spec: TiersSpec, sums: TierSums) -> tuple[tuple[str, TierSums], ...]:
    """Return the sums with whole devices wired instead of ASICs, where that is another design."""
    units = {spec.lower.unit, spec.upper.unit}
    if WiredUnit.ASIC not in units or not units <= {WiredUnit.ASIC, WiredUnit.DEVICE}:
        return ()
    if spec.plane_keys or spec.lower.below:
        return ()
    by_device = replace(
        spec,
        lower=replace(spec.lower, unit=WiredUnit.DEVICE),
        upper=replace(spec.upper, unit=WiredUnit.DEVICE),
    )
    asics = catalog.device_types[spec.lower.device].asics if spec.lower.unit is WiredUnit.ASIC else 1
    per_rack = sums.units_per_rack
    size = (sums.lower_units, sums.planes // asics)
    if spec.planes:
        if per_rack is None or per_rack % asics:
            return ()
        size, per_rack = (sums.lower_units // asics, sums.planes), per_rack // asics
    try:
        other = tier_sums(catalog, by_device, None, size, per_rack)
    except InfeasibleError:
        return ()
    return (("wired by device instead of ASIC in both tiers", other),)


def spread_message(spec: TiersSpec, wish: Wish) -> str:
    """Say why the runs of a plane cannot spread as asked."""
    sums = wish.sums
    runs = sums.lower_units * sums.uplinks
    fewest = ceil_div(runs, sums.upper_ports)
    need = (
        f"fabric '{spec.name}', {sums.size_text}, {spec.spread.value}: {sums.lower_units} lower "
        f"units x {sums.uplinks} uplinks = {runs} runs a plane need {fewest} upper units of "
        f"{sums.upper_ports} {sums.sockets_word}, but "
    )
    if spec.spread is Spread.BALANCED:
        why = f"a lower unit has {sums.uplinks} uplinks: a pair would get none"
    else:
        why = f"no divisor of {sums.uplinks} uplinks is that large"
    return f"{need}{why}; possible: {nearest_designs(wish)}"


def slots_message(layout: Layout, catalog: Catalog, spec: TiersSpec, wish: Wish, devices: int) -> str:
    """Say that places for upper devices do not suffice."""
    rack_type = catalog.rack_types[spec.upper_rack_type]
    device = catalog.device_types[spec.upper.device]
    racks = len(candidate_racks(layout, rack_type.id, spec.within))
    need = f"fabric '{spec.name}' needs {devices} x '{device.id}', but "
    if device.height_u > rack_type.slot_height_u:
        slot_u = rack_type.slot_height_u
        return f"{need}it is {device.height_u}U high and '{rack_type.id}' has slots of {slot_u}U"
    capacity = rack_capacity(rack_type, device)
    racks_text = "1 rack" if racks == 1 else f"{racks} racks"
    sum_text = f"{racks_text} of '{rack_type.id}' x {capacity} a rack = {wish.slots} places"
    designs = nearest_designs(wish)
    if not capacity:
        return f"{need}{sum_text}; possible: {designs}"
    wanted = ceil_div(devices, capacity)
    more = f"{wanted} position{'s' if wanted > 1 else ''} for '{rack_type.id}' instead of {racks}"
    return f"{need}{sum_text}; possible: {more}{'' if designs == NO_DESIGN else '; ' + designs}"
