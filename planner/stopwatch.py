"""Wall-clock seconds of every stage; shown and written apart, never part of a plan."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Stopwatch:
    """Measures named stages and says when one begins.

    Parameters
    ----------
    announce
        Called with each stage's name as it begins.
    """

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self._announce = announce
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside the ``with`` block to the stage of that name."""
        self._announce(name)
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin

    def write(self, path: Path) -> None:
        """Write the seconds as JSON, stages in the order they first ran."""
        rounded = {name: round(seconds, 3) for name, seconds in self.seconds.items()}
        try:
            path.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            # A full disk shows only when the text is written, and then the error names no file.
            raise OSError(error.errno, error.strerror, str(path)) from error
