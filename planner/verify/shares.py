"""What runs share: transceivers, cables and cages, each counted once, and the rules that follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.errors import Finding
from planner.model.layout import Granularity, TiersSpec, WiredUnit
from planner.model.media import Plug
from planner.model.plan import CableEnd, CableRun
from planner.verify.ground import Ground, fault
from planner.verify.media import Fit, Site, oriented
from planner.verify.units import Unit, sockets_per_cage, unit_of
from planner.verify.wiring import Tiers, derive_all


@dataclass(slots=True)
class Made:
    """What one run is made of.

    Parameters
    ----------
    fit
        Its option, the plug of end A first.
    counts_plug
        Whether the plug at end A, at end B is counted with this run: one that it has for itself, or
        that it shares and is the lowest port of.
    counts_cable
        Whether its cables are counted with it.
    needed_mm
        The longest length that a run in its share of a cable requires.
    """

    fit: Fit
    counts_plug: tuple[bool, bool]
    counts_cable: bool
    needed_mm: int

    @property
    def kind(self) -> tuple[object, ...]:
        """Return what is equal for runs that are made alike and have alike counted with them."""
        return (id(self.fit), self.counts_plug, self.counts_cable)

    @property
    def plugs(self) -> list[Plug]:
        """The plugs that are counted with the run."""
        return [plug for plug, counts in zip(self.fit.plugs, self.counts_plug, strict=True) if counts]

    @property
    def cables(self) -> int:
        """The assemblies or cords that are counted with the run."""
        return self.fit.option.cables_per_run if self.counts_cable else 0

    def cents(self, cable_cents: int) -> int:
        """Return the price of what is counted with the run when one cable or cord costs that much."""
        modules = sum(plug.transceiver.price.cents for plug in self.plugs if plug.transceiver)
        return self.cables * cable_cents + modules

    def powers_milliwatts(self) -> list[int]:
        """Return what draws power: the plugs it has for itself together, each shared one for itself."""
        own = sum(plug.power_milliwatts for plug in self.fit.plugs if plug.runs == 1)
        return [own, *(plug.power_milliwatts for plug in self.plugs if plug.runs > 1)]


@lru_cache(maxsize=1)
def sites_of(ground: Ground) -> list[tuple[Site, Site] | None]:
    """Return, run by run, the cages of both ends and how many runs each takes; None where one is unknown."""
    known: dict[tuple[str, str, int], Site | None] = {}
    sites: list[tuple[Site, Site] | None] = []
    for run in ground.plan.runs:
        both = []
        for end in (run.a, run.b):
            key = (run.fabric, end.device, end.cage)
            if key not in known:
                known[key] = _site(ground, *key)
            both.append(known[key])
        sites.append((both[0], both[1]) if both[0] is not None and both[1] is not None else None)
    return sites


def _site(ground: Ground, fabric: str, device: str, number: int) -> Site | None:
    spec, cage = ground.fabrics.get(fabric), ground.cage(device, number)
    granularity = spec.granularity if isinstance(spec, TiersSpec) else Granularity.CAGE
    return None if cage is None else Site(cage.group, sockets_per_cage(cage.group, granularity))


@lru_cache(maxsize=1)
def made_of(ground: Ground) -> dict[int, Made]:
    """Return what every run is made of, by its index among the plan's runs; damaged ones are missing."""
    made: dict[int, Made] = {}
    lying: dict[tuple[object, ...], Fit] = {}
    for index, (run, sites) in enumerate(zip(ground.plan.runs, sites_of(ground), strict=True)):
        option = ground.options.get(run.option)
        if option is None or sites is None:
            continue
        key = (option.id, *((id(site.group), site.runs) for site in sites))
        fit = lying.get(key)
        if fit is None:
            fit = lying[key] = oriented(option, sites)
        made[index] = Made(fit, (True, True), True, run.routed_mm + run.slack_mm)
    for side in (0, 1):
        _count_shared(ground, made, side)
    return made


def ends_of(run: CableRun) -> tuple[CableEnd, CableEnd]:
    """Return both ends of a run."""
    return run.a, run.b


def _count_shared(ground: Ground, made: dict[int, Made], side: int) -> None:
    for cage in _shared_cages(ground, made, side).values():
        for index in cage[1:]:
            flags = made[index].counts_plug
            made[index].counts_plug = (flags[0] and side == 1, flags[1] and side == 0)
        for share in _cable_shares(made, side, cage):
            longest = max(made[index].needed_mm for index in share)
            for nth, index in enumerate(share):
                made[index].counts_cable = nth == 0
                made[index].needed_mm = longest


def _shared_cages(
    ground: Ground, made: dict[int, Made], side: int
) -> dict[tuple[str, str, int, int], list[int]]:
    """Return the runs in each cage whose plug they share at that side, by port."""
    cages: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
    for index, one in made.items():
        if one.fit.plugs[side].runs > 1:
            run = ground.plan.runs[index]
            end = ends_of(run)[side]
            cages[run.fabric, end.rack, end.u, end.cage].append(index)
    for found in cages.values():
        found.sort(key=lambda index: ends_of(ground.plan.runs[index])[side].port)
    return cages


def _cable_shares(made: dict[int, Made], side: int, cage: Sequence[int]) -> Iterator[list[int]]:
    """Yield the runs of one cage that share a cable, where cables are shared at that side."""
    fit = made[cage[0]].fit
    size = fit.option.runs_per_cable
    if size > 1 and fit.head == side:
        for start in range(0, len(cage), size):
            yield list(cage[start : start + size])


def check_shares(ground: Ground) -> Iterator[Finding]:
    """Check that runs which share something are alike, and that no more cages are in use than needed."""
    made = made_of(ground)
    for side in (0, 1):
        for (fabric, rack, u, number), cage in _shared_cages(ground, made, side).items():
            where = f"fabric {fabric}, cage {number} of {rack} U{u}"
            yield from _check_cage(ground, made, side, where, cage)
    for tiers in derive_all(ground).values():
        if isinstance(tiers, Tiers):
            runs = ground.runs_of[tiers.spec.name]
            yield from _check_options(tiers, runs)
            for side in (0, 1):
                yield from _check_packing(tiers, runs, side)


def _check_cage(
    ground: Ground, made: dict[int, Made], side: int, where: str, cage: Sequence[int]
) -> Iterator[Finding]:
    runs = ground.plan.runs
    options = sorted({runs[index].option for index in cage})
    if len(options) > 1:
        yield fault(
            "mixed-plug", f"{where}: runs of {' and '.join(options)} share it, a plug is of one option"
        )
    for share in _cable_shares(made, side, cage):
        lengths = sorted({runs[index].stock_length_mm for index in share})
        if len(lengths) > 1:
            yield fault(
                "unequal-share",
                f"{where}: runs {', '.join(runs[index].cable_id for index in share)} share one cable, their"
                f" stock lengths are {' and '.join(map(str, lengths))} mm",
            )


def _check_options(tiers: Tiers, runs: Sequence[CableRun]) -> Iterator[Finding]:
    options = sorted({run.option for run in runs})
    if tiers.is_one_way and len(options) > 1:
        yield fault(
            "mixed-options",
            f"fabric {tiers.spec.name}: runs of {' and '.join(options)}; where runs may share plugs all"
            " runs of a fabric are made by one option",
        )


def _check_packing(tiers: Tiers, runs: Sequence[CableRun], side: int) -> Iterator[Finding]:
    """Check that every unit fills a cage before it takes the next one."""
    tier = (tiers.spec.lower, tiers.spec.upper)[side]
    per_cage = tiers.sites[side].runs
    if per_cage == 1 or tier.unit is WiredUnit.PORT:
        return
    ports: dict[tuple[Unit, int], list[int]] = defaultdict(list)
    for run in runs:
        end = ends_of(run)[side]
        ports[unit_of(tier, end), end.cage].append(end.port)
    cages, load = Counter(unit for unit, _ in ports), Counter[Unit]()
    for (unit, number), used in ports.items():
        load[unit] += len(used)
        if sorted(used) != list(range(1, len(used) + 1)):
            yield fault(
                "port-skipped",
                f"fabric {tiers.spec.name}: cage {number} of {unit.rack} U{unit.u} has runs in ports"
                f" {', '.join(map(str, sorted(used)))}, the lowest come first",
            )
    for unit, count in cages.items():
        needed = -(-load[unit] // per_cage)
        if count > needed:
            yield fault(
                "cages-not-packed",
                f"fabric {tiers.spec.name}: {load[unit]} runs of {unit.rack} U{unit.u} are in {count} cages,"
                f" {needed} of {per_cage} ports hold them",
            )
