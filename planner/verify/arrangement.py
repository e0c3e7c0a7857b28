"""Racks that may move: whether those of a plan stand where the layout lets them, by rules of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from planner.errors import Finding
from planner.model.layout import Layout, RackPosition, Row
from planner.model.open_racks import OpenRacks
from planner.verify.ground import Ground, fault


class RowRules(NamedTuple):
    """Numbers of a row where racks that move may, and where racks of the type stand for sure; most racks."""

    name: str
    open_numbers: frozenset[int]
    sure_numbers: frozenset[int]
    most: int


def stand_at(layout: Layout, spec: OpenRacks, taken: Sequence[str]) -> Layout:
    """Return the layout with racks that move at just these of the open positions."""
    offered = {one.address: one for one in spec.positions}

    def settled(position: RackPosition) -> RackPosition:
        one = offered.get(position.address)
        if one is None:
            return position
        if position.address in taken:
            return replace(position, choices=(spec.rack_type,), may_be_empty=False)
        kept = tuple(name for name in one.choices if name != spec.rack_type)
        return replace(position, choices=kept, may_be_empty=one.may_be_empty)

    rows = [replace(row, positions=tuple(map(settled, row.positions))) for row in layout.rows]
    return replace(layout, rows=tuple(rows))


def taken_of(ground: Ground, spec: OpenRacks) -> list[str]:
    """Return the open positions that hold a rack that moves in the plan."""
    places = ((one.address, ground.places.get(one.address)) for one in spec.positions)
    return [address for address, place in places if place and _is_sure(place.position, spec.rack_type)]


def _is_sure(position: RackPosition, rack_type: str) -> bool:
    return position.choices == (rack_type,) and not position.may_be_empty


def rules_of_rows(ground: Ground, spec: OpenRacks) -> list[RowRules]:
    """Return where racks of the type may stand, row by row, and how many each row's power allows."""
    offered = {one.address for one in spec.positions}
    return [_rules_of_row(ground, spec, row, offered) for row in ground.plan.layout.rows]


def _rules_of_row(ground: Ground, spec: OpenRacks, row: Row, offered: set[str]) -> RowRules:
    own = frozenset(one.number for one in row.positions if one.address in offered)
    standing = [
        one for one in row.positions if one.address not in offered and one.choices and not one.may_be_empty
    ]
    sure = [one for one in standing if len(one.choices) == 1]
    kinds = {one.number: ground.plan.catalog.rack_types.get(one.choices[0]) for one in sure}
    same = frozenset(number for number, kind in kinds.items() if kind and kind.id == spec.rack_type)
    most = len(own) + len(same)
    kind = ground.plan.catalog.rack_types.get(spec.rack_type)
    others = [one for n, one in kinds.items() if one is not None and n not in same]
    watts = sum(one.power_milliwatts for one in others)
    grams = sum(one.weight_g for one in others)
    for limit in (row.power_limit_milliwatts, row.cooling_limit_milliwatts):
        if limit is not None and kind is not None and kind.power_milliwatts > 0:
            most = min(most, max(0, (limit - watts) // kind.power_milliwatts))
    if row.weight_limit_g is not None and kind is not None and kind.weight_g > 0:
        most = min(most, max(0, (row.weight_limit_g - grams) // kind.weight_g))
    return RowRules(row.name, own, same, most)


def check_arrangement(ground: Ground) -> Iterator[Finding]:
    """Check the places of racks that may move: offered, counted, in pairs, spaced, within so many rows."""
    spec = ground.plan.layout.open_racks
    if spec is None:
        return
    for one in spec.positions:
        place = ground.places.get(one.address)
        if place is None:
            yield fault(
                "arrangement-not-offered", f"{one.address} may hold a {spec.rack_type}, and is no position"
            )
            continue
        rest = tuple(name for name in one.choices if name != spec.rack_type)
        stands = place.position.choices, place.position.may_be_empty
        if stands not in (((spec.rack_type,), False), (rest, one.may_be_empty)):
            yield fault(
                "arrangement-not-offered",
                f"{one.address} is left with {', '.join(stands[0]) or 'nothing'}; a rack that moves, or what"
                f" else the layout offers there, {', '.join(rest) or 'nothing'}, may be",
            )
    yield from _check_rules(ground, spec)


def _check_rules(ground: Ground, spec: OpenRacks) -> Iterator[Finding]:
    numbers = numbers_of_rows(rules_of_rows(ground, spec), taken_of(ground, spec))
    total = sum(map(len, numbers.values()))
    if total != spec.needed:
        yield fault("arrangement-count", f"{total} racks of {spec.rack_type} stand, {spec.needed} are needed")
    used = sum(bool(each) for each in numbers.values())
    if spec.max_rows is not None and used > spec.max_rows:
        yield fault(
            "arrangement-rows", f"{spec.rack_type} stands in {used} rows, at most {spec.max_rows} may be"
        )
    for name, each in numbers.items():
        yield from _check_row(spec, name, each)


def _check_row(spec: OpenRacks, name: str, numbers: Sequence[int]) -> Iterator[Finding]:
    stretches = stretches_of(numbers)
    block = 2 if spec.in_pairs else 1
    for low, high in stretches:
        if spec.in_pairs and (high - low + 1) % 2:
            yield fault("arrangement-pairs", f"row {name}: {spec.rack_type} at {low} to {high} are not pairs")
    if spec.spacing:
        close = any(high - low + 1 > block for low, high in stretches)
        gaps = [after[0] - before[1] - 1 for before, after in pairwise(stretches)]
        if close or min(gaps, default=spec.spacing) < spec.spacing:
            text = f"row {name}: {spec.rack_type} at {', '.join(map(str, numbers))} stand closer than"
            yield fault("arrangement-spacing", f"{text} {spec.spacing} positions")


def numbers_of_rows(rows: Sequence[RowRules], taken: Sequence[str]) -> dict[str, list[int]]:
    """Return the numbers of each row where racks of the type stand when those that move are there."""
    wanted = set(taken)
    return {
        row.name: sorted(row.sure_numbers | {n for n in row.open_numbers if f"{row.name}{n:02d}" in wanted})
        for row in rows
    }


def stretches_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last number of every stretch without a gap."""
    stretches: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if stretches and stretches[-1][1] == number - 1:
            stretches[-1] = stretches[-1][0], number
        else:
            stretches.append((number, number))
    return stretches


def keeps_rules(spec: OpenRacks, rows: Sequence[RowRules], taken: Sequence[str]) -> bool:
    """Tell whether racks that move may stand at these open positions, and nowhere else."""
    numbers = numbers_of_rows(rows, taken)
    counts = [len(each) for each in numbers.values()]
    return (
        sum(counts) == spec.needed
        and (spec.max_rows is None or sum(map(bool, counts)) <= spec.max_rows)
        and all(count <= row.most for count, row in zip(counts, rows, strict=True))
        and not any(finding for name, each in numbers.items() for finding in _check_row(spec, name, each))
    )


def count_arrangements(spec: OpenRacks, rows: Sequence[RowRules]) -> int:
    """Return how many arrangements keep the rules, counted position by position."""
    found: Counter[tuple[int, int]] = Counter({(0, 0): 1})
    for row in rows:
        after: Counter[tuple[int, int]] = Counter()
        for (racks, used), ways in found.items():
            for count, more in _count_row(spec, row).items():
                after[racks + count, used + bool(count)] += ways * more
        found = after
    most = len(rows) if spec.max_rows is None else spec.max_rows
    return sum(ways for (racks, used), ways in found.items() if racks == spec.needed and used <= most)


def _count_row(spec: OpenRacks, row: RowRules) -> dict[int, int]:
    """Return the ways to place each number of racks in a row.

    States: racks so far, length of the stretch that ends here, positions since the last one (capped).
    """
    block, far = (2 if spec.in_pairs else 1), max(1, spec.spacing)
    states: Counter[tuple[int, int, int]] = Counter({(0, 0, far): 1})
    places = row.open_numbers | row.sure_numbers
    for number in range(1, max(places, default=0) + 2):
        after: Counter[tuple[int, int, int]] = Counter()
        for (racks, length, gap), ways in states.items():
            ends_well = length % block == 0 and not (spec.spacing and length not in (0, block))
            if number not in row.sure_numbers and ends_well:
                after[racks, 0, 1 if length else min(far, gap + 1)] += ways
            may_go_on = length > 0 and not (spec.spacing and length >= block)
            may_start = length == 0 and gap >= far
            if number in places and (may_go_on or may_start):
                after[racks + 1, length + 1, 0] += ways
        states = after
    totals: dict[int, int] = defaultdict(int)
    for (racks, length, _), ways in states.items():
        if length == 0 and racks <= row.most:
            totals[racks] += ways
    return totals
