"""``planner verify``: check a plan again from its files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from planner.commands.outcome import WRONG, Outcome
from planner.verify.check import verify_folder


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Show every finding, or that there is none."""
    path: Path = arguments.plan
    folder = path.parent if path.name == "plan.json" else path
    progress("verify")
    findings = verify_folder(folder)
    if not findings:
        return Outcome(f"good: {folder} holds a plan that keeps every rule")
    return Outcome("\n".join(str(finding) for finding in findings), WRONG)
