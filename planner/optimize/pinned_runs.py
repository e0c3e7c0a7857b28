"""Pinned runs: what each may be made of, and what it costs where its cages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.fabric import TierFabric
from planner.model.layout import Economics
from planner.model.media import MediaOption
from planner.model.pins import PinnedRun
from planner.model.routes import RouteTable
from planner.model.solution import MediumChoice
from planner.optimize.pricing import UNREACHABLE_CENTS, price_option

Media = Sequence[tuple[int, MediaOption]]


@dataclass(frozen=True, slots=True, eq=False)
class PinnedMake:
    """A pinned run and the media that it may be made of.

    Of each, ``media`` holds its index in the catalog's, the option with the stock that may be bought, and
    the index of the first of it among all stock.
    """

    run: PinnedRun
    media: tuple[tuple[int, MediaOption, int], ...]

    def cheapest(
        self, table: RouteTable, economics: Economics, row: int, column: int, *, least: bool = False
    ) -> tuple[int, MediumChoice]:
        """Return cost and make of the run between two attachments; ``least`` as in ``price_pairs``.

        Ties go to the shorter routed length, then to the earlier option, then to the earlier route.
        """
        best, made = (UNREACHABLE_CENTS, 0), MediumChoice(option=0, stock=0, route=0)
        routed, slack = table.routed_mm[row, column], table.slack_mm[row, column]
        for index, option, first in self.media:
            cents, stock = price_option(option, routed, slack, economics, least=least)
            for route in range(len(cents)):
                found = int(cents[route]), int(routed[route])
                if found < best and found[0] < UNREACHABLE_CENTS:
                    best = found
                    made = MediumChoice(option=index, stock=first + int(stock[route]), route=route)
        return best[0], made


def makes_of(fabric: TierFabric, fitting: Media, offered: Media) -> tuple[PinnedMake, ...]:
    """Return what pinned runs may be made of: their part, or any of those offered to all runs."""
    found = []
    for run in fabric.pinned_runs:
        media = [(index, option, 0) for index, option in offered]
        if run.pin.part:
            media = [_narrowed(one, run) for one in fitting if one[1].id == run.pin.part]
        found.append(PinnedMake(run, tuple(media)))
    return tuple(found)


def _narrowed(option: tuple[int, MediaOption], run: PinnedRun) -> tuple[int, MediaOption, int]:
    """Leave only the pinned stock length of an option."""
    index, one = option
    if not run.pin.stock_length_mm:
        return index, one, 0
    lengths = [item.length_mm for item in one.cable.stock]
    at = lengths.index(run.pin.stock_length_mm)
    return index, replace(one, cable=replace(one.cable, stock=(one.cable.stock[at],))), at


def least_cents(
    make: PinnedMake,
    table: RouteTable,
    economics: Economics,
    ends: tuple[int, Sequence[int]],
    *,
    least: bool = False,
) -> int:
    """Return the least that a pinned run costs between its lower attachment and any of the upper ones."""
    row, columns = ends
    return min(
        make.cheapest(table, economics, row, column, least=least)[0] for column in np.unique(columns).tolist()
    )
