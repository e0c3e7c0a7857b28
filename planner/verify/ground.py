"""What stands where, read from a plan's embedded inputs by the verifier's own rules.

Nothing here raises on a damaged plan: what cannot be found is None, and the caller says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from planner.errors import Finding, Severity
from planner.model.cages import CageGroup, Face
from planner.model.catalog import DeviceType, RackType
from planner.model.layout import PeersSpec, RackPosition, Row, Side, TiersSpec
from planner.model.media import MediaOption
from planner.model.plan import CableEnd, CableRun, Plan, PlanDevice


def fault(code: str, message: str) -> Finding:
    """Return a finding that says: this plan breaks a rule."""
    return Finding(code=code, message=message, severity=Severity.ERROR)


class Place(NamedTuple):
    """A rack position and the row that holds it."""

    row: Row
    position: RackPosition


class Cage(NamedTuple):
    """One cage of a device type: its group, the ASIC behind it, its offset across the face."""

    group: CageGroup
    asic: int
    offset_mm: int | None


class CageSite(NamedTuple):
    """Where a cage is in the room, and the risers (x of them) that a run from it may take."""

    place: Place
    x_mm: int
    y_mm: int
    z_mm: int
    risers_x_mm: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A plan and indexes into it.

    Parameters
    ----------
    plan
        The plan as read.
    places
        Row and position by rack address.
    racks
        The rack type that stands at an address: fixed by the layout or opened by the plan.
    devices
        Device type id by rack address and lowest U: brought by the rack or placed by the plan.
    placed
        The devices that the plan placed, by rack address and lowest U (the first where two claim it).
    placed_of
        The devices that each fabric placed, in the plan's order.
    cages
        Cages by device type id and number.
    options, fabrics
        Media options by id, and fabric descriptions by name.
    groups
        By rack address, the group that it is in by name of the grouping.
    runs_of
        The runs of every fabric that the layout describes.
    row_numbers
        The place of each row among the layout's, by name (the first where two have it).
    """

    plan: Plan
    places: dict[str, Place]
    racks: dict[str, RackType]
    devices: dict[tuple[str, int], str]
    placed: dict[tuple[str, int], PlanDevice]
    placed_of: dict[str, list[PlanDevice]]
    cages: dict[str, dict[int, Cage]]
    options: dict[str, MediaOption]
    fabrics: dict[str, PeersSpec | TiersSpec]
    groups: dict[str, dict[str, str]]
    runs_of: dict[str, list[CableRun]]
    row_numbers: dict[str, int]

    def device_type(self, device: str) -> DeviceType | None:
        """Return the device type of that id."""
        return self.plan.catalog.device_types.get(device)

    def cage(self, device: str, number: int) -> Cage | None:
        """Return a cage of a device type by its number."""
        return self.cages.get(device, {}).get(number)

    def order_of(self, address: str) -> tuple[int, int]:
        """Return the canonical place of an address: index of the row, number in it."""
        place = self.places.get(address)
        if place is None:
            return len(self.plan.layout.rows), 0
        return self.row_numbers[place.row.name], place.position.number


def survey(plan: Plan) -> Ground:
    """Index a plan."""
    places = {
        position.address: Place(row, position) for row in plan.layout.rows for position in row.positions
    }
    racks = _standing_racks(plan, places)
    placed: dict[tuple[str, int], PlanDevice] = {}
    placed_of: dict[str, list[PlanDevice]] = {}
    for device in plan.devices:
        if device.is_placed:
            placed_of.setdefault(device.fabric, []).append(device)
            placed.setdefault((device.rack, device.u), device)
    devices = {at: device.device for at, device in placed.items()}
    for address, rack_type in racks.items():
        for mount in rack_type.mounts:
            devices[address, mount.u] = mount.device
    return Ground(
        plan=plan,
        places=places,
        racks=racks,
        devices=devices,
        placed=placed,
        placed_of=placed_of,
        cages={name: cages_of(device) for name, device in plan.catalog.device_types.items()},
        options={option.id: option for option in plan.catalog.media},
        fabrics={spec.name: spec for spec in plan.layout.fabrics},
        groups=_groups_of_racks(plan),
        runs_of=_runs_by_fabric(plan),
        row_numbers={row.name: n for n, row in reversed(list(enumerate(plan.layout.rows)))},
    )


def _groups_of_racks(plan: Plan) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for grouping, members in plan.layout.groups.items():
        for group, addresses in members.items():
            for address in addresses:
                groups.setdefault(address, {})[grouping] = group
    return groups


def _runs_by_fabric(plan: Plan) -> dict[str, list[CableRun]]:
    runs: dict[str, list[CableRun]] = {spec.name: [] for spec in plan.layout.fabrics}
    for run in plan.runs:
        if run.fabric in runs:
            runs[run.fabric].append(run)
    return runs


def _standing_racks(plan: Plan, places: dict[str, Place]) -> dict[str, RackType]:
    racks: dict[str, RackType] = {}
    for address, place in places.items():
        choices = place.position.choices
        fixed = choices[0] if len(choices) == 1 and not place.position.may_be_empty else None
        kind = fixed or plan.opened_racks.get(address)
        rack_type = plan.catalog.rack_types.get(kind) if kind else None
        if rack_type is not None:
            racks[address] = rack_type
    return racks


def cages_of(device: DeviceType) -> dict[int, Cage]:
    """Return a device type's cages by number, counted from 1 through its groups."""
    cages: dict[int, Cage] = {}
    number = 0
    for group in device.cages:
        for index in range(group.count):
            number += 1
            asic = group.asic_of_cage[index] if index < len(group.asic_of_cage) else 0
            offsets = group.offset_mm
            offset = offsets[index] if offsets is not None and index < len(offsets) else None
            cages[number] = Cage(group, asic, offset)
    return cages


def group_of(device: DeviceType, name: str) -> CageGroup | None:
    """Return the cage group of that name."""
    return next((group for group in device.cages if group.name == name), None)


def center_z_mm(rack_type: RackType, u: int, height_u: int) -> int:
    """Return the height of the center of a U span, rounded once to the millimeter, half up."""
    lower_edge_um = rack_type.u1_z_mm * 1000 + (u - 1) * rack_type.unit_height_um
    upper_edge_um = lower_edge_um + height_u * rack_type.unit_height_um
    return (lower_edge_um + upper_edge_um + 1000) // 2000


def looks_south(row: Row, face: Face) -> bool:
    """Tell whether a face of the row's racks looks toward y = 0."""
    return (row.front is Side.SOUTH) is (face is Face.FRONT)


def plane_y_mm(place: Place, rack_type: RackType, face: Face) -> int:
    """Return y of a face of a rack of that type at that place."""
    low = place.position.y_mm
    return low if looks_south(place.row, face) else low + rack_type.depth_mm


def site_of(place: Place, rack_type: RackType, device: DeviceType, u: int, cage: Cage) -> CageSite:
    """Return where a cage is when the device stands at that U of a rack of that type."""
    low, high = place.position.x_mm, place.position.x_mm + rack_type.width_mm
    south = looks_south(place.row, cage.group.face)
    left, right = (low, high) if south else (high, low)
    risers: tuple[int, ...]
    if cage.offset_mm is None:
        x, risers = low + rack_type.width_mm // 2, (low, high)
    else:
        x = low + cage.offset_mm if south else high - cage.offset_mm
        twice = 2 * cage.offset_mm
        if twice == rack_type.width_mm:
            risers = (low, high)
        else:
            risers = (left,) if twice < rack_type.width_mm else (right,)
    y = plane_y_mm(place, rack_type, cage.group.face)
    return CageSite(place, x, y, center_z_mm(rack_type, u, device.height_u), risers)


def site_of_end(ground: Ground, end: CableEnd) -> CageSite | None:
    """Return where the cage of a run's end is; None where something on the way is unknown."""
    place, rack_type = ground.places.get(end.rack), ground.racks.get(end.rack)
    device = ground.device_type(end.device)
    if place is None or rack_type is None or device is None:
        return None
    cage = ground.cage(end.device, end.cage)
    return None if cage is None else site_of(place, rack_type, device, end.u, cage)
