"""Racks that may move: which arrangements keep the layout's rules, and a layout once they are decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from planner.model.catalog import Catalog, RackType
from planner.model.layout import Layout, RackPosition, Row, TiersSpec
from planner.model.open_racks import OpenRacks

Arrangement = tuple[str, ...]
"""Addresses of open positions that hold a rack that may move, in canonical order."""


def settle(layout: Layout, chosen: Collection[str]) -> Layout:
    """Return the layout with racks that may move fixed at the chosen positions, and barred elsewhere."""
    spec = layout.open_racks
    if spec is None:
        return layout
    open_at = {one.address: one for one in spec.positions}

    def settled(position: RackPosition) -> RackPosition:
        known = open_at.get(position.address)
        if known is None:
            return position
        if position.address in chosen:
            return replace(position, choices=(spec.rack_type,), may_be_empty=False)
        others = tuple(name for name in known.choices if name != spec.rack_type)
        return replace(position, choices=others, may_be_empty=known.may_be_empty)

    return _with_positions(layout, settled)


def reopen(layout: Layout) -> Layout:
    """Return the layout with the racks that may move undecided again."""
    known = {one.address: one for one in layout.open_racks.positions} if layout.open_racks else {}

    def opened(position: RackPosition) -> RackPosition:
        one = known.get(position.address)
        if one is None:
            return position
        return replace(position, choices=one.choices, may_be_empty=one.may_be_empty)

    return _with_positions(layout, opened)


def stand_where_pinned(layout: Layout) -> Layout:
    """Return the layout with open positions decided that pins decide.

    Where a pinned run starts stands one of the racks that may move, where an upper device is pinned stands
    none. With that all racks may have their places: then nothing is left open.
    """
    spec = layout.open_racks
    pins = [one.pins for one in layout.fabrics if isinstance(one, TiersSpec) and one.pins]
    if spec is None or not pins:
        return layout
    starts = {run.lower.rack for each in pins for run in each.runs}
    ends = {rack for each in pins for rack, _ in each.slots} - starts
    pinned = tuple(one for one in spec.positions if one.address in starts | ends)
    left = tuple(one for one in spec.positions if one not in pinned)
    decided = settle(replace(layout, open_racks=replace(spec, positions=pinned)), starts)
    decided = replace(decided, open_racks=replace(spec, positions=left))
    standing = sum(
        one.is_decided and one.choices[0] == spec.rack_type for row in decided.rows for one in row.positions
    )
    return decided if standing != spec.needed else replace(settle(decided, ()), open_racks=None)


def is_settled(layout: Layout) -> bool:
    """Tell whether nothing of the layout's racks may move any more."""
    spec = layout.open_racks
    if spec is None:
        return True
    return all(
        position.is_decided or spec.rack_type not in position.choices
        for row in layout.rows
        for position in row.positions
    )


def chosen_of(layout: Layout) -> Arrangement:
    """Return the open positions that hold a rack that may move in a settled layout."""
    spec = layout.open_racks
    if spec is None:
        return ()
    fixed = {
        position.address
        for row in layout.rows
        for position in row.positions
        if position.is_decided and position.choices[0] == spec.rack_type
    }
    return tuple(one.address for one in spec.positions if one.address in fixed)


def _with_positions(layout: Layout, change: Callable[[RackPosition], RackPosition]) -> Layout:
    rows = tuple(
        replace(row, positions=tuple(change(position) for position in row.positions)) for row in layout.rows
    )
    return replace(layout, rows=rows)


@dataclass(frozen=True)
class RowOfRacks:
    """Where racks that may move can stand in one row: open and fixed numbers, and how many at most.

    ``limits`` say in words and racks what each sum of the row allows.
    """

    name: str
    open_numbers: tuple[int, ...]
    fixed_numbers: tuple[int, ...]
    limits: tuple[tuple[str, int], ...]

    @property
    def most(self) -> int:
        """Most racks that the row's sums allow."""
        everywhere = len(self.open_numbers) + len(self.fixed_numbers)
        return min((racks for _, racks in self.limits), default=everywhere)


class ArrangementRules:
    """All arrangements of a layout's racks that may move, row by row."""

    def __init__(self, layout: Layout, catalog: Catalog) -> None:
        assert layout.open_racks is not None
        self.spec: OpenRacks = layout.open_racks
        self.rows = tuple(_row_of_racks(row, self.spec, catalog) for row in layout.rows)
        self._row_of = {
            f"{row.name}{number:02d}": (index, number)
            for index, row in enumerate(self.rows)
            for number in row.open_numbers
        }

    def row_name(self, address: str) -> str:
        """Return the row of an open position."""
        return self.rows[self._row_of[address][0]].name

    def allow(self, chosen: Collection[str]) -> bool:
        """Tell whether so many racks are needed and the rules hold for them."""
        taken: list[list[int]] = [list(row.fixed_numbers) for row in self.rows]
        for address in chosen:
            index, number = self._row_of[address]
            taken[index].append(number)
        if sum(map(len, taken)) != self.spec.needed:
            return False
        if self.spec.max_rows is not None and sum(bool(row) for row in taken) > self.spec.max_rows:
            return False
        return all(
            len(numbers) <= row.most and self._stand_well(sorted(numbers))
            for row, numbers in zip(self.rows, taken, strict=True)
        )

    def _stand_well(self, numbers: list[int]) -> bool:
        """Tell whether racks at these numbers of a row keep pairs and spacing."""
        block = self.spec.block
        runs: list[list[int]] = []
        for number in numbers:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        if any(len(run) % block for run in runs):
            return False
        if not self.spec.spacing:
            return True
        gaps = [after[0] - before[-1] - 1 for before, after in pairwise(runs)]
        return all(len(run) == block for run in runs) and min(gaps, default=10**9) >= self.spec.spacing

    @cached_property
    def counts_by_row(self) -> tuple[Counter[int], ...]:
        """Return for each row how many ways there are to place 0, 1, .. racks of it."""
        return tuple(self._ways_of_row(row) for row in self.rows)

    def _ways_of_row(self, row: RowOfRacks) -> Counter[int]:
        none = Counter({0: 1})
        ways: dict[int, Counter[int]] = {}
        places = set(row.open_numbers) | set(row.fixed_numbers)
        for number, may_be_left, next_number in steps_of_row(row, self.spec, places):
            found: Counter[int] = Counter()
            if may_be_left:
                found.update(ways.get(number + 1, none))
            if next_number is not None:
                rest = ways.get(next_number, none)
                found.update({count + self.spec.block: many for count, many in rest.items()})
            ways[number] = found
        return Counter({count: many for count, many in ways.get(1, none).items() if count <= row.most})

    @cached_property
    def _from_row(self) -> list[dict[tuple[int, int], int]]:
        """Return for each row, by racks and used rows left, in how many ways the rows from it on take all."""
        most_rows = len(self.rows) if self.spec.max_rows is None else self.spec.max_rows
        tables: list[dict[tuple[int, int], int]] = [{} for _ in range(len(self.rows) + 1)]
        tables[-1] = {(0, rows): 1 for rows in range(most_rows + 1)}
        for index in range(len(self.rows) - 1, -1, -1):
            table: Counter[tuple[int, int]] = Counter()
            for count, many in self.counts_by_row[index].items():
                for (racks, rows), rest in tables[index + 1].items():
                    key = racks + count, rows + bool(count)
                    if key[0] <= self.spec.needed and key[1] <= most_rows:
                        table[key] += many * rest
            tables[index] = dict(table)
        return tables

    @property
    def count(self) -> int:
        """How many arrangements keep the rules."""
        most_rows = len(self.rows) if self.spec.max_rows is None else self.spec.max_rows
        return self._from_row[0].get((self.spec.needed, most_rows), 0)

    def every(self) -> Iterator[Arrangement]:
        """Yield all arrangements that keep the rules, in canonical order, one after the other."""
        most_rows = len(self.rows) if self.spec.max_rows is None else self.spec.max_rows
        yield from self._rows_from(0, self.spec.needed, most_rows)

    def _rows_from(self, index: int, racks: int, rows: int) -> Iterator[Arrangement]:
        if index == len(self.rows):
            if racks == 0:
                yield ()
            return
        row = self.rows[index]
        for count in sorted(self.counts_by_row[index], reverse=True):
            left = racks - count, rows - bool(count)
            if not self._from_row[index + 1].get(left):
                continue
            for numbers in self._placed(row, count):
                own = tuple(f"{row.name}{number:02d}" for number in numbers if number in row.open_numbers)
                for rest in self._rows_from(index + 1, *left):
                    yield own + rest

    def _placed(self, row: RowOfRacks, count: int, start: int = 1) -> Iterator[tuple[int, ...]]:
        """Yield the ways to place so many racks from a number of the row on."""
        block, spacing = self.spec.block, self.spec.spacing
        fixed, places = set(row.fixed_numbers), set(row.open_numbers) | set(row.fixed_numbers)
        rest = [number for number in sorted(places) if number >= start]
        if count == 0:
            if not any(number in fixed for number in rest):
                yield ()
            return
        if len(rest) < count:
            return
        first = rest[0]
        after = first + block
        stands = all(each in places for each in range(first, after))
        if stands and not any(each in fixed for each in range(after, after + spacing)):
            for more in self._placed(row, count - block, after + spacing):
                yield (*range(first, after), *more)
        if first not in fixed:
            yield from self._placed(row, count, first + 1)


def steps_of_row(
    row: RowOfRacks, spec: OpenRacks, places: Collection[int]
) -> Iterator[tuple[int, bool, int | None]]:
    """Yield the numbers of a row from the last of ``places`` to 1, and what may be there.

    That is whether the number may be left, and where a row goes on after racks side by side that begin at
    it; None where none may begin. Past the last place nothing stands.
    """
    for number in range(max(places, default=0), 0, -1):
        after = number + spec.block
        beyond = after + spec.spacing
        stands = all(each in places for each in range(number, after))
        is_clear = not any(each in row.fixed_numbers for each in range(after, beyond))
        yield number, number not in row.fixed_numbers, beyond if stands and is_clear else None


def _row_of_racks(row: Row, spec: OpenRacks, catalog: Catalog) -> RowOfRacks:
    kind = catalog.rack_types[spec.rack_type]
    open_at = {one.address for one in spec.positions}
    own = [p for p in row.positions if p.address in open_at]
    fixed = [p for p in row.positions if p.is_decided and p.address not in open_at]
    return RowOfRacks(
        name=row.name,
        open_numbers=tuple(position.number for position in own),
        fixed_numbers=tuple(p.number for p in fixed if p.choices[0] == spec.rack_type),
        limits=tuple(_limits(row, kind, [catalog.rack_types[p.choices[0]] for p in fixed])),
    )


def _limits(row: Row, kind: RackType, standing: list[RackType]) -> Iterator[tuple[str, int]]:
    """Yield what each sum of a row leaves for racks of a kind: those that stand already included."""
    others = [one for one in standing if one.id != kind.id]
    power = sum(one.power_milliwatts for one in others)
    for word, limit, taken, each in (
        ("power", row.power_limit_milliwatts, power, kind.power_milliwatts),
        ("cooling", row.cooling_limit_milliwatts, power, kind.power_milliwatts),
        ("weight", row.weight_limit_g, sum(one.weight_g for one in others), kind.weight_g),
    ):
        if limit is not None and each:
            yield word, max(0, (limit - taken) // each)
