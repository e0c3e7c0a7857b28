"""The port map: every cage of every device that stands, and what is plugged into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from planner.model.catalog import DeviceType
from planner.model.fabric import Socket
from planner.model.layout import Granularity, TiersSpec
from planner.model.plan import CableEnd, CableRun, Plan
from planner.model.sites import positions, runs_per_cage
from planner.outputs.excel import Column, Kind, Row
from planner.outputs.label_names import rack_types
from planner.outputs.reserved_ports import reserved_ports

USED, FREE, RESERVED = "used", "free", "reserved"
_END = ("row", "rack", "U", "device", "ASIC", "cage", "port", "transceiver")
_END_NUMBERS = ("U", "ASIC", "cage", "port")


def end_columns(side: str) -> tuple[Column, ...]:
    """Return the columns that say all of one end."""
    kinds = [Kind.INTEGER if name in _END_NUMBERS else Kind.TEXT for name in _END]
    return tuple(Column(f"{side} {name}", kind) for name, kind in zip(_END, kinds, strict=True))


COLUMNS = (
    *end_columns("Near"),
    Column("State"),
    *(Column("Fabric"), Column("Plane", Kind.INTEGER)),
    *map(Column, ("Medium", "Part number")),
    *(Column("Stock length (m)", Kind.METERS), Column("Cable"), Column("Bundle"), Column("Side")),
    *end_columns("Far"),
    Column("Label here"),
)
_EMPTY_AFTER_STATE = (None,) * (len(COLUMNS) - len(_END) - 1)
Place = tuple[str, int]
"""A device by its rack and lowest U."""


class _Plugged(NamedTuple):
    """A run as its end at a device sees it."""

    near: CableEnd
    far: CableEnd
    run: CableRun
    side: str


def end_cells(end: CableEnd) -> Row:
    """Return the cells of one end."""
    return (end.row, end.rack, end.u, end.device, end.asic, end.cage, end.port or None, end.transceiver)


def port_rows(plan: Plan) -> Iterator[Row]:
    """Yield a row for each end of a run and each free cage: rack by rack, from the lowest U up.

    Of a cage that takes several runs and has room for more, each free port has a row; reserved is what is
    kept for lower units that come later.
    """
    plugged: dict[Place, list[_Plugged]] = {}
    for run in plan.runs:
        plugged.setdefault((run.a.rack, run.a.u), []).append(_Plugged(run.a, run.b, run, "A"))
        plugged.setdefault((run.b.rack, run.b.u), []).append(_Plugged(run.b, run.a, run, "B"))
    runs_in_cage = _RunsInCage(plan)
    reserved = reserved_ports(plan)
    for row, place, device in _standing(plan):
        ends = sorted(plugged.get(place, ()), key=lambda one: (one.near.cage, one.near.port))
        kept = reserved.get(place, {})
        yield from _device_rows(row, place, device, ends, runs_in_cage, kept)


def port_count(plan: Plan) -> int:
    """Return how many rows there are, without making them."""
    taken: dict[Place, int] = {}  # a bit for each cage in use
    ports: Counter[tuple[Place, int]] = Counter()
    room: dict[tuple[Place, int], int] = {}
    runs_in_cage = _RunsInCage(plan)
    for run in plan.runs:
        for end in (run.a, run.b):
            place = (end.rack, end.u)
            taken[place] = taken.get(place, 0) | 1 << end.cage
            if end.port:
                ports[place, end.cage] += 1
                room[place, end.cage] = runs_in_cage.of(run.fabric, end)
    free_ports = sum(max(0, room[key] - used) for key, used in ports.items())
    free_cages = sum(
        sum(group.count for group in device.cages) - taken.get(place, 0).bit_count()
        for _, place, device in _standing(plan)
    )
    return 2 * len(plan.runs) + free_cages + free_ports


class _RunsInCage:
    """How many runs a cage takes in the granularity of a fabric."""

    def __init__(self, plan: Plan) -> None:
        self._types = plan.catalog.device_types
        self._granularity = {
            spec.name: spec.granularity for spec in plan.layout.fabrics if isinstance(spec, TiersSpec)
        }
        self._known: dict[tuple[str, str, int], int] = {}

    def of(self, fabric: str, end: CableEnd) -> int:
        key = (fabric, end.device, end.cage)
        if key not in self._known:
            groups = [group for group in self._types[end.device].cages for _ in range(group.count)]
            granularity = self._granularity.get(fabric, Granularity.CAGE)
            self._known[key] = runs_per_cage(groups[end.cage - 1], granularity)
        return self._known[key]


def _standing(plan: Plan) -> Iterator[tuple[str, Place, DeviceType]]:
    """Yield every device that has cages, with its row: in canonical order of racks, from the lowest up."""
    types, racks = plan.catalog.device_types, rack_types(plan)
    placed: dict[str, dict[int, str]] = {}
    for device in plan.devices:
        placed.setdefault(device.rack, {})[device.u] = device.device
    for position in positions(plan.layout):
        rack = position.address
        if rack not in racks:
            continue
        held = {mount.u: mount.device for mount in plan.catalog.rack_types[racks[rack]].mounts}
        for u, name in sorted((held | placed.get(rack, {})).items()):
            if types[name].cages:
                yield position.row, (rack, u), types[name]


def _device_rows(
    row: str,
    place: Place,
    device: DeviceType,
    ends: list[_Plugged],
    runs_in_cage: _RunsInCage,
    kept: Mapping[Socket, str],
) -> Iterator[Row]:
    by_cage: dict[int, list[_Plugged]] = {}
    for one in ends:
        by_cage.setdefault(one.near.cage, []).append(one)
    asics = [asic for group in device.cages for asic in group.asic_of_cage]
    for cage, asic in enumerate(asics, start=1):
        head = (row, *place, device.id, asic, cage)
        plugged = by_cage.get(cage, [])
        yield from map(_used_row, plugged)
        if not plugged:
            fabric = next((fabric for socket, fabric in kept.items() if socket.cage == cage), None)
            yield (*head, None, None, *_free_cells(fabric))
        elif plugged[0].near.port:
            used = {one.near.port for one in plugged}
            for port in range(1, runs_in_cage.of(plugged[0].run.fabric, plugged[0].near) + 1):
                if port not in used:
                    yield (*head, port, None, *_free_cells(kept.get(Socket(cage, port))))


def _free_cells(fabric: str | None) -> Row:
    """Return the cells from the state on of a cage or port that nothing is plugged into."""
    return (FREE, *_EMPTY_AFTER_STATE) if fabric is None else (RESERVED, fabric, *_EMPTY_AFTER_STATE[1:])


def _used_row(one: _Plugged) -> Row:
    run = one.run
    return (
        *end_cells(one.near),
        USED,
        run.fabric,
        run.plane,
        run.medium.value,
        run.part_number,
        run.stock_length_mm,
        run.cable_id,
        run.bundle,
        one.side,
        *end_cells(one.far),
        run.label_a if one.side == "A" else run.label_b,
    )
