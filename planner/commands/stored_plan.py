"""Reads the plan that a command is given: its folder, or its plan.json."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Finding, InputError, Where
from planner.model.plan import Plan
from planner.outputs.label_names import rack_types
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
    plan = read_plan(text, str(file))
    _check_references(plan, file)
    return plan


def _check_references(plan: Plan, file: Path) -> None:
    """Refuse a plan whose parts do not know each other: documents would leave something out."""
    racks = rack_types(plan)
    places = {(device.rack, device.u, device.device) for device in plan.devices}
    for device in plan.devices:
        if racks.get(device.rack) not in plan.catalog.rack_types:
            raise _damage(file, f"device {device.name} stands in no rack of the layout")
        if device.device not in plan.catalog.device_types:
            raise _damage(file, f"device {device.name} is of no type of the catalog")
    for run in plan.runs:
        for end in (run.a, run.b):
            if (end.rack, end.u, end.device) not in places:
                raise _damage(file, f"cable run {run.cable_id} ends where no device stands")


def _damage(file: Path, what: str) -> InputError:
    message = f"{what}; `planner verify` tells more"
    return InputError([Finding(code="damaged-plan", message=message, where=Where(file=str(file)))])


def _refusal(file: Path, message: str) -> InputError:
    return InputError([Finding(code="no-plan", message=message, where=Where(file=str(file)))])
