"""The journal of a sweep: a line for each finished scenario, on the disk before the next one counts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from planner.errors import Finding, PlannerError
from planner.sweep.task import Record, read_record

FILE_NAME = "journal.jsonl"
_HEADER = json.dumps({"journal": "planner sweep", "version": 2})


class JournalError(PlannerError):
    """The journal cannot be read, is not one, or the disk refuses it."""


class Journal:
    """Finished scenarios by key, and the file that they are appended to.

    A last line that was torn off is taken away; one process at a time may write.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self.records: dict[str, Record] = {}
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise self._error(f"cannot be opened: {error.strerror}") from error
        try:
            self._lock()
            self._length = self._read()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def add(self, record: Record) -> None:
        """Append a record; it is on the disk when this returns."""
        self._write(record.line())
        self.records[record.key] = record

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise self._error("another sweep is writing it") from error

    def _read(self) -> int:
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(self._file, whole)
        lines = data[:whole].decode("utf-8", errors="replace").splitlines()
        self._length = whole
        if not lines:
            if data:
                raise self._error("is no journal of a sweep")
            self._write(_HEADER)
            return self._length
        if lines[0] != _HEADER:
            raise self._error("is no journal of a sweep, or of another version; name another folder")
        for number, line in enumerate(lines[1:], 2):
            try:
                record = read_record(line)
            except (ValueError, KeyError, TypeError) as error:
                raise self._error(f"line {number} is no result; take the line out") from error
            self.records[record.key] = record
        return whole

    def _write(self, line: str) -> None:
        data = f"{line}\n".encode()
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._length)  # half a line would be in the way of the next
            kept = f"the {len(self.records):,} finished scenarios are kept; the same command goes on"
            raise self._error(f"cannot be written: {error.strerror}; {kept}") from error
        self._length += len(data)

    def _error(self, message: str) -> JournalError:
        return JournalError([Finding(code="journal", message=f"'{self._path}' {message}")])
