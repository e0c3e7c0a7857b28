"""What runs are made of once their ends are known; cables that several runs share among it.

A shared cable has its head in one cage, and a tail for each of its runs. Its length is that of the
longest tail that is needed, and it is bought once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.media import MediaOption, Plug
from planner.model.solution import MediumChoice
from planner.optimize.pricing import UNREACHABLE_CENTS, PairPrices, cable_shares_cents
from planner.optimize.reach import fitting_media
from planner.optimize.sockets import option_plugs


class EndPair(NamedTuple):
    """Both attachments of a run, and on each side the cage that it ends in and the port of it."""

    lower: int
    upper: int
    lower_cage: tuple[Hashable, int]
    upper_cage: tuple[Hashable, int]


def head_side(plugs: tuple[Plug, Plug]) -> int:
    """Return the side where the runs of a cable end in one cage: 0 lower, 1 upper.

    That is the plug that most runs share, the lower one between equals.
    """
    return 0 if plugs[0].runs >= plugs[1].runs else 1


def longest_first(stock: Sequence[int]) -> list[int]:
    """Return the order in which runs take the sockets of a unit's heads, given their stock items.

    Runs of like length then share a cable, and a cable that is not full is a short one.
    """
    return sorted(range(len(stock)), key=lambda run: (-stock[run], run))


def shared_option(catalog: Catalog, fabric: TierFabric, prices: PairPrices) -> MediaOption | None:
    """Return the option of all runs, where that is one whose runs share cables; else None."""
    made = np.unique(prices.option[prices.cents < UNREACHABLE_CENTS]).tolist()
    shared = [option for index, option in fitting_media(catalog, fabric) if index in made]
    return shared[0] if len(shared) == 1 and shared[0].runs_per_cable > 1 else None


def make_runs(
    catalog: Catalog, fabric: TierFabric, prices: PairPrices, ends: Sequence[EndPair]
) -> tuple[list[MediumChoice], int] | None:
    """Return what each run is made of and what all cost together; None where one does not reach."""
    pairs = tuple(np.array([(end.lower, end.upper) for end in ends], dtype=np.int64).reshape(-1, 2).T)
    made = zip(*(each[pairs].tolist() for each in (prices.option, prices.stock, prices.route)), strict=True)
    choices = [MediumChoice(option=option, stock=stock, route=route) for option, stock, route in made]
    cents = prices.cents[pairs].tolist()
    if max(cents, default=0) >= UNREACHABLE_CENTS:
        return None
    option = shared_option(catalog, fabric, prices)
    if option is None:
        return choices, sum(cents)
    is_upper = head_side(option_plugs(catalog, fabric, option)) == 1
    heads = [end.upper_cage if is_upper else end.lower_cage for end in ends]
    shares = cable_shares_cents(option)
    total = sum(cents) - sum(shares[choice.stock] for choice in choices)
    for members in cable_shares(heads, option.runs_per_cable):
        stock = max(choices[run].stock for run in members)
        total += option.cable.stock[stock].price.cents
        for run in members:
            choices[run] = replace(choices[run], stock=stock)
    return choices, total


def cable_shares(heads: Sequence[tuple[Hashable, int]], runs_per_cable: int) -> list[list[int]]:
    """Return which runs share each cable.

    Parameters
    ----------
    heads
        For each run the cage of its head, and the port in it.
    runs_per_cable
        Runs that one cable takes: those of a cage share cables in the order of their ports.
    """
    by_cage: dict[Hashable, list[int]] = {}
    for run in sorted(range(len(heads)), key=lambda run: heads[run][1]):
        by_cage.setdefault(heads[run][0], []).append(run)
    return [
        members[first : first + runs_per_cable]
        for members in by_cage.values()
        for first in range(0, len(members), runs_per_cable)
    ]
