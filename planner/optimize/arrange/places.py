"""The cheapest places for the racks that move, once each open position has a value: rows one by one."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from planner.model.arrangement import ArrangementRules, RowOfRacks, steps_of_row
from planner.optimize.pricing import IntArray

Key = TypeVar("Key")
_Choice = tuple[int, tuple[int, ...]]
"""What positions cost together, and their indices."""


class CheapestPlaces:
    """Finds the arrangement of least value that the rules allow."""

    def __init__(self, rules: ArrangementRules) -> None:
        self._rules = rules
        self._index = {one.address: index for index, one in enumerate(rules.spec.positions)}
        self._moving = rules.spec.needed - sum(len(row.fixed_numbers) for row in rules.rows)
        is_plain = not rules.spec.in_pairs and not rules.spec.spacing and rules.spec.max_rows is None
        rows_hold_all = all(row.most >= len(row.open_numbers) + len(row.fixed_numbers) for row in rules.rows)
        self._is_free = is_plain and rows_hold_all

    def pick(self, values: IntArray, barred: IntArray) -> tuple[int, ...] | None:
        """Return the positions that cost least together, in order; None where the rules leave none.

        Parameters
        ----------
        values
            What a rack at each open position costs (P,).
        barred
            Indices of positions where none may stand.
        """
        if self._is_free:
            order = np.argsort(values, kind="stable")
            order = order[~np.isin(order, barred)][: self._moving]
            return tuple(np.sort(order).tolist()) if len(order) == self._moving else None
        gone = set(barred.tolist())
        rows = len(self._rules.rows) if self._rules.spec.max_rows is None else self._rules.spec.max_rows
        found: dict[tuple[int, int], _Choice] = {(0, 0): (0, ())}
        for row in self._rules.rows:
            after: dict[tuple[int, int], _Choice] = {}
            for (racks, used), (cost, places) in found.items():
                for count, (more, own) in self._of_row(row, values, gone).items():
                    key = racks + count, used + bool(count)
                    if key[0] <= self._rules.spec.needed and key[1] <= rows:
                        _keep(after, key, (cost + more, places + own))
            found = after
        needed = self._rules.spec.needed
        best = min((found[needed, used] for used in range(rows + 1) if (needed, used) in found), default=None)
        return None if best is None else tuple(sorted(best[1]))

    def _of_row(self, row: RowOfRacks, values: IntArray, gone: set[int]) -> dict[int, _Choice]:
        """Return the cheapest choice of 0, 1, .. racks of a row, those that stand included."""
        spec = self._rules.spec
        nobody: dict[int, _Choice] = {0: (0, ())}
        index = {number: self._index[f"{row.name}{number:02d}"] for number in row.open_numbers}
        places = set(row.fixed_numbers) | {number for number, each in index.items() if each not in gone}
        ways: dict[int, dict[int, _Choice]] = {}
        for number, may_be_left, next_number in steps_of_row(row, spec, places):
            found: dict[int, _Choice] = {}
            if may_be_left:
                found.update(ways.get(number + 1, nobody))
            if next_number is not None:
                own = tuple(index[each] for each in range(number, number + spec.block) if each in index)
                cost = int(values[list(own)].sum())
                for count, (more, rest) in ways.get(next_number, nobody).items():
                    if count + spec.block <= row.most:
                        _keep(found, count + spec.block, (cost + more, own + rest))
            ways[number] = found
        return ways.get(1, nobody)


def _keep(found: dict[Key, _Choice], key: Key, choice: _Choice) -> None:
    """Keep the cheaper choice."""
    if key not in found or choice < found[key]:
        found[key] = choice
