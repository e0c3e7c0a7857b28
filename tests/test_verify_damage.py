"""However a plan is damaged, verifying it ends, and says that something is wrong."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from planner.model.plan import Plan
from planner.verify.check import verify_plan
from tests.faults.plans import base_plan

ADAPTER = TypeAdapter(Plan)
UNCHECKED = {
    # Words that no rule speaks of, and numbers of the search that nothing follows from.
    "assumptions",
    "findings",
    "versions",
    "seed",
    "bound_covers",
    "cut",
    "unit",
    "baselines",
    "uplink_prices_millicents",
    "slot_prices_millicents",
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values that hold no others, and of all lists."""
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in leaves(one, (*path, key))]
    if isinstance(value, list):
        return [path, *(leaf for index, one in enumerate(value) for leaf in leaves(one, (*path, index)))]
    return [path]


def damage(value: Any, generator: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return generator.choice([0, -1, value + 1, 2**62, -(2**62), 99])
    if isinstance(value, list):
        return generator.choice([[], value[1:], value + value[:1], value[::-1]])
    return generator.choice(["", "Z99", "optics", f"{value} "])


@pytest.mark.parametrize("base", ["tiers", "peers", "ports/rails"])
def test_no_damage_stops_a_check(base: str) -> None:
    generator = random.Random(base)
    text = ADAPTER.dump_json(base_plan(base))
    paths = leaves(json.loads(text))
    tried = 0
    while tried < 300:
        value = json.loads(text)
        path = generator.choice(paths)
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        old = holder[path[-1]]
        holder[path[-1]] = damage(old, generator)
        try:
            plan = ADAPTER.validate_python(value, strict=False)
        except ValidationError:
            continue
        tried += 1
        codes = {finding.code for finding in verify_plan(plan)}
        assert "not-checked" not in codes, (path, old, holder[path[-1]])
        is_checked = path[0] in ("layout", "catalog") or not UNCHECKED & set(path)
        is_checked &= path != ("layout", "name")  # that of its file
        if is_checked and plan != base_plan(base) and not isinstance(old, list):
            assert codes, (path, old, holder[path[-1]])
