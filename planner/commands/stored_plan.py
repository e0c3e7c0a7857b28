"""Reads the plan that a command is given: its folder, or its plan.json."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Finding, InputError, Where
from planner.model.plan import Plan
from planner.outputs.plan_json import FILE_NAME, read_plan


def read_stored_plan(path: Path) -> Plan:
    """Read a plan back.

    Raises
    ------
    InputError
        There is no plan, it cannot be read, or it is damaged.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        text = file.read_bytes().decode()
    except FileNotFoundError:
        message = f"no such file, expected a folder that a plan was written to, or its {FILE_NAME}"
        raise _refusal(file, message) from None
    except UnicodeDecodeError:
        raise _refusal(file, "not UTF-8, so this is no plan") from None
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror or error}") from None
    return read_plan(text, str(file))


def _refusal(file: Path, message: str) -> InputError:
    return InputError([Finding(code="no-plan", message=message, where=Where(file=str(file)))])
