"""The command line: arguments, exit codes, and what goes to which stream."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import NoReturn, cast

from planner import __version__
from planner.commands.outcome import INTERRUPTED, USAGE, WRONG, Outcome
from planner.commands.sizing_arguments import add_init, add_size
from planner.errors import PlannerError

COMMANDS = ("size", "init", "plan", "check", "verify", "catalog", "schema")
EXIT_CODES = (
    "exit codes: 0 good; 1 the input is wrong or cannot be met (verify: findings); 2 usage;"
    " 3 written, but with blocking findings"
)
Command = Callable[[argparse.Namespace, Callable[[str], None]], Outcome]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback for anything a user can cause."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = _parse(words)
        # Loaded only now: help must not wait for numpy or a solver.
        command = cast(Command, import_module(f"planner.commands.{arguments.command}").run)
        outcome = command(arguments, _progress if sys.stderr.isatty() else _silent)
    except PlannerError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "))
    except KeyboardInterrupt:
        return _stop()
    return outcome.exit_code if _show(outcome.text) else WRONG


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return WRONG


def _stop() -> int:
    _fail("interrupted; a folder is written whole or not at all")
    if threading.active_count() > 1:
        # A solver in mid-search hears nothing and would keep the process alive.
        os._exit(INTERRUPTED)
    return INTERRUPTED


def _silent(_: str) -> None:
    """Say nothing: nobody watches."""


def _progress(step: str) -> None:
    print(f"planner: {step}", file=sys.stderr, flush=True)


def _show(text: str) -> bool:
    """Print the result; False where it cannot be written, and nobody asked it to stop."""
    try:
        print(text, flush=True)
    except OSError as error:
        # Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # there the reader has seen enough
            _fail(f"error: standard output: {error.strerror or error}")
            return False
    return True


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    named = next((word for word in words if not word.startswith("-")), None)
    if named is None and not set(words) & {"-h", "--help", "--version"}:
        _refuse(parser, f"expected a command: {', '.join(COMMANDS)}")
    if named is not None and named not in COMMANDS:
        near = get_close_matches(named, COMMANDS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(COMMANDS)}"
        _refuse(parser, f"unknown command '{named}': {hint}")
    return parser.parse_args(words)


def _refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    parser.print_usage(sys.stderr)
    parser.exit(USAGE, f"planner: error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="planner",
        description="Plan where the switches of a tiered fabric stand and how its cables run.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_size(commands, EXIT_CODES)
    add_init(commands, EXIT_CODES)
    _add_plan(commands)
    check = commands.add_parser("check", help="read a layout and route its fabrics; solve nothing")
    _add_layout(check)
    verify = commands.add_parser("verify", help="check a plan again from its files")
    verify.add_argument("plan", metavar="PLAN", type=Path, help="folder of a plan, or its plan.json")
    _add_catalog(commands)
    commands.add_parser("schema", help="print the JSON Schema of plan.json")
    return parser


def _add_plan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    plan = commands.add_parser("plan", help="plan a layout and write the folder", epilog=EXIT_CODES)
    _add_layout(plan)
    plan.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write, whole or not at all"
    )
    plan.add_argument("--timings", metavar="FILE", type=Path, help="write the seconds of every stage here")
    plan.add_argument("--seed", metavar="N", type=int, default=1, help="seed of the search (default 1)")


def _add_catalog(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    catalog = commands.add_parser("catalog", help="list parts, media profiles and assumptions")
    _add_layout(catalog, nargs="?")
    catalog.add_argument("--parts", action="store_true", help="only the parts")
    catalog.add_argument("--profiles", action="store_true", help="only the media profiles")
    catalog.add_argument("--assumptions", action="store_true", help="only the assumptions")


def _add_layout(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    parser.add_argument(
        "layout",
        metavar="LAYOUT",
        nargs=nargs,
        help="a layout file, or the name of a layout that comes with the planner",
    )
