"""cut-sheet.csv: one row a cable run, in installation order, for those who pull it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from planner.model.plan import CableEnd, CableRun, Plan
from planner.outputs.csv_text import csv_parts
from planner.units import format_m, format_money

_END = ("row", "rack", "u", "device", "asic", "cage", "port", "transceiver")
COLUMNS = (
    *("cable_id", "fabric", "plane", "medium", "part_number", "stock_length_m", "routed_length_m"),
    *("slack_m", "reach_m", "rate_gbps", "links"),
    *(f"a_{name}" for name in _END),
    *(f"b_{name}" for name in _END),
    *("route", "bundle", "install_order", "label_a", "label_b", "cost", "currency"),
    *("cord_labels_a", "cord_labels_b", "phase", "crew", "minutes"),
)


def cut_sheet_parts(plan: Plan) -> Iterator[str]:
    """Yield the cut sheet as CSV, part by part."""
    currency = plan.layout.economics.currency
    in_order = sorted(plan.runs, key=lambda run: run.install_order)
    return csv_parts(COLUMNS, (_fields(run, currency) for run in in_order))


def route_text(run: CableRun) -> str:
    """Return every pathway segment of the run's route in order, from end A to end B."""
    return " > ".join(run.segments)


_meters = cache(format_m)  # thousands of runs share few lengths
_money = cache(format_money)


def _fields(run: CableRun, currency: str) -> list[str | int]:
    return [
        *(run.cable_id, run.fabric, run.plane, run.medium.value, run.part_number or ""),
        *(_meters(mm) for mm in (run.stock_length_mm, run.routed_mm, run.slack_mm, run.reach_mm)),
        *(run.rate_gbps, run.links),
        *_end_fields(run.a),
        *_end_fields(run.b),
        *(route_text(run), run.bundle, run.install_order, run.label_a, run.label_b),
        *(_money(run.cost_cents), currency),
        *("; ".join(labels) for labels in (run.cord_labels_a, run.cord_labels_b)),
        *(run.phase, run.crew, run.minutes),
    ]


def _end_fields(end: CableEnd) -> tuple[str | int, ...]:
    return (end.row, end.rack, end.u, end.device, end.asic, end.cage, end.port or "", end.transceiver)
