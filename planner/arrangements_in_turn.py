"""Racks that may move where the plan keeps limits: arrangements in turn, until the plan of one does."""

from __future__ import annotations

from dataclasses import dataclass

from planner.arranged import ArrangedInputs, arrange
from planner.errors import InfeasibleError
from planner.fabrics_in_turn import takings
from planner.fabrics_together import exceeded, solve_fabrics
from planner.optimize.options import SolveOptions
from planner.plan.solved import SolvedFabric
from planner.prepare import Prepared, prepare_inputs
from planner.stopwatch import Stopwatch

_MOST_TRIED = 4
"""Arrangements whose plans are made."""

_NEARLY_PERMILLION = 50
"""What keeping limits may cost before a further arrangement is tried."""


@dataclass(frozen=True, slots=True)
class _Made:
    """Fabrics decided about in one arrangement, and how far they exceed limits together."""

    arranged: ArrangedInputs
    prepared: Prepared
    solved: tuple[SolvedFabric, ...]
    excess: int

    @property
    def rank(self) -> tuple[int, int]:
        """What arrangements are compared by: what exceeds limits, then money."""
        return self.excess, sum(one.solution.objective_cents for one in self.solved)

    @property
    def is_unlimited(self) -> bool:
        """Whether nothing had to be decided with regard to limits."""
        tables = zip(self.solved, self.prepared.routed, strict=True)
        return not self.prepared.inputs.layout.supply and all(
            one.table is known for one, (_, known) in tables
        )

    def serves(self, arranged: ArrangedInputs) -> bool:
        """Tell whether limits are kept, at hardly more than an arrangement costs without regard to them."""
        if self.is_unlimited:
            return True
        own = next(one for one in self.solved if one.fabric.name == arranged.fabric)
        more = own.solution.objective_cents - arranged.arranged.cents
        return not self.excess and more * 10**6 <= _NEARLY_PERMILLION * arranged.arranged.cents


def solve_arranged(
    prepared: Prepared, options: SolveOptions, stopwatch: Stopwatch
) -> tuple[Prepared, tuple[SolvedFabric, ...]]:
    """Decide where racks that may move stand, then about every fabric.

    The cheapest arrangement may leave runs no room, or need parts that cannot be had. Then the next ones are
    tried, as long as they may be cheaper than the best that keeps limits; where none does, the plan that
    exceeds them least is returned.

    Raises
    ------
    InfeasibleError
        No arrangement was found in which all fabrics can be placed.
    """
    arrangements = arrange(prepared.inputs, [fabric for fabric, _ in prepared.routed], options)
    best: _Made | None = None
    refused: InfeasibleError | None = None
    for _ in range(_MOST_TRIED):
        with stopwatch.stage("arrange"), prepared.inputs.placing_refusals():
            arranged = next(arrangements, None)
        if arranged is None or (best is not None and best.serves(arranged)):
            break
        try:
            made = _made(arranged, options, stopwatch)
        except InfeasibleError as error:
            refused = refused or error
            continue
        best = made if best is None else min(best, made, key=lambda one: one.rank)
        if best.serves(arranged) or options.stop.asked():
            break
    if best is None:
        assert refused is not None
        raise refused
    return best.prepared, best.arranged.prove(best.solved)


def _made(arranged: ArrangedInputs, options: SolveOptions, stopwatch: Stopwatch) -> _Made:
    prepared = prepare_inputs(arranged.inputs, stopwatch)
    with stopwatch.stage("optimize"), prepared.inputs.placing_refusals():
        solved = solve_fabrics(prepared.inputs, prepared.routed, options)
    excess = exceeded(prepared.inputs, [takings(prepared.inputs, one) for one in solved])
    return _Made(arranged, prepared, solved, sum(excess.values()))
