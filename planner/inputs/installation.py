"""How cable runs are installed: bundles, crews and the time that runs take."""

from __future__ import annotations

from planner.inputs.fields import Record
from planner.model.installation import Installation


def read_installation(record: Record) -> Installation:
    """Read sizes and times of the installation, whole numbers all."""
    installation = Installation(
        max_bundle=record.integer("max_bundle", 1, 1000),
        crews=record.integer("crews", 1, 100),
        minutes_per_run=record.integer("minutes_per_run", 0, 1000),
        minutes_per_meter=record.integer("minutes_per_meter", 0, 1000),
    )
    record.finish()
    return installation
