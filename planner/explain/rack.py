"""Why a rack holds the switches that it holds, or none, and why they are in these slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.explain.made import RoutedFabric
from planner.explain.words import money
from planner.model.economics import energy_in_objective_cents
from planner.model.explanation import Explanation, Flip, FlipKind, OtherChoice
from planner.model.fabric import TierFabric
from planner.model.layout import RackPosition
from planner.model.plan import CableRun, Plan, PlanDevice
from planner.model.sites import Slot, rack_capacity, stands_anyway, upper_slots

_LISTED = 8
UNTOLD = "not told: runs share parts, or a fabric above stands on these devices, so that moves have no price"


class _Move(NamedTuple):
    """A placed device in another slot, what the plan then costs more, and who changes places with it."""

    device: PlanDevice
    slot: Slot
    cents: int
    other: PlanDevice | None = None


def explain_rack(plan: Plan, fabrics: Mapping[str, RoutedFabric], position: RackPosition) -> Explanation:
    """Explain a rack position by what moving one device, or exchanging two, would cost.

    A device goes to a free slot, or two change places, with their runs made anew from there, all else
    as it is.
    """
    here = [device for device in plan.devices if device.is_placed and device.rack == position.address]
    found = [*_moves(plan, fabrics, position, here), *_exchanges(plan, fabrics, here)]
    moves = sorted(found, key=lambda move: (move.cents, move.slot, move.device.name))
    chosen = [
        OtherChoice(what=f"{device.name} ({device.device})", cents=0, reason="as planned", is_chosen=True)
        for device in here
    ]
    listed = [
        OtherChoice(
            what=(
                f"{move.device.name} and {move.other.name} exchanged"
                if move.other
                else f"{move.device.name} to {move.slot.rack}-U{move.slot.u:02d}"
            ),
            cents=move.cents,
            reason="difference to the plan",
        )
        for move in moves[:_LISTED]
    ]
    return Explanation(
        subject=position.address,
        kind="rack",
        currency=plan.layout.economics.currency,
        facts=tuple(_facts(plan, position, here)),
        choices=(*chosen, *listed),
        rule=_rule(plan, fabrics, position, moves),
        flips=tuple(_flips(plan, position, here, moves)),
    )


def _is_untold(plan: Plan, fabrics: Mapping[str, RoutedFabric], here: Sequence[PlanDevice]) -> bool:
    """Tell whether no move can be priced of devices here, or of any where none is here."""
    placed = here or [device for device in plan.devices if device.is_placed]
    return bool(placed) and not any(_may_move(plan, fabrics[device.fabric], device) for device in placed)


def _facts(plan: Plan, position: RackPosition, here: Sequence[PlanDevice]) -> Iterator[str]:
    address = position.address
    if address in plan.rack_power_milliwatts:
        kind = plan.opened_racks.get(address) or position.choices[0]
        yield f"{kind} stands here and draws {plan.rack_power_milliwatts[address] / 10**6:,.1f} kW"
    else:
        may = f"may hold {' or '.join(position.choices)}" if position.choices else "holds nothing"
        yield f"the position stays empty; it {may}"
    runs = sum(1 for run in plan.runs if address in (run.a.rack, run.b.rack))
    yield f"{len(here)} placed switches, {runs:,} runs end here"


def _rule(
    plan: Plan, fabrics: Mapping[str, RoutedFabric], position: RackPosition, moves: Sequence[_Move]
) -> str:
    here = [device for device in plan.devices if device.is_placed and device.rack == position.address]
    if not position.choices:
        return "the layout: it keeps the position reserved or empty"
    if position.is_decided and not here:
        return f"the layout: it puts {position.choices[0]} here"
    if not moves:
        if _is_untold(plan, fabrics, here):
            return UNTOLD
        return "room: no device has another free slot to go to" if here else "no device can be moved here"
    least = moves[0].cents
    if least < 0:
        saved = f"{money(-least)} {plan.layout.economics.currency}"
        return f"not the best by itself: a single change would save {saved}"
    if here:
        return "cost: every move of a device from here, and every exchange of two, costs as much or more"
    return "cost: every move of a single device to here costs as much or more"


def _flips(
    plan: Plan, position: RackPosition, here: Sequence[PlanDevice], moves: Sequence[_Move]
) -> Iterator[Flip]:
    """Say how much less a rack must cost for an empty position to be used: where runs alone are cheaper."""
    if here or position.is_decided or not moves:
        return
    opening = _opening_cents(plan, position.choices[0])
    least = moves[0]
    if 0 <= least.cents < opening:
        sentence = (
            f"a rack that cost {money(least.cents + 1)} {plan.layout.economics.currency} less would be opened"
            f" here: {least.device.name} would move in"
        )
        yield Flip(kind=FlipKind.CHEAPER_RACK, amount=least.cents + 1, to=position.address, sentence=sentence)


def _moves(
    plan: Plan,
    fabrics: Mapping[str, RoutedFabric],
    position: RackPosition,
    here: Sequence[PlanDevice],
) -> Iterator[_Move]:
    """Yield moves out of the rack; where no device is in it, moves into it."""
    runs_of = _runs_by_upper(plan)
    for device in here or [device for device in plan.devices if device.is_placed]:
        routed = fabrics[device.fabric]
        if not isinstance(routed.fabric, TierFabric) or not _may_move(plan, routed, device):
            continue
        runs = runs_of.get((device.rack, device.u), [])
        now = _runs_cents(routed, runs, Slot(device.rack, device.u))
        for slot in _free_slots(plan, routed.fabric):
            if now is None or (not here and slot.rack != position.address):
                continue
            then = _runs_cents(routed, runs, slot)
            if then is not None:
                yield _Move(device, slot, then - now + _racks_cents(plan, device, slot))


def _exchanges(
    plan: Plan, fabrics: Mapping[str, RoutedFabric], here: Sequence[PlanDevice]
) -> Iterator[_Move]:
    """Yield exchanges of a device here with any of its fabric, in this rack only later ones."""
    runs_of = _runs_by_upper(plan)
    for number, device in enumerate(here):
        routed = fabrics[device.fabric]
        if not _may_move(plan, routed, device):
            continue
        for other in plan.devices:
            if other.is_placed and other.fabric == device.fabric and other not in here[: number + 1]:
                cents = _exchange_cents(routed, runs_of, device, other)
                if cents is not None:
                    yield _Move(device, Slot(other.rack, other.u), cents, other)


def _exchange_cents(
    routed: RoutedFabric, runs_of: Mapping[tuple[str, int], list[CableRun]], one: PlanDevice, two: PlanDevice
) -> int | None:
    total = 0
    for device, goes_to in ((one, two), (two, one)):
        runs = runs_of.get((device.rack, device.u), [])
        now = _runs_cents(routed, runs, Slot(device.rack, device.u))
        then = _runs_cents(routed, runs, Slot(goes_to.rack, goes_to.u))
        if now is None or then is None:
            return None
        total += then - now
    return total


def _runs_by_upper(plan: Plan) -> dict[tuple[str, int], list[CableRun]]:
    runs_of: dict[tuple[str, int], list[CableRun]] = {}
    for run in plan.runs:
        runs_of.setdefault((run.b.rack, run.b.u), []).append(run)
    return runs_of


def _may_move(plan: Plan, routed: RoutedFabric, device: PlanDevice) -> bool:
    """Tell whether a move can be priced: no parts are shared, and no fabric above stands on the device."""
    carries = any((run.a.rack, run.a.u) == (device.rack, device.u) for run in plan.runs)
    return not routed.shares_parts and not carries


def _runs_cents(routed: RoutedFabric, runs: Sequence[CableRun], slot: Slot) -> int | None:
    total = 0
    for run in runs:
        there = routed.table.upper_index.get((slot.rack, slot.u, run.b.cage))
        cents = None if there is None else routed.least_cents(routed.lower(run.a), there)
        if cents is None:
            return None
        total += cents
    return total


def _free_slots(plan: Plan, fabric: TierFabric) -> list[Slot]:
    """Return slots that no placed device takes, in racks that may hold one device more."""
    kind = plan.catalog.rack_types[fabric.upper_rack_type]
    capacity = rack_capacity(kind, plan.catalog.device_types[fabric.upper_device])
    placed = [Slot(device.rack, device.u) for device in plan.devices if device.is_placed]
    held = [slot.rack for slot in placed]
    return [
        slot
        for slot in upper_slots(plan.layout, plan.catalog, fabric)
        if slot not in placed
        and held.count(slot.rack) < capacity
        and plan.opened_racks.get(slot.rack, kind.id) == kind.id
    ]


def _racks_cents(plan: Plan, device: PlanDevice, slot: Slot) -> int:
    """Return what opening the one rack and closing the other changes."""
    if slot.rack == device.rack:
        return 0
    cents = 0
    if slot.rack not in plan.opened_racks and not plan.layout.position(slot.rack).is_decided:
        cents += _opening_cents(plan, plan.opened_racks[device.rack])
    left = plan.layout.position(device.rack)
    alone = sum(1 for other in plan.devices if other.is_placed and other.rack == device.rack) == 1
    if alone and not left.is_decided and not stands_anyway(plan.layout, plan.catalog, left):
        cents -= _opening_cents(plan, plan.opened_racks[device.rack])
    return cents


def _opening_cents(plan: Plan, rack_type: str) -> int:
    kind = plan.catalog.rack_types[rack_type]
    energy = energy_in_objective_cents(plan.layout.economics, kind.power_milliwatts)
    return (kind.price.cents if kind.price else 0) + energy
