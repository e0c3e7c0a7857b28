"""What tells one state of a plan from another on paper: layout, revision and hash of the inputs."""

from __future__ import annotations

from planner.model.plan import Plan

_REVISION_DIGITS = 8


def revision(plan: Plan) -> str:
    """Return the revision: the first digits of the inputs' hash, since equal inputs make equal plans."""
    return plan.inputs_hash[:_REVISION_DIGITS]


def title_block(plan: Plan) -> str:
    """Return the line that every drawing carries."""
    return f"layout {plan.layout.name} · revision {revision(plan)} · inputs SHA-256 {plan.inputs_hash}"
