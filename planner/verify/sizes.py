"""Sizes of this world: embedded inputs whose numbers no hall has are refused before any sum.

A forged plan could otherwise make 64-bit sums wrap, or a check run for days over a billion cages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from planner.errors import Finding
from planner.model.plan import Plan
from planner.verify.ground import fault

LARGEST = {
    "mm": 10**8,
    "um": 10**9,
    "permille": 10**6,
    "cents": 10**8,
    "milliwatts": 10**12,
    "g": 10**12,
    "pieces": 10**9,
    "gbps": 10**9,
    "m": 10**9,
}
LARGEST_PRICE_CENTS = 10**11
LARGEST_COUNT = 10**5


def check_sizes(plan: Plan) -> Iterator[Finding]:
    """Name each number of the embedded layout and catalog that is out of this world."""
    for option in plan.catalog.media:
        shares = (option.cables_per_run, option.runs_per_cable, *(plug.runs for plug in option.plugs))
        if min(shares) < 1:
            text = f"catalog.media: {option.id} has {min(shares)} runs or cables where there is one at least"
            yield fault("absurd-number", text)
    for where, value in (("layout", plan.layout), ("catalog", plan.catalog)):
        for path, number, limit in _numbers(value, where, LARGEST_COUNT):
            if abs(number) > limit:
                yield fault("absurd-number", f"{path} is {number}, beyond {limit}")


def _numbers(value: Any, path: str, limit: int) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, int):
        yield path, value, limit
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, f"{path}.{key}", limit)
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _numbers(one, f"{path}.{index}", limit)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), f"{path}.{field.name}", _limit(field.name))


def _limit(name: str) -> int:
    if name == "cents":
        return LARGEST_PRICE_CENTS
    return LARGEST.get(name.rpartition("_")[2], LARGEST_COUNT) if "_" in name else LARGEST_COUNT
