"""Wishes that a system cannot meet: what was asked, the sum that fails, what is possible."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planner.model.sizing import LowerUnit, System, Uplinks, Wish
from planner.sizing.joins import refusal


def count_blocks(system: System, wish: Wish) -> int:
    """Return the blocks of one domain; refuse GPUs that fill no whole number of blocks."""
    if wish.blocks is not None:
        return wish.blocks
    if wish.gpus is None:
        return system.block.count
    blocks, rest = divmod(wish.gpus, system.block.gpus)
    if rest:
        name, each = system.block.name, system.block.gpus
        near = " or ".join(f"{n * each:,} ({n:,})" for n in (blocks, blocks + 1) if n)
        raise refusal(
            "gpus-uneven",
            f"{system.id}: {wish.gpus:,} GPUs are no whole number of blocks, "
            f"a {name} holds {each:,}; possible: {near}",
        )
    return blocks


def switches_of(system: System) -> str:
    """Return what the switches inside a block are called in a sentence."""
    block = system.block
    return (
        f"the {block.tier} switch trays of a {block.name}"
        if block.trays
        else f"the switches on the board of a {block.name}"
    )


def refuse_no_uplinks(system: System, wish: Wish, blocks: int, others: Sequence[System]) -> None:
    """Refuse a further tier, more blocks or a taper where nothing leaves a block."""
    bare = f"{switches_of(system)} have no cages for uplinks"
    if wish.tiers is not None and wish.tiers != system.inner_tiers:
        raise refusal(
            "no-uplinks",
            f"{system.id}: {wish.tiers} tiers asked for, but {bare}, so no second tier can be cabled; "
            f"possible: {_siblings(system, others, wish.tiers)}1 tier",
        )
    if blocks > 1:
        raise refusal(
            "no-uplinks",
            f"{system.id}: {blocks:,} x {system.block.name} cannot be one domain: {bare}; "
            f"possible: {_siblings(system, others, None)}{blocks:,} domains of one {system.block.name}",
        )
    if wish.taper is not None:
        raise refusal("no-uplinks", f"{system.id}: nothing to taper: {bare}")


def _siblings(system: System, others: Sequence[System], tiers: int | None) -> str:
    """Name the systems of the same generation and network that do have such tiers."""
    found = [
        other.id
        for other in others
        if (other.generation, other.network) == (system.generation, system.network)
        and other.tiers
        and (tiers is None or tiers in other.tier_counts)
    ]
    return f"{', '.join(found)}; " if found else ""


def refuse_unpaired(system: System, uplinks: Uplinks, wish: Wish, blocks: int) -> None:
    """Refuse what a pair cannot be: a second tier beside it, a taper, or another number of blocks."""
    block = system.block
    if wish.tiers is not None and wish.tiers != system.inner_tiers:
        more = -(-block.gpus * system.gpu_gbps // uplinks.rate_gbps)
        raise refusal(
            "cages-short",
            f"{system.id}: {wish.tiers} tiers asked for, but all {uplinks.runs} cages of a {block.name} go "
            f"to its partner; with a second tier at full rate a {block.name} needs {uplinks.runs} + {more} = "
            f"{uplinks.runs + more} cages, {uplinks.runs} are there; possible: the pair alone, or no pair",
        )
    if wish.taper is not None:
        raise refusal(
            "no-taper", f"{system.id}: a pair is cabled with all its cages, there is nothing to taper"
        )
    if blocks != 2:
        raise refusal(
            "no-pair",
            f"{system.id}: {blocks:,} x {block.name} are no pair; possible: 2, and more domains of 2",
        )


def refuse_tiers(system: System, tiers: int) -> None:
    """Refuse a number of tiers that the catalog does not describe."""
    lowest, highest = system.inner_tiers + 1, system.inner_tiers + len(system.tiers)
    if lowest <= tiers <= highest:
        return
    if tiers < lowest:
        why = f"blocks are joined by at least {lowest}"
    else:
        why = f"the {system.tiers[-1].name} switches have no uplinks, all their cages look down"
    possible = str(lowest) if lowest == highest else f"{lowest} to {highest}"
    raise refusal("no-tier", f"{system.id}: {tiers} tiers asked for, but {why}; possible: {possible}")


def refuse_unit(system: System, uplinks: Uplinks, unit: LowerUnit) -> None:
    """Refuse to spread runs by a unit that a block does not have, or that they do not divide among."""
    units = system.block.units(unit)
    if not units or uplinks.runs % units:
        raise refusal(
            "no-unit",
            f"{system.id}: runs cannot be spread by {unit.value}: a {system.block.name} has {units} for its "
            f"{uplinks.runs} runs; possible: {uplinks.unit.value}",
        )


def tapered_uplinks(system: System, uplinks: Uplinks, taper: Fraction, unit: LowerUnit) -> int:
    """Return the uplinks of a unit under a taper; refuse fractions and more than there are."""
    units = system.block.units(unit)
    there = uplinks.runs // units
    downlink = Fraction(system.block.gpus * system.gpu_gbps, units)
    wanted = downlink / taper / uplinks.rate_gbps
    if wanted.denominator == 1 and 1 <= wanted <= there:
        return int(wanted)
    near = sorted({min(max(1, n), there) for n in (int(wanted), int(wanted) + 1)})
    ratios = ", ".join(f"{ratio_text(downlink / (n * uplinks.rate_gbps))} ({n} uplinks)" for n in near)
    raise refusal(
        "taper-impossible",
        f"{system.id}: a taper of {ratio_text(taper)} takes {downlink} Gb/s : {uplinks.rate_gbps} Gb/s : "
        f"{taper} = {wanted} uplinks of one {unit.value}, but it has {there} whole ones; possible: {ratios}",
    )


def tapered_downlinks(system: System, tier: str, ports: int, taper: Fraction) -> int:
    """Return the downlinks of a switch whose ports are split in that ratio; refuse fractions."""
    down = ports * taper / (1 + taper)
    if down.denominator == 1 and 0 < down < ports:
        return int(down)
    near = [n for n in (int(down), int(down) + 1) if 0 < n < ports]
    ratios = ", ".join(f"{ratio_text(Fraction(n, ports - n))} ({n} down, {ports - n} up)" for n in near)
    raise refusal(
        "taper-impossible",
        f"{system.id}: a taper of {ratio_text(taper)} cuts the {ports} ports of a {tier} switch into "
        f"fractions; possible: {ratios}",
    )


def ratio_text(ratio: Fraction) -> str:
    """Return a ratio as "2:1"."""
    return f"{ratio.numerator}:{ratio.denominator}"
