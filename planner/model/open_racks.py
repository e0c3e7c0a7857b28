"""Racks that may move, as the user describes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """A position that may hold one of the racks that may move: what else the layout lets stand there."""

    address: str
    choices: tuple[str, ...]
    may_be_empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRacks:
    """Racks that bring lower devices of a fabric along and that may move.

    ``needed`` racks of the type stand in all, those that the layout fixes included, the others at some of
    the ``positions``. Where they stand ``in_pairs``, each has a neighbor of its own side by side;
    ``spacing`` positions at least lie between two of a row (of pairs: between two pairs); ``max_rows``
    is in how many rows they may stand (None: all).
    """

    rack_type: str
    needed: int
    positions: tuple[OpenPosition, ...]
    in_pairs: bool = False
    spacing: int = 0
    max_rows: int | None = None

    @property
    def block(self) -> int:
        """How many stand side by side at least."""
        return 2 if self.in_pairs else 1
