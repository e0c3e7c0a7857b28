"""Plans for the verifier's tests: bare ones (inputs only), and good ones made by the stages."""

from __future__ import annotations

from functools import cache

from planner.geometry.table import build_route_table
from planner.model.catalog import Catalog
from planner.model.layout import Layout, TiersSpec
from planner.model.plan import FORMAT_VERSION, Plan, SolveInfo, Totals
from planner.model.solution import Baselines
from planner.optimize.options import SolveOptions
from planner.optimize.solve import solve_fabric
from planner.plan.assemble import assemble_plan
from planner.plan.solved import SolvedFabric
from planner.topology.build import build_fabrics
from planner.verify.ground import survey
from planner.verify.wiring import Tiers, derive_tiers


@cache
def _no_totals() -> Totals:
    return Totals(
        runs=0,
        routed_mm=0,
        power_milliwatts=0,
        parts_cents=0,
        labor_cents=0,
        capex_cents=0,
        energy_cents=0,
        tco_cents=0,
        runs_by_medium={},
        parts_not_quotable=0,
    )


def bare_plan(layout: Layout, catalog: Catalog) -> Plan:
    """A plan that holds its inputs and nothing else."""
    return Plan(
        format_version=FORMAT_VERSION,
        inputs_hash="",
        layout=layout,
        catalog=catalog,
        opened_racks={},
        fabrics=(),
        devices=(),
        runs=(),
        segments=(),
        bom=(),
        totals=_no_totals(),
        solve=SolveInfo(
            status="proved",
            objective=layout.economics.objective.value,
            objective_cents=0,
            lower_bound_cents=0,
            gap="0.00000000",
            bound_covers="",
            geometric_floor_cents=0,
            baselines=Baselines(all_optics_cents=None, first_fit_cents=None, greedy_cents=None),
            certificates=(),
            seed=0,
            versions={},
        ),
        findings=(),
        assumptions=(),
    )


def tiers_of(layout: Layout, catalog: Catalog) -> Tiers:
    """What the verifier derives for the hall's fabric of tiers."""
    spec = next(spec for spec in layout.fabrics if isinstance(spec, TiersSpec))
    tiers = derive_tiers(survey(bare_plan(layout, catalog)), spec)
    assert isinstance(tiers, Tiers), tiers
    return tiers


def make_plan(layout: Layout, catalog: Catalog) -> Plan:
    """Plan a hall with the stages, from topology to assembly."""
    solved = []
    for fabric in build_fabrics(layout, catalog):
        table = build_route_table(layout, catalog, fabric)
        solution = solve_fabric(layout, catalog, fabric, table, SolveOptions())
        solved.append(SolvedFabric(fabric=fabric, table=table, solution=solution))
    return assemble_plan(layout, catalog, "0" * 64, solved, (), seed=1)
