"""Writes a plan's folder whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from planner.errors import Finding, PlannerError
from planner.forked_turns import in_turns
from planner.interrupts import ignore_interrupts, take_away_on_interrupt
from planner.model.plan import Plan
from planner.outputs.files import Named, file_makers, is_own_name
from planner.outputs.parts import Content
from planner.outputs.plan_json import FILE_NAME as PLAN_NAME

_SHOWN_NAMES = 3
_FEWEST_RUNS_OF_TWO = 1_000
"""Runs of a plan whose files take longer to make than another process to start."""


class FolderError(PlannerError):
    """The folder cannot be written, or holds what is not the planner's to replace."""


def write_plan(plan: Plan, folder: Path) -> None:
    """Write every output of the plan into a folder, replacing an earlier plan's folder as a whole.

    The new folder is made beside the old one and swapped in at the end: whatever fails or
    interrupts before that leaves the old one as it was.

    Raises
    ------
    FolderError
        The folder holds other files, something else is in the way, or the disk refuses.
    """
    with _disk_errors_as_findings(folder):
        target = _replaceable(folder)
        with _parents(target), _fresh_beside(target) as fresh:
            _write_files(plan, fresh)
            _replaceable(folder)  # again: writing took time, the folder may have changed
            _swap(fresh, target)


def require_replaceable(folder: Path) -> None:
    """Raise FolderError now where ``write_plan`` would refuse the folder after all the planning."""
    with _disk_errors_as_findings(folder):
        _replaceable(folder)


def _replaceable(folder: Path) -> Path:
    """Return the real place of the folder; refuse what must not be replaced."""
    try:
        target = folder.resolve()
    except RuntimeError as loop:  # links that lead in a circle, before Python 3.13
        raise OSError(str(loop)) from loop
    if target in (Path.cwd(), target.parent):
        raise _refusal(folder, "folder-in-use", "the current folder cannot be replaced; name one inside it")
    if not target.exists():
        return target
    if not target.is_dir():
        raise _refusal(folder, "folder-is-file", "a file is in the way; name a folder")
    entries = sorted(os.scandir(target), key=lambda entry: entry.name)
    foreign = [entry.name for entry in entries if not (entry.is_file() and is_own_name(entry.name))]
    if not foreign and entries and PLAN_NAME not in {entry.name for entry in entries}:
        foreign = [entry.name for entry in entries]
    if foreign:
        names = ", ".join(foreign[:_SHOWN_NAMES]) + (", ..." if len(foreign) > _SHOWN_NAMES else "")
        raise _refusal(
            folder, "foreign-files", f"holds files that are no plan's ({names}); name another folder"
        )
    return target


def _write_files(plan: Plan, fresh: Path) -> None:
    """Write all files into a folder that is there; those of a plan of some size in two processes."""

    def write(make: Callable[[], Iterable[Named]]) -> None:
        for name, content in make():
            _write_file(fresh / name, content)

    tasks = [partial(write, make) for make in file_makers(plan)]
    in_turns(tasks, are_long=plan.totals.runs >= _FEWEST_RUNS_OF_TWO)


@contextmanager
def _fresh_beside(target: Path) -> Iterator[Path]:
    """Make a folder beside the target; take it away at the end unless it has become the target."""
    fresh = _beside(target, "new")
    try:
        take_away_on_interrupt(partial(shutil.rmtree, fresh, ignore_errors=True))
        fresh.mkdir()
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}-{secrets.token_hex(4)}")


def _swap(fresh: Path, target: Path) -> None:
    """Put the new folder in the place of the earlier one."""
    earlier = _beside(target, "earlier")
    try:
        ignore_interrupts()
        if target.exists():
            target.rename(earlier)
        fresh.rename(target)
    except BaseException:  # an interruption too must not leave the place empty
        if earlier.exists() and not target.exists():
            earlier.rename(target)
        raise
    finally:
        if target.exists():  # else the earlier folder is all there is
            shutil.rmtree(earlier, ignore_errors=True)


def _write_file(path: Path, content: Content) -> None:
    with path.open("wb") as file:
        for part in (content,) if isinstance(content, bytes) else content:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())  # some disks tell only now that they are full


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders above the target; take those made away again if the writing fails."""
    made = [parent for parent in target.parents if not parent.exists()]
    for parent in reversed(made):
        take_away_on_interrupt(parent.rmdir)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise


@contextmanager
def _disk_errors_as_findings(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refusal(folder, "folder-not-written", f"cannot be written: {reason}") from error


def _refusal(folder: Path, code: str, what: str) -> FolderError:
    return FolderError([Finding(code=code, message=f"output folder '{folder}': {what}")])
