"""Pinned upper devices as the placement problem knows them: units that each class has in given slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import RackUse, Slot
from planner.optimize.pricing import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class PinnedUnits:
    """What is pinned: every plan of the problem keeps it.

    A plane with a pinned unit is a class of its own. ``units`` (G, S) are the units, at least, that a class
    has in each slot; ``fewest`` (S,) are those of all classes together in a pinned device, 0 elsewhere.
    """

    units: IntArray
    fewest: IntArray

    @property
    def stands(self) -> BoolArray:
        """Whether a pinned device stands in each slot (S,)."""
        return self.fewest > 0


def pin_units(
    fabric: TierFabric, slots: Sequence[Slot], classes: Sequence[Sequence[int]]
) -> PinnedUnits | None:
    """Find the slots and classes of what is pinned; None where nothing is.

    All devices together have fewer idle units than one device has units, so that each has the others in use.
    """
    if not fabric.pinned:
        return None
    group_of = {plane: group for group, members in enumerate(classes) for plane in members}
    slot_of = {slot: index for index, slot in enumerate(slots)}
    units = np.zeros((len(classes), len(slots)), dtype=np.int64)
    fewest = np.zeros(len(slots), dtype=np.int64)
    per_device = fabric.upper_units_per_device
    idle = fabric.upper_devices * per_device - len(fabric.planes) * fabric.upper_per_plane
    for device in fabric.pinned:
        slot = slot_of[Slot(device.rack, device.u)]
        served = [plane for plane in device.planes if plane >= 0]
        np.add.at(units[:, slot], [group_of[plane] for plane in served], 1)
        fewest[slot] = max(per_device - idle, len(served))
    return PinnedUnits(units, fewest)


def pinned_planes(fabric: TierFabric) -> frozenset[int]:
    """Return the planes that have a pinned unit."""
    return frozenset(plane for device in fabric.pinned for plane in device.planes if plane >= 0)


def kept_for_others(
    layout: Layout, catalog: Catalog, fabric: str, used: Mapping[str, RackUse]
) -> dict[str, RackUse]:
    """Return what devices that other fabrics pin will take of racks, where they do not stand yet."""
    kept: dict[str, RackUse] = {}
    for spec in layout.fabrics:
        if not isinstance(spec, TiersSpec) or spec.name == fabric:
            continue
        device = catalog.device_types[spec.upper.device]
        for pin in spec.pins.devices:
            if pin.rack in used and pin.u in used[pin.rack].slots_u:
                continue
            one = kept.get(pin.rack, RackUse(spec.upper_rack_type, (), 0, 0))
            kept[pin.rack] = RackUse(
                rack_type=one.rack_type,
                slots_u=(*one.slots_u, pin.u),
                power_milliwatts=one.power_milliwatts + device.power_milliwatts,
                weight_g=one.weight_g + device.weight_g,
            )
    return kept
