"""Rack types that cannot be as a catalog says: too full, or higher inside than outside."""

from __future__ import annotations

from planner.inputs.findings import Findings, shown
from planner.inputs.library import Library
from planner.model.catalog import Catalog, DeviceType, RackType


def check_racks(catalog: Catalog, library: Library, findings: Findings) -> None:
    """Report rack types of the layout with units taken twice, too many units, cages beside them."""
    for rack_type in catalog.rack_types.values():
        for message in _problems(rack_type, catalog):
            findings.add("overfull-rack", message, library.places[rack_type.id].where)
        for device in sorted({mount.device for mount in rack_type.mounts}):
            for message in cages_beside(rack_type, catalog.device_types[device]):
                findings.add("cages-beside-rack", message, library.places[rack_type.id].where)


def _problems(rack_type: RackType, catalog: Catalog) -> list[str]:
    problems = []
    taken: dict[int, str] = {}
    for name, first, height in _spans(rack_type, catalog):
        last = first + height - 1
        if last > rack_type.units:
            problems.append(f"{name} at U{first} ends at U{last}, but the rack has {rack_type.units} U")
        clash = next((u for u in range(first, last + 1) if u in taken), None)
        if clash is not None:
            problems.append(f"U{clash} is taken twice: by {taken[clash]} and by {name} at U{first}")
        taken.update((u, f"{name} at U{first}") for u in range(first, last + 1) if u not in taken)
    top_um = rack_type.u1_z_mm * 1000 + rack_type.units * rack_type.unit_height_um
    if top_um > rack_type.height_mm * 1000:
        message = f"its {rack_type.units} U end {top_um / 1000:g} mm above the floor, but it is "
        problems.append(f"{message}{rack_type.height_mm} mm high")
    return problems


def cages_beside(rack_type: RackType, device: DeviceType) -> list[str]:
    """Return a message for each cage group of the device that is wider than the rack."""
    return [
        f"cages {shown(group.name)} of {shown(device.id)} reach to {max(group.offset_mm)} mm from the left, "
        f"but {shown(rack_type.id)} is {rack_type.width_mm} mm wide"
        for group in device.cages
        if group.offset_mm and max(group.offset_mm) > rack_type.width_mm
    ]


def _spans(rack_type: RackType, catalog: Catalog) -> list[tuple[str, int, int]]:
    """Return name, lowest U and height of all that takes units, lowest first."""
    spans = [
        (shown(mount.device), mount.u, catalog.device_types[mount.device].height_u)
        for mount in rack_type.mounts
    ]
    spans += [("a slot", u, rack_type.slot_height_u) for u in rack_type.tray_slots_u]
    return sorted(spans, key=lambda span: (span[1], span[0]))
