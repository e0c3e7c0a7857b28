"""What runs share, and which of them counts it: a transceiver or a cable is bought once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from planner.model.economics import module_cents, run_power_milliwatts
from planner.model.media import MediaOption, Plug
from planner.model.plan import CableEnd, CableRun

Thing = TypeVar("Thing")


class Made(NamedTuple):
    """What a run is made of: the option, the index of its stock length, and the plugs at A and B."""

    option: MediaOption
    stock: int
    plugs: tuple[Plug, Plug]


class Counted(NamedTuple):
    """What is counted with a run: the plug at end A, that at end B, and the cables."""

    plug_a: bool
    plug_b: bool
    cables: bool


_ALL = Counted(plug_a=True, plug_b=True, cables=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRun:
    """A run of the plan, what it is made of, and what of that is counted with it."""

    run: CableRun
    made: Made
    counted: Counted

    @property
    def plugs(self) -> tuple[Plug, ...]:
        """The plugs that are counted with the run, end A first."""
        return counted_plugs(self.made, self.counted)

    @property
    def cables(self) -> int:
        """The assemblies or cords that are counted with the run."""
        return self.made.option.cables_per_run if self.counted.cables else 0

    @property
    def powers_milliwatts(self) -> list[int]:
        """What is powered, energy rounded for each: the plugs it has for itself, each shared one."""
        shared = [plug.power_milliwatts for plug in self.plugs if plug.runs > 1]
        return [run_power_milliwatts(self.made.option), *shared]


def counted_plugs(made: Made, counted: Counted) -> tuple[Plug, ...]:
    """Return the plugs that are counted with a run, end A first."""
    if counted.plug_a and counted.plug_b:
        return made.plugs
    return made.plugs[:1] if counted.plug_a else made.plugs[1:] if counted.plug_b else ()


def cost_cents(made: Made, counted: Counted) -> int:
    """Return the price of what is counted with a run."""
    cents = sum(module_cents(plug) for plug in counted_plugs(made, counted))
    if counted.cables:
        cents += made.option.cables_per_run * made.option.cable.stock[made.stock].price.cents
    return cents


def by_fabric(things: Iterable[Thing], fabric_of: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """Return the runs or devices of every fabric that has some, in the order given."""
    found: dict[str, list[Thing]] = {}
    for one in things:
        found.setdefault(fabric_of(one), []).append(one)
    return found


def kinds_of(runs: Iterable[PricedRun]) -> list[tuple[PricedRun, int]]:
    """Count runs that are made alike and have alike counted with them: the first of each kind, and how many.

    Thousands of runs of a fabric are of a few kinds.
    """
    first: dict[tuple[int, Counted], PricedRun] = {}
    counts: Counter[tuple[int, Counted]] = Counter()
    for one in runs:
        kind = (id(one.made), one.counted)
        counts[kind] += 1
        if kind not in first:
            first[kind] = one
    return [(first[kind], count) for kind, count in counts.items()]


def module_counts(kinds: Iterable[tuple[PricedRun, int]]) -> Counter[str]:
    """Count the transceivers of runs (by kind) by part, each once however many runs share it."""
    counts: Counter[str] = Counter()
    for one, count in kinds:
        for plug in one.plugs:
            if plug.transceiver:
                counts[plug.transceiver.id] += count
    return counts


def count_once(ends: Sequence[tuple[CableEnd, CableEnd]], made: Sequence[Made]) -> list[Counted]:
    """Decide for each run of one fabric what is counted with it.

    A shared plug goes with the run in the lowest port of its cage. A shared cable joins runs in
    neighboring ports of a cage, at the plug that most runs share (end A where both are alike), and
    goes with the lowest of them.
    """
    if not any(one.option.is_shared for one in {id(one): one for one in made}.values()):
        return [_ALL] * len(made)
    firsts = [_firsts(ends, side, [one.plugs[side].runs for one in made]) for side in (0, 1)]
    heads = [_firsts(ends, side, [_runs_per_cable(one, side) for one in made]) for side in (0, 1)]
    return [Counted(firsts[0][n], firsts[1][n], heads[_head(one)][n]) for n, one in enumerate(made)]


def _head(made: Made) -> int:
    a, b = made.plugs
    return 1 if b.runs > a.runs else 0


def _runs_per_cable(made: Made, side: int) -> int:
    return made.option.runs_per_cable if side == _head(made) else 1


def _firsts(ends: Sequence[tuple[CableEnd, CableEnd]], side: int, sharing: Sequence[int]) -> list[bool]:
    """Tell which runs come first where so many neighbors in a cage share something."""
    is_first = [True] * len(ends)
    for cage in _by_cage(ends, side, (n for n, runs in enumerate(sharing) if runs > 1)):
        for nth, n in enumerate(cage):
            is_first[n] = nth % sharing[n] == 0
    return is_first


def _by_cage(
    ends: Sequence[tuple[CableEnd, CableEnd]], side: int, sharing: Iterable[int]
) -> Iterable[list[int]]:
    """Group runs by the cage at one of their sides, in the order of its ports."""
    cages: dict[tuple[str, int, int], list[int]] = {}
    for n in sharing:
        end = ends[n][side]
        cages.setdefault((end.rack, end.u, end.cage), []).append(n)
    return [sorted(cage, key=lambda n: ends[n][side].port) for cage in cages.values()]
