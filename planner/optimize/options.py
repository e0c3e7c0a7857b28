"""What a caller may ask of the optimizer. Stop rules count work, never seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.optimize.stop import NEVER, Stop


def _silent(message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """Options of one solve.

    Parameters
    ----------
    seed
        Seed of the solvers' own random choices; the same seed gives the same plan.
    gap_permillion
        Improvement stops once (cost - bound) / cost is at most this many parts per million.
    relaxation_limit
        Most units, one of each class in each slot, that are priced while the choice of switch racks is
        divided into cases.
    arc_limit
        Most arcs of all flows together that look for the racks of an even problem, and again of those that
        prove it.
    unsharpened_gap_permillion
        The first case is sharpened only if the gap is more than this.
    diving_gap_permillion
        Planes that sharpened a case become a placement only if the gap is more than this.
    sharpening_gap_permillion
        Further ones are sharpened only while the gap is more than this.
    sharpening_limit
        Most planes that are relaxed to sharpen all cases together.
    node_limit
        Most branch-and-bound nodes of each integer program.
    searching_gap_permillion
        A placement is improved by exchanges only while the gap is more than this.
    wiring_limit
        Most planes wired while a placement is improved.
    progress
        Called with one short line before each longer step.
    stop
        What may end the search early; the plan is then whole, and the bound holds, but both may be worse.
    """

    seed: int = 1
    gap_permillion: int = 150
    relaxation_limit: int = 400_000
    arc_limit: int = 1_100_000
    unsharpened_gap_permillion: int = 50
    diving_gap_permillion: int = 2
    sharpening_gap_permillion: int = 300
    sharpening_limit: int = 2100
    node_limit: int = 5
    searching_gap_permillion: int = 0
    wiring_limit: int = 1_500
    progress: Callable[[str], None] = _silent
    stop: Stop = NEVER
