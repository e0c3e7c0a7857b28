"""Places for upper devices that several fabrics count on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout
from planner.model.sites import candidate_racks
from planner.units import ceil_div


def refuse_too_few_places(layout: Layout, catalog: Catalog, fabrics: Iterable[Fabric]) -> None:
    """Refuse fabrics that have room each alone, but not all together in racks of one type.

    Raises
    ------
    InfeasibleError
        One finding for each rack type with fewer slots than its fabrics' upper devices.
    """
    by_type: dict[str, list[TierFabric]] = defaultdict(list)
    for fabric in fabrics:
        if isinstance(fabric, TierFabric):
            by_type[fabric.upper_rack_type].append(fabric)
    findings = [
        finding
        for rack_type, users in by_type.items()
        if len(users) > 1 and (finding := _shortage(layout, catalog, rack_type, users))
    ]
    if findings:
        raise InfeasibleError(findings)


def _together(layout: Layout, rack_type: str, users: list[TierFabric]) -> set[str]:
    """Return the positions that some of the fabrics may use."""
    bounds = dict.fromkeys(fabric.within for fabric in users)
    return {one.address for bound in bounds for one in candidate_racks(layout, rack_type, bound)}


def _shortage(layout: Layout, catalog: Catalog, rack_type: str, users: list[TierFabric]) -> Finding | None:
    racks = len(_together(layout, rack_type, users))
    slots = len(catalog.rack_types[rack_type].tray_slots_u)
    needed = sum(fabric.upper_devices for fabric in users)
    if needed <= racks * slots:
        return None
    parts = " + ".join(f"{fabric.upper_devices} for '{fabric.name}'" for fabric in users)
    return Finding(
        code="slots-short",
        message=(
            f"{parts} = {needed} upper devices need places, but {racks} x '{rack_type}' x {slots} a rack = "
            f"{racks * slots} places; possible: {ceil_div(needed, slots)} positions for '{rack_type}' "
            f"instead of {racks}, or a rack type and positions of its own for each fabric"
        ),
        where=Where(file="", path=f"fabrics.{users[-1].name}.upper.rack"),
    )
