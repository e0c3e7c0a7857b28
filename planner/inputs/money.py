"""Money as files write it ("850 USD", "0.08 USD/kWh"), converted once into the layout's currency."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from planner.errors import Where
from planner.inputs.fields import record_of
from planner.inputs.findings import Findings, shown
from planner.inputs.values import LARGEST_QUANTITY, Value
from planner.model.evidence import Basis, Provenance
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
    """The layout's currency, what one unit of others is worth in it, and who says so."""

    currency: str
    rates: dict[str, Fraction] = field(default_factory=dict)
    provenance: list[Provenance] = field(default_factory=list)
    _missing: dict[str, dict[str, Where]] = field(default_factory=dict)

    def cents(self, money: Money | None, user: str = "", factor: Fraction = Fraction(1)) -> int:
        """Convert and round once, half up; a missing rate is noted for its user (a part, or "")."""
        if money is None:
            return 0
        rate = Fraction(1) if money.currency == self.currency else self.rates.get(money.currency)
        if rate is None:
            self._missing.setdefault(money.currency, {}).setdefault(user, money.value.where)
            return 0
        return round_half_up(money.amount * factor * rate * 100)

    def report_missing(self, findings: Findings, where: Where, users: Collection[str] | None = None) -> None:
        """Report the currencies that have no rate, of these users or of all."""
        for currency, places in sorted(self._missing.items()):
            named = [place for user, place in sorted(places.items()) if users is None or user in users]
            if named:
                example = f"{named[0].file}:{named[0].line}, {named[0].path}"
                message = (
                    f"found prices in {currency} ({example}), but the layout counts in {self.currency}; "
                    f"write the rate under economics.exchange.{currency}"
                )
                findings.add("no-exchange-rate", message, where)


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
        _read_rate(code, entry, exchange)
    return exchange


def _read_rate(code: str, value: Value, exchange: Exchange) -> None:
    record = record_of(value, "rate, date and source")
    rate, date, source = record.need("rate"), record.need("date"), record.text("source")
    record.finish()
    day = read_date(date) if date else ""
    text = rate.as_number_text("a decimal number") if rate else ""
    if not _CURRENCY.fullmatch(code) or code == exchange.currency:
        message = f"found {shown(code)}, expected another currency than {exchange.currency}"
        value.fail("bad-currency", message)
    if rate and text and not (_RATE.fullmatch(text) and Fraction(text) > 0):
        rate.fail("bad-number", f"found {shown(text)}, expected a decimal number above 0")
        exchange.rates[code] = Fraction(1)
    elif text:
        exchange.rates[code] = Fraction(text)
        exchange.provenance.append(
            Provenance(
                subject="exchange",
                field=code,
                value=f"{text} {exchange.currency}",
                basis=Basis.ASSUMPTION,
                source=source,
                date=day,
            )
        )
