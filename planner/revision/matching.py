"""Which cable of one plan becomes which of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from planner.model.plan import CableEnd, CableRun, Plan
from planner.model.revision import Fate


class StandingRack(NamedTuple):
    """A rack as it stands: another type or another place makes it another rack."""

    address: str
    rack_type: str
    x_mm: int
    y_mm: int


class Socket(NamedTuple):
    """Where a cable is plugged in: a cage, or a port of it, of a device in a standing rack."""

    rack: StandingRack
    u: int
    device: str
    cage: int
    port: int

    def __str__(self) -> str:
        port = f"P{self.port}" if self.port else ""
        return f"{self.rack.address}-U{self.u:02d}-C{self.cage:02d}{port}"


class Cable(NamedTuple):
    """A cable run and the sockets at its ends."""

    run: CableRun
    a: Socket
    b: Socket

    @property
    def make(self) -> tuple[str, int]:
        """What it is made of: cables of one make can stand in for each other."""
        return self.run.option, self.run.stock_length_mm

    @property
    def way(self) -> tuple[tuple[str, ...], int]:
        """Where it lies."""
        return self.run.segments, self.run.routed_mm


class Match(NamedTuple):
    """A cable before and after, None where it is not there, and what becomes of it."""

    before: Cable | None
    after: Cable | None
    fate: Fate


def standing_racks(plan: Plan) -> dict[str, StandingRack]:
    """Return every rack that stands, by address."""
    found: dict[str, StandingRack] = {}
    for address in plan.rack_power_milliwatts:
        position = plan.layout.position(address)
        kind = plan.opened_racks.get(address) or position.choices[0]
        found[address] = StandingRack(address, kind, position.x_mm, position.y_mm)
    return found


def cables_of(plan: Plan) -> tuple[Cable, ...]:
    """Return all runs with the sockets that they are plugged into."""
    racks = standing_racks(plan)

    def socket(end: CableEnd) -> Socket:
        return Socket(racks[end.rack], end.u, end.device, end.cage, end.port)

    return tuple(Cable(run, socket(run.a), socket(run.b)) for run in plan.runs)


def match_cables(before: Sequence[Cable], after: Sequence[Cable]) -> tuple[Match, ...]:
    """Give every cable of both plans its fate.

    Cables between the same sockets are matched first; of the rest those of one make that share
    the socket at end A, then those that share the one at end B.
    """
    matches: list[Match] = []
    old, new = list(before), list(after)
    for key, fate_of in (
        (lambda cable: (cable.a, cable.b, cable.make), _same_ends),
        (lambda cable: (cable.a, cable.make), _one_end),
        (lambda cable: (cable.b, cable.make), _one_end),
    ):
        pairs = _pairs(old, new, key)
        matches += [Match(one, two, fate_of(one, two)) for one, two in pairs]
        taken = {id(cable) for pair in pairs for cable in pair}
        old = [cable for cable in old if id(cable) not in taken]
        new = [cable for cable in new if id(cable) not in taken]
    matches += [Match(cable, None, Fate.REMOVED) for cable in old]
    matches += [Match(None, cable, Fate.ADDED) for cable in new]
    return tuple(matches)


def _same_ends(one: Cable, two: Cable) -> Fate:
    return Fate.KEPT if one.way == two.way else Fate.MOVED


def _one_end(_one: Cable, _two: Cable) -> Fate:
    return Fate.RETERMINATED


def _pairs(
    old: Iterable[Cable], new: Iterable[Cable], key: Callable[[Cable], object]
) -> list[tuple[Cable, Cable]]:
    waiting = {key(cable): cable for cable in old}
    return [(waiting[key(cable)], cable) for cable in new if key(cable) in waiting]
