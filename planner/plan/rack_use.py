"""What the fabrics planned so far have put into racks: the next one takes what they left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout
from planner.model.sites import RackUse
from planner.plan.racks import rack_order
from planner.plan.solved import SolvedFabric


def used_racks(
    layout: Layout,
    catalog: Catalog,
    solved: Sequence[SolvedFabric],
    before: Mapping[str, RackUse] = MappingProxyType({}),
) -> dict[str, RackUse]:
    """Return for each rack with upper devices of these fabrics what they take, in canonical order.

    ``before`` is what fabrics planned still earlier have put into racks.
    """
    used = dict(before)
    for one in solved:
        if isinstance(one.fabric, TierFabric):
            device = catalog.device_types[one.fabric.upper_device]
            for placed in one.solution.placed:
                inside = used.get(placed.rack, RackUse(one.fabric.upper_rack_type, (), 0, 0))
                used[placed.rack] = RackUse(
                    rack_type=inside.rack_type,
                    slots_u=tuple(sorted((*inside.slots_u, placed.u))),
                    power_milliwatts=inside.power_milliwatts + device.power_milliwatts,
                    weight_g=inside.weight_g + device.weight_g,
                )
    rank = rack_order(layout)
    return {rack: used[rack] for rack in sorted(used, key=rank.__getitem__)}
