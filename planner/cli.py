"""The command line: exit codes, and what goes to which stream."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from planner.commands.outcome import Outcome

    Command = Callable[[argparse.Namespace, Callable[[str], None]], Outcome]

# Nearly everything is loaded inside functions: an interrupt must find ``main`` listening, and help
# must not wait for numpy or a solver.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback for anything a user can cause."""
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return _stop()


def _run(words: list[str]) -> int:
    from importlib import import_module

    from planner.arguments import parse
    from planner.commands.outcome import WRONG
    from planner.errors import PlannerError

    try:
        arguments = parse(words)
        command: Command = import_module(f"planner.commands.{arguments.command}").run
        outcome = command(arguments, _progress if sys.stderr.isatty() else _silent)
    except PlannerError as error:
        _complain(str(error))
        return WRONG
    except OSError as error:
        _complain(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "))
        return WRONG
    return outcome.exit_code if _show(outcome.text) else WRONG


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _stop() -> int:
    import threading

    from planner.interrupts import EXIT_CODE, MESSAGE

    _complain(MESSAGE)
    if threading.active_count() > 1:
        # A solver in mid-search hears nothing and would keep the process alive.
        os._exit(EXIT_CODE)
    return EXIT_CODE


def _silent(_: str) -> None:
    """Say nothing: nobody watches."""


def _progress(step: str) -> None:
    print(f"planner: {step}", file=sys.stderr, flush=True)


def _show(text: str) -> bool:
    """Print the result; False where it cannot be written, and nobody asked it to stop."""
    try:
        print(_encodable(text), flush=True)
    except OSError as error:
        # Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # there the reader has seen enough
            _complain(f"error: standard output: {error.strerror or error}")
            return False
    return True


def _encodable(text: str) -> str:
    """Return a text as standard output takes it: files have any bytes for names, some streams few letters."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding, sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text
