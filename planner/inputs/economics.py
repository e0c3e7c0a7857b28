"""Objective, currency and the prices that belong to no part."""

from __future__ import annotations

from fractions import Fraction

from planner.inputs.fields import Record
from planner.inputs.money import Exchange, read_currency, read_exchange, read_money
from planner.model.layout import Economics, Objective

_PER_MWH = {"MWh": Fraction(1), "kWh": Fraction(1000)}
_HIGHEST_PUE_PERMILLE = 10_000


def read_currencies(record: Record) -> Exchange:
    """Read the layout's currency and its rates; part prices need them."""
    currency = record.need("currency")
    return read_exchange(record.get("exchange"), read_currency(currency) if currency else "")


def read_economics(record: Record, exchange: Exchange) -> Economics:
    """Read the coefficients of the objective."""
    labor, energy = record.record("labor"), record.record("energy")
    economics = Economics(
        objective=record.choice("objective", Objective),
        currency=exchange.currency,
        labor_per_run_cents=_cents(labor, "per_run", exchange),
        labor_per_meter_cents=_cents(labor, "per_meter", exchange),
        pue_permille=_pue_permille(energy),
        price_per_mwh_cents=_cents_per_mwh(energy, exchange),
        years=energy.integer("years", 0, 50),
        spares_permille=record.share_permille("spares"),
    )
    labor.finish()
    energy.finish()
    record.finish()
    return economics


def _cents(record: Record, key: str, exchange: Exchange) -> int:
    value = record.need(key)
    return exchange.cents(read_money(value)) if value else 0


def _cents_per_mwh(record: Record, exchange: Exchange) -> int:
    value = record.need("price")
    money = read_money(value, tuple(_PER_MWH)) if value else None
    return exchange.cents(money, factor=_PER_MWH[money.per]) if money else 0


def _pue_permille(record: Record) -> int:
    """Read the PUE, a plain number of at most three decimals, 1 or more."""
    value = record.need("pue")
    if value is None:
        return 1000
    text = value.as_number_text("a number such as '1.2'")
    whole, _point, decimals = text.partition(".")
    is_number = whole.isascii() and whole.isdigit() and len(whole) <= 2 and (decimals + "0").isdigit()
    permille = int(whole) * 1000 + int(decimals.ljust(3, "0")) if is_number and len(decimals) <= 3 else 0
    if text and not 1000 <= permille <= _HIGHEST_PUE_PERMILLE:
        expected = "a number from 1 to 10 with at most three decimals, such as '1.2'"
        value.fail("bad-number", f"found {value.kind()}, expected {expected}")
    return permille
