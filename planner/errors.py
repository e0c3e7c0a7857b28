"""Findings and the errors that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Result = TypeVar("Result")


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # the input is wrong: nothing is planned
    BLOCKING = "blocking"  # the plan is written, but must not be built as it is
    WARNING = "warning"  # the plan can be built; somebody should know


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in an input file: 1-based line and column, and the path of keys to the value.

    Stages after the inputs know no files: they leave ``file`` empty, and the pipeline finds the place
    of the path in the layout.
    """

    file: str
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return ": ".join(part for part in (place, self.path) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or worth knowing.

    Parameters
    ----------
    code
        Stable kebab-case name of the rule, e.g. ``unknown-part``.
    message
        One sentence: what was found, what was expected, and the nearest valid name or design.
    severity
        How much it weighs.
    where
        Place in the user's file, or None for a finding about the plan as a whole.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    where: Where | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.severity.value}: {self.message} [{self.code}]"


class PlannerError(Exception):
    """Base of all errors shown to users; carries every finding of the stage that failed."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class InputError(PlannerError):
    """A file is wrong: syntax, unknown keys, values, parts, overlaps."""


class InfeasibleError(PlannerError):
    """The files are right, but what they ask for cannot be met."""


def gather(steps: Iterable[Callable[[], Result]]) -> tuple[Result, ...]:
    """Take every step and return what each gives.

    Raises
    ------
    InfeasibleError
        At least one step refuses; carries the findings of all that do.
    """
    results: list[Result] = []
    findings: list[Finding] = []
    for step in steps:
        try:
            results.append(step())
        except InfeasibleError as error:
            findings.extend(error.findings)
    if findings:
        raise InfeasibleError(findings)
    return tuple(results)
