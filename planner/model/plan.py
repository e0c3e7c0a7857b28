"""The plan: everything the outputs say and the verifier checks. Reads back from plan.json equal."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Finding
from planner.model.catalog import Catalog
from planner.model.evidence import Provenance
from planner.model.layout import Layout
from planner.model.media import Medium
from planner.model.routes import PathwaySegment, RouteKind
from planner.model.solution import Baselines, Certificate

FORMAT_VERSION = 7
"""Version of plan.json; raised whenever a reader of the earlier one would go wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDevice:
    """A device that stands somewhere and has cages in use.

    ``planes`` holds the plane of each ASIC from the first, -1 for one that serves none; one entry where
    the device is the wired unit, and one for each of its units where cages or ports are. ``is_placed``
    tells the devices that this fabric placed from those that stand there anyway: the rack brought them
    along, or the fabric below placed them.
    """

    name: str
    fabric: str
    tier: int
    rack: str
    u: int
    device: str
    planes: tuple[int, ...]
    is_placed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CableEnd:
    """One side of a cable run. ``transceiver`` is a part id, "" where the plug is the cable's own.

    ``port`` counts from 1 within the cage where several runs end in it; 0: the run has it alone.
    """

    row: str
    rack: str
    u: int
    device: str
    asic: int
    cage: int
    port: int
    transceiver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CableRun:
    """One cable run, end A the lower tier (between equals the lower address).

    ``option`` is the media option's id. ``stock_length_mm`` is that of the assembly or of each
    cord. ``cord_labels_a`` and ``cord_labels_b`` hold a label a fiber cord, none for an assembly.
    ``cost_cents`` is the run's own cables and transceivers, without labor and energy. What several
    runs share is counted once: the run in the lowest port of the cage carries a shared transceiver,
    and a shared cable's lowest run at the plug that it shares. ``phase`` and ``crew`` count from 1:
    who lays the run when, in about ``minutes``.
    """

    cable_id: str
    fabric: str
    plane: int
    medium: Medium
    option: str
    part_number: str | None
    stock_length_mm: int
    routed_mm: int
    slack_mm: int
    reach_mm: int
    rate_gbps: int
    links: int
    a: CableEnd
    b: CableEnd
    route_kind: RouteKind
    segments: tuple[str, ...]
    bundle: str
    install_order: int
    phase: int
    crew: int
    minutes: int
    label_a: str
    label_b: str
    cord_labels_a: tuple[str, ...]
    cord_labels_b: tuple[str, ...]
    cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFill:
    """A segment that at least one run uses, and the cross-section all runs in it take."""

    segment: PathwaySegment
    used_um2: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLine:
    """One part and stock length of one fabric. ``part`` is the catalog id.

    ``category`` is one of cable, transceiver, cord, device, rack.
    """

    part: str
    part_number: str | None
    description: str
    category: str
    vendor: str
    unit: str
    stock_length_mm: int | None
    quantity: int
    spares: int
    order_quantity: int
    unit_price_cents: int
    extended_price_cents: int
    order_price_cents: int
    basis: str
    price_date: str
    source: str
    fabric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FabricSummary:
    """Counts of one fabric. A peers fabric has no upper tier: its upper counts are 0.

    ``ends`` are sides of runs; ``modules`` are transceivers, each once however many runs share it.
    ``ports_reserved`` are sockets of upper units kept for lower units that come later.
    """

    name: str
    kind: str
    gpus: int
    lower_devices: int
    lower_asics: int
    upper_devices: int
    upper_asics: int
    upper_units_per_plane: int
    planes: int
    plane_names: tuple[str, ...]
    runs: int
    ends: int
    modules: int
    pair_runs: tuple[int, int]
    ports_reserved: int
    oversubscription: tuple[int, int]
    runs_by_medium: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over the plan. capex = parts + labor; tco = capex + energy; the objective is one.

    ``install_minutes`` sums the runs' minutes; ``elapsed_minutes`` is what the crews take side by side,
    a phase after the other.
    """

    runs: int
    routed_mm: int
    power_milliwatts: int
    parts_cents: int
    labor_cents: int
    capex_cents: int
    energy_cents: int
    tco_cents: int
    runs_by_medium: dict[str, int]
    parts_not_quotable: int
    install_minutes: int
    elapsed_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveInfo:
    """How good the answer is.

    ``status`` is ``proved`` (bound equals cost), ``within x %`` or ``heuristic``. ``gap`` is
    (objective - lower bound) / objective as a decimal text with eight places, 0 where the objective
    is 0. ``cut`` names what ended the search before its own stop rules did ("a time limit of 90 s"); None:
    nothing did. ``versions`` are those of the libraries that decide the bytes.
    """

    status: str
    objective: str
    objective_cents: int
    lower_bound_cents: int
    gap: str
    bound_covers: str
    geometric_floor_cents: int
    baselines: Baselines
    certificates: tuple[Certificate, ...]
    seed: int
    cut: str | None
    versions: dict[str, str]

    @property
    def no_baseline(self) -> str:
        """What is said where there is no baseline."""
        return "cannot be built" if self.cut is None else "not found before the search was cut"

    @property
    def cut_sentence(self) -> str:
        """What a search that was cut means for those who read the gap; "" where it was not."""
        if self.cut is None:
            return ""
        return (
            f"The search was cut by {self.cut}: a whole one may find a cheaper plan, one that fits where this"
            " one does not, and a higher bound."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan with its resolved inputs and their SHA-256 hash.

    ``rack_power_milliwatts`` holds, by address, what each standing rack draws: the rack with what it
    brings along, the devices placed in it, and the plugs in all its cages.
    """

    format_version: int
    inputs_hash: str
    layout: Layout
    catalog: Catalog
    opened_racks: dict[str, str]
    rack_power_milliwatts: dict[str, int]
    fabrics: tuple[FabricSummary, ...]
    devices: tuple[PlanDevice, ...]
    runs: tuple[CableRun, ...]
    segments: tuple[SegmentFill, ...]
    bom: tuple[BomLine, ...]
    totals: Totals
    solve: SolveInfo
    findings: tuple[Finding, ...]
    assumptions: tuple[Provenance, ...]
