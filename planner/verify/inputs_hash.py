"""Whether the inputs that a plan carries are those that it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding
from planner.model.fingerprint import fingerprint
from planner.verify.ground import Ground, fault


def check_inputs_hash(ground: Ground) -> Iterator[Finding]:
    """Check the hash of the embedded inputs: a price changed after planning may break no other rule."""
    plan = ground.plan
    found = fingerprint(plan.layout, plan.catalog)
    if plan.inputs_hash != found:
        stated = plan.inputs_hash[:16]
        yield fault("wrong-inputs-hash", f"inputs of hash '{stated}', those in the plan have {found[:16]}")
