"""Figures of a size by name; a count of switches comes in every unit that it may be counted in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product

from planner.model.media import Medium
from planner.model.sizing import Figure, MediumPrice, SystemSize

ASICS = "ASICs"
TRAYS = "trays"

Variants = dict[str, tuple[Fraction, Fraction]]
"""Lowest and highest value by what is counted; one key, "", where nothing can be mistaken."""

_PLAIN: Mapping[Figure, Callable[[SystemSize], Fraction | int]] = {
    Figure.GPUS: lambda size: size.gpus,
    Figure.BLOCKS: lambda size: size.blocks,
    Figure.GPUS_PER_BLOCK: lambda size: size.system.block.gpus,
    Figure.GPU_BANDWIDTH: lambda size: size.system.gpu_gbps,
    Figure.INNER_TRAYS: lambda size: size.inner_trays,
    Figure.INNER_ASICS: lambda size: size.inner_asics,
    Figure.ASICS: lambda size: size.asics,
    Figure.TRAYS: lambda size: size.trays,
    Figure.RUNS: lambda size: size.runs,
    Figure.ENDS: lambda size: size.ends,
    Figure.ENDS_PER_GPU: lambda size: Fraction(size.ends, size.gpus),
    Figure.EQUIVALENT_ENDS_PER_GPU: lambda size: size.equivalent_ends / size.gpus,
}
_SWITCHES: Mapping[Figure, Callable[[SystemSize, int], Fraction]] = {
    Figure.GPUS_PER_SWITCH: lambda size, count: Fraction(size.gpus, count) if count else Fraction(0),
    Figure.SWITCHES_PER_GPU: lambda size, count: Fraction(count, size.gpus),
}
_REACHES: Mapping[Figure, frozenset[Medium]] = {
    Figure.PASSIVE_COPPER_REACH: frozenset({Medium.DAC}),
    Figure.ACTIVE_COPPER_REACH: frozenset({Medium.ACC, Medium.AEC}),
}


def figure(name: Figure, size: SystemSize, prices: tuple[MediumPrice, ...]) -> dict[str, Fraction]:
    """Return a figure by what it counts: "" where nothing can be mistaken."""
    if name in _SWITCHES:
        count = _SWITCHES[name]
        return {ASICS: count(size, size.asics), TRAYS: count(size, size.trays)}
    if name in _REACHES:
        reaches = [price.reach_mm for price in prices if price.medium in _REACHES[name]]
        return {"": Fraction(max(reaches, default=0), 1000)}
    return {"": Fraction(_PLAIN[name](size))}


def ratios(of: list[dict[str, Fraction]], against: list[dict[str, Fraction]]) -> Variants:
    """Return the range of every figure, or of every figure divided by every one of ``against``."""
    if not against:
        return {label: _range([one[label] for one in of]) for label in of[0]}
    return {
        f"{above} : {below}" if above else "": _range(
            [one[above] / other[below] for one, other in product(of, against) if other[below]]
        )
        for above, below in product(of[0], against[0])
    }


def _range(values: list[Fraction]) -> tuple[Fraction, Fraction]:
    return min(values, default=Fraction(0)), max(values, default=Fraction(0))
