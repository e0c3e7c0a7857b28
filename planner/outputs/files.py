"""The files of a plan's folder: what they are called and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial

from planner.model.plan import Plan
from planner.outputs.bom import bom_text
from planner.outputs.bundles import FILE_STEM as BUNDLES_STEM
from planner.outputs.bundles import bundles_source
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.drawing import draw_svg, load_fonts
from planner.outputs.elevation import elevations
from planner.outputs.floor import FILE_STEM as FLOOR_STEM
from planner.outputs.floor import floor_source
from planner.outputs.network import FILE_NAME as NETWORK_NAME
from planner.outputs.network import network_lines
from planner.outputs.parts import Content, content, encoded
from planner.outputs.plan_json import FILE_NAME as PLAN_NAME
from planner.outputs.plan_json import plan_parts
from planner.outputs.planes import plane_sources
from planner.outputs.rack_joins import rack_sources
from planner.outputs.report.page import FILE_NAME as REPORT_NAME
from planner.outputs.report.page import report_text
from planner.outputs.workbook import CSV_NAMES as WORKBOOK_PARTS
from planner.outputs.workbook import FILE_NAME as WORKBOOK_NAME
from planner.outputs.workbook import workbook_files

_OWN_NAMES = (
    PLAN_NAME,
    "cut-sheet.csv",
    "bom.csv",
    WORKBOOK_NAME,
    *WORKBOOK_PARTS,
    "topology-*.gv",
    "topology-*.svg",
    "floor.gv",
    "floor.svg",
    "rack-*.gv",
    "rack-*.svg",
    "elevation-*.svg",
    NETWORK_NAME,
    REPORT_NAME,
)


Named = tuple[str, Content]
"""A file of the folder: its name and what is in it."""


def file_makers(plan: Plan) -> list[Callable[[], Iterable[Named]]]:
    """Return what makes the files of the folder, some at a time, about the longest first.

    The largest files of a large plan are made part by part, as they are written.
    """
    sources = (*((stem, source, "neato") for stem, source in plane_sources(plan)), *rack_sources(plan))
    pictures = [partial(_drawn, *picture) for picture in sorted(sources, key=lambda one: -len(one[1]))]
    # Here, since a process that takes part in drawing could not take the fonts away again.
    load_fonts()
    return [
        partial(_one, PLAN_NAME, lambda: content(plan, lambda: plan_parts(plan))),
        *(partial(_one, name, make) for name, make in workbook_files(plan).items()),
        partial(_one, "cut-sheet.csv", lambda: content(plan, lambda: map(str.encode, cut_sheet_parts(plan)))),
        partial(_one, REPORT_NAME, lambda: report_text(plan).encode()),
        partial(_one, NETWORK_NAME, lambda: content(plan, lambda: encoded(network_lines(plan)))),
        lambda: _drawn(FLOOR_STEM, floor_source(plan), "neato"),
        lambda: _drawn(BUNDLES_STEM, bundles_source(plan), "dot"),
        lambda: ((f"{stem}.svg", svg) for stem, svg in elevations(plan)),
        *pictures,
        partial(_one, "bom.csv", lambda: bom_text(plan).encode()),
    ]


def render_files(plan: Plan) -> dict[str, Content]:
    """Return every file of the folder by name."""
    return {name: made for make in file_makers(plan) for name, made in make()}


def _one(name: str, make: Callable[[], Content]) -> Iterator[Named]:
    yield name, make()


def _drawn(stem: str, source: str, engine: str) -> Iterator[Named]:
    yield f"{stem}.gv", source.encode()
    yield f"{stem}.svg", draw_svg(source, engine)


def is_own_name(name: str) -> bool:
    """Tell whether a file of that name may be one that the planner wrote."""
    return any(fnmatchcase(name, pattern) for pattern in _OWN_NAMES)
