"""bom.csv: one row a part and stock length of a fabric, for those who buy it."""

from __future__ import annotations

from planner.model.plan import BomLine, Plan
from planner.outputs.csv_text import csv_text
from planner.units import format_m, format_money

COLUMNS = (
    *("part_number", "description", "category", "vendor", "unit", "quantity", "spares", "order_quantity"),
    *("unit_price", "extended_price", "order_price", "currency", "basis", "price_date", "source"),
    *("fabric", "part_id", "stock_length_m"),
)


def bom_text(plan: Plan) -> str:
    """Return the bill of materials as CSV."""
    currency = plan.layout.economics.currency
    return csv_text(COLUMNS, (_fields(line, currency) for line in plan.bom))


def _fields(line: BomLine, currency: str) -> list[str | int]:
    prices = (line.unit_price_cents, line.extended_price_cents, line.order_price_cents)
    length = "" if line.stock_length_mm is None else format_m(line.stock_length_mm)
    return [
        *(line.part_number or "", line.description, line.category, line.vendor, line.unit),
        *(line.quantity, line.spares, line.order_quantity),
        *(format_money(cents) for cents in prices),
        *(currency, line.basis, line.price_date, line.source, line.fabric, line.part, length),
    ]
