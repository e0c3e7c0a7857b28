"""The workbook's first sheet: what the plan is, what it costs, how good it is, and what else is inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.errors import Severity
from planner.model.coverage import taken_as_given
from planner.model.losses import losses
from planner.model.plan import Plan
from planner.model.segment_worth import MOST_SHOWN, segment_worths
from planner.outputs.excel import MOST_ROWS, Cell, Column, Kind, Sheet, sheet_names

_COLUMNS = (Column("Subject"), Column("Value"), Column("Unit"), Column("Remark", Kind.WRAPPED))
Line = tuple[str, str | Cell, str, str]


def summary_sheet(
    plan: Plan, tables: Sequence[Sheet], apart: Sequence[Sheet], most_rows: int = MOST_ROWS
) -> Sheet:
    """Return the summary; it says in which sheets the tables are, and in which files those ``apart``."""
    lines = (
        *_what(plan),
        *_cost(plan),
        *_build(plan),
        *_open_points(plan),
        *_contents(tables, most_rows),
        *_files(apart),
    )
    return Sheet("Summary", _COLUMNS, lambda: lines, lambda: len(lines))


def gap_in_words(plan: Plan) -> str:
    """Say what the bound means to somebody who never heard of one."""
    solve = plan.solve
    given = taken_as_given(solve.bound_covers)
    which = f"no plan of this layout and these parts{given}{',' if given else ''} can cost less"
    if solve.objective_cents == solve.lower_bound_cents:
        return f"Proved: {which}."
    return f"Proved: {which} than the lower bound; the gap is the most that a better one could save."


def _what(plan: Plan) -> Iterator[Line]:
    yield "Layout", plan.layout.name, "", ""
    yield "Title", plan.layout.title, "", ""
    yield "Media profile", plan.layout.profile, "", ""
    yield "Inputs (SHA-256)", plan.inputs_hash, "", "The same inputs and versions give the same plan."


def _cost(plan: Plan) -> Iterator[Line]:
    solve, totals, currency = plan.solve, plan.totals, plan.layout.economics.currency

    def money(subject: str, cents: int, remark: str = "") -> Line:
        return subject, Cell(cents, Kind.MONEY), currency, remark

    yield money(
        f"Cost ({solve.objective})",
        solve.objective_cents,
        f"What the plan makes as small as it can: {solve.status}.",
    )
    yield money("Lower bound", solve.lower_bound_cents, f"Covers {solve.bound_covers}.")
    yield money("Gap", solve.objective_cents - solve.lower_bound_cents, gap_in_words(plan))
    if solve.cut:
        yield "Search cut by", solve.cut, "", solve.cut_sentence
    share = int(solve.gap.replace(".", ""))  # a decimal text with eight places
    yield "Gap of the cost", Cell(share, Kind.PERCENT), "", ""
    baselines = solve.baselines
    for name, cents in (
        ("All optics", baselines.all_optics_cents),
        ("First fit by hand", baselines.first_fit_cents),
        ("Nearest slot", baselines.greedy_cents),
    ):
        yield (
            money(name, cents, "Another way to wire it.")
            if cents is not None
            else (
                name,
                solve.no_baseline,
                "",
                "",
            )
        )
    yield money("Parts", totals.parts_cents)
    yield money("Labor", totals.labor_cents)
    yield money("Capex", totals.capex_cents, "Parts and labor.")
    yield money("Energy", totals.energy_cents, f"Over {plan.layout.economics.years} years.")
    yield money("TCO", totals.tco_cents, "Capex and energy.")


def _build(plan: Plan) -> Iterator[Line]:
    totals = plan.totals
    yield (
        "Power",
        Cell(totals.power_milliwatts, Kind.KILOWATTS),
        "kW",
        "Devices placed, racks opened, and all plugs.",
    )
    yield "Routed length", Cell(totals.routed_mm, Kind.METERS), "m", ""
    yield "Cable runs", Cell(totals.runs, Kind.INTEGER), "runs", ""
    for medium, count in totals.runs_by_medium.items():
        yield f"Cable runs, {medium}", Cell(count, Kind.INTEGER), "runs", ""
    for fabric in plan.fabrics:
        yield f"Fabric {fabric.name}", Cell(fabric.runs, Kind.INTEGER), "runs", f"Kind: {fabric.kind}."
        if fabric.ports_reserved:
            kept = Cell(fabric.ports_reserved, Kind.INTEGER)
            yield f"Fabric {fabric.name}, reserved", kept, "ports", "Upper devices; for lower units to come."
    for worth in segment_worths(plan)[:MOST_SHOWN]:
        price, currency = Cell(worth.cents_per_100_mm2, Kind.MONEY), plan.layout.economics.currency
        filling = ", ".join(worth.fabrics)
        remark = f"What room in this {worth.kind} is worth at most, beyond the gap; filled by {filling}."
        yield f"100 mm² more in {worth.segment}", price, currency, remark
    for loss in losses(plan):
        share = Cell(int(loss.share * 10**8), Kind.PERCENT)
        yield f"Lost with one {loss.kind}, {loss.fabric}", share, "", f"{loss.words}."
    crews = plan.layout.installation.crews
    yield "Work of installers", Cell(totals.install_minutes, Kind.INTEGER), "min", "All crews together."
    yield (
        "Time of installation",
        Cell(totals.elapsed_minutes, Kind.INTEGER),
        "min",
        f"Crews at work: {crews}.",
    )


def _open_points(plan: Plan) -> Iterator[Line]:
    blocking = sum(finding.severity is Severity.BLOCKING for finding in plan.findings)
    yield (
        "Parts not quotable",
        Cell(plan.totals.parts_not_quotable, Kind.INTEGER),
        "",
        "BOM lines without a part number.",
    )
    yield "Findings", Cell(len(plan.findings), Kind.INTEGER), "", f"Blocking: {blocking:,}."
    yield (
        "Assumptions",
        Cell(len(plan.assumptions), Kind.INTEGER),
        "",
        "Each with its source in the last sheet.",
    )


def _contents(tables: Sequence[Sheet], most_rows: int) -> Iterator[Line]:
    for table in tables:
        names = sheet_names(table, most_rows)
        remark = ""
        if len(names) > 1:
            remark = f"More than one sheet holds: goes on in {', '.join(names[1:])}."
        yield f"Sheet {table.name}", Cell(table.count, Kind.INTEGER), "rows", remark


def _files(apart: Sequence[Sheet]) -> Iterator[Line]:
    for table in apart:
        remark = f"Too many rows for a spreadsheet: in the file {table.csv_name} beside this workbook."
        yield f"File {table.csv_name}", Cell(table.count, Kind.INTEGER), "rows", remark
