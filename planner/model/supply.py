"""Supply: how many pieces of a part can be had, and which pieces a run takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from planner.model.media import MediaOption
from planner.units import ceil_div

BomKey = tuple[str, int | None]
"""A part's catalog id and its stock length in mm (None: it has none): one line of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyLimit:
    """The most pieces of a part that can be ordered, spares included.

    ``stock_length_mm`` is the one length that the limit is about; None: all of the part together.
    """

    part: str
    stock_length_mm: int | None
    most_pieces: int

    @property
    def name(self) -> str:
        """What is limited, for people."""
        if self.stock_length_mm is None:
            return self.part
        return f"{self.part} of {self.stock_length_mm} mm"

    def covers(self, key: BomKey) -> bool:
        """Tell whether pieces of a line of the order count."""
        return key[0] == self.part and self.stock_length_mm in (None, key[1])


def own_pieces(option: MediaOption, stock: int) -> Counter[BomKey]:
    """Return the pieces that a run made by an option has for itself, given the index of its stock length.

    Plugs and cables that runs share count 0.
    """
    pieces: Counter[BomKey] = Counter()
    own = option.cables_per_run if option.runs_per_cable == 1 else 0
    pieces[option.cable.id, option.cable.stock[stock].length_mm] += own
    for plug in option.plugs:
        if plug.transceiver is not None:
            pieces[plug.transceiver.id, None] += 1 if plug.runs == 1 else 0
    return pieces


def limits_length(limits: Collection[SupplyLimit], option: MediaOption, stock: int) -> bool:
    """Tell whether that stock length of an option's cable is limited by itself.

    Then a run that it would do for may be made of the next longer one.
    """
    return any(
        (limit.part, limit.stock_length_mm) == (option.cable.id, option.cable.stock[stock].length_mm)
        for limit in limits
    )


def spare_pieces(quantity: int, spares_permille: int) -> int:
    """Return the spares of one part and stock length for one fabric, rounded up."""
    return ceil_div(quantity * spares_permille, 1000)


def ordered(limit: SupplyLimit, orders: Mapping[BomKey, int]) -> int:
    """Return how many of the pieces ordered a limit is about."""
    return sum(count for key, count in orders.items() if limit.covers(key))
