"""Why a rack holds the switches that it holds, or none, and why they are in these slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.explain.arrangement import OpenPositions, Replan
from planner.explain.detours import FARTHEST_MM
from planner.explain.made import RoutedFabric
from planner.explain.rack_moves import Move, Pricer, opening_cents
from planner.explain.words import least_that
from planner.model.arrangement import reopen
from planner.model.explanation import Explanation, Flip, FlipKind, OtherChoice
from planner.model.layout import RackPosition
from planner.model.plan import Plan, PlanDevice
from planner.model.sites import Slot
from planner.units import meters, money

_LISTED = 8


def explain_rack(
    plan: Plan, fabrics: Mapping[str, RoutedFabric], position: RackPosition, replan: Replan
) -> Explanation:
    """Explain a rack position by what moving one device, or exchanging two, would cost.

    A device goes to a free slot, or two change places, with their runs made anew from there, all else
    as it is. Where racks may move, ``replan`` plans the layout with them at other positions.
    """
    spec = plan.layout.open_racks
    is_open = spec is not None and any(one.address == position.address for one in spec.positions)
    places = OpenPositions(plan, spec, position, replan) if spec and is_open else None
    arranged = tuple(places.choices()) if places else ()
    pricer = Pricer(plan, fabrics)
    here = pricer.placed_in(position.address)
    found = [*pricer.moves(position, here), *pricer.exchanges(here)]
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
        facts=(
            *_facts(plan, position, here),
            *_pinned_fact(pricer, here),
            *(places.facts() if places else ()),
        ),
        choices=(*arranged, *chosen, *listed),
        rule=places.rule(arranged) if places and places.holds_one else _rule(pricer, position, moves),
        flips=tuple(_flips(pricer, position, moves)),
    )


def _facts(plan: Plan, position: RackPosition, here: Sequence[PlanDevice]) -> Iterator[str]:
    address = position.address
    if address in plan.rack_power_milliwatts:
        kind = plan.opened_racks.get(address) or position.choices[0]
        yield f"{kind} stands here and draws {plan.rack_power_milliwatts[address] / 10**6:,.1f} kW"
    else:
        choices = reopen(plan.layout).position(address).choices
        may = f"may hold {' or '.join(choices)}" if choices else "holds nothing"
        yield f"the position stays empty; it {may}"
    runs = sum(1 for run in plan.runs if address in (run.a.rack, run.b.rack))
    yield f"{len(here)} placed switches, {runs:,} runs end here"


def _pinned_fact(pricer: Pricer, here: Sequence[PlanDevice]) -> Iterator[str]:
    """Name the devices that the layout puts here: moving them is not looked at."""
    pinned = [device.name for device in here if pricer.is_pinned(device)]
    if pinned:
        yield f"pinned, so that they stay: {', '.join(pinned)}"


def _rule(pricer: Pricer, position: RackPosition, moves: Sequence[Move]) -> str:
    here = pricer.placed_in(position.address)
    if not position.choices:
        return "the layout: it keeps the position reserved or empty"
    if position.is_decided and not here:
        return f"the layout: it puts {position.choices[0]} here"
    if not moves:
        return "room: no device has another free slot to go to" if here else "no device can be moved here"
    least = moves[0].cents
    if least < 0:
        saved = f"{money(-least)} {pricer.currency}"
        return f"not the best by itself: a single change would save {saved}"
    if here:
        return "cost: every move of a device from here, and every exchange of two, costs as much or more"
    return "cost: every move of a single device to here costs as much or more"


def _flips(pricer: Pricer, position: RackPosition, found: Sequence[Move]) -> Iterator[Flip]:
    """Say what would fill an empty position, or empty a rack, and which slot comes next."""
    here = pricer.placed_in(position.address)
    if not here:
        yield from _filling_flip(pricer, position, found)
        return
    yield from _length_flip(pricer, found)
    yield from _emptying_flip(pricer, position, here)


def _filling_flip(pricer: Pricer, position: RackPosition, found: Sequence[Move]) -> Iterator[Flip]:
    """Say how much less a rack must cost for an empty position to be used: where runs alone are cheaper."""
    if position.is_decided or not found:
        return
    opening = opening_cents(pricer.plan, position.choices[0])
    least = found[0]
    if 0 <= least.cents < opening:
        sentence = (
            f"a rack that cost {money(least.cents + 1)} {pricer.currency} less would be opened"
            f" here: {least.device.name} would move in"
        )
        yield Flip(kind=FlipKind.CHEAPER_RACK, amount=least.cents + 1, to=position.address, sentence=sentence)


def _length_flip(pricer: Pricer, found: Sequence[Move]) -> Iterator[Flip]:
    """Find the slot elsewhere that would be taken where its runs were least shorter than they are."""
    away = [move for move in found if move.other is None and move.slot.rack != move.device.rack]
    known = [(by, move) for move in away[:_LISTED] if (by := _shorter_by(pricer, move)) is not None]
    if known:
        by_mm, move = min(known, key=lambda one: one[0])
        place = f"{move.slot.rack}-U{move.slot.u:02d}"
        sentence = f"{move.device.name} would go to {place} if each run were {meters(by_mm)} shorter there"
        yield Flip(kind=FlipKind.LESS_LENGTH, amount=by_mm, to=place, sentence=sentence)


def _shorter_by(pricer: Pricer, move: Move) -> int | None:
    """Return by how much the runs of a move must be shorter for it to save money; None where never."""
    here = Slot(move.device.rack, move.device.u)
    racks = move.cents - (pricer.runs_cents({here: move.slot}) or 0)

    def saves(by_mm: int) -> bool:
        cents = pricer.runs_cents({here: move.slot}, by_mm)
        return cents is not None and cents + racks < 0

    return least_that(saves, FARTHEST_MM)


def _emptying_flip(pricer: Pricer, position: RackPosition, here: Sequence[PlanDevice]) -> Iterator[Flip]:
    """Say how much more racks must cost for this one to be given up: its devices go to others that stand."""
    if position.is_decided:
        return
    cents = pricer.emptied_cents(here)
    saved = opening_cents(pricer.plan, pricer.plan.opened_racks[position.address])
    if cents is not None and cents >= saved:
        amount = cents - saved + 1
        sentence = (
            f"racks that cost {money(amount)} {pricer.currency} more would empty this one: its switches would"
            " go to others that stand"
        )
        yield Flip(kind=FlipKind.DEARER_RACK, amount=amount, to="", sentence=sentence)
