"""Racks that join a fabric: what stands in them for sure."""

from __future__ import annotations

from planner.model.catalog import Catalog, DeviceMount, RackType
from planner.model.layout import Layout, RackPosition, TiersSpec
from planner.model.sites import positions
from planner.topology.refusal import refusal


def standing_rack_type(catalog: Catalog, position: RackPosition) -> RackType | None:
    """Return the type of the rack that stands at the position for sure, None where none does."""
    return catalog.rack_types[position.choices[0]] if position.is_decided else None


def mounts_of(rack_type: RackType | None, device: str) -> tuple[DeviceMount, ...]:
    """Return where the rack type holds devices of that type, lowest U first."""
    mounts = rack_type.mounts if rack_type else ()
    return tuple(sorted((mount for mount in mounts if mount.device == device), key=lambda mount: mount.u))


def gpus_of(catalog: Catalog, rack_type: RackType | None) -> int:
    """Return the GPUs of all devices that the rack type brings along."""
    mounts = rack_type.mounts if rack_type else ()
    return sum(catalog.device_types[mount.device].gpus for mount in mounts)


def joining_racks(layout: Layout, catalog: Catalog, spec: TiersSpec) -> tuple[RackPosition, ...]:
    """Return the positions whose lower devices join, in canonical order.

    Raises
    ------
    InfeasibleError
        No rack joins, or one that should has no lower device for sure.
    """
    device = spec.lower.device
    named = set(spec.racks)
    bound = set(spec.within)
    holding: list[RackPosition] = []
    lacking: list[str] = []
    for position in positions(layout):
        if bound and position.address not in bound:
            continue
        if not named or position.address in named:
            if mounts_of(standing_rack_type(catalog, position), device):
                holding.append(position)
            elif named:
                lacking.append(position.address)
    if lacking or not holding:
        names = ", ".join(lacking) if lacking else "any position"
        raise refusal(
            "lower-missing",
            f"fabric '{spec.name}' joins racks with '{device}', but none stands for sure at {names}; "
            f"name racks that hold one",
            f"fabrics.{spec.name}.racks",
        )
    return tuple(holding)
