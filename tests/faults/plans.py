"""Plans for the verifier's tests: bare ones (inputs only), and good ones made by the stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from planner.fabrics_in_turn import route_fabrics
from planner.fabrics_together import solve_fabrics
from planner.inputs.load import Inputs, read_inputs
from planner.model.arrangement import is_settled
from planner.model.cages import Face
from planner.model.catalog import Catalog
from planner.model.layout import CrossSection, Layout, Level, Objective, Side, Spread, TiersSpec, WiredUnit
from planner.model.pins import DevicePin, PinnedEnd, Pins, RunPin
from planner.model.plan import FORMAT_VERSION, Plan, SolveInfo, Totals
from planner.model.rules import Resilience
from planner.model.solution import Baselines
from planner.model.supply import SupplyLimit
from planner.optimize.options import SolveOptions
from planner.pipeline import plan_prepared
from planner.plan.assemble import assemble_plan
from planner.prepare import prepare_inputs
from planner.stopwatch import Stopwatch
from planner.topology.build import build_fabrics
from planner.verify.ground import survey
from planner.verify.wiring import Tiers, derive_all
from tests.halls import make_domain, make_hall
from tests.open_halls import make_open_hall
from tests.shared_halls import two_that_cross


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
        install_minutes=0,
        elapsed_minutes=0,
    )


def bare_plan(layout: Layout, catalog: Catalog) -> Plan:
    """A plan that holds its inputs and nothing else."""
    return Plan(
        format_version=FORMAT_VERSION,
        inputs_hash="",
        layout=layout,
        catalog=catalog,
        opened_racks={},
        rack_power_milliwatts={},
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
            cut=None,
            versions={},
        ),
        findings=(),
        assumptions=(),
    )


def tiers_of(layout: Layout, catalog: Catalog) -> Tiers:
    """What the verifier derives for the hall's fabric of tiers."""
    spec = next(spec for spec in layout.fabrics if isinstance(spec, TiersSpec))
    tiers = derive_all(survey(bare_plan(layout, catalog)))[spec.name]
    assert isinstance(tiers, Tiers), tiers
    return tiers


def make_plan(layout: Layout, catalog: Catalog) -> Plan:
    """Plan a hall with the stages, from topology to assembly."""
    inputs = Inputs(layout=layout, catalog=catalog, places={})
    if not is_settled(layout):
        return plan_prepared(prepare_inputs(inputs, Stopwatch()), SolveOptions(), Stopwatch())
    fabrics = build_fabrics(layout, catalog)
    solved = solve_fabrics(inputs, route_fabrics(inputs, fabrics), SolveOptions())
    return assemble_plan(layout, catalog, solved, (), seed=1)


BASES: dict[str, Callable[[], tuple[Layout, Catalog]]] = {
    "tiers": lambda: make_hall(
        ("LLSLS", "LS..."),
        fronts=(Side.SOUTH, Side.NORTH),
        trays_per_rack=2,
        lower_cages=8,
        upper_cages=12,
        downlink_gbps=12_800,
        slots_per_rack=5,
        max_positions=1,
        objective=Objective.TCO,
    ),
    "peers": lambda: make_hall(("LL",), peers=[("A01", "A02")], with_tiers=False, trays_per_rack=2),
    "offset": lambda: make_hall(
        ("LSL",),
        lower_offset_mm=(100, 100, 450, 450),
        upper_offset_mm=(100,) * 8,
    ),
    "three-rows": lambda: make_hall(("L...", "...L", "LS.."), cross_x_mm=(1200,), upper_cages=12),
    "underfloor": lambda: make_hall(
        ("LL", "SL"), levels=(Level.UNDERFLOOR,), cross_x_mm=(0, 1200), lower_cages=6, upper_cages=10
    ),
    "no-laterals": lambda: make_hall(("LSL", "LS"), max_positions=None, lower_cages=6, upper_cages=10),
    "rear": lambda: make_hall(
        ("LSL", "LS"),
        fronts=(Side.NORTH, Side.SOUTH),
        lower_face=Face.REAR,
        upper_face=Face.REAR,
        lower_cages=6,
        upper_cages=10,
    ),
    "two-faces": lambda: make_hall(("LSL",), lower_face=Face.REAR, upper_face=Face.FRONT),
    "by-device": lambda: make_hall(
        ("LSL", "LS"), unit=WiredUnit.DEVICE, trays_per_rack=2, lower_cages=6, upper_cages=10
    ),
    "uniform": lambda: make_hall(
        ("LLSL", "LS"), spread=Spread.UNIFORM, lower_cages=8, upper_cages=16, trays_per_rack=2
    ),
    "odd-units": lambda: make_hall(("LSLS",), lower_asics=1, lower_cages=3, upper_cages=4),
    "fixed-rack": lambda: make_hall(("LDLS",), lower_cages=6, upper_cages=8),
    "oversubscribed": lambda: make_hall(
        ("LSL",), lower_cages=8, downlink_gbps=12_800, oversubscription=(2, 1), upper_cages=8
    ),
    "domain": lambda: make_domain(2),
    "crowded": lambda: _crowded(),
    "counted": lambda: counted_hall(),
    "short": lambda: _short(),
    "shared": lambda: _shared(),
    "resilient": lambda: resilient_hall(),
    "pinned": lambda: pinned_hall(),
    "open": lambda: make_open_hall(
        ("OOO", "OOO"), 4, trays_per_rack=2, lower_cages=6, upper_cages=12, slots_per_rack=3, max_positions=1
    ),
    "open-many": lambda: make_open_hall(
        ("OOOOOOOOO", "OOOOOOOOO"), 8, lower_cages=8, upper_cages=24, slots_per_rack=4, max_positions=1
    ),
}


def _shared() -> tuple[Layout, Catalog]:
    """Two fabrics that crowd cross trays together."""
    layout, catalog = two_that_cross()
    trays = layout.pathways.cross_trays
    narrow = CrossSection(width_mm=67, depth_mm=1, fill_permille=1000)
    pathways = replace(layout.pathways, cross_trays=tuple(replace(tray, section=narrow) for tray in trays))
    return replace(layout, pathways=pathways), catalog


def resilient_hall() -> tuple[Layout, Catalog]:
    """Planes of three upper units: two in one rack at most, and two on one of two power feeds."""
    layout, catalog = make_hall(
        ("LSLS", "LS.."), trays_per_rack=2, lower_cages=8, upper_cages=8, slots_per_rack=6, max_positions=1
    )
    asked = Resilience(
        racks_per_plane=2,
        share_per_rack_permille=667,
        feeds="feed",
        feeds_per_plane=2,
        share_per_feed_permille=667,
    )
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    feeds = {"feed": {"N": ("A02", "B02"), "S": ("A04",)}}
    return replace(layout, fabrics=(replace(spec, resilience=asked),), groups=feeds), catalog


def pinned_hall() -> tuple[Layout, Catalog]:
    """A hall with an upper device at the far end for two planes, one for any, and a dear run."""
    layout, catalog = make_hall(
        ("LLSLS", "LS..."),
        fronts=(Side.SOUTH, Side.NORTH),
        trays_per_rack=2,
        lower_cages=8,
        upper_cages=12,
        slots_per_rack=5,
        max_positions=1,
    )
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    slots = catalog.rack_types["switch-rack"].tray_slots_u
    pins = Pins(
        devices=(
            DevicePin(rack="A05", u=slots[-1], planes=("1", "0")),
            DevicePin(rack="B02", u=slots[2]),
        ),
        runs=(
            RunPin(
                lower=PinnedEnd("A01", 19, 1, 0),
                upper=PinnedEnd("A05", slots[-1], 8, 0),
                part="optics",
                stock_length_mm=30_000,
            ),
        ),
    )
    return replace(layout, fabrics=(replace(spec, pins=pins),)), catalog


def hall_with_ways_round() -> tuple[Layout, Catalog]:
    """Two rows joined by two cross trays: whatever is crowded, there is another way."""
    return make_hall(
        ("LLSLS", "LS..."),
        fronts=(Side.SOUTH, Side.NORTH),
        trays_per_rack=2,
        lower_cages=8,
        upper_cages=12,
        slots_per_rack=5,
        max_positions=2,
        cross_x_mm=(0, 1800),
    )


def _crowded() -> tuple[Layout, Catalog]:
    """A hall whose laterals hold so few runs that some go another way, at a price."""
    layout, catalog = hall_with_ways_round()
    laterals = layout.pathways.laterals
    assert laterals is not None
    narrow = replace(laterals, section=CrossSection(width_mm=101, depth_mm=1, fill_permille=1000))
    return replace(layout, pathways=replace(layout.pathways, laterals=narrow)), catalog


def counted_hall() -> tuple[Layout, Catalog]:
    """A hall whose outer racks would hold half a device more than the row tray has room for whole ones."""
    layout, catalog = make_hall(
        ("LDDDDL",), trays_per_rack=2, lower_cages=8, slots_per_rack=3, max_positions=1
    )
    narrow = CrossSection(width_mm=192, depth_mm=1, fill_permille=1000)
    (tray,) = layout.pathways.row_trays
    pathways = replace(layout.pathways, row_trays=(replace(tray, section=narrow),))
    return replace(layout, pathways=pathways), catalog


def _short() -> tuple[Layout, Catalog]:
    """A hall with half of the active copper and a third of one length that its runs would be made of."""
    layout, catalog = BASES["tiers"]()
    plenty = base_plan("tiers")
    active = [line for line in plenty.bom if line.part == "active"]
    first = active[0]
    return replace(
        layout,
        supply=(
            SupplyLimit(
                part="active",
                stock_length_mm=None,
                most_pieces=sum(one.order_quantity for one in active) // 2,
            ),
            SupplyLimit(
                part="active", stock_length_mm=first.stock_length_mm, most_pieces=first.order_quantity // 3
            ),
        ),
    ), catalog


SYSTEMS = ("ports/rails", "ports/optics", "ports/mirror", "ports/two-types")
"""Layouts in tests/systems: runs of ports, plugs and cables that are shared, tiers that stack."""


@cache
def base_plan(name: str) -> Plan:
    """A good plan of a small hall, or of a layout in tests/systems."""
    if name in BASES:
        return make_plan(*BASES[name]())
    inputs = read_inputs(Path(__file__).parent.parent / "systems" / f"{name}.yaml")
    return make_plan(inputs.layout, inputs.catalog)


@cache
def overfull_plan() -> Plan:
    """A plan whose only fault is that it overfills row trays."""
    layout, catalog = BASES["three-rows"]()
    narrow = CrossSection(width_mm=20, depth_mm=1, fill_permille=500)
    trays = tuple(replace(tray, section=narrow) for tray in layout.pathways.row_trays)
    return make_plan(replace(layout, pathways=replace(layout.pathways, row_trays=trays)), catalog)


@cache
def overdrawn_plan() -> Plan:
    """A plan whose only fault is that plugs draw more than its row and its switch rack have left."""
    layout, catalog = BASES["three-rows"]()
    good = base_plan("three-rows")
    drawn = good.rack_power_milliwatts
    row = layout.rows[2]
    power = sum(drawn[one.address] for one in row.positions if one.address in drawn)
    rows = (*layout.rows[:2], replace(row, power_limit_milliwatts=power - 1))
    kind = catalog.rack_types["switch-rack"]
    added = max(drawn[rack] for rack in good.opened_racks) - kind.power_milliwatts
    tight = replace(kind, max_added_power_milliwatts=added - 1)
    racks = {**catalog.rack_types, "switch-rack": tight}
    return make_plan(replace(layout, rows=rows), replace(catalog, rack_types=racks))
