"""Arguments of ``planner labels`` and ``planner sheets``; loaded with the command line, so nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path

Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_labels(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add ``planner labels``."""
    labels = commands.add_parser("labels", help="print labels for both ends of every run")
    _add_plan_and_output(labels)
    labels.add_argument("--stock", metavar="NAME", help="label stock (default: the catalog's first)")
    _add_scheme(labels)
    _add_font(labels)


def add_sheets(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add ``planner sheets``."""
    sheets = commands.add_parser("sheets", help="print what is cabled to what, rack by rack, or crew by crew")
    _add_plan_and_output(sheets)
    only = sheets.add_mutually_exclusive_group()
    only.add_argument(
        "--by",
        choices=("rack", "crew"),
        default="rack",
        help="rack: every device and cage; crew: what each crew lays in each phase, in order (default: rack)",
    )
    only.add_argument("--rack", metavar="ADDRESS", nargs="+", help="only these racks (default: all)")
    _add_scheme(sheets)
    _add_font(sheets)


def _add_plan_and_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="PLAN", type=Path, help="folder of a plan, or its plan.json")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE.pdf",
        type=Path,
        required=True,
        help="PDF to write, whole or not at all",
    )


def _add_font(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--font",
        metavar="FILE",
        type=Path,
        help="TrueType font for letters that the shipped one lacks, such as Chinese; it is embedded",
    )


def _add_scheme(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scheme", metavar="NAME", help="label scheme (default: the catalog's first)")
    parser.add_argument(
        "--catalog",
        metavar="FILE",
        type=Path,
        help="label stock and schemes of your own",
    )
