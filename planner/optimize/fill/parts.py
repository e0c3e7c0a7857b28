"""What is left of limited parts, and what a run of each kind takes of them, in arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.media import MediaOption
from planner.model.supply import BomKey, SupplyLimit, limits_length, ordered, own_pieces, spare_pieces
from planner.optimize.pricing import BoolArray, IntArray, StockRule, usable_stock_mm


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """The usable stock items of all options, and the pieces that a run of each kind has for itself.

    ``option``, ``stock`` and ``length_mm`` are those of each kind (J,), ``numbers`` the kinds' numbers by
    option and stock item; ``lines`` the lines of the order, ``pieces`` what a run takes of each (J, L).
    """

    option: IntArray
    stock: IntArray
    length_mm: IntArray
    lines: tuple[BomKey, ...]
    pieces: IntArray
    numbers: IntArray

    def number(self, option: IntArray, stock: IntArray) -> IntArray:
        """Return the numbers of kinds, given indices of options and stock items; 0 where there is none."""
        within = np.minimum(stock, self.numbers.shape[1] - 1)
        return np.asarray(np.maximum(0, self.numbers[option, within]), dtype=np.int64)


def read_kinds(media: Sequence[tuple[int, MediaOption]]) -> Kinds:
    """Return the usable stock items of options, numbered."""
    made = [(index, option, item) for index, option in media for item in range(len(usable_stock_mm(option)))]
    pieces = [own_pieces(option, item) for _, option, item in made]
    lines = tuple(dict.fromkeys(key for one in pieces for key in one))
    option = np.array([index for index, _, _ in made], dtype=np.int64)
    stock = np.array([item for _, _, item in made], dtype=np.int64)
    numbers = np.full((max([0, *(index for index, _ in media)]) + 1, int(stock.max(initial=0)) + 1), -1)
    numbers[option, stock] = np.arange(len(made))
    table = np.array([[one[key] for key in lines] for one in pieces], dtype=np.int64)
    length_mm = np.array([one.cable.stock[item].length_mm for _, one, item in made], dtype=np.int64)
    return Kinds(option, stock, length_mm, lines, table.reshape(len(made), len(lines)), numbers)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PartsLeft:
    """The P limits that concern a fabric.

    Parameters
    ----------
    kinds, limits
        What runs may be made of, and the limits.
    left_orders
        Pieces that may still be ordered (P,): below 0 where more are ordered already.
    spares_permille
        Spares that are ordered with the pieces in use, line by line.
    covers
        The lines that each limit is about (P, L).
    is_limited
        By option, which of its usable stock items are limited by themselves.
    """

    kinds: Kinds
    limits: tuple[SupplyLimit, ...]
    left_orders: IntArray
    spares_permille: int
    covers: BoolArray
    is_limited: Mapping[int, tuple[bool, ...]]

    @classmethod
    def of_nothing(cls, kinds: Kinds) -> PartsLeft:
        """Return what limits nothing."""
        return cls(
            kinds=kinds,
            limits=(),
            left_orders=np.zeros(0, dtype=np.int64),
            spares_permille=0,
            covers=np.zeros((0, len(kinds.lines)), dtype=bool),
            is_limited={},
        )

    @property
    def left_pieces(self) -> IntArray:
        """Most pieces in use, spares left aside (P,)."""
        return np.maximum(0, self.left_orders) * 1000 // (1000 + self.spares_permille)

    @property
    def pieces(self) -> IntArray:
        """What a run of each kind takes of each limited part (J, P)."""
        return np.asarray(self.kinds.pieces @ self.covers.T.astype(np.int64), dtype=np.int64)

    def ordered(self, kinds: IntArray, runs: IntArray) -> IntArray:
        """Return what is ordered for so many runs of kinds, of each limited part (P,)."""
        quantity = np.rint(runs @ self.kinds.pieces[kinds]).astype(np.int64)
        spares = np.array([spare_pieces(one, self.spares_permille) for one in quantity.tolist()], np.int64)
        return np.asarray(self.covers @ (quantity + spares), dtype=np.int64)

    def orders(self, kinds: IntArray) -> Counter[BomKey]:
        """Return what is ordered for runs of kinds (one each), by line."""
        quantity = self.kinds.pieces[kinds].sum(axis=0).tolist()
        return Counter(
            {
                line: count + spare_pieces(count, self.spares_permille)
                for line, count in zip(self.kinds.lines, quantity, strict=True)
            }
        )

    def least_pieces(self, required_mm: IntArray) -> IntArray:
        """Return what a run takes of each limited part at least (P,) + shape, given the least it requires.

        A longer way needs a longer piece; which way it is does not matter. Where nothing reaches, that is 0.
        """
        reaches = required_mm[None] <= self.kinds.length_mm.reshape(-1, *[1] * required_mm.ndim)
        most = np.iinfo(np.int64).max
        least = [
            np.where(reaches, kind.reshape(-1, *[1] * required_mm.ndim), most).min(axis=0)
            for kind in self.pieces.T
        ]
        found = [np.where(reaches.any(axis=0), one, 0) for one in least]
        return np.array(found, dtype=np.int64).reshape(len(found), *required_mm.shape)

    def least_orders(self, pieces: IntArray) -> dict[BomKey, int]:
        """Return what is ordered at least where so many pieces of each limited part (P,) are in use."""
        return {
            (limit.part, limit.stock_length_mm): count + spare_pieces(count, self.spares_permille)
            for limit, count in zip(self.limits, pieces.tolist(), strict=True)
            if count
        }

    def stock_rules(self, piece_cents: IntArray) -> dict[int, StockRule]:
        """Return what supply adds to options' stock items, given what the pieces of each kind charge (J,)."""
        if not self.limits:
            return {}
        return {
            option: StockRule(tuple(piece_cents[self.kinds.option == option].tolist()), limited)
            for option, limited in self.is_limited.items()
        }


def read_parts(
    media: Sequence[tuple[int, MediaOption]],
    limits: Sequence[SupplyLimit],
    orders: Mapping[BomKey, int],
    spares_permille: int,
) -> PartsLeft:
    """Return the limits that concern runs made of these media, less what is ordered already.

    Parameters
    ----------
    media
        The options that fit.
    limits, spares_permille
        What can be had, and the spares that are ordered.
    orders
        What is ordered already, by line.
    """
    kinds = read_kinds(media)
    own = [limit for limit in limits if any(limit.covers(line) for line in kinds.lines)]
    covers = [[limit.covers(line) for line in kinds.lines] for limit in own]
    return PartsLeft(
        kinds=kinds,
        limits=tuple(own),
        left_orders=np.array([limit.most_pieces - ordered(limit, orders) for limit in own], dtype=np.int64),
        spares_permille=spares_permille,
        covers=np.array(covers, dtype=bool).reshape(len(own), len(kinds.lines)),
        is_limited={
            index: tuple(limits_length(own, option, item) for item in range(len(usable_stock_mm(option))))
            for index, option in media
        },
    )
