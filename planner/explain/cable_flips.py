"""What would make a cable run otherwise: less or more length, another price, a lateral."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.explain.made import Made, RoutedFabric, cheapest, usable_mm
from planner.explain.room import Room
from planner.model.explanation import Flip, FlipKind
from planner.model.plan import CableRun
from planner.model.routes import RouteKind
from planner.units import meters, money


@dataclass(frozen=True, slots=True)
class CableFlips:
    """A run as it is made, in its fabric. Parts that have run out are no choice."""

    routed: RoutedFabric
    run: CableRun
    chosen: Made
    room: Room

    def found(self, lateral: tuple[int, RoutedFabric] | None) -> Iterator[Flip]:
        """Find the least changes, each by itself; ``lateral`` as ``explain_cable`` takes it."""
        yield from self._by_length(FlipKind.LESS_LENGTH)
        yield from self._by_length(FlipKind.MORE_LENGTH)
        yield from self._by_price()
        if lateral is not None:
            yield from self._by_lateral(*lateral)

    def _made(self, routed: RoutedFabric, less_mm: int = 0) -> list[Made]:
        made = routed.all_made(*routed.ends(self.run), less_mm)
        return [one for one in made if self.room.can_be_had(self.run, self.chosen, one)]

    def _by_length(self, kind: FlipKind) -> Iterator[Flip]:
        """Find the least change of length that makes another option the cheapest.

        Prices step where a stock length begins to be enough, or ceases to be: nothing flips in between.
        """
        is_less = kind is FlipKind.LESS_LENGTH
        for change in sorted(set(self._steps(is_less=is_less))):
            best = cheapest(self._made(self.routed, change if is_less else -change))
            if best is not None and best.option is not self.chosen.option:
                word = "less" if is_less else "more"
                sentence = f"{meters(change)} {word} required length makes it {_named(best)}"
                yield Flip(kind=kind, amount=change, to=best.option.id, sentence=sentence)
                return

    def _steps(self, *, is_less: bool) -> Iterator[int]:
        ways = self.routed.ways(*self.routed.ends(self.run))
        for option in self.routed.options:
            for length_mm in usable_mm(option):
                for way in ways:
                    over = way.required_mm - length_mm
                    if is_less and over > 0:
                        yield over
                    if not is_less and over <= 0:
                        yield 1 - over

    def _by_price(self) -> Iterator[Flip]:
        """Say by how much each other option is too dear, all else as it is."""
        made, now_cents = self._made(self.routed), self.chosen.cents
        for option in self.routed.options:
            best = cheapest([one for one in made if one.option is option])
            if option is self.chosen.option or best is None or best.cents is None or now_cents is None:
                continue
            more = best.cents - now_cents
            if more >= 0:
                sentence = (
                    f"{option.id} would be chosen where a run of it cost {money(more + 1)}"
                    f" {self.routed.layout.economics.currency} less (it costs {money(best.cents)})"
                )
                yield Flip(kind=FlipKind.CHEAPER, amount=more + 1, to=option.id, sentence=sentence)

    def _by_lateral(self, positions: int, opened: RoutedFabric) -> Iterator[Flip]:
        """Say what a lateral from end to end would bring."""
        best, now_cents = cheapest(self._made(opened)), self.chosen.cents
        if best is None or best.cents is None or now_cents is None or best.cents >= now_cents:
            return
        route = opened.table.route(*opened.ends(self.run), best.way.route)
        if route.kind is not RouteKind.LATERAL:
            return
        saved = f"saves {money(now_cents - best.cents)} {opened.layout.economics.currency}"
        sentence = f"laterals past {positions} positions would open one here: {_named(best)}, which {saved}"
        yield Flip(kind=FlipKind.LATERAL, amount=positions, to=best.option.id, sentence=sentence)


def _named(made: Made) -> str:
    return f"{made.option.medium.value} ({made.option.id})"
