"""``planner pins``: what a plan has, as pins for the next layout."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from planner.commands.outcome import Outcome
from planner.commands.stored_plan import read_stored_plan
from planner.errors import Finding, InputError
from planner.model.plan import Plan
from planner.outputs.pins_text import pins_text


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Print the pins of upper devices and of the runs to them."""
    plan = read_stored_plan(arguments.plan)
    racks = tuple(arguments.rack or ())
    _check(plan, racks)
    return Outcome(pins_text(plan, racks, with_runs=not arguments.devices))


def _check(plan: Plan, racks: tuple[str, ...]) -> None:
    """Refuse what cannot be pinned, and racks that hold nothing to pin."""
    held = list(dict.fromkeys(device.rack for device in plan.devices if device.is_placed))
    findings = [
        Finding(
            code="unknown-rack",
            message=f"no upper device stands at '{rack}'; racks that hold some: {', '.join(held) or 'none'}",
        )
        for rack in racks
        if rack not in held
    ]
    if findings:
        raise InputError(findings)
