"""The files of a plan's folder: what they are called and what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from planner.model.plan import Plan
from planner.outputs.bom import bom_text
from planner.outputs.bundles import FILE_STEM as BUNDLES_STEM
from planner.outputs.bundles import bundles_source
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.drawing import draw_svg
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


def render_files(plan: Plan) -> dict[str, Content]:
    """Return every file of the folder by name; the largest of a large plan are made when they are written."""
    files: dict[str, Content] = {
        PLAN_NAME: content(plan, lambda: plan_parts(plan)),
        "cut-sheet.csv": content(plan, lambda: encoded(cut_sheet_parts(plan))),
        "bom.csv": bom_text(plan).encode(),
        NETWORK_NAME: content(plan, lambda: encoded(network_lines(plan))),
        REPORT_NAME: report_text(plan).encode(),
    }
    files |= workbook_files(plan)
    for stem, source, engine in _pictures(plan):
        files[f"{stem}.gv"] = source.encode()
        files[f"{stem}.svg"] = draw_svg(source, engine)
    for stem, svg in elevations(plan):
        files[f"{stem}.svg"] = svg
    return files


def is_own_name(name: str) -> bool:
    """Tell whether a file of that name may be one that the planner wrote."""
    return any(fnmatchcase(name, pattern) for pattern in _OWN_NAMES)


def _pictures(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield file stem, DOT source and layout engine of each picture."""
    yield FLOOR_STEM, floor_source(plan), "neato"
    yield BUNDLES_STEM, bundles_source(plan), "dot"
    for stem, source in plane_sources(plan):
        yield stem, source, "neato"
    yield from rack_sources(plan)
