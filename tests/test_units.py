"""Quantities: exact, and nothing but quantities."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.units import (
    LENGTH_MM,
    LOSS_MDB,
    POWER_MW,
    RATE_GBPS,
    WEIGHT_G,
    ceil_div,
    format_m,
    format_money,
    meters,
    money,
    parse_quantity,
    round_half_up,
)

SCALES = [LENGTH_MM, POWER_MW, WEIGHT_G, RATE_GBPS, LOSS_MDB]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.005 m", 1005), ("600 mm", 600), ("2.6m", 2600), ("0 m", 0), ("0.10 m", 100), ("007 mm", 7)],
)
def test_lengths(text: str, expected: int) -> None:
    assert parse_quantity(text, LENGTH_MM) == expected


NO_LENGTHS = [
    *("14mm2", "1x5m", "1 m 2", "0x10 mm", "1e3 mm", "1_000 mm", "1,5 m", ".5 m", "5. m"),
    *("-1 m", "+1 m", "nan m", "NaN", "inf m", "Infinity m"),
    *("", "1", "m", " 1 m", "1 m ", "1  m", "1\n m", "1\u00a0m", "\u0661 m"),
    *("1 M", "1 KM", "1 ft", "0.5 mm", "1.00000000000000000000000000000000001 m"),
]


@pytest.mark.parametrize("text", NO_LENGTHS)
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|unknown|finer"):
        parse_quantity(text, LENGTH_MM)


@given(st.sampled_from(SCALES), st.data())
def test_exact_or_refused(scale: dict[str, Decimal], data: st.DataObject) -> None:
    """Whatever is read is exactly number times unit; only what is finer than the base is refused."""
    number = data.draw(st.decimals(0, 10**15, allow_nan=False, places=data.draw(st.integers(0, 12))))
    unit = data.draw(st.sampled_from(sorted(scale)))
    exact = Fraction(number) * Fraction(scale[unit])
    text = f"{number:f} {unit}"
    if exact.denominator == 1:
        assert parse_quantity(text, scale) == exact
    else:
        with pytest.raises(ValueError, match="finer"):
            parse_quantity(text, scale)


@given(st.text())
@example("9" * 5000 + " m")
@example("1" + "0" * 400 + "." + "0" * 400 + "1 m")
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse_quantity(text, LENGTH_MM) >= 0


@given(st.integers(0, 10**12))
def test_meters_read_back(length_mm: int) -> None:
    assert parse_quantity(f"{format_m(length_mm)} m", LENGTH_MM) == length_mm


def test_money_and_rounding() -> None:
    assert [round_half_up(Fraction(n, 2)) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert [ceil_div(n, 3) for n in (0, 1, 3, 4)] == [0, 1, 1, 2]
    assert [format_money(cents) for cents in (0, 5, 123456, -5)] == ["0.00", "0.05", "1234.56", "-0.05"]


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (123456789, "1,234,567.89"), (-150, "-1.50"), (-5, "-0.05")]
)
def test_money_is_written_for_reading(cents: int, text: str) -> None:
    assert money(cents) == text


@pytest.mark.parametrize(
    ("length_mm", "text"), [(0, "0 m"), (1500, "1.5 m"), (20, "0.02 m"), (10_000, "10 m")]
)
def test_meters_are_written_for_reading(length_mm: int, text: str) -> None:
    assert meters(length_mm) == text
