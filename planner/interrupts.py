"""What an interrupt (Ctrl-C, SIGTERM, a terminal that closes) does where the planner is the program.

An exception is not enough there: it may fall into code that swallows or prints it, such as a compiled
module being loaded, a callback of the garbage collector, or the end of the interpreter. So the process
ends at once; what would lie around is taken away first, and what must be whole is not disturbed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress

INTERRUPTS = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}
"""Signals that interrupt, and what they do in a program that Python starts."""
if hasattr(signal, "SIGHUP"):  # no terminal of Windows sends it
    INTERRUPTS[signal.SIGHUP] = signal.SIG_DFL

_SIGNALLED = 128
EXIT_CODE = _SIGNALLED + signal.SIGINT
MESSAGE = "interrupted; a folder is written whole or not at all"

_leftovers: list[Callable[[], None]] = []
_messages = [MESSAGE]
_finishing: list[tuple[Callable[[], None], str]] = []


def end_on_interrupt() -> None:
    """End the process at every interrupt from now on, unless whoever started it has them ignored."""
    for number, usual in INTERRUPTS.items():
        if signal.getsignal(number) == usual:
            signal.signal(number, _end)


def ignore_interrupts() -> None:
    """Let interrupts pass from now on: they come too late to undo what is being written."""
    for number in INTERRUPTS:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_IGN)


def take_away_on_interrupt(leftover: Callable[[], None]) -> None:
    """Call this before an interrupt ends the process: the last that was named comes first."""
    _leftovers.append(leftover)


def take_away_leftovers() -> None:
    """Take away what would lie around if the process ended now; what has been is passed over."""
    for take_away in reversed(_leftovers):
        with suppress(OSError):
            take_away()


def say_on_interrupt(message: str) -> None:
    """Say this instead of the usual message when an interrupt ends the process."""
    _messages[0] = message


def finish_on_interrupt(finish: Callable[[], None], message: str) -> None:
    """Call this at the next interrupt, and say so, instead of ending the process; the one after ends it."""
    _finishing.append((finish, message))


def _end(number: int, _frame: object) -> None:
    if _finishing:
        finish, message = _finishing.pop()
        finish()
        with suppress(OSError):
            os.write(2, f"{message}\n".encode())
        return
    ignore_interrupts()
    take_away_leftovers()
    with suppress(OSError):
        os.write(2, f"{_messages[0]}\n".encode())
    os._exit(_SIGNALLED + number)
