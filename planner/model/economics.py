"""Money: the coefficients of the objective, each rounded once, half up, to the cent."""

from __future__ import annotations

from fractions import Fraction

from planner.model.layout import Economics, Objective
from planner.model.media import MediaOption, Plug
from planner.units import round_half_up

HOURS_PER_YEAR = 8760
MILLIWATTS_PER_MEGAWATT = 10**9


def labor_cents(economics: Economics, routed_mm: int) -> int:
    """Installation labor of one run: per run, plus per routed meter rounded once."""
    per_meter = Fraction(economics.labor_per_meter_cents * routed_mm, 1000)
    return economics.labor_per_run_cents + round_half_up(per_meter)


def energy_cents(economics: Economics, milliwatts: int) -> int:
    """Energy of one thing over the plan's years: watts x PUE x hours x price, rounded once."""
    megawatt_hours = Fraction(milliwatts, MILLIWATTS_PER_MEGAWATT) * HOURS_PER_YEAR * economics.years
    return round_half_up(
        megawatt_hours * Fraction(economics.pue_permille, 1000) * economics.price_per_mwh_cents
    )


def energy_in_objective_cents(economics: Economics, milliwatts: int) -> int:
    """Energy as the objective counts it: nothing under ``capex``."""
    return energy_cents(economics, milliwatts) if economics.objective is Objective.TCO else 0


def run_parts_cents(option: MediaOption, stock: int) -> int:
    """Cables, cords and transceivers that one run of that stock item has for itself.

    Without labor and energy, and without what it shares with other runs.
    """
    price = option.cable.stock[stock].price.cents
    cables = option.cables_per_run * price if option.runs_per_cable == 1 else 0
    return cables + sum(module_cents(plug) for plug in option.plugs if plug.runs == 1)


def run_power_milliwatts(option: MediaOption) -> int:
    """Power of the plugs that one run has for itself."""
    return sum(plug.power_milliwatts for plug in option.plugs if plug.runs == 1)


def module_cents(plug: Plug) -> int:
    """Price of a plug's transceiver; 0 where the cable brings the plug or there is none."""
    return plug.transceiver.price.cents if plug.transceiver else 0
