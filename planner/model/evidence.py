"""What a number rests on: the kind of evidence, its source and its date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What a number rests on."""

    VENDOR = "vendor"
    DERIVED = "derived"
    ANALYST = "analyst"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where one number of one part comes from.

    Parameters
    ----------
    subject, field
        Part id (or ``defaults``, or the layout's name) and the field in it.
    value
        The number as written in the file.
    basis, source, date
        Kind of evidence, source as shown to users, and ISO date ("" where it has none).
    """

    subject: str
    field: str
    value: str
    basis: Basis
    source: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Unit price in cents of the layout's currency, converted and rounded once."""

    cents: int
    basis: Basis
    source: str
    date: str
