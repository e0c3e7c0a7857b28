"""The section of ``planner size`` that holds a note's claims against the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from planner.commands.tables import align, number
from planner.sizing.claims import Judgement, Verdict, units_of_switches


def note_section(judgements: Sequence[Judgement]) -> Iterator[str]:
    """Show what the note claims, what comes out, and the verdict."""
    if not judgements:
        return
    yield ""
    yield "note: what it claims, what comes out of the catalog, verdict"
    rows = [(f"  {one.claim.says}", _computed(one), verdict_text(one)) for one in judgements]
    yield from align(rows)
    counted = units_of_switches(tuple(judgements))
    if len(counted) > 1:
        yield ""
        yield "  The note's word 'switch' mixes units; its figures come nearest when counting"
        for unit, claims in counted.items():
            yield f"    {unit}: {', '.join(claims)}"


def _computed(one: Judgement) -> str:
    text = _range(one.computed)
    return f"{text} ({one.counted})" if one.counted else text


def _range(bounds: tuple[Fraction, Fraction]) -> str:
    low, high = (number(bound) for bound in bounds)
    return low if low == high else f"{low} to {high}"


def verdict_text(one: Judgement) -> str:
    """Say whether a claim stands, in which unit, and why not."""
    text = one.verdict.value
    if one.verdict is Verdict.WRONG:
        text += f": {_range(one.computed)}, not {_range((one.claim.low, one.claim.high))}"
    if one.mixes_units:
        text += "; mixes units"
    others = [f"{_range(value)} {unit}" for unit, value in one.figures.items() if unit != one.counted]
    if others:
        text += f"; {', '.join(others)}"
    return f"{text}; {one.claim.remark}" if one.claim.remark else text
