"""Money as files write it ("850 USD", "0.08 USD/kWh"), converted once into the layout's currency."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from planner.inputs.fields import record_of
from planner.inputs.findings import Findings, shown
from planner.inputs.values import LARGEST_QUANTITY, Value
from planner.units import round_half_up

_MONEY = re.compile(
    r"(?P<amount>[0-9]{1,15}(?:\.[0-9]{1,15})?) (?P<currency>[A-Z]{3})(?:/(?P<per>[A-Za-z]+))?"
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, exact, in the currency and per the unit it was written in ("" for none)."""

    amount: Fraction
    currency: str
    per: str
    value: Value


@dataclass(slots=True)
class Exchange:
    """The layout's currency and what one unit of others is worth in it."""

    currency: str
    rates: dict[str, Fraction] = field(default_factory=dict)

    def cents(
        self, money: Money | None, factor: Fraction = Fraction(1), findings: Findings | None = None
    ) -> int:
        """Convert and round once, half up; report (to ``findings``) where the layout gives no rate."""
        if money is None:
            return 0
        rate = Fraction(1) if money.currency == self.currency else self.rates.get(money.currency)
        if rate is None:
            message = (
                f"found {money.currency}, but the layout counts in {self.currency} and gives no rate; "
                f"write one there under 'exchange'"
            )
            (findings if findings is not None else money.value.findings).add(
                "no-exchange-rate", message, money.value.where
            )
            return 0
        return round_half_up(money.amount * factor * rate * 100)


def read_money(value: Value, per: tuple[str, ...] = ("",)) -> Money | None:
    """Read an amount with its currency and, where ``per`` names units, one of them."""
    example = "850 USD" + (f"/{per[0]}" if per[0] else "")
    text = value.as_number_text(f"an amount and a currency, for instance '{example}'")
    if not text:
        return None
    match = _MONEY.fullmatch(text)
    if match is None or (match["per"] or "") not in per:
        message = f"found {shown(text)}, expected an amount and a currency, for instance '{example}'"
        value.fail("bad-money", message)
        return None
    amount = Fraction(match["amount"])
    if amount > LARGEST_QUANTITY:
        value.fail("bad-money", f"found {shown(text)}, expected an amount of this world")
    return Money(amount, match["currency"], match["per"] or "", value)


def read_currency(value: Value) -> str:
    """Read a three-letter currency code."""
    text = value.as_text()
    if text and not _CURRENCY.fullmatch(text):
        value.fail("bad-currency", f"found {shown(text)}, expected a currency code such as 'USD'")
    return text


def read_date(value: Value) -> str:
    """Read an ISO date: a day, a month or a year."""
    text = value.as_text("a date such as '2026-09-22'")
    if text and not _DATE.fullmatch(text):
        value.fail("bad-date", f"found {shown(text)}, expected a date such as '2026-09-22'")
    return text


def read_exchange(value: Value | None, currency: str) -> Exchange:
    """Read the dated rates: what one unit of each other currency is worth in the layout's."""
    exchange = Exchange(currency)
    for code, entry in value.as_entries("currencies and their rates") if value else ():
        record = record_of(entry, "rate, date and source")
        rate = record.need("rate")
        text = rate.as_number_text("a decimal number") if rate else ""
        if rate and not (_RATE.fullmatch(text) and Fraction(text) > 0):
            rate.fail("bad-number", f"found {shown(text)}, expected a decimal number above 0")
        elif rate:
            exchange.rates[code] = Fraction(text)
        date = record.need("date")
        if date:
            read_date(date)
        record.text("source")
        record.finish()
        if not _CURRENCY.fullmatch(code) or code == currency:
            entry.fail("bad-currency", f"found {shown(code)}, expected another currency than {currency}")
    return exchange
