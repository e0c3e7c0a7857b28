"""Moves of placed devices to free slots, exchanges of two, and what either costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.explain.made import RoutedFabric
from planner.explain.moved import MovedRuns, Moves
from planner.model.economics import energy_in_objective_cents
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import RackPosition, TiersSpec
from planner.model.plan import CableRun, Plan, PlanDevice
from planner.model.sites import Slot, rack_capacity, stands_anyway, upper_slots


class Move(NamedTuple):
    """A placed device in another slot, what the plan then costs more, and who changes places with it."""

    device: PlanDevice
    slot: Slot
    cents: int
    other: PlanDevice | None = None


class Pricer:
    """Prices moves of devices: by the runs of every fabric that joins them, and racks opened or closed."""

    def __init__(self, plan: Plan, fabrics: Mapping[str, RoutedFabric]) -> None:
        self.plan = plan
        self.fabrics = fabrics
        self._placed = [device for device in plan.devices if device.is_placed]
        self._pinned = {
            (spec.name, *slot)
            for spec in plan.layout.fabrics
            if isinstance(spec, TiersSpec)
            for slot in spec.pins.slots
        }
        runs: dict[str, list[CableRun]] = {name: [] for name in fabrics}
        for run in plan.runs:
            runs[run.fabric].append(run)
        self._runs = {name: MovedRuns(routed, runs[name]) for name, routed in fabrics.items()}
        self._free: dict[str, list[Slot]] = {}

    @property
    def currency(self) -> str:
        """Of every price."""
        return self.plan.layout.economics.currency

    def placed_in(self, address: str) -> list[PlanDevice]:
        """Return the placed devices of a rack."""
        return [device for device in self._placed if device.rack == address]

    def is_pinned(self, device: PlanDevice) -> bool:
        """Tell whether the layout asks for the device where it stands: then it does not move."""
        return (device.fabric, device.rack, device.u) in self._pinned

    def runs_cents(self, moves: Moves, shorter_mm: int = 0) -> int | None:
        """Return what the runs of all fabrics cost more after the moves; None where one does not reach.

        With ``shorter_mm`` the runs of the moved devices are so much shorter there than they are.
        """
        changes = [runs.change_cents(moves, shorter_mm) for runs in self._runs.values()]
        return None if None in changes else sum(cents for cents in changes if cents is not None)

    def moves(self, position: RackPosition, here: Sequence[PlanDevice]) -> Iterator[Move]:
        """Yield moves out of the rack; where no device is in it, moves into it."""
        for device in here or self._placed:
            if self.is_pinned(device):
                continue
            for slot in self._free_slots(device.fabric):
                if not here and slot.rack != position.address:
                    continue
                cents = self.runs_cents({_slot(device): slot})
                if cents is not None:
                    yield Move(device, slot, cents + _racks_cents(self.plan, device, slot))

    def exchanges(self, here: Sequence[PlanDevice]) -> Iterator[Move]:
        """Yield exchanges of a device here with any of its fabric, in this rack only later ones."""
        for number, device in enumerate(here):
            for other in self._placed:
                if self.is_pinned(device) or self.is_pinned(other):
                    continue
                if other.fabric == device.fabric and other not in here[: number + 1]:
                    one, two = _slot(device), _slot(other)
                    cents = self.runs_cents({one: two, two: one})
                    if cents is not None:
                        yield Move(device, two, cents, other)

    def emptied_cents(self, here: Sequence[PlanDevice]) -> int | None:
        """Return what runs cost more where all devices of a rack go to racks that stand, each to its best.

        None where there is no room, the devices are of several fabrics, or one is pinned.
        """
        if len({device.fabric for device in here}) > 1 or any(map(self.is_pinned, here)):
            return None
        room = {
            rack: _capacity(self.plan, self.fabrics[here[0].fabric].fabric) - len(self.placed_in(rack))
            for rack in self.plan.opened_racks
            if rack != here[0].rack
        }
        total, taken = 0, set[Slot]()
        for device in here:
            costs = [
                (cents, slot)
                for slot in self._free_slots(device.fabric)
                if room.get(slot.rack, 0) > 0 and slot not in taken
                if (cents := self.runs_cents({_slot(device): slot})) is not None
            ]
            if not costs:
                return None
            cents, slot = min(costs)
            total += cents
            taken.add(slot)
            room[slot.rack] -= 1
        return total

    def _free_slots(self, name: str) -> list[Slot]:
        if name not in self._free:
            fabric = self.fabrics[name].fabric
            self._free[name] = _free_slots(self.plan, fabric) if isinstance(fabric, TierFabric) else []
        return self._free[name]


def _slot(device: PlanDevice) -> Slot:
    return Slot(device.rack, device.u)


def _free_slots(plan: Plan, fabric: TierFabric) -> list[Slot]:
    """Return slots that no placed device takes, in racks that may hold one device more."""
    kind = plan.catalog.rack_types[fabric.upper_rack_type]
    capacity = _capacity(plan, fabric)
    placed = [Slot(device.rack, device.u) for device in plan.devices if device.is_placed]
    held = [slot.rack for slot in placed]
    return [
        slot
        for slot in upper_slots(plan.layout, plan.catalog, fabric)
        if slot not in placed
        and held.count(slot.rack) < capacity
        and plan.opened_racks.get(slot.rack, kind.id) == kind.id
    ]


def _capacity(plan: Plan, fabric: Fabric) -> int:
    if not isinstance(fabric, TierFabric):
        return 0
    kind = plan.catalog.rack_types[fabric.upper_rack_type]
    return rack_capacity(kind, plan.catalog.device_types[fabric.upper_device])


def _racks_cents(plan: Plan, device: PlanDevice, slot: Slot) -> int:
    """Return what opening the one rack and closing the other changes."""
    if slot.rack == device.rack:
        return 0
    cents = 0
    if slot.rack not in plan.opened_racks and not plan.layout.position(slot.rack).is_decided:
        cents += opening_cents(plan, plan.opened_racks[device.rack])
    left = plan.layout.position(device.rack)
    alone = sum(1 for other in plan.devices if other.is_placed and other.rack == device.rack) == 1
    if alone and not left.is_decided and not stands_anyway(plan.layout, plan.catalog, left):
        cents -= opening_cents(plan, plan.opened_racks[device.rack])
    return cents


def opening_cents(plan: Plan, rack_type: str) -> int:
    """Return what one rack more of the type costs, its energy as the objective counts it."""
    kind = plan.catalog.rack_types[rack_type]
    energy = energy_in_objective_cents(plan.layout.economics, kind.power_milliwatts)
    return (kind.price.cents if kind.price else 0) + energy
