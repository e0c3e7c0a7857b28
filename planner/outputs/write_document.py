"""Writes one document whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from planner.errors import Finding, PlannerError
from planner.interrupts import ignore_interrupts

_SIGNATURE = b"%PDF-"
_CREATOR = b"/Creator (planner)"


class DocumentError(PlannerError):
    """The document cannot be written, or something else is in its place."""


def check_document(path: Path) -> None:
    """Raise DocumentError where ``write_document`` would refuse the path for what is there."""
    try:
        _replaceable(path)
    except OSError as error:
        raise _not_written(path, error) from error


def write_document(content: bytes, path: Path) -> None:
    """Write a PDF, replacing an earlier one of the planner; whatever fails leaves that as it was.

    Raises
    ------
    DocumentError
        Another file is there, the folder is not, or the disk refuses.
    """
    try:
        target = _replaceable(path)
        ignore_interrupts()
        _write_and_swap(content, target)
    except OSError as error:
        raise _not_written(path, error) from error


def _replaceable(path: Path) -> Path:
    try:
        target = path.resolve()
    except RuntimeError as loop:  # links that lead in a circle, before Python 3.13
        raise OSError(str(loop)) from loop
    if target.is_dir():
        raise _refusal(path, "document-is-folder", "a folder is there; name a file")
    if target.exists():
        content = target.read_bytes() if target.is_file() else b"?"
        if content and not (content.startswith(_SIGNATURE) and _CREATOR in content):
            raise _refusal(path, "foreign-file", "there already and no document of the planner; name another")
    elif not target.parent.is_dir():
        raise _refusal(path, "no-folder", f"no folder '{target.parent}' to write into")
    return target


def _write_and_swap(content: bytes, target: Path) -> None:
    fresh = target.with_name(f".{target.name}.new-{secrets.token_hex(4)}")
    try:
        _write_file(fresh, content)
        fresh.replace(target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _write_file(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # some disks tell only now that they are full


def _not_written(path: Path, error: OSError) -> DocumentError:
    return _refusal(path, "document-not-written", f"cannot be written: {error.strerror or error}")


def _refusal(path: Path, code: str, what: str) -> DocumentError:
    return DocumentError([Finding(code=code, message=f"output file '{path}': {what}")])
