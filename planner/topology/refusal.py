"""The error that says what about a layout is impossible, and where."""

from __future__ import annotations

from planner.errors import Finding, InfeasibleError, Where


def refusal(code: str, message: str, path: str) -> InfeasibleError:
    """Return the error that carries this one finding about the layout's value at that path."""
    return InfeasibleError([Finding(code=code, message=message, where=Where(file="", path=path))])
