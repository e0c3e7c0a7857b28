"""A sensitivity for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction

from planner.model.sensitivity import Sensitivity


def sensitivity_json(sensitivity: Sensitivity) -> str:
    """Return it as JSON; money in cents, lengths in millimeters, prices in permille of what is stated."""
    return json.dumps(asdict(sensitivity), indent=1, ensure_ascii=False, default=_ratio)


def _ratio(value: object) -> float:
    if not isinstance(value, Fraction):
        raise TypeError(f"{value!r} is not written here")
    return round(float(value), 6)
