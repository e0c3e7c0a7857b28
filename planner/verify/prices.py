"""Coefficients of the objective, derived again: each rounded once, half up, to the cent."""

from __future__ import annotations

from planner.model.evidence import Price
from planner.model.layout import Economics, Objective

HOURS_PER_YEAR = 365 * 24


def half_up(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to the nearest integer, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def labor(economics: Economics, routed_mm: int) -> int:
    """Return cents of labor for one run of that routed length."""
    return economics.labor_per_run_cents + half_up(economics.labor_per_meter_cents * routed_mm, 1000)


def energy(economics: Economics, milliwatts: int) -> int:
    """Return cents of energy for one thing over the plan's years."""
    # mW x h x cents / MWh: 10^9 mW are a megawatt; PUE comes in thousandths.
    hours = HOURS_PER_YEAR * economics.years
    cents = milliwatts * hours * economics.pue_permille * economics.price_per_mwh_cents
    return half_up(cents, 10**12)


def counted_energy(economics: Economics, milliwatts: int) -> int:
    """Return the energy that the objective counts: none where only capex is minimized."""
    return energy(economics, milliwatts) if economics.objective is Objective.TCO else 0


def price_of(price: Price | None) -> int:
    """Return a price in cents; a part of unknown price counts as 0."""
    return price.cents if price is not None else 0
