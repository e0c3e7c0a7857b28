"""A revision for installers and programs: the change order as CSV, everything as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from planner.model.revision import Revision
from planner.outputs.csv_text import csv_text
from planner.units import format_m, format_money

_COLUMNS = (
    "step",
    "action",
    "subject",
    "part",
    "stock_length_m",
    "from_a",
    "from_b",
    "to_a",
    "to_b",
    "route",
    "label_a",
    "label_b",
)


def change_order_text(revision: Revision) -> str:
    """Return one row a step."""
    return csv_text(
        _COLUMNS,
        (
            (
                step.number,
                step.action.value,
                step.subject,
                step.part,
                "" if step.stock_length_mm is None else format_m(step.stock_length_mm),
                step.from_a,
                step.from_b,
                step.to_a,
                step.to_b,
                " > ".join(step.route),
                step.label_a,
                step.label_b,
            )
            for step in revision.steps
        ),
    )


def revision_json(revision: Revision) -> str:
    """Return everything for programs; money in the currency's units, as text."""
    told = {
        "plans": revision.names,
        "currency": revision.currency,
        "runs": {fate.value: count for fate, count in revision.fates.items()},
        "bill": [_bill(change) for change in map(asdict, revision.bill)],
        "parts_change": format_money(revision.parts_cents),
        "cost": [format_money(cents) for cents in revision.objective_cents],
        "cautions": revision.cautions,
        "steps": [asdict(step) for step in revision.steps],
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _bill(change: dict[str, object]) -> dict[str, object]:
    money = {"unit_price_cents": "unit_price", "cents": "change"}
    return {
        money.get(key, key): format_money(value) if key in money and isinstance(value, int) else value
        for key, value in change.items()
    }
