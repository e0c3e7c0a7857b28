"""Cross-sections: what cables take of a pathway segment."""

from __future__ import annotations

from fractions import Fraction

from planner.model.media import MediaOption
from planner.units import round_half_up

PI = Fraction(3141592653589793, 10**15)


def cable_section_um2(outer_diameter_um: int) -> int:
    """Cross-section of one round cable in square micrometers, rounded once, half up."""
    return round_half_up(PI * outer_diameter_um**2 / 4)


def run_section_um2(option: MediaOption) -> int:
    """Cross-section of all cables of one run of an option in square micrometers."""
    return option.cables_per_run * cable_section_um2(option.cable.outer_diameter_um)
