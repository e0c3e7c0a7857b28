"""The planner as a program: ``python -m planner``, and the ``planner`` command."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def main() -> int:
    """Run the command line of this process; an interrupt ends it at once."""
    # Nothing is loaded before this: until somebody listens, an interrupt is a traceback.
    try:
        from planner.interrupts import end_on_interrupt, ignore_interrupts

        end_on_interrupt()
        _open_closed_streams()
        from planner import cli

        code = cli.main()
        ignore_interrupts()
        _end_at_once(code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return code


def _open_closed_streams() -> None:
    """Let what is written to a stream that was closed from the start go nowhere: Python has None for it."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _end_at_once(code: int) -> None:
    """End without taking apart the millions of values of a large plan, which takes seconds: all is written.

    Where other threads are at work, they end first; but for a solver left behind in mid-search, which would
    not hear that it should.
    """
    import threading

    from planner.interrupts import take_away_leftovers

    stop = sys.modules.get("planner.optimize.stop")
    is_left_behind = stop is not None and stop.is_solver_left_behind()
    if is_left_behind or threading.active_count() == 1:
        take_away_leftovers()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
