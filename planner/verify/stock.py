"""Stock lengths: whether a run's cable is as long as it must be, and as short as can be had."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.plan import CableRun
from planner.verify.ground import Ground, fault
from planner.verify.pins import is_pinned_length
from planner.verify.shares import Made
from planner.verify.supply import limited_lengths


def check_stock(ground: Ground, run: CableRun, made: Made | None) -> Iterator[Finding]:
    """Check the stock length of a run against its part, and against what its way requires."""
    option = ground.options.get(run.option)
    if option is None:
        return
    if run.reach_mm != option.reach_mm:
        yield fault(
            "wrong-reach",
            f"run {run.cable_id}: reach {run.reach_mm} mm, {option.id} has {option.reach_mm} mm",
        )
    required = run.routed_mm + run.slack_mm
    if run.stock_length_mm < required:
        yield fault(
            "cable-too-short",
            f"run {run.cable_id}: stock length {run.stock_length_mm} mm, required {required} mm",
        )
    if run.stock_length_mm > option.reach_mm:
        yield fault(
            "beyond-reach",
            f"run {run.cable_id}: stock length {run.stock_length_mm} mm, {option.id} reaches"
            f" {option.reach_mm} mm",
        )
    # Runs that share a cable have it in the length that the longest of them needs.
    needed = made.needed_mm if made is not None else required
    lengths = sorted(item.length_mm for item in option.cable.stock)
    shortest = next((length for length in lengths if length >= needed), None)
    if made is None or made.fit.option.runs_per_cable == 1:
        limited = limited_lengths(ground, option.cable.id)
        while shortest is not None and shortest < run.stock_length_mm and shortest in limited:
            shortest = next((length for length in lengths if length > shortest), None)
    if run.stock_length_mm not in lengths:
        yield fault(
            "not-stocked", f"run {run.cable_id}: {option.cable.id} is not stocked at {run.stock_length_mm} mm"
        )
    elif shortest is not None and run.stock_length_mm > shortest and not is_pinned_length(ground, run):
        yield fault(
            "cable-too-long",
            f"run {run.cable_id}: stock length {run.stock_length_mm} mm, {shortest} mm covers the required"
            f" {needed} mm",
        )
