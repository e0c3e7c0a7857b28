"""Fabrics one after the other: each stands on what the earlier ones placed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from planner.errors import Finding, InfeasibleError
from planner.geometry.hall_trays import HallTrays
from planner.geometry.table import build_route_table
from planner.inputs.load import Inputs
from planner.model.fabric import Fabric, TierFabric
from planner.model.routes import RouteTable
from planner.optimize.feasibility import refuse_out_of_reach
from planner.optimize.options import SolveOptions
from planner.plan.rack_use import used_racks
from planner.plan.solved import SolvedFabric
from planner.topology.chain import bind_lower

_One = TypeVar("_One")
_Made = TypeVar("_Made")


def route_fabrics(inputs: Inputs, fabrics: Sequence[Fabric]) -> tuple[RouteTable, ...]:
    """Route every fabric; raises InfeasibleError with the findings of all of them."""
    trays = HallTrays(inputs.layout)
    return _each(fabrics, lambda fabric: build_route_table(inputs.layout, inputs.catalog, fabric, trays))


def refuse_fabrics_out_of_reach(
    inputs: Inputs, fabrics: Sequence[Fabric], tables: Sequence[RouteTable]
) -> None:
    """Raise InfeasibleError for fabrics that no medium reaches, with the findings of all of them.

    A fabric that stacks on another is left out: its lower units may come to stand anywhere.
    """
    standing = [
        (fabric, table)
        for fabric, table in zip(fabrics, tables, strict=True)
        if not (isinstance(fabric, TierFabric) and fabric.below)
    ]
    _each(standing, lambda pair: refuse_out_of_reach(inputs.layout, inputs.catalog, *pair))


def solve_fabrics(
    inputs: Inputs, fabrics: Sequence[Fabric], tables: Sequence[RouteTable], options: SolveOptions
) -> tuple[SolvedFabric, ...]:
    """Decide about every fabric, each with its lower units where the one below has placed them."""
    # Here, so that checking a layout does not load a solver.
    from planner.optimize.solve import solve_fabric

    layout, catalog = inputs.layout, inputs.catalog
    solved: dict[str, SolvedFabric] = {}
    for fabric, table in zip(fabrics, tables, strict=True):
        bound = _bound(fabric, solved)
        used = used_racks(layout, catalog, tuple(solved.values()))
        solution = solve_fabric(layout, catalog, bound, table, options, used)
        solved[fabric.name] = SolvedFabric(fabric=bound, table=table, solution=solution)
    return tuple(solved.values())


def _bound(fabric: Fabric, solved: dict[str, SolvedFabric]) -> Fabric:
    if not isinstance(fabric, TierFabric) or not fabric.below:
        return fabric
    below = solved[fabric.below]
    if not isinstance(below.fabric, TierFabric):
        raise TypeError(f"fabric '{fabric.name}' stacks on '{fabric.below}', which places nothing")
    return bind_lower(fabric, below.fabric, below.solution.placed)


def _each(ones: Iterable[_One], make: Callable[[_One], _Made]) -> tuple[_Made, ...]:
    """Make something of each one; raises InfeasibleError with the findings of all that fail."""
    made: list[_Made] = []
    findings: list[Finding] = []
    for one in ones:
        try:
            made.append(make(one))
        except InfeasibleError as error:
            findings.extend(error.findings)
    if findings:
        raise InfeasibleError(findings)
    return tuple(made)
