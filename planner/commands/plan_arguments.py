"""The words of ``planner plan`` and of the commands that look at finished plans."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import NamedTuple

from planner.commands.sizing_arguments import share
from planner.units import DURATION_MS, parse_quantity

_SECONDS = re.compile(r"[0-9.]+")
_LONGEST_MS = 1000 * int(DURATION_MS["h"])


class TimeLimit(NamedTuple):
    """How long a search may take, and how the report calls that."""

    milliseconds: int
    words: str


def add_search(plan: argparse.ArgumentParser) -> None:
    """Add what decides how long ``planner plan`` searches."""
    plan.add_argument("--seed", metavar="N", type=int, default=1, help="seed of the search (default 1)")
    plan.add_argument(
        "--time-limit",
        metavar="TIME",
        type=_time_limit,
        help="end the search this long after the start ('90', '2 min') with the best plan so far and its true"
        " gap; routes are found and the plan is verified and written whole all the same; another run may end"
        " elsewhere",
    )
    plan.add_argument(
        "--keep-best",
        action="store_true",
        help="at an interrupt (Ctrl-C) end the search so; a second interrupt ends the program",
    )


def add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner compare``."""
    compare = commands.add_parser("compare", help="set layouts or finished plans side by side")
    compare.add_argument(
        "plans",
        metavar="PLAN",
        nargs="+",
        help="a layout (file or name; it is planned now, without pictures) or the folder of a finished plan",
    )
    compare.add_argument("--json", action="store_true", help="print the comparison for programs")
    compare.add_argument("--csv", metavar="FILE", type=Path, help="write the table for spreadsheets")
    compare.add_argument("--html", metavar="FILE", type=Path, help="write a self-contained page")


def add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner diff``."""
    diff = commands.add_parser("diff", help="tell what changes from one plan to another, step by step")
    diff.add_argument("before", metavar="PLAN1", help="folder of the plan that is built, or a layout")
    diff.add_argument("after", metavar="PLAN2", help="folder of the plan that is to be built, or a layout")
    diff.add_argument("--json", action="store_true", help="print everything for programs")
    diff.add_argument("-o", "--csv", metavar="FILE", type=Path, help="write the change order, one row a step")


def add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner explain``."""
    explain = commands.add_parser("explain", help="say why a cable, rack or pathway segment is as it is")
    explain.add_argument("plan", metavar="PLAN", help="folder of a plan, or a layout")
    explain.add_argument(
        "subject", metavar="ID", help="a cable's id, a rack's address, or a segment's id (see cut-sheet.csv)"
    )
    explain.add_argument("--json", action="store_true", help="print it for programs")


def add_sensitivity(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner sensitivity``."""
    sensitivity = commands.add_parser(
        "sensitivity", help="say how wrong prices, slack and reach may be before another plan is cheaper"
    )
    sensitivity.add_argument("plan", metavar="PLAN", help="folder of a plan, or a layout")
    sensitivity.add_argument(
        "--part",
        metavar="ID",
        action="append",
        default=[],
        help="look at the price of this part alone (may be repeated), or of 'active copper' or 'optics'",
    )
    sensitivity.add_argument(
        "--wrong", metavar="SHARE", type=_wrong, default=300, help="how wrong a price may be (default 30%%)"
    )
    sensitivity.add_argument("--json", action="store_true", help="print it for programs")


def add_rules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner rules``."""
    rules = commands.add_parser("rules", help="say what each rule costs, by planning without it")
    rules.add_argument("plan", metavar="PLAN", help="folder of a plan, or a layout")
    rules.add_argument("--json", action="store_true", help="print it for programs")


def add_pins(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``planner pins``."""
    pins = commands.add_parser("pins", help="print what a plan has as pins for a layout")
    pins.add_argument("plan", metavar="PLAN", type=Path, help="folder of a plan, or its plan.json")
    pins.add_argument("--rack", metavar="RACK", nargs="+", help="only upper devices in these racks")
    pins.add_argument("--devices", action="store_true", help="only devices, not the runs to them")


def _wrong(text: str) -> int:
    permille = share(text)
    if not 0 < permille < 1000:
        raise argparse.ArgumentTypeError(f"found '{text}', expected more than 0 % and less than 100 %")
    return permille


def _time_limit(text: str) -> TimeLimit:
    words = f"{text} s" if _SECONDS.fullmatch(text) else text
    try:
        milliseconds = parse_quantity(words, DURATION_MS)
    except ValueError:
        milliseconds = 0
    if not 0 < milliseconds <= _LONGEST_MS:
        raise argparse.ArgumentTypeError(
            f"found '{text}', expected seconds or a time such as '2 min', more than 0 and at most 1000 h"
        )
    return TimeLimit(milliseconds, words)
