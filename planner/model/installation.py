"""What the work of laying runs takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """How runs are laid: the most runs of a bundle, crews at work, minutes per run and routed meter."""

    max_bundle: int
    crews: int
    minutes_per_run: int
    minutes_per_meter: int
