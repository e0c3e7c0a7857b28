"""Figures of one plan that only show when it is looked at as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from planner.model.economics import HOURS_PER_YEAR, MILLIWATTS_PER_MEGAWATT
from planner.model.media import Medium
from planner.model.names import natural_key
from planner.model.plan import CableRun, Plan
from planner.units import round_half_up

GBPS_PER_TBPS = 1000
MM_PER_M = 1000
MINUTES_PER_HOUR = 60
COMPARED_YEARS = 5
"""Years of energy, the same for all plans whatever their layouts count."""


class Noted(NamedTuple):
    """A value and what it is about."""

    value: Fraction | None
    note: str = ""


NOTHING = Noted(None)


def gpus(plan: Plan) -> int:
    """Count the GPUs of the racks that bring lower devices of any fabric along, each rack once."""
    racks = {device.rack for device in plan.devices if not device.is_placed}
    types = [plan.layout.position(rack).choices for rack in racks]
    mounts = [mount for choices in types for mount in plan.catalog.rack_types[choices[0]].mounts]
    return sum(plan.catalog.device_types[mount.device].gpus for mount in mounts)


def bandwidth_tbps(plan: Plan) -> Fraction:
    """Sum the rates of all runs, one direction."""
    return Fraction(sum(run.rate_gbps for run in plan.runs), GBPS_PER_TBPS)


def media_figure(medium: Medium, amount: Callable[[CableRun], Fraction]) -> Callable[[Plan], Noted]:
    """Return what sums an amount over the runs of a medium."""

    def summed(plan: Plan) -> Noted:
        return Noted(sum((amount(run) for run in plan.runs if run.medium is medium), Fraction(0)))

    return summed


def optics_ends(plan: Plan) -> Noted:
    """Count the ends of optical runs; the note has the transceivers, which ends may share."""
    ends = 2 * sum(1 for run in plan.runs if run.medium is Medium.OPTICS)
    modules = sum(fabric.modules for fabric in plan.fabrics)
    return Noted(Fraction(ends), f"{modules:,} transceivers" if modules != ends else "")


def energy_mwh(plan: Plan) -> Noted:
    """Energy of everything that the plan powers over the compared years."""
    megawatts = Fraction(plan.totals.power_milliwatts, MILLIWATTS_PER_MEGAWATT)
    pue = Fraction(plan.layout.economics.pue_permille, 1000)
    return Noted(megawatts * HOURS_PER_YEAR * COMPARED_YEARS * pue)


def distinct_parts(plan: Plan) -> Noted:
    """Count what is ordered under a number of its own: each part, a cable in each stock length."""
    parts = {(line.part, line.stock_length_mm) for line in plan.bom if line.quantity}
    unknown = len({(line.part, line.stock_length_mm) for line in plan.bom if line.part_number is None})
    return Noted(Fraction(len(parts)), f"{unknown} without a number" if unknown else "")


def bundle_types(plan: Plan) -> Noted:
    """Count bundles that differ: by how many runs of which option and stock length they hold."""
    bundles: dict[str, Counter[tuple[str, int]]] = {}
    for run in plan.runs:
        bundles.setdefault(run.bundle, Counter())[run.option, run.stock_length_mm] += 1
    kinds = {tuple(sorted(held.items())) for held in bundles.values()}
    return Noted(Fraction(len(kinds)), f"{len(bundles):,} bundles")


def longest_run(plan: Plan) -> Noted:
    """Return the longest routed length in meters and the run that has it."""
    longest = _first(plan.runs, lambda run: -run.routed_mm)
    return Noted(Fraction(longest.routed_mm, MM_PER_M), longest.cable_id) if longest else NOTHING


def reach_margin(plan: Plan) -> Noted:
    """Return what is left of reach beyond the required length where least is left, in meters."""
    tightest = _first(plan.runs, _margin_mm)
    if tightest is None:
        return NOTHING
    return Noted(Fraction(_margin_mm(tightest), MM_PER_M), f"{tightest.medium.value}, {tightest.cable_id}")


def _margin_mm(run: CableRun) -> int:
    return run.reach_mm - run.routed_mm - run.slack_mm


def _first(runs: Iterable[CableRun], key: Callable[[CableRun], int]) -> CableRun | None:
    return min(runs, key=lambda run: (key(run), natural_key(run.cable_id)), default=None)


def fullest_segment(plan: Plan) -> Noted:
    """Return the fill of the fullest segment in percent of what it may take."""
    limited = [
        (Fraction(100 * fill.used_um2, fill.segment.usable_um2), fill.segment.id)
        for fill in plan.segments
        if fill.segment.usable_um2
    ]
    if not limited:
        return NOTHING
    most, segment = min(limited, key=lambda one: (-one[0], natural_key(one[1])))
    return Noted(most, segment)


def standing_racks(plan: Plan) -> Noted:
    """Count the racks that stand; the note has those that hold switches of a tier."""
    return Noted(Fraction(len(plan.rack_power_milliwatts)), f"{len(plan.opened_racks)} with placed switches")


def floor_area_m2(plan: Plan) -> Noted:
    """Area of the room."""
    room = plan.layout.room
    return Noted(Fraction(room.width_mm * room.depth_mm, MM_PER_M**2))


def install_hours(plan: Plan) -> Noted:
    """Return the hours that laying all runs takes, all crews together; the note has the hours that pass."""
    totals, crews = plan.totals, plan.layout.installation.crews
    passing = Fraction(totals.elapsed_minutes, MINUTES_PER_HOUR)
    by_crews = f"{round_half_up(passing * 10) / 10:,.1f} h with {crews} crews" if crews > 1 else ""
    return Noted(Fraction(totals.install_minutes, MINUTES_PER_HOUR), by_crews)


def lost_with_a_rack(plan: Plan) -> Noted:
    """Share of a fabric's bandwidth that ends in the one rack of placed switches that takes most, percent.

    Over all fabrics the worst; a fabric that places nothing loses nothing that way.
    """
    placed = {(device.rack, device.u) for device in plan.devices if device.is_placed}
    whole: Counter[str] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for run in plan.runs:
        whole[run.fabric] += run.rate_gbps
        for rack in sorted({end.rack for end in (run.a, run.b) if (end.rack, end.u) in placed}):
            lost[run.fabric, rack] += run.rate_gbps
    if not lost:
        return NOTHING
    shares = [(Fraction(100 * gbps, whole[fabric]), rack, fabric) for (fabric, rack), gbps in lost.items()]
    most, rack, fabric = min(shares, key=lambda one: (-one[0], natural_key(one[2]), natural_key(one[1])))
    return Noted(most, f"rack {rack}, fabric {fabric}")
