"""Rules that a fabric's upper devices must keep beyond planes and spread."""

from __future__ import annotations

from dataclasses import dataclass

ALL_PERMILLE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """What one failure may take of a plane.

    Upper units of a plane stand in at least ``racks_per_plane`` switch racks, and at most
    ``share_per_rack_permille`` of them in one. ``feeds`` names the grouping of racks whose groups are
    the power feeds, "" where none is asked for; the same then holds for racks on one feed.
    """

    racks_per_plane: int = 1
    share_per_rack_permille: int = ALL_PERMILLE
    feeds: str = ""
    feeds_per_plane: int = 1
    share_per_feed_permille: int = ALL_PERMILLE
