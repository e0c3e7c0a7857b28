"""``planner verify``: check a plan again from its files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from planner.commands.outcome import WRONG, Outcome
from planner.errors import Finding, InputError, Where
from planner.garbage import no_search_for_cycles
from planner.verify.check import verify_folder

PLAN_NAME = "plan.json"


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Show every finding, or that there is none."""
    path: Path = arguments.plan
    folder = path.parent if path.name == PLAN_NAME else path
    if not path.exists() or (path.is_file() and path.name != PLAN_NAME):
        what = "no such folder or file" if not path.exists() else "this file is no plan"
        message = f"{what}, expected a folder that a plan was written to, or its {PLAN_NAME}"
        raise InputError([Finding(code="no-plan", message=message, where=Where(file=str(path)))])
    progress("verify")
    with no_search_for_cycles():
        findings = verify_folder(folder)
    if not findings:
        return Outcome(f"good: {folder} holds a plan that keeps every rule")
    return Outcome("\n".join(str(finding) for finding in findings), WRONG)
