"""The words of the commands that look at finished plans."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.commands.sizing_arguments import share


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
