"""Pinned upper devices as the placement problem knows them: units that each class has in given slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import RackUse, Slot
from planner.optimize.pinned_runs import PinnedMake
from planner.optimize.pricing import BoolArray, IntArray


class ExtraRun(NamedTuple):
    """One run beyond the fewest, from a lower unit of a class to the class's n-th unit in a slot."""

    group: int
    lower: int
    slot: int
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class PinnedUnits:
    """What is pinned: every plan of the problem keeps it.

    A plane with a pinned unit is a class of its own. ``units`` (G, S) are the units, at least, that a class
    has in each slot; ``fewest`` (S,) are those of all classes together in a pinned device, 0 elsewhere.
    ``extra`` are pinned runs beyond the fewest of their pairs. ``runs`` are all pinned runs, which cost
    ``more_cents`` more together than the cheapest of their pairs.
    """

    units: IntArray
    fewest: IntArray
    extra: tuple[ExtraRun, ...] = ()
    runs: tuple[PinnedMake, ...] = ()
    more_cents: int = 0

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
        np.add.at(units[:, slot], [group_of[plane] for plane in device.served], 1)
        fewest[slot] = max(per_device - idle, len(device.served))
    return PinnedUnits(units, fewest, tuple(_extra_runs(fabric, classes, slot_of)))


def _extra_runs(
    fabric: TierFabric, classes: Sequence[Sequence[int]], slot_of: Mapping[Slot, int]
) -> Iterator[ExtraRun]:
    """Yield the pinned runs of pairs beyond the fewest that any pair gets."""
    group_of = {plane: group for group, members in enumerate(classes) for plane in members}
    planes_at = {Slot(one.rack, one.u): one.planes for one in fabric.pinned}
    pairs = Counter(
        (run.lower, Slot(run.pin.upper.rack, run.pin.upper.u), run.unit) for run in fabric.pinned_runs
    )
    for (lower, slot, unit), count in pairs.items():
        plane = fabric.lower_units[lower].plane
        for _ in range(count - fabric.pair_runs[0]):
            number = planes_at[slot][:unit].count(plane)
            row = fabric.planes[plane].index(lower)
            yield ExtraRun(group_of[plane], row, slot_of[slot], number)


def pinned_planes(fabric: TierFabric) -> frozenset[int]:
    """Return the planes that have a pinned unit."""
    return frozenset(plane for device in fabric.pinned for plane in device.served)


def kept_for_others(
    layout: Layout, catalog: Catalog, fabric: str, used: Mapping[str, RackUse]
) -> dict[str, RackUse]:
    """Return what devices that other fabrics pin will take of racks, where they do not stand yet."""
    kept: dict[str, RackUse] = {}
    for spec in layout.fabrics:
        if not isinstance(spec, TiersSpec) or spec.name == fabric:
            continue
        device = catalog.device_types[spec.upper.device]
        for rack, u in spec.pins.slots:
            if rack in used and u in used[rack].slots_u:
                continue
            one = kept.get(rack, RackUse(spec.upper_rack_type, (), 0, 0))
            kept[rack] = RackUse(
                rack_type=one.rack_type,
                slots_u=(*one.slots_u, u),
                power_milliwatts=one.power_milliwatts + device.power_milliwatts,
                weight_g=one.weight_g + device.weight_g,
            )
    return kept
