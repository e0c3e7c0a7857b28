"""A hall's placement problem made by other code than the optimizer's: every plane a class of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.model.economics import energy_in_objective_cents
from planner.model.fabric import TierFabric
from planner.model.sites import Slot, candidate_racks, rack_capacity, upper_slots
from planner.optimize.pins import PinnedUnits
from planner.optimize.pricing import IntArray, PairPrices, price_pairs
from planner.optimize.problem import PlacementProblem
from planner.optimize.reach import fitting_media
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
    racks = candidate_racks(layout, fabric.upper_rack_type)
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
    )


def _pins(fabric: TierFabric, slots: Sequence[Slot]) -> PinnedUnits | None:
    """Write pinned units down, plane by plane; how many units a pinned device has at least does not count."""
    if not fabric.pinned:
        return None
    units = np.zeros((len(fabric.planes), len(slots)), dtype=np.int64)
    fewest = np.zeros(len(slots), dtype=np.int64)
    for rack, u, planes in fabric.pinned:
        at = slots.index(Slot(rack, u))
        fewest[at] = 1
        for plane in planes:
            if plane >= 0:
                units[plane, at] += 1
    return PinnedUnits(units, fewest)


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
