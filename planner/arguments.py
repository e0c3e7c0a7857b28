"""The words of the command line: commands, their options, and help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from planner import __version__
from planner.commands.document_arguments import add_labels, add_sheets
from planner.commands.outcome import EXIT_CODES, USAGE
from planner.commands.plan_arguments import (
    add_compare,
    add_diff,
    add_explain,
    add_pins,
    add_rules,
    add_search,
    add_sensitivity,
)
from planner.commands.sizing_arguments import add_init, add_size
from planner.commands.sweep import add_sweep

COMMANDS = (
    "size",
    "init",
    "plan",
    "check",
    "sweep",
    "verify",
    "compare",
    "diff",
    "explain",
    "sensitivity",
    "rules",
    "pins",
    "labels",
    "sheets",
    "catalog",
    "schema",
)


class _HelpFormatter(argparse.HelpFormatter):
    """Leaves room for the longest command, which argparse measures without its indent."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = 4 + max(map(len, COMMANDS))


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the words; exits where they are wrong, and after help or version."""
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
        formatter_class=_HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_size(commands)
    add_init(commands)
    _add_plan(commands)
    check = commands.add_parser("check", help="read a layout and route its fabrics; solve nothing")
    _add_layout(check)
    add_sweep(commands)
    verify = commands.add_parser("verify", help="check a plan again from its files")
    verify.add_argument("plan", metavar="PLAN", type=Path, help="folder of a plan, or its plan.json")
    add_compare(commands)
    add_diff(commands)
    add_explain(commands)
    add_sensitivity(commands)
    add_rules(commands)
    add_pins(commands)
    add_labels(commands)
    add_sheets(commands)
    _add_catalog(commands)
    commands.add_parser("schema", help="print the JSON Schema of plan.json")
    _complete(commands)
    return parser


def _complete(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Let each command's own help say what it does, as the list of commands has it, and the exit codes."""
    for listed in commands._choices_actions:
        command, words = commands.choices[listed.dest], listed.help or ""
        command.description = command.description or f"{words[:1].upper()}{words[1:]}."
        command.epilog = command.epilog or EXIT_CODES


def _add_plan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    plan = commands.add_parser("plan", help="plan a layout and write the folder")
    _add_layout(plan)
    plan.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write, whole or not at all"
    )
    plan.add_argument("--timings", metavar="FILE", type=Path, help="write the seconds of every stage here")
    add_search(plan)


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
