"""What could be sized instead of a wish that has no design, found by trying it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.errors import InfeasibleError
from planner.model.layout import Spread
from planner.model.sizing import LowerUnit, System, SystemSize, Wish
from planner.sizing.refusals import count_blocks

Sizer = Callable[[Wish], SystemSize]


def nearest_designs(system: System, wish: Wish, size: Sizer) -> str:
    """Return in words: fewer blocks, another spread, another unit, another number of tiers."""
    blocks = count_blocks(system, wish)
    asked = replace(wish, gpus=None, blocks=blocks)
    wishes = [("", _fewer_blocks(asked, blocks, size))]
    wishes += [(f", {spread.value}", replace(asked, spread=spread)) for spread in Spread]
    wishes += [
        (f", runs spread by {unit.value}", replace(asked, unit=unit))
        for unit in (LowerUnit.ASIC, LowerUnit.TRAY)
    ]
    wishes += [
        (f", {tiers} tiers", replace(asked, tiers=tiers))
        for tiers in range(system.inner_tiers + 1, system.inner_tiers + len(system.tiers) + 1)
    ]
    found = [_text(system, change, size(other)) for change, other in wishes if other and _closes(other, size)]
    return "; ".join(found) if found else "none with these parts"


def _fewer_blocks(wish: Wish, blocks: int, size: Sizer) -> Wish | None:
    """Return the wish with the most blocks that close; fewer always do where more do."""
    lowest, highest = 0, blocks
    while highest - lowest > 1:
        middle = (lowest + highest) // 2
        if _closes(replace(wish, blocks=middle), size):
            lowest = middle
        else:
            highest = middle
    return replace(wish, blocks=lowest) if lowest else None


def _closes(wish: Wish, size: Sizer) -> bool:
    try:
        size(wish)
    except InfeasibleError:
        return False
    return True


def _text(system: System, change: str, size: SystemSize) -> str:
    return f"{size.blocks:,} x {system.block.name}{change} ({size.asics:,} ASICs in {size.trays:,} trays)"
