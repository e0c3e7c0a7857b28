"""The words of the commands that look at finished plans."""

from __future__ import annotations

import argparse
from pathlib import Path


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
