"""workbook.xlsx: the plan as tables to filter and sort, for those who buy, build and decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from operator import attrgetter

from planner.model.plan import BomLine, CableRun, Plan
from planner.outputs.cut_sheet import route_text
from planner.outputs.excel import MOST_ROWS, Column, Kind, Row, Sheet, workbook_bytes
from planner.outputs.parts import Content, content
from planner.outputs.port_map import COLUMNS as PORT_COLUMNS
from planner.outputs.port_map import end_cells, end_columns, port_count, port_rows
from planner.outputs.route_words import RouteWords
from planner.outputs.workbook_installation import CREWS_CSV, crew_sheets, crews_table, installation_sheets
from planner.outputs.workbook_summary import summary_sheet

FILE_NAME = "workbook.xlsx"
CSV_NAMES = ("port-map.csv", "labels.csv", CREWS_CSV)
"""Parts of a workbook too large, besides the cut sheet, which is a file in any case."""

MOST_ROWS_OF_RUNS = 40_000
"""A plan whose tables of runs have more rows has them in files: a spreadsheet of more opens slowly."""

_BOM = (
    *map(Column, ("Part number", "Description", "Category", "Vendor", "Unit")),
    *(Column(name, Kind.INTEGER) for name in ("Quantity", "Spares", "Order quantity")),
    *(Column(name, Kind.MONEY) for name in ("Unit price", "Extended price", "Order price")),
    *map(Column, ("Currency", "Price basis", "Price date", "Price source", "Fabric", "Part")),
    Column("Stock length (m)", Kind.METERS),
)
_CUT = (
    *(Column(name, Kind.INTEGER) for name in ("Order", "Phase", "Crew", "Minutes")),
    *map(Column, ("Bundle", "Cable")),
    *(Column("Fabric"), Column("Plane", Kind.INTEGER)),
    *map(Column, ("Medium", "Part number")),
    *(Column(f"{name} (m)", Kind.METERS) for name in ("Stock length", "Routed", "Slack", "Reach")),
    *(Column("Rate (Gb/s)", Kind.INTEGER), Column("Links", Kind.INTEGER)),
    *end_columns("A"),
    *end_columns("B"),
    *map(Column, ("Label A", "Label B", "Route")),
    *(Column("Cost", Kind.MONEY), Column("Currency")),
)
_BUNDLES = (
    *map(Column, ("Bundle", "Fabric", "Medium", "Rack A", "Rack B")),
    *(
        Column(name, Kind.INTEGER)
        for name in ("Phase", "Crew", "Runs", "Minutes", "First in order", "Last in order")
    ),
    *(Column(f"{name} routed (m)", Kind.METERS) for name in ("Shortest", "Longest", "Total")),
    Column("Route from A", Kind.WRAPPED),
)
_LABELS = (
    *(Column("Label"), Column("Cable"), Column("Side"), Column("Rack"), Column("U", Kind.INTEGER)),
    *(Column("Cage", Kind.INTEGER), Column("Port", Kind.INTEGER), Column("Cord", Kind.INTEGER)),
    *(Column("Order", Kind.INTEGER), Column("Bundle")),
)
_FINDINGS = (
    *map(Column, ("Severity", "Rule")),
    *(Column("Finding", Kind.WRAPPED), Column("File"), Column("Line", Kind.INTEGER), Column("Place in file")),
)
_ASSUMPTIONS = (
    *map(Column, ("Subject", "Field", "Value", "Basis")),
    *(Column("Source", Kind.WRAPPED), Column("Date")),
)


def workbook_files(plan: Plan, most_rows: int = MOST_ROWS) -> dict[str, Callable[[], Content]]:
    """Return what makes the workbook and, of a large plan, the tables of runs as CSV, by file name.

    ``most_rows`` is what one sheet may hold, its header among them.
    """
    tables = _tables(plan)
    apart = [table for table in tables if table.csv_name]
    if all(rows <= MOST_ROWS_OF_RUNS for rows in accumulate(table.count for table in apart)):
        apart = []
        tables = tuple(
            sheet
            for table in tables
            for sheet in (crew_sheets(plan) if table.csv_name == CREWS_CSV else (table,))
        )
    inside = tuple(table for table in tables if table not in apart)

    def workbook() -> bytes:
        summary = summary_sheet(plan, inside, apart, most_rows)
        return workbook_bytes(plan.layout.name, (summary, *inside), most_rows)

    return {FILE_NAME: workbook} | {
        table.csv_name: partial(content, plan, partial(_csv_bytes, table))
        for table in apart
        if table.csv_name in CSV_NAMES
    }


def _csv_bytes(table: Sheet) -> Iterator[bytes]:
    return map(str.encode, table.csv_parts())


def _tables(plan: Plan) -> tuple[Sheet, ...]:
    return (
        Sheet("BOM", _BOM, lambda: _bom_rows(plan), lambda: len(plan.bom)),
        Sheet("Cut sheet", _CUT, lambda: _cut_rows(plan), lambda: len(plan.runs), 6, "cut-sheet.csv"),
        Sheet("Port map", PORT_COLUMNS, lambda: port_rows(plan), lambda: port_count(plan), 7, CSV_NAMES[0]),
        Sheet("Bundles", _BUNDLES, lambda: _bundle_rows(plan), lambda: _bundle_count(plan)),
        *installation_sheets(plan),
        crews_table(plan),
        Sheet("Labels", _LABELS, lambda: _label_rows(plan), lambda: _label_count(plan), 1, CSV_NAMES[1]),
        Sheet("Findings", _FINDINGS, lambda: _finding_rows(plan), lambda: len(plan.findings)),
        Sheet("Assumptions", _ASSUMPTIONS, lambda: _assumption_rows(plan), lambda: len(plan.assumptions), 2),
    )


def _bom_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.layout.economics.currency
    return (_bom_row(line, currency) for line in plan.bom)


def _bom_row(line: BomLine, currency: str) -> Row:
    return (
        *(line.part_number or "not quotable", line.description, line.category, line.vendor, line.unit),
        *(line.quantity, line.spares, line.order_quantity),
        *(line.unit_price_cents, line.extended_price_cents, line.order_price_cents),
        *(currency, line.basis, line.price_date, line.source, line.fabric, line.part),
        line.stock_length_mm,
    )


def _in_order(plan: Plan) -> list[CableRun]:
    return sorted(plan.runs, key=attrgetter("install_order"))


def _cut_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.layout.economics.currency
    for run in _in_order(plan):
        yield (
            *(run.install_order, run.phase, run.crew, run.minutes),
            *(run.bundle, run.cable_id, run.fabric, run.plane, run.medium.value),
            *(run.part_number, run.stock_length_mm, run.routed_mm, run.slack_mm, run.reach_mm),
            *(run.rate_gbps, run.links, *end_cells(run.a), *end_cells(run.b), run.label_a, run.label_b),
            *(route_text(run), run.cost_cents, currency),
        )


def _bundle_count(plan: Plan) -> int:
    return len({(run.bundle, run.fabric) for run in plan.runs})


def _bundle_rows(plan: Plan) -> Iterator[Row]:
    members: dict[tuple[str, str], list[CableRun]] = {}
    for run in _in_order(plan):
        members.setdefault((run.bundle, run.fabric), []).append(run)
    words = RouteWords(plan)
    for (bundle, fabric), runs in sorted(members.items()):
        lengths = [run.routed_mm for run in runs]
        yield (
            *(bundle, fabric, runs[0].medium.value, runs[0].a.rack, runs[0].b.rack, runs[0].phase),
            *(runs[0].crew, len(runs), sum(run.minutes for run in runs)),
            *(runs[0].install_order, runs[-1].install_order, min(lengths), max(lengths), sum(lengths)),
            words.of(runs[0], from_a=True),
        )


def _label_count(plan: Plan) -> int:
    return sum(2 + len(run.cord_labels_a) + len(run.cord_labels_b) for run in plan.runs)


def _label_rows(plan: Plan) -> Iterator[Row]:
    for run in _in_order(plan):
        sides = (("A", run.a, run.label_a, run.cord_labels_a), ("B", run.b, run.label_b, run.cord_labels_b))
        for side, end, label, cords in sides:
            place = (run.cable_id, side, end.rack, end.u, end.cage, end.port or None)
            for cord, text in enumerate((label, *cords)):
                yield (text, *place, cord or None, run.install_order, run.bundle)


def _finding_rows(plan: Plan) -> Iterator[Row]:
    for finding in plan.findings:
        where = finding.where
        place = (where.file, where.line or None, where.path) if where else (None, None, None)
        yield (finding.severity.value, finding.code, finding.message, *place)


def _assumption_rows(plan: Plan) -> Iterator[Row]:
    for one in plan.assumptions:
        yield (one.subject, one.field, one.value, one.basis.value, one.source, one.date)
