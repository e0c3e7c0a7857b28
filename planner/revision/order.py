"""The change order: steps that can be taken one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from planner.model.plan import Plan, PlanDevice
from planner.model.revision import Action, Fate, Step
from planner.revision.matching import Cable, Match, Socket, StandingRack, standing_racks

_ACTIONS = tuple(Action)


def change_order(before: Plan, after: Plan, matches: Sequence[Match]) -> tuple[Step, ...]:
    """Return the steps: first what goes, then what moves, then what comes.

    Every end that will be plugged in elsewhere is unplugged before any is plugged in again, so that
    no step finds a socket taken, whatever cables change places; and devices and racks change when
    no cable is left in what goes.
    """
    steps = [*_cable_steps(matches), *_rack_steps(before, after), *_device_steps(before, after)]
    ordered = sorted(steps, key=lambda step: _ACTIONS.index(step.action))  # stable: keeps each action's order
    return tuple(replace(step, number=number) for number, step in enumerate(ordered, start=1))


def _cable_steps(matches: Sequence[Match]) -> Iterator[Step]:
    leaving = [match for match in matches if match.before and match.fate is Fate.REMOVED]
    for match in sorted(leaving, key=_old_order, reverse=True):  # what lies outermost goes first
        if match.before:
            yield _step(Action.REMOVE_CABLE, match.before, (_ends(match.before), ("", "")))
    for match in sorted((match for match in matches if match.after), key=_new_order):
        if match.after is None:
            continue
        if match.fate is Fate.ADDED:
            yield _laid(Action.ADD_CABLE, match.after, ("", ""))
        elif match.before and match.fate is Fate.MOVED:
            yield _laid(Action.MOVE, match.after, _ends(match.before))
        elif match.before and match.fate is Fate.RETERMINATED:
            yield from _retermination(match.before, match.after)


def _retermination(before: Cable, after: Cable) -> Iterator[Step]:
    stays = (_kept(before.a, after.a), _kept(before.b, after.b))
    yield _step(Action.UNPLUG, before, (_ends(before), stays))
    yield _laid(Action.PLUG_IN, after, stays)


def _kept(before: Socket, after: Socket) -> str:
    return str(before) if before == after else ""


def _old_order(match: Match) -> int:
    return match.before.run.install_order if match.before else 0


def _new_order(match: Match) -> int:
    return match.after.run.install_order if match.after else 0


def _ends(cable: Cable) -> tuple[str, str]:
    return str(cable.a), str(cable.b)


def _step(action: Action, cable: Cable, ends: tuple[tuple[str, str], tuple[str, str]]) -> Step:
    (from_a, from_b), (to_a, to_b) = ends
    return Step(
        number=0,
        action=action,
        subject=cable.run.cable_id,
        part=cable.run.option,
        stock_length_mm=cable.run.stock_length_mm,
        from_a=from_a,
        from_b=from_b,
        to_a=to_a,
        to_b=to_b,
    )


def _laid(action: Action, cable: Cable, from_ends: tuple[str, str]) -> Step:
    step = _step(action, cable, (from_ends, _ends(cable)))
    return replace(step, route=cable.run.segments, label_a=cable.run.label_a, label_b=cable.run.label_b)


def _rack_steps(before: Plan, after: Plan) -> Iterator[Step]:
    old, new = standing_racks(before).values(), standing_racks(after).values()
    for rack in _without(old, new):
        yield Step(number=0, action=Action.TAKE_AWAY_RACK, subject=rack.address, part=rack.rack_type)
    for rack in _without(new, old):
        yield Step(number=0, action=Action.SET_UP_RACK, subject=rack.address, part=rack.rack_type)


def _without(racks: Iterable[StandingRack], others: Iterable[StandingRack]) -> list[StandingRack]:
    known = set(others)
    return [rack for rack in racks if rack not in known]


def _device_steps(before: Plan, after: Plan) -> Iterator[Step]:
    old, new = _placed(before), _placed(after)
    for place, device in old.items():
        if place not in new:
            yield _device_step(Action.TAKE_OUT_DEVICE, device)
    for place, device in new.items():
        if place not in old:
            yield _device_step(Action.MOUNT_DEVICE, device)


def _placed(plan: Plan) -> dict[tuple[StandingRack, int, str], PlanDevice]:
    racks = standing_racks(plan)
    return {
        (racks[device.rack], device.u, device.device): device for device in plan.devices if device.is_placed
    }


def _device_step(action: Action, device: PlanDevice) -> Step:
    return Step(number=0, action=action, subject=device.name, part=device.device)
