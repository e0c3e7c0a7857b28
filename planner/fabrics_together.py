"""All fabrics of a layout: decided in turn and, where they crowd what they share, about together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from planner.fabrics_in_turn import Routed, Takings, Turn, decide_in_turn, wider_table
from planner.inputs.load import Inputs
from planner.model.solution import Certificate
from planner.model.supply import SupplyLimit, ordered
from planner.optimize.alike import KnownSolutions
from planner.optimize.fill.shared import SharedFabric
from planner.optimize.fill.taken import Resource, Taken
from planner.optimize.options import SolveOptions
from planner.plan.section_use import used_sections
from planner.plan.solved import SolvedFabric

_MOST_ROUNDS = 4
"""Most rounds after the first in which fabrics leave to others what these took in the one before."""

_UM2_A_PIECE = 10**6
"""Square micrometers too much that count like a piece too many."""


def solve_fabrics(
    inputs: Inputs, routed: Sequence[Routed], options: SolveOptions
) -> tuple[SolvedFabric, ...]:
    """Decide about all fabrics, and prove how good that is.

    They are decided in turn. Where several take too much of something together, or one is bounded by
    prices of what others take of as well, common prices are looked for at which all are bounded. Then all
    are decided again, each leaving to others what these took at the prices, later what they took in the
    round before. The plan that exceeds limits least is taken, the cheapest of those that keep them.
    """
    # Here, so that checking a layout does not load a solver.
    from planner.optimize.fill.together import agree, certify_together

    known = KnownSolutions(inputs.layout, inputs.catalog)
    best = _Round(inputs, decide_in_turn(inputs, routed, options, known, {}))
    if not best.members:
        return best.solved()
    options.progress("pricing what fabrics share")
    members = best.members
    agreement = agree(best.shared(members), best.prices(), best.priced_elsewhere(), options)
    if agreement and agreement.is_hopeless:
        return best.solved()
    left = [agreement.taken] if agreement else []
    left += [best.taken] if best.exceeded else []
    for _ in range(_MOST_ROUNDS):
        if (
            not left
            or options.stop.asked()
            or (agreement and best.is_near(agreement.bound_cents, members, options))
        ):
            break
        options.progress("deciding again within what others leave")
        again = _Round(inputs, decide_in_turn(inputs, routed, options, known, {**best.taken, **left.pop(0)}))
        if again.rank < best.rank:
            best, left = again, [again.taken]
    if not agreement or best.exceeded:
        return best.solved()
    concerned = best.concerned(members, agreement.prices)
    return best.solved(certify_together(best.shared(concerned), agreement.prices, options))


def exceeded(inputs: Inputs, fabrics: Sequence[Takings]) -> dict[Resource, int]:
    """Return what fabrics take too much of, and how much: in square micrometers, also of pieces."""
    every = Taken.together(one.taken for one in fabrics)
    usable_um2 = {name: um2 for one in fabrics for name, um2 in one.usable_um2.items()}
    found: dict[Resource, int] = {
        name: every.um2[name] - um2 for name, um2 in usable_um2.items() if every.um2[name] > um2
    }
    for limit in inputs.layout.supply:
        short = ordered(limit, every.orders) - limit.most_pieces
        if short > 0:
            found[limit.part, limit.stock_length_mm] = short * _UM2_A_PIECE
    return found


class _Round:
    """All fabrics decided in turn, and what of theirs concerns others."""

    def __init__(self, inputs: Inputs, turns: Sequence[Turn]) -> None:
        self._inputs = inputs
        self._turns = {turn.solved.fabric.name: turn for turn in turns}
        self.taken = {name: turn.takings.taken for name, turn in self._turns.items()}
        self.exceeded = exceeded(inputs, [turn.takings for turn in turns])
        self._priced = {
            name: _prices_of(turn.solved.solution.certificate) for name, turn in self._turns.items()
        }
        self.members = self._find_members()
        self._shared: dict[str, SharedFabric] = {}

    @property
    def rank(self) -> tuple[int, int]:
        """What rounds are compared by: how much is taken too much, then money."""
        cents = sum(turn.solved.solution.objective_cents for turn in self._turns.values())
        return sum(self.exceeded.values()), cents

    def is_near(self, bound_cents: int, names: Sequence[str], options: SolveOptions) -> bool:
        """Tell whether limits are kept, and fabrics cost little more than all plans of theirs do at least."""
        cents = sum(self._turns[name].solved.solution.objective_cents for name in names)
        return not self.exceeded and (cents - bound_cents) * 10**6 <= options.gap_permillion * cents

    def solved(self, certificates: Mapping[str, Certificate] | None = None) -> tuple[SolvedFabric, ...]:
        """Return all fabrics with these certificates; others that depend on each other with plain ones."""
        known = {name: self._turns[name].plain.solution.certificate for name in self.members}
        known.update(certificates or {})
        return tuple(
            replace(turn.solved, solution=replace(turn.solved.solution, certificate=known[name]))
            if name in known
            else turn.solved
            for name, turn in self._turns.items()
        )

    def concerned(self, members: Sequence[str], prices: Mapping[Resource, int]) -> tuple[str, ...]:
        """Return the fabrics that common prices concern: those that agreed, and what depends on them here."""
        return tuple(
            name
            for name in self._turns
            if name in members or name in self.members or self._priced[name].keys() & prices.keys()
        )

    def prices(self) -> dict[Resource, int]:
        """Return the highest price that any member has for each resource."""
        highest: Counter[Resource] = Counter()
        for name in self.members:
            highest |= self._priced[name]
        return dict(highest)

    def priced_elsewhere(self) -> set[Resource]:
        """Return what others than the members price for themselves."""
        return {key for name, prices in self._priced.items() if name not in self.members for key in prices}

    def shared(self, names: Sequence[str]) -> list[SharedFabric]:
        """Return fabrics, each with more routes, to be priced together."""
        for name in names:
            if name not in self._shared:
                self._shared[name] = self._share(self._turns[name])
        return [self._shared[name] for name in names]

    def _share(self, turn: Turn) -> SharedFabric:
        table, um2 = turn.solved.table, turn.takings.taken.um2
        plain_um2 = um2
        if turn.solved is turn.plain:
            table = wider_table(self._inputs, turn.plain.fabric, table)
        else:
            plain_um2, _ = used_sections(self._inputs.catalog, turn.plain)
        return SharedFabric(
            layout=self._inputs.layout,
            catalog=self._inputs.catalog,
            fabric=turn.solved.fabric,
            table=table,
            used=turn.used,
            plain=turn.plain.solution,
            chosen=turn.solved.solution,
            um2=(plain_um2, um2),
        )

    def _find_members(self) -> tuple[str, ...]:
        """Return the fabrics that are to be priced together: those that take of what others are short of."""
        shared = set(self._contested())
        members: set[str] = set()
        while True:
            found = {
                name
                for name, turn in self._turns.items()
                if any(self._takes(self.taken[name], key) for key in shared)
                or shared & self._priced[name].keys()
            }
            if found == members:
                return tuple(name for name in self._turns if name in members)
            members = found
            shared |= {key for name in members for key in self._priced[name]}

    def _contested(self) -> Iterator[Resource]:
        """Yield what several fabrics take too much of, and what one prices that others take of."""
        for key in self.exceeded:
            if sum(self._takes(taken, key) for taken in self.taken.values()) > 1:
                yield key
        counts = Counter(key for prices in self._priced.values() for key in prices)
        for name, turn in self._turns.items():
            for key in self._priced[name]:
                if counts[key] > 1 or (turn.others is not None and self._takes(turn.others, key)):
                    yield key

    def _takes(self, taken: Taken, key: Resource) -> bool:
        if isinstance(key, str):
            return taken.um2[key] > 0
        return ordered(SupplyLimit(part=key[0], stock_length_mm=key[1], most_pieces=0), taken.orders) > 0


def _prices_of(certificate: Certificate) -> Counter[Resource]:
    """Return the highest price that a certificate has for each resource."""
    prices: Counter[Resource] = Counter()
    for one in certificate.price_sets:
        prices |= Counter({price.segment.id: price.price for price in one.segment_prices})
        prices |= Counter(
            {(price.part, price.stock_length_mm): price.price_cents for price in one.part_prices}
        )
    return prices
