"""Common prices for fabrics that crowd what they share, and what these prove."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from planner.model.solution import Certificate
from planner.optimize.fill.common_prices import Agreement, CommonPrices
from planner.optimize.fill.members import open_member
from planner.optimize.fill.shared import SharedFabric
from planner.optimize.fill.taken import Resource
from planner.optimize.options import SolveOptions
from planner.optimize.stop import heeding


def agree(
    fabrics: Sequence[SharedFabric],
    start: Mapping[Resource, int],
    barred: Collection[Resource],
    options: SolveOptions,
) -> Agreement | None:
    """Search prices that prove most of all plans of several fabrics together.

    Parameters
    ----------
    fabrics
        The fabrics, with what is known of each.
    start
        Prices that are tried first.
    barred
        Resources that are to have no price in common.
    options
        Seed, stop rules, progress.

    Returns
    -------
    Agreement or None
        None where no prices prove more than fabrics do that are bounded without regard to limits.
    """
    with heeding(options.stop):
        return _open(fabrics, barred, options).search(start)


def certify_together(
    fabrics: Sequence[SharedFabric], prices: Mapping[Resource, int], options: SolveOptions
) -> dict[str, Certificate]:
    """Return certificates at common prices, by fabric; none where plain ones prove as much."""
    with heeding(options.stop):
        return _open(fabrics, (), options).certificates(prices)


def _open(
    fabrics: Sequence[SharedFabric], barred: Collection[Resource], options: SolveOptions
) -> CommonPrices:
    members = [open_member(one, options) for one in fabrics]
    return CommonPrices([one for one in members if one is not None], barred)
