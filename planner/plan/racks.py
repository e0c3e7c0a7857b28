"""Racks that upper devices stand in: which the plan opens, and which it buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.plan import PlanDevice
from planner.model.sites import candidate_racks, positions, stands_anyway
from planner.plan.solved import SolvedFabric


class BoughtRack(NamedTuple):
    """A rack type, and the fabric whose BOM holds the rack."""

    fabric: str
    rack_type: str


def rack_order(layout: Layout) -> dict[str, int]:
    """Return the canonical rank of every rack address: row, then position."""
    return {position.address: rank for rank, position in enumerate(positions(layout))}


def opened_racks(
    layout: Layout, solved: Sequence[SolvedFabric], devices: Sequence[PlanDevice]
) -> dict[str, str]:
    """Return the rack type at every position that got an upper device, in canonical order."""
    type_of = {
        one.fabric.name: one.fabric.upper_rack_type for one in solved if isinstance(one.fabric, TierFabric)
    }
    opened = {device.rack: type_of[device.fabric] for device in devices if device.is_placed}
    rank = rack_order(layout)
    return {rack: opened[rack] for rack in sorted(opened, key=rank.__getitem__)}


def standing_racks(layout: Layout, opened: Mapping[str, str]) -> dict[str, str]:
    """Return the rack type at every position where a rack stands in the plan, in canonical order."""
    return {
        position.address: position.choices[0] if position.is_decided else opened[position.address]
        for position in positions(layout)
        if position.is_decided or position.address in opened
    }


def bought_racks(
    layout: Layout, catalog: Catalog, opened: Mapping[str, str], devices: Sequence[PlanDevice]
) -> dict[str, BoughtRack]:
    """Return the racks that are bought for upper devices, by address.

    Those are the opened ones and those that the layout fixes, empty or not, but for those that stand
    anyway. A rack that several fabrics use is bought with the first of them.
    """
    bought: dict[str, BoughtRack] = {}
    for spec in layout.fabrics:
        if isinstance(spec, TiersSpec):
            used = {device.rack for device in devices if device.fabric == spec.name and device.is_placed}
            for position in candidate_racks(layout, spec.upper_rack_type, spec.within):
                if stands_anyway(layout, catalog, position):
                    continue
                if position.is_decided or position.address in used:
                    kind = opened.get(position.address, spec.upper_rack_type)
                    bought.setdefault(position.address, BoughtRack(spec.name, kind))
    return bought
