"""``planner schema``: print the JSON Schema of plan.json."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from planner.commands.outcome import Outcome
from planner.outputs.schema import schema_text


def run(_arguments: Namespace, _progress: Callable[[str], None]) -> Outcome:
    """Show the schema as shipped."""
    return Outcome(schema_text().rstrip("\n"))
