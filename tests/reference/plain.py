"""A hall's placement problem made by other code than the optimizer's: every plane a class of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.model.economics import (
    energy_in_objective_cents,
    labor_cents,
    run_parts_cents,
    run_power_milliwatts,
)
from planner.model.fabric import TierFabric
from planner.model.layout import RackPosition
from planner.model.media import MediaOption
from planner.model.pins import RunPin
from planner.model.sites import Slot, candidate_racks, rack_capacity, upper_slots
from planner.optimize.pins import ExtraRun, PinnedUnits
from planner.optimize.pricing import UNREACHABLE_CENTS, IntArray, PairPrices, price_pairs
from planner.optimize.problem import PlacementProblem
from planner.optimize.reach import fitting_media
from planner.optimize.room import RowPower
from tests.reference.floors import Hall


def hall_prices(hall: Hall) -> PairPrices:
    """Prices of all pairs of attachments over all media that fit."""
    media = fitting_media(hall.catalog, hall.fabric)
    return price_pairs(hall.table, media, hall.layout.economics)


def plain_problem(hall: Hall) -> PlacementProblem:
    """Price each lower unit to each slot at its cheapest cages."""
    layout, catalog, fabric = hall.layout, hall.catalog, hall.fabric
    prices = hall_prices(hall)
    slots = upper_slots(layout, catalog, fabric)
    racks = candidate_racks(layout, fabric.upper_rack_type, fabric.within)
    rack_type = catalog.rack_types[fabric.upper_rack_type]
    device = catalog.device_types[fabric.upper_device]
    addresses = [rack.address for rack in racks]

    columns: dict[tuple[str, int], set[int]] = {}
    for (rack, u, _), column in hall.table.upper_index.items():
        columns.setdefault((rack, u), set()).add(column)
    places = [sorted(columns[slot]) for slot in slots]
    tables = [_pair_tables(hall, prices, plane, places) for plane in fabric.planes]

    def whole(price_cents: int, power_milliwatts: int) -> int:
        return price_cents + energy_in_objective_cents(layout.economics, power_milliwatts)

    pins = _pins(fabric, slots)
    pinned_racks = {one.rack for one in fabric.pinned}
    rack_cents = whole(rack_type.price.cents if rack_type.price else 0, rack_type.power_milliwatts)
    return PlacementProblem(
        classes=tuple((plane,) for plane in range(len(fabric.planes))),
        cents=np.array([cents for cents, _ in tables], dtype=np.int64),
        routed_mm=np.array([routed for _, routed in tables], dtype=np.int64),
        slots=slots,
        slot_rack=np.array([addresses.index(slot.rack) for slot in slots], dtype=np.int64),
        rack_names=tuple(addresses),
        opening_cents=np.array([rack_cents] * len(racks), dtype=np.int64),
        is_fixed=tuple(rack.is_decided or rack.address in pinned_racks for rack in racks),
        capacity=np.array([rack_capacity(rack_type, device)] * len(racks), dtype=np.int64),
        units_per_plane=fabric.upper_per_plane,
        units_per_device=fabric.upper_units_per_device,
        devices=fabric.upper_devices,
        device_cents=whole(device.price.cents if device.price else 0, device.power_milliwatts),
        uplinks=fabric.uplinks,
        pair_runs=fabric.pair_runs,
        upper_load=fabric.upper_load,
        pins=pins,
        row_power=tuple(_rows(hall, racks)),
    )


def _rows(hall: Hall, racks: Sequence[RackPosition]) -> Iterator[RowPower]:
    """Yield the limits of rows, less what stands there for sure."""
    types, device = hall.catalog.rack_types, hall.catalog.device_types[hall.fabric.upper_device]
    switch_rack = types[hall.fabric.upper_rack_type]
    for row in hall.layout.rows:
        for name, limit in (
            ("power_milliwatts", row.power_limit_milliwatts),
            ("power_milliwatts", row.cooling_limit_milliwatts),
            ("weight_g", row.weight_limit_g),
        ):
            if limit is None:
                continue
            standing = [getattr(types[one.choices[0]], name) for one in row.positions if one.is_decided]
            yield RowPower(
                row=row.name,
                left_milliwatts=limit - sum(standing),
                is_in_row=np.array([rack.row == row.name for rack in racks], dtype=bool),
                rack_milliwatts=np.array(
                    [0 if rack.is_decided else getattr(switch_rack, name) for rack in racks], dtype=np.int64
                ),
                device_milliwatts=getattr(device, name),
            )


def _pins(fabric: TierFabric, slots: Sequence[Slot]) -> PinnedUnits | None:
    """Write pinned units down, plane by plane; how many units a pinned device has at least does not count."""
    if not fabric.pinned:
        return None
    units = np.zeros((len(fabric.planes), len(slots)), dtype=np.int64)
    fewest = np.zeros(len(slots), dtype=np.int64)
    for device in fabric.pinned:
        at = slots.index(Slot(device.rack, device.u))
        fewest[at] = 1
        for plane in device.served:
            units[plane, at] += 1
    return PinnedUnits(units, fewest, tuple(_extra(fabric, slots)))


def _extra(fabric: TierFabric, slots: Sequence[Slot]) -> Iterator[ExtraRun]:
    """Yield pinned runs beyond the fewest of their pair, with which of its plane's units there it ends at."""
    ends = [(run.lower, run.pin.upper.rack, run.pin.upper.u, run.unit) for run in fabric.pinned_runs]
    for end in sorted(set(ends)):
        lower, rack, u, unit = end
        plane = fabric.lower_units[lower].plane
        (device,) = [one for one in fabric.pinned if (one.rack, one.u) == (rack, u)]
        before = [served for served in device.planes[: max(unit, 0)] if served == plane]
        for _ in range(ends.count(end) - fabric.pair_runs[0]):
            yield ExtraRun(plane, fabric.planes[plane].index(lower), slots.index(Slot(rack, u)), len(before))


def pinned_more_cents(hall: Hall, problem: PlacementProblem) -> int:
    """Return what pinned runs cost more than the cheapest ones of their pairs, where cages lie together."""
    total = 0
    for run in hall.fabric.pinned_runs:
        lower, upper, unit = run.pin.lower, run.pin.upper, hall.fabric.lower_units[run.lower]
        row = hall.table.lower_index[lower.rack, lower.u, lower.cage]
        column = next(
            at for (rack, u, _), at in hall.table.upper_index.items() if (rack, u) == (upper.rack, upper.u)
        )
        cheapest = int(
            problem.cents[
                unit.plane,
                hall.fabric.planes[unit.plane].index(run.lower),
                problem.slots.index(Slot(upper.rack, upper.u)),
            ]
        )
        if run.pin.part:
            (option,) = [one for one in hall.catalog.media if one.id == run.pin.part]
            total += (
                min(_ways_cents(hall, option, run.pin, (row, column)), default=UNREACHABLE_CENTS) - cheapest
            )
    return total


def _ways_cents(hall: Hall, option: MediaOption, pin: RunPin, pair: tuple[int, int]) -> Iterator[int]:
    """Yield what a run of an option costs by each route and stock length that it may have."""
    economics = hall.layout.economics
    lengths = zip(hall.table.routed_mm[pair].tolist(), hall.table.slack_mm[pair].tolist(), strict=True)
    for routed, slack in lengths:
        for index, item in enumerate(option.cable.stock):
            is_asked = pin.stock_length_mm in (0, item.length_mm)
            if is_asked and routed + slack <= item.length_mm <= option.reach_mm:
                yield (
                    run_parts_cents(option, index)
                    + labor_cents(economics, routed)
                    + energy_in_objective_cents(economics, run_power_milliwatts(option))
                )


def _pair_tables(
    hall: Hall, prices: PairPrices, plane: tuple[int, ...], places: list[list[int]]
) -> tuple[IntArray, IntArray]:
    """Cheapest cents and the routed length that goes with it, lower unit by slot."""
    cents = np.empty((len(plane), len(places)), dtype=np.int64)
    routed = np.empty_like(cents)
    for i, index in enumerate(plane):
        unit = hall.fabric.lower_units[index]
        rows = {hall.table.lower_index[(unit.rack, unit.u, socket.cage)] for socket in unit.sockets}
        for s, place in enumerate(places):
            cents[i, s], routed[i, s] = min(
                (int(prices.cents[row, column]), int(prices.routed_mm[row, column]))
                for row in rows
                for column in place
            )
    return cents, routed
