"""Limits of rows as bounds know them: how many devices a row holds, by how many racks are opened in it.

What a row has left of power, cooling and weight goes to racks, which are of one type, and to devices, which
are of one type too. So only their numbers count, and the best use of a row is found rack by rack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimize.pricing import BoolArray, IntArray
from planner.optimize.room import RowPower

NOTHING = -(2**60)
"""Worth of what cannot be: less than any sum of prices."""


@dataclass(frozen=True, slots=True, eq=False)
class RowLimit:
    """A row whose limits do not let all its racks be full.

    ``racks`` are its candidate racks (R,), ``takes_more`` tells which of them draw something of their own
    once opened (R,), and ``most_devices`` how many devices fit when so many of these are opened, from none
    to all; -1 where not even they do.
    """

    racks: IntArray
    takes_more: BoolArray
    most_devices: IntArray

    def most_worth(self, worths: Sequence[IntArray], is_open: IntArray, is_closed: IntArray) -> int | None:
        """Return the most that the row is worth; None where it cannot hold the racks that are open.

        Parameters
        ----------
        worths
            For each of its racks, what it is worth opened with 0, 1, .. devices.
        is_open, is_closed
            0 or 1 for each candidate rack of the problem (Q,); others may be either.
        """
        most = max(0, int(self.most_devices.max()))
        best = np.full((len(self.most_devices), most + 1), NOTHING, dtype=np.int64)
        best[0, 0] = 0
        for rack, more, worth in zip(self.racks, self.takes_more.tolist(), worths, strict=True):
            if is_closed[rack]:
                continue
            after = np.full_like(best, NOTHING) if is_open[rack] else best.copy()
            before = best[: len(best) - more]
            for devices, value in enumerate(worth[: most + 1].tolist()):
                opened = before[:, : most + 1 - devices] + value
                part = after[more:, devices:]
                np.maximum(part, opened, out=part)
            best = np.maximum(after, NOTHING)
        fits = np.arange(most + 1) <= self.most_devices[:, None]
        found = int(best[fits].max(initial=NOTHING))
        return None if found <= NOTHING // 2 else found


def limits_of_rows(row_power: Sequence[RowPower], capacity: IntArray) -> tuple[RowLimit, ...]:
    """Return the rows in which limits bind: those that not all racks, full, would keep.

    ``capacity`` (Q,) is how many devices each candidate rack holds.
    """
    rows: dict[str, list[RowPower]] = {}
    for one in row_power:
        if one.drawn_milliwatts(capacity) > one.left_milliwatts:
            rows.setdefault(one.row, []).append(one)
    return tuple(_row_limit(limits, capacity) for limits in rows.values())


def _row_limit(limits: Sequence[RowPower], capacity: IntArray) -> RowLimit:
    """Return what the limits of one row, which have its racks in common, leave together."""
    racks = np.flatnonzero(limits[0].is_in_row)
    drawn = np.stack([one.rack_milliwatts[racks] for one in limits])
    takes_more = np.asarray((drawn > 0).any(axis=0))
    opened = np.arange(int(takes_more.sum()) + 1)
    most = np.full(len(opened), int(capacity[racks].sum()))
    for one, own in zip(limits, drawn, strict=True):
        left = one.left_milliwatts - opened * int(own.max(initial=0))
        most = np.where(left < 0, -1, most)
        if one.device_milliwatts:
            most = np.minimum(most, np.maximum(-1, left // one.device_milliwatts))
    return RowLimit(racks, takes_more, most)
