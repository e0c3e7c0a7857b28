"""What the sheets of a rack say, row by row, before it is laid out on pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.model.labels import LabelScheme
from planner.model.plan import CableEnd, CableRun, Plan
from planner.outputs.label_names import EndNames, part_text, rack_types
from planner.outputs.pdf import one_line
from planner.outputs.route_words import RouteWords


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRows:
    """One device of a rack: a heading, a row of cells a run, and the cages that stay free."""

    heading: str
    rows: tuple[tuple[str, ...], ...]
    free: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RackRows:
    """All devices of a rack, from the lowest, and what else it brings along."""

    address: str
    rack_type: str
    devices: tuple[DeviceRows, ...]
    others: str

    @property
    def run_ends(self) -> int:
        """How many ends the sheets list."""
        return sum(len(device.rows) for device in self.devices)


class RackBook:
    """Looks up the racks of one plan."""

    def __init__(self, plan: Plan, scheme: LabelScheme) -> None:
        self._plan = plan
        self._names = EndNames(plan, scheme)
        self._words = RouteWords(plan)
        self._types = rack_types(plan)
        self._ends: dict[tuple[str, int], list[tuple[CableEnd, CableEnd, CableRun]]] = defaultdict(list)
        for run in plan.runs:
            self._ends[run.a.rack, run.a.u].append((run.a, run.b, run))
            self._ends[run.b.rack, run.b.u].append((run.b, run.a, run))
        self._devices: dict[str, dict[int, str]] = defaultdict(dict)
        for device in plan.devices:
            self._devices[device.rack][device.u] = device.device

    def addresses(self) -> tuple[str, ...]:
        """Return the racks that hold what the plan cables, in canonical order."""
        positions = (position for row in self._plan.layout.rows for position in row.positions)
        return tuple(position.address for position in positions if position.address in self._devices)

    def rack(self, address: str) -> RackRows:
        """Return what the sheets of one rack say."""
        kind = self._plan.catalog.rack_types[self._types[address]]
        devices = tuple(self._device(address, u, name) for u, name in sorted(self._devices[address].items()))
        others = defaultdict(list)
        for mount in kind.mounts:
            if mount.u not in self._devices[address]:
                others[mount.device].append(mount.u)
        listed = "; ".join(
            f"{self._described(name)} at U {ranges(us)}" for name, us in sorted(others.items())
        )
        return RackRows(
            address=address, rack_type=one_line(kind.description), devices=devices, others=one_line(listed)
        )

    def _device(self, address: str, u: int, name: str) -> DeviceRows:
        kind = self._plan.catalog.device_types[name]
        ends = sorted(self._ends[address, u], key=lambda one: (one[0].cage, one[0].port, one[2].fabric))
        top = u + kind.height_u - 1
        place = f"U{u:02d}" if top == u else f"U{u:02d} to U{top:02d}"
        cages = sum(group.count for group in kind.cages)
        free = sorted(set(range(1, cages + 1)) - {near.cage for near, _, _ in ends})
        return DeviceRows(
            heading=one_line(f"{address} {place}  {self._described(name)}"),
            rows=tuple(self._cells(near, far, run) for near, far, run in ends),
            free=ranges(free),
        )

    def _cells(self, near: CableEnd, far: CableEnd, run: CableRun) -> tuple[str, ...]:
        is_a = near is run.a
        cords = len(run.cord_labels_a)
        part = part_text(run) + (f", {cords} cords" if cords > 1 else "")
        cage = f"{near.cage}" + (f" port {near.port}" if near.port else "")
        cells = (
            *(
                cage,
                self._names.of(near),
                self._names.of(far),
                str(run.plane),
                part,
                run.bundle,
                run.cable_id,
            ),
            self._words.of(run, from_a=is_a),
        )
        return tuple(one_line(cell) for cell in cells)

    def _described(self, device: str) -> str:
        return self._plan.catalog.device_types[device].description


def ranges(numbers: Iterable[int]) -> str:
    """Return ascending numbers as text, neighbors joined: ``1-4, 7``."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in _spans(sorted(numbers)))


def _spans(numbers: list[int]) -> Iterator[tuple[int, int]]:
    low: int | None = None
    for index, number in enumerate(numbers):
        low = number if low is None else low
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield low, number
            low = None
