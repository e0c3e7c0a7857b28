"""``planner init``: write a first layout for a number of racks of a system."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from planner.commands.outcome import Outcome
from planner.errors import Finding, InputError, Where
from planner.inputs.sizing import read_sizing
from planner.interrupts import ignore_interrupts
from planner.preliminary import find_system, start_layout


def run(arguments: Namespace, _progress: Callable[[str], None]) -> Outcome:
    """Show the layout, or write it to a file that is not there yet."""
    output: Path | None = arguments.output
    if output is not None and (output.exists() or output.is_symlink()):
        raise _refuse_overwriting(output)
    inputs = read_sizing(arguments.systems)
    system = find_system(inputs, arguments.system)
    label = f"planner init {system.id} --racks {arguments.racks}"
    text = start_layout(inputs, system, arguments.racks, label)
    if output is None:
        return Outcome(text.rstrip("\n"))
    ignore_interrupts()
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise _refuse_overwriting(output) from None
    return Outcome(f"written to {output}: {arguments.racks} racks; next: planner plan {output} -o DIR")


def _refuse_overwriting(output: Path) -> InputError:
    message = "there already, and never overwritten; name another file"
    return InputError([Finding(code="file-exists", message=message, where=Where(file=str(output)))])
