"""Racks that may move, put where the plan is cheapest: joins the stages that decide so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from planner.geometry.open_table import build_open_table
from planner.inputs.load import Inputs
from planner.model.arrangement import Arrangement, ArrangementRules, chosen_of, is_settled, reopen, settle
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.sites import positions
from planner.optimize.options import SolveOptions
from planner.plan.solved import SolvedFabric

if TYPE_CHECKING:
    from planner.optimize.arrange.every import Arranged

_FIRST = 5_000
"""Arrangements among which a first one is picked."""


class ArrangedInputs(NamedTuple):
    """Inputs with racks that may move where they were decided to stand; for which fabric, and its proof."""

    inputs: Inputs
    fabric: str
    arranged: Arranged

    def prove(self, solved: Sequence[SolvedFabric]) -> tuple[SolvedFabric, ...]:
        """Extend the bound of the fabric that decided to all arrangements, as far as that is proved.

        Where an earlier fabric may place into the same racks, they were open at no cost when this one was
        bounded; arrangements were bounded without that, and nothing is proved of them.
        """
        if _shares_racks(self.inputs.layout, self.fabric):
            return tuple(solved)
        return tuple(self._proved(one) if one.fabric.name == self.fabric else one for one in solved)

    def _proved(self, one: SolvedFabric) -> SolvedFabric:
        certificate = self.arranged.extended(one.solution.certificate)
        return replace(one, solution=replace(one.solution, certificate=certificate))


def _shares_racks(layout: Layout, name: str) -> bool:
    specs = [spec for spec in reopen(layout).fabrics if isinstance(spec, TiersSpec)]
    own = next(index for index, spec in enumerate(specs) if spec.name == name)
    racks = [
        {one.address for one in positions(reopen(layout)) if spec.upper_rack_type in one.choices}
        for spec in specs
    ]
    return any(racks[before] & racks[own] for before in range(own))


def first_arrangement(inputs: Inputs) -> Inputs:
    """Return the inputs with racks that may move at first positions that the rules allow.

    What depends only on how many racks join, not on where they stand, can be derived from it. Positions
    that no upper device may use are taken first, so that a fabric is not refused for what is left.
    """
    if is_settled(inputs.layout):
        return inputs
    layout = inputs.layout
    assert layout.open_racks is not None
    upper = {spec.upper_rack_type for spec in layout.fabrics if isinstance(spec, TiersSpec)}
    wanted = {one.address for one in layout.open_racks.positions if upper & set(one.choices)}
    every = islice(ArrangementRules(layout, inputs.catalog).every(), _FIRST)
    return _settled(inputs, min(every, key=lambda chosen: len(wanted.intersection(chosen))))


def _settled(inputs: Inputs, chosen: Arrangement) -> Inputs:
    return replace(inputs, layout=settle(inputs.layout, chosen))


def arrange(first: Inputs, fabrics: Sequence[Fabric], options: SolveOptions) -> Iterator[ArrangedInputs]:
    """Decide where racks that may move stand, for the fabric with the most runs that starts in them.

    Yields arrangements in turn, the cheapest first without regard to limits of segments and supply.

    Parameters
    ----------
    first, fabrics
        The inputs with racks at a first arrangement, and the fabrics built on it.
    options
        Seed, stop rules, progress.

    Raises
    ------
    InfeasibleError
        No arrangement was found in which the fabric can be placed.
    """
    # Here, so that checking a layout does not load a solver.
    from planner.optimize.arrange.decide import arrange_racks
    from planner.optimize.arrange.open_problem import everywhere
    from planner.optimize.problem import NOTHING_USED
    from planner.optimize.ways import FabricInputs

    layout, catalog = reopen(first.layout), first.catalog
    spec, moved = layout.open_racks, chosen_of(first.layout)
    assert spec is not None
    open_at = [one.address for one in spec.positions]
    deciding = _deciding(fabrics, moved)
    held = {unit.rack for unit in deciding.lower_units} | set(open_at)
    places = [position.address for position in positions(layout) if position.address in held]
    all_over = everywhere(deciding, moved, places)
    above = settle(layout, ())
    table = build_open_table((settle(layout, open_at), above), catalog, all_over)
    in_turn = arrange_racks(
        FabricInputs(layout=above, catalog=catalog, fabric=all_over, table=table, used=NOTHING_USED),
        ArrangementRules(layout, catalog),
        catalog.rack_types[spec.rack_type],
        options,
    )
    for arranged in in_turn:
        yield ArrangedInputs(_settled(first, arranged.chosen), deciding.name, arranged)


def _deciding(fabrics: Sequence[Fabric], moved: Arrangement) -> TierFabric:
    """Return the fabric of tiers with the most runs of those that start in the racks that move."""
    starting = [
        fabric
        for fabric in fabrics
        if isinstance(fabric, TierFabric)
        and not fabric.below
        and any(unit.rack in moved for unit in fabric.lower_units)
    ]
    return max(starting, key=lambda fabric: len(fabric.lower_units) * fabric.uplinks)
