"""What comes before a plan: sizes without a floor, and a first layout. Joins their stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from planner.errors import Finding, InfeasibleError, InputError
from planner.inputs.findings import nearest, shown
from planner.inputs.sizing import SizingInputs, read_parts
from planner.model.sizing import Demand, Figure, MediumPrice, Network, System, SystemSize, Wish
from planner.model.starter import Starter
from planner.sizing.claims import Judgement, judge
from planner.sizing.demand import DemandChain, demand_chain
from planner.sizing.figures import Variants, figure, ratios
from planner.sizing.prices import medium_prices
from planner.sizing.size import size_system
from planner.starter.layout import write_layout
from planner.topology.spread import design_spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Factors of the demand chain that a user gives; None leaves one to the catalog or the system."""

    demand: Demand
    chip_gbps: int | None = None
    tiers: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A scale-up size over a scale-out one: ends and switches per GPU."""

    other: str
    ends: Fraction
    switches: Variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """All that one system's column says."""

    size: SystemSize
    prices: tuple[MediumPrice, ...]
    comparisons: tuple[Comparison, ...]
    chain: DemandChain


def find_system(inputs: SizingInputs, name: str) -> System:
    """Return a system by its id; raises InputError with the nearest one."""
    if name not in inputs.systems:
        message = f"unknown system {shown(name)}{nearest(name, inputs.systems)}"
        raise InputError([Finding(code="unknown-system", message=message)])
    return inputs.systems[name]


def find_generation(inputs: SizingInputs, generation: str) -> list[str]:
    """Return the ids of a generation's systems; raises InputError with the nearest generation."""
    found = [name for name, system in inputs.systems.items() if system.generation == generation]
    if not found:
        known = {system.generation for system in inputs.systems.values()}
        message = f"unknown generation {shown(generation)}{nearest(generation, known)}"
        raise InputError([Finding(code="unknown-generation", message=message)])
    return found


def size_one(inputs: SizingInputs, system: System, wish: Wish, factors: Factors) -> Sized:
    """Size one system and all that follows from it."""
    size = _size(inputs, system, wish)
    return Sized(
        size=size,
        prices=medium_prices(system, inputs.media),
        comparisons=_compare(inputs, size),
        chain=demand_chain(factors.demand, size, factors.chip_gbps, factors.tiers),
    )


def size_all(
    inputs: SizingInputs, systems: Sequence[System], wish: Wish, factors: Factors, *, may_leave_out: bool
) -> tuple[tuple[Sized, ...], tuple[Finding, ...]]:
    """Size systems, and say what keeps others from it.

    Raises
    ------
    InfeasibleError
        None can be sized as wished, or one cannot and none may be left out.
    """
    sized: list[Sized] = []
    findings: list[Finding] = []
    for system in systems:
        try:
            sized.append(size_one(inputs, system, wish, factors))
        except InfeasibleError as error:
            findings += error.findings
    if findings and not (may_leave_out and sized):
        raise InfeasibleError(findings)
    return tuple(sized), tuple(findings)


def judge_claims(inputs: SizingInputs) -> tuple[Judgement, ...]:
    """Hold every claim against the sizes of the catalog; raises InputError for an unknown figure."""
    return tuple(
        judge(claim, _claimed(inputs, claim.figure, claim.of, claim.against)) for claim in inputs.claims
    )


def start_layout(inputs: SizingInputs, system: System, racks: int, label: str) -> str:
    """Return the text of a first layout of that many racks; raises where they make no fabric."""
    starter = system.starter
    if starter is None:
        able = ", ".join(name for name, one in inputs.systems.items() if one.starter)
        why = "nothing is cabled between its racks" if not system.uplinks else "no parts are described"
        message = f"{system.id}: no first layout: {why}; there is one of {able}"
        raise InfeasibleError([Finding(code="no-layout", message=message)])
    _refuse_uneven_racks(system.id, starter, racks)
    size = _size_racks(inputs, system, starter, racks)
    parts = read_parts(starter.catalogs)
    return write_layout(size, starter, parts, inputs.floor, racks, design_spread, label)


def _refuse_uneven_racks(system: str, starter: Starter, racks: int) -> None:
    """Refuse racks that fill no whole number of groups: all planes need as many."""
    sizes = {grouping.name: grouping.racks for grouping in starter.groups if grouping.racks}
    step = _step(starter)
    if racks % step == 0:
        return
    groups = ", ".join(f"a {name} is {size} racks" for name, size in sizes.items() if size > 1)
    near = [count for count in (racks // step * step, (racks // step + 1) * step) if count]
    message = (
        f"{system}: {racks:,} racks make no equal planes: {groups or f'blocks are of {step} racks'}; "
        f"possible: {' or '.join(f'{count:,}' for count in near)}"
    )
    raise InfeasibleError([Finding(code="racks-uneven", message=message)])


def _size_racks(inputs: SizingInputs, system: System, starter: Starter, racks: int) -> SystemSize:
    blocks = racks * starter.blocks_per_rack // starter.racks_per_block
    # Pairs are as many domains as there are couples of racks; an odd number is left to be refused.
    is_paired = not system.tiers and blocks > 0 and blocks % 2 == 0
    wish = Wish(blocks=2, domains=blocks // 2) if is_paired else Wish(blocks=blocks)
    try:
        return _size(inputs, system, wish)
    except InfeasibleError as error:
        if blocks == racks:
            raise
        # The size counts blocks, the user asked for racks.
        most = _most_racks(inputs, system, starter, racks)
        findings = [
            replace(one, message=f"{one.message}; in racks, at most {most:,}") for one in error.findings
        ]
        raise InfeasibleError(findings if most else error.findings) from error


def _most_racks(inputs: SizingInputs, system: System, starter: Starter, racks: int) -> int:
    """Return the most racks below a number that have a size; fewer do wherever more do."""
    step = _step(starter)
    lowest, highest = 0, racks // step
    while highest - lowest > 1:
        middle = (lowest + highest) // 2
        blocks = middle * step * starter.blocks_per_rack // starter.racks_per_block
        try:
            _size(inputs, system, Wish(blocks=blocks))
        except InfeasibleError:
            highest = middle
        else:
            lowest = middle
    return lowest * step


def _step(starter: Starter) -> int:
    return lcm(starter.racks_per_block, *(one.racks for one in starter.groups if one.racks))


def _size(inputs: SizingInputs, system: System, wish: Wish) -> SystemSize:
    return size_system(system, wish, design_spread, tuple(inputs.systems.values()))


def _compare(inputs: SizingInputs, size: SystemSize) -> tuple[Comparison, ...]:
    """Compare a scale-up size that has cable runs with the catalog's scale-out systems."""
    if size.system.network is not Network.SCALE_UP or not size.runs:
        return ()
    comparisons = []
    for name in inputs.compare:
        other = _size(inputs, inputs.systems[name], Wish())
        ends, switches = (
            ratios([figure(key, size, ())], [figure(key, other, ())])
            for key in (Figure.EQUIVALENT_ENDS_PER_GPU, Figure.SWITCHES_PER_GPU)
        )
        comparisons.append(Comparison(other=name, ends=ends[""][0], switches=switches if size.trays else {}))
    return tuple(comparisons)


def _claimed(inputs: SizingInputs, name: Figure, of: Sequence[str], against: Sequence[str]) -> Variants:
    both = [
        [
            figure(name, _size(inputs, system, Wish()), medium_prices(system, inputs.media))
            for system in (inputs.systems[one] for one in names)
        ]
        for names in (of, against)
    ]
    return ratios(both[0], both[1])
