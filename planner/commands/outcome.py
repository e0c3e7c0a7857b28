"""What a command hands back, and the exit codes."""

from __future__ import annotations

from typing import NamedTuple

GOOD = 0
WRONG = 1  # the input is wrong or cannot be met; verify: findings
USAGE = 2
BLOCKED = 3  # written, but with blocking findings
EXIT_CODES = (
    "exit codes: 0 good; 1 the input is wrong or cannot be met (verify: findings); 2 usage;"
    " 3 written, but with blocking findings"
)


class Outcome(NamedTuple):
    """Text for standard output and the exit code."""

    text: str
    exit_code: int = GOOD
