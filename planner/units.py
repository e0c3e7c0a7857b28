"""Quantities: strict reading of text with units into integers, and the way back.

Inside the planner a length is millimeters, a rate Gb/s, a power milliwatts, a weight grams, money
cents, a share parts per thousand, a loss thousandths of a decibel, a duration milliseconds: integers
all. Reading never rounds silently: a quantity finer than the base unit is an error.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

LENGTH_MM = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)}
DIAMETER_UM = {"um": Decimal(1), "mm": Decimal(1000)}
POWER_MW = {"mW": Decimal(1), "W": Decimal(1000), "kW": Decimal(10**6), "MW": Decimal(10**9)}
WEIGHT_G = {"g": Decimal(1), "kg": Decimal(1000), "t": Decimal(10**6)}
RATE_GBPS = {"G": Decimal(1), "Gb/s": Decimal(1), "T": Decimal(1000), "Tb/s": Decimal(1000)}
SHARE_PERMILLE = {"%": Decimal(10)}
LINEAR_G_PER_M = {"g/m": Decimal(1), "kg/m": Decimal(1000)}
DELAY_PS_PER_M = {"ps/m": Decimal(1), "ns/m": Decimal(1000)}
DURATION_MS = {"ms": Decimal(1), "s": Decimal(1000), "min": Decimal(60_000), "h": Decimal(3_600_000)}
LOSS_MDB = {"mdB": Decimal(1), "dB": Decimal(1000)}

_QUANTITY = re.compile(r"(?P<number>[0-9]{1,40}(?:\.[0-9]{1,40})?) ?(?P<unit>[A-Za-z/%]+)")


def parse_quantity(text: str, scale: dict[str, Decimal]) -> int:
    """Read ``text`` ("600 mm", "2.6 m", "33 kW") as an integer count of the base unit.

    Parameters
    ----------
    text
        One decimal number, at most one space, one unit of ``scale``; nothing else.
    scale
        Base units in one of each unit, for instance ``LENGTH_MM``.

    Returns
    -------
    int
        The quantity in base units, exact: "1.005 m" is 1005.

    Raises
    ------
    ValueError
        The text is no such quantity; the message says what was expected.
    """
    units = ", ".join(scale)
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a number and a unit ({units})")
    factor = scale.get(match["unit"])
    if factor is None:
        raise ValueError(f"unknown unit '{match['unit']}', expected one of {units}")
    exact = Fraction(match["number"]) * Fraction(factor)  # a Decimal product would round long numbers
    if exact.denominator != 1:
        base = next(unit for unit, one in scale.items() if one == 1)
        raise ValueError(f"finer than 1 {base}, the planner's resolution")
    return exact.numerator


def round_half_up(value: Fraction) -> int:
    """Round to the nearest integer, halves away from zero for positive values (the money rule)."""
    doubled = value * 2
    return int((doubled.numerator + doubled.denominator) // (2 * doubled.denominator))


def ceil_div(numerator: int, denominator: int) -> int:
    """Smallest integer not below the quotient."""
    return -(-numerator // denominator)


def format_m(length_mm: int) -> str:
    """Millimeters as meters with three decimals: 1005 -> "1.005"."""
    return f"{Decimal(length_mm) / 1000:.3f}"


def format_money(cents: int) -> str:
    """Cents as a plain decimal: 123456 -> "1234.56"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def money(cents: int) -> str:
    """Cents for reading: 123456789 -> "1,234,567.89"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def meters(length_mm: int) -> str:
    """Millimeters for reading, without needless zeros: 1500 -> "1.5 m"."""
    return format_m(length_mm).rstrip("0").rstrip(".") + " m"


def to_cents(amount: Decimal) -> int:
    """Money amount to cents, half up."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
