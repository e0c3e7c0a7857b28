"""Decisions and routes to a plan: everything that the outputs say, in canonical order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.errors import Finding, PlannerError, Severity
from planner.model.catalog import Catalog
from planner.model.evidence import Basis, Provenance
from planner.model.fingerprint import fingerprint
from planner.model.layout import Layout
from planner.model.plan import FORMAT_VERSION, Plan, SolveInfo
from planner.model.supply import BomKey
from planner.plan.bom import build_bom
from planner.plan.devices import build_devices
from planner.plan.fill import build_fill
from planner.plan.findings import bom_findings, overfull_findings, supply_findings
from planner.plan.light import light_findings
from planner.plan.mend import mending_findings
from planner.plan.power import overdrawn_findings, rack_powers
from planner.plan.proof import Exceeded, build_solve_info
from planner.plan.racks import bought_racks, opened_racks, standing_racks
from planner.plan.risers import with_even_risers
from planner.plan.runs import build_runs
from planner.plan.solved import SolvedFabric
from planner.plan.totals import build_summaries, build_totals
from planner.units import format_money


def assemble_plan(
    layout: Layout,
    catalog: Catalog,
    solved: Sequence[SolvedFabric],
    findings: Sequence[Finding],
    seed: int,
    cut: str | None = None,
) -> Plan:
    """Write out the decisions for all fabrics as one plan.

    Parameters
    ----------
    layout, catalog
        The resolved inputs.
    solved
        Every fabric of the layout with its routes and decisions.
    findings
        What earlier stages found worth knowing.
    seed, cut
        The seed of the search, and what ended it before its own stop rules did (None: nothing).

    Raises
    ------
    PlannerError
        The plan's sums do not give the cost that the optimizer states: an error of the planner.
    """
    solved = with_even_risers(layout, catalog, solved)
    devices = build_devices(layout, catalog, solved)
    opened = opened_racks(layout, solved, devices)
    priced = build_runs(layout, catalog, solved)
    runs = tuple(one.run for one in priced)
    fill = build_fill(catalog, solved)
    overfull = (*overfull_findings(fill), *mending_findings(layout, catalog, runs, fill))
    standing = standing_racks(layout, opened)
    powers = rack_powers(catalog, standing, devices, priced)
    built = (*light_findings(catalog, solved, runs), *overdrawn_findings(layout, catalog, standing, powers))
    racks = bought_racks(layout, catalog, opened, devices)
    bom = build_bom(catalog, layout.economics, priced, devices, racks)
    totals = build_totals(catalog, layout.economics, priced, devices, racks, bom)
    short = supply_findings(layout, bom, _least_orders(solved))
    solve = build_solve_info(layout, totals, solved, seed, cut, Exceeded(bool(overfull), bool(short)))
    _check_cost(solve, solved)
    return Plan(
        format_version=FORMAT_VERSION,
        inputs_hash=fingerprint(layout, catalog),
        layout=layout,
        catalog=catalog,
        opened_racks=opened,
        rack_power_milliwatts=powers,
        fabrics=build_summaries(catalog, solved, priced, devices),
        devices=devices,
        runs=runs,
        segments=fill,
        bom=bom,
        totals=totals,
        solve=solve,
        findings=(*overfull, *built, *short, *findings, *bom_findings(bom)),
        assumptions=_assumptions(layout, catalog),
    )


def _least_orders(solved: Sequence[SolvedFabric]) -> Counter[BomKey]:
    """Add up what the fabrics order at least of limited parts."""
    least: Counter[BomKey] = Counter()
    for one in solved:
        least.update(one.solution.least_orders)
    return least


def _check_cost(solve: SolveInfo, solved: Sequence[SolvedFabric]) -> None:
    stated = sum(one.solution.objective_cents for one in solved)
    if stated != solve.objective_cents:
        message = (
            f"the plan adds up to {format_money(solve.objective_cents)},"
            f" the optimizer states {format_money(stated)}"
        )
        raise PlannerError([Finding(code="cost-disagrees", message=message, severity=Severity.ERROR)])


def _assumptions(layout: Layout, catalog: Catalog) -> tuple[Provenance, ...]:
    """Return every number that rests on an assumption: of the layout first, then of the catalog."""
    known = (*layout.provenance, *catalog.provenance)
    return tuple(one for one in known if one.basis is Basis.ASSUMPTION)
