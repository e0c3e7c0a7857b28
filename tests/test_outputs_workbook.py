"""workbook.xlsx as spreadsheet programs read it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from planner.errors import Finding, Severity, Where
from planner.model.plan import Plan
from planner.model.routes import RouteKind
from planner.outputs import excel
from planner.outputs import workbook as workbook_module
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.plan_json import read_plan
from planner.outputs.port_map import port_count, port_rows
from planner.outputs.workbook import FILE_NAME, workbook_files
from tests.conftest import ShippedPlan
from tests.sample_plan import small_plan

SHEETS = [
    "Summary",
    "BOM",
    "Cut sheet",
    "Port map",
    "Bundles",
    "Crews",
    "Risers",
    "Phase 1 crew 1",
    "Phase 1 crew 2",
    "Labels",
    "Findings",
    "Assumptions",
]
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "<b>&amp;\"'",
    "two\nlines",
    "\u05e9\u05dc\u05d5\u05dd \u202e",
    "https://example.invalid/",
    "0012",
    "{=1}",
)
SOFFICE = shutil.which("soffice")

Record = dict[str, object]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


@pytest.fixture(scope="module")
def book(plan: Plan) -> Workbook:
    return opened(book_of(plan))


def book_of(plan: Plan, **limits: int) -> bytes:
    return workbook_files(plan, **limits)[FILE_NAME]()


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def records(book: Workbook, name: str) -> list[Record]:
    header, *rows = book[name].iter_rows(values_only=True)
    return [
        dict(zip(map(str, header), row, strict=True)) for row in rows if any(cell is not None for cell in row)
    ]


def summary(book: Workbook) -> dict[object, Record]:
    return {record["Subject"]: record for record in records(book, "Summary")}


def hostile(plan: Plan) -> Plan:
    """The plan with names, parts and findings of somebody who means harm, or only has a strange alphabet."""
    count = len(HOSTILE)
    runs = tuple(
        replace(run, part_number=HOSTILE[n % count], label_a=HOSTILE[n % count], bundle=HOSTILE[n % count])
        for n, run in enumerate(plan.runs)
    )
    layout = replace(plan.layout, title=HOSTILE[0])
    findings = tuple(
        Finding(code="x", message=text, severity=Severity.WARNING, where=Where(file=text, path=text))
        for text in HOSTILE
    )
    bom = tuple(replace(line, description=HOSTILE[n % count]) for n, line in enumerate(plan.bom))
    return replace(plan, runs=runs, layout=layout, findings=findings, bom=bom)


def test_sheets_are_tables_with_frozen_headers(book: Workbook) -> None:
    assert book.sheetnames == SHEETS
    for page in book.worksheets:
        assert isinstance(page, Worksheet)
        (table,) = page.tables.values()
        assert table.autoFilter is not None and table.ref == page.dimensions, page.title
        assert str(page.freeze_panes)[1:] == "2", page.title
        headers = [cell.value for cell in page[1]]
        assert [column.name for column in table.tableColumns] == headers
        assert all(dimension.width >= 8 for dimension in page.column_dimensions.values())
    names = [name for page in book.worksheets for name in page.tables]
    assert len(set(names)) == len(SHEETS)


def test_cut_sheet_says_what_the_csv_says(book: Workbook, plan: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(cut_sheet_parts(plan)))))
    found = records(book, "Cut sheet")
    assert len(found) == len(rows) == len(plan.runs)
    for record, row in zip(found, rows, strict=True):
        assert (record["Cable"], record["Order"]) == (row["cable_id"], int(row["install_order"]))
        assert (record["A rack"], record["B cage"]) == (row["a_rack"], int(row["b_cage"]))
        assert (record["Route"], record["Label B"]) == (row["route"], row["label_b"])
        assert record["Stock length (m)"] == float(row["stock_length_m"])
        assert record["Cost"] == float(row["cost"])


def test_bom_has_numbers_prices_and_what_is_not_quotable(book: Workbook, plan: Plan) -> None:
    found = records(book, "BOM")
    for record, line in zip(found, plan.bom, strict=True):
        assert record["Part number"] == (line.part_number or "not quotable")
        assert (record["Spares"], record["Order quantity"]) == (line.spares, line.order_quantity)
        assert record["Order price"] == line.order_price_cents / 100
        assert (record["Price basis"], record["Price date"]) == (line.basis or None, line.price_date or None)
    price = next(cell for cell in book["BOM"][1] if cell.value == "Unit price")
    assert book["BOM"].cell(2, price.column).number_format == "#,##0.00"


def test_port_map_has_both_ends_rack_by_rack(book: Workbook, plan: Plan) -> None:
    found = [record for record in records(book, "Port map") if record["State"] == "used"]
    ends = sorted(
        (near.rack, near.u, near.cage, far.rack, far.u, far.cage, run.cable_id)
        for run in plan.runs
        for near, far in ((run.a, run.b), (run.b, run.a))
    )
    names = ("Near rack", "Near U", "Near cage", "Far rack", "Far U", "Far cage", "Cable")
    assert [tuple(record[name] for name in names) for record in found] == ends
    assert all(str(record["Label here"]).startswith(f"{record['Near rack']}-") for record in found)


def test_port_map_has_every_cage_used_or_free(plan: Plan) -> None:
    plan = replace(plan, runs=plan.runs[3:])
    book = opened(book_of(plan))
    found = [
        (record["Near rack"], record["Near U"], record["Near device"], record["Near cage"])
        for record in records(book, "Port map")
    ]
    standing = {(device.rack, device.u): device.device for device in plan.devices}
    for row in plan.layout.rows:
        for position in row.positions:
            if position.is_decided or position.address in plan.opened_racks:
                kind = plan.opened_racks.get(position.address) or position.choices[0]
                for mount in plan.catalog.rack_types[kind].mounts:
                    standing[position.address, mount.u] = mount.device
    expected = [
        (rack, u, device, cage)
        for (rack, u), device in standing.items()
        for cage in range(1, sum(group.count for group in plan.catalog.device_types[device].cages) + 1)
    ]
    assert sorted(found) == sorted(expected)
    in_use = {(end.rack, end.u, end.cage) for run in plan.runs for end in (run.a, run.b)}
    free = [record for record in records(book, "Port map") if record["State"] == "free"]
    assert len(free) == len(expected) - len(in_use) > 0
    assert all(record["Cable"] is None and record["Far rack"] is None for record in free)


@pytest.mark.parametrize("layout", ["ethernet-h200", "ocs-h100"])
def test_free_ports_of_cages_in_use_are_listed(shipped_plan: ShippedPlan, layout: str) -> None:
    plan = read_plan((shipped_plan(layout) / "plan.json").read_text(encoding="utf-8"))
    kept = replace(plan, runs=plan.runs[1:])
    for one in (plan, kept):
        rows = list(port_rows(one))
        assert len(rows) == port_count(one)
    near = [tuple(row[1:3]) + tuple(row[5:7]) for row in rows]
    assert len(set(near)) == len(near)
    gone = plan.runs[0]
    free = {place for place, row in zip(near, rows, strict=True) if "free" in row}
    for end in (gone.a, gone.b):
        shared = any(
            (end.rack, end.u, end.cage) == (one.rack, one.u, one.cage)
            for run in kept.runs
            for one in (run.a, run.b)
        )
        assert (end.rack, end.u, end.cage, end.port if shared else None) in free


def test_each_crew_has_a_sheet_for_each_phase(book: Workbook, plan: Plan) -> None:
    names = [name for name in book.sheetnames if name.startswith("Phase")]
    together: list[Record] = []
    for name in names:
        rows = records(book, name)
        minutes = 0
        for row in rows:
            minutes += int(str(row["Minutes"]))
            assert row["Hours so far"] == pytest.approx(minutes / 60)
            assert row["Done"] == "☐" and row["Route from A"]
        together += rows
    by_id = {run.cable_id: run for run in plan.runs}
    assert len(together) == len(plan.runs) and {str(row["Cable"]) for row in together} == set(by_id)
    for row in together:
        run = by_id[str(row["Cable"])]
        assert f"{row['Label A']} / {row['Label B']}" == run.label_a
        assert row["Order"] == run.install_order
    for name in names:
        sheet = [by_id[str(row["Cable"])] for row in records(book, name)]
        assert {(run.phase, run.crew) for run in sheet} == {tuple(map(int, re.findall(r"\d+", name)))}
        assert [run.install_order for run in sheet] == sorted(run.install_order for run in sheet)


def test_bundles_and_labels_cover_every_run(book: Workbook, plan: Plan) -> None:
    assert sum(int(str(record["Runs"])) for record in records(book, "Bundles")) == len(plan.runs)
    labels = {record["Label"] for record in records(book, "Labels")}
    for run in plan.runs:
        assert {run.label_a, run.label_b, *run.cord_labels_a, *run.cord_labels_b} <= labels


def test_crews_have_all_the_work_and_risers_are_counted_left_and_right(book: Workbook, plan: Plan) -> None:
    crews = records(book, "Crews")
    assert sum(int(str(record["Minutes"])) for record in crews) == plan.totals.install_minutes
    assert sum(int(str(record["Runs"])) for record in crews) == len(plan.runs)
    risers = {(record["Rack"], record["Face"]): record for record in records(book, "Risers")}
    for (rack, face), record in risers.items():
        letter = "F" if face == "front" else "R"
        left, right = (
            sum(
                any(one.startswith(f"{rack}-{letter}{side}:") and "face" not in one for one in run.segments)
                for run in plan.runs
            )
            for side in "LR"
        )
        assert (record["Runs left"], record["Runs right"]) == (left, right), rack
        out = Counter(
            run.segments[at].split(":")[0]
            for run in plan.runs
            for at in (0, -1)
            if "face" in run.segments[at]
        )
        left, right = (out[f"{rack}-{letter}{side}"] for side in "LR")
        assert (record["Ends left"], record["Ends right"]) == (left, right), rack
        assert record["Left minus right"] == left - right
        fullest = max(
            (
                fill.used_um2 / fill.segment.usable_um2
                for fill in plan.segments
                if fill.segment.usable_um2 and fill.segment.id.startswith(f"{rack}-{letter}L:")
            ),
            default=0,
        )
        assert record["Fullest left"] == (pytest.approx(fullest, abs=0.001) if fullest else None)
    assert {rack for rack, _ in risers} >= {
        run.a.rack for run in plan.runs if run.route_kind is RouteKind.OVERHEAD
    }


def test_findings_and_assumptions_are_all_there(book: Workbook, plan: Plan) -> None:
    findings = records(book, "Findings")
    assert [record["Finding"] for record in findings] == [finding.message for finding in plan.findings]
    found = [
        (record["Subject"], record["Field"], record["Source"]) for record in records(book, "Assumptions")
    ]
    assert found == [(one.subject, one.field, one.source or None) for one in plan.assumptions]


def test_summary_has_cost_bound_power_and_contents(book: Workbook, plan: Plan) -> None:
    found = summary(book)
    solve, totals = plan.solve, plan.totals
    assert found[f"Cost ({solve.objective})"]["Value"] == solve.objective_cents / 100
    assert found["Gap"]["Value"] == (solve.objective_cents - solve.lower_bound_cents) / 100
    assert found["Gap of the cost"]["Value"] == float(solve.gap)
    assert found["Power"]["Value"] == totals.power_milliwatts / 10**6
    assert found["Parts not quotable"]["Value"] == totals.parts_not_quotable
    assert found["Inputs (SHA-256)"]["Value"] == plan.inputs_hash
    for medium, count in totals.runs_by_medium.items():
        assert found[f"Cable runs, {medium}"]["Value"] == count
    assert found["Sheet Port map"]["Value"] == len(records(book, "Port map"))


def test_a_gap_is_told_in_plain_words(plan: Plan) -> None:
    proved = replace(plan, solve=replace(plan.solve, lower_bound_cents=plan.solve.objective_cents))
    assert str(summary(opened(book_of(proved)))["Gap"]["Remark"]).startswith("Proved:")
    open_gap = replace(plan, solve=replace(plan.solve, lower_bound_cents=plan.solve.objective_cents - 1))
    assert "a better one could save" in str(summary(opened(book_of(open_gap)))["Gap"]["Remark"])


def test_hostile_text_stays_text(plan: Plan) -> None:
    content = book_of(hostile(plan))
    book = opened(content)
    for page in book.worksheets:
        for row in page.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    assert [record["Finding"] for record in records(book, "Findings")] == list(HOSTILE)
    assert {record["Part number"] for record in records(book, "Cut sheet")} == set(HOSTILE)
    assert summary(book)["Title"]["Value"] == HOSTILE[0]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_same_plan_same_bytes(plan: Plan) -> None:
    content = book_of(plan)
    assert book_of(small_plan()) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_a_plan_without_findings_has_an_empty_table(plan: Plan) -> None:
    book = opened(book_of(replace(plan, findings=())))
    assert records(book, "Findings") == []
    assert len(book["Findings"].tables) == 1


def test_a_table_of_too_many_rows_goes_on_in_further_sheets(plan: Plan, book: Workbook) -> None:
    parts = opened(book_of(plan, most_rows=41))
    names = [name for name in parts.sheetnames if name.startswith("Port map")]
    assert names == ["Port map", *(f"Port map {part}" for part in range(2, len(names) + 1))]
    together = [record for name in names for record in records(parts, name)]
    assert together == records(book, "Port map")
    assert "goes on in Port map 2" in str(summary(parts)["Sheet Port map"]["Remark"])


def test_a_large_workbook_says_the_same_without_tables(
    plan: Plan, book: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS_IN_MEMORY", 100)
    content = book_of(plan)
    assert book_of(plan) == content
    large = opened(content)
    for name in SHEETS:
        assert records(large, name) == records(book, name)
        page = large[name]
        assert page.auto_filter.ref == page.dimensions and str(page.freeze_panes)[1:] == "2"


def test_tables_of_runs_of_a_large_plan_are_files(
    plan: Plan, book: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "MOST_ROWS_OF_RUNS", 10)
    files = {name: make() for name, make in workbook_files(plan).items()}
    assert sorted(files) == ["crews.csv", "labels.csv", "port-map.csv", "workbook.xlsx"]
    small = opened(files["workbook.xlsx"])
    crews = {name for name in book.sheetnames if name.startswith("Phase")}
    assert set(book.sheetnames) - set(small.sheetnames) == {"Cut sheet", "Port map", "Labels", *crews}
    work = list(csv.DictReader(io.StringIO(files["crews.csv"].decode())))
    cables = [record["Cable"] for name in sorted(crews) for record in records(book, name)]
    assert [row["Cable"] for row in work] == cables
    hours = [row["Hours so far"] for row in work]
    assert hours[0] == f"{int(work[0]['Minutes']) / 60:.2f}"
    for sheet, name in (("Port map", "port-map.csv"), ("Labels", "labels.csv")):
        rows = list(csv.DictReader(io.StringIO(files[name].decode())))
        expected = records(book, sheet)
        assert [list(row) for row in rows] == [list(record) for record in expected]
        assert [row["Bundle"] for row in rows] == [record["Bundle"] or "" for record in expected]
        assert f"in the file {name} beside" in str(summary(small)[f"File {name}"]["Remark"])
    assert {
        row["Stock length (m)"]
        for row in csv.DictReader(io.StringIO(files["port-map.csv"].decode()))
        if row["State"] == "used"
    } == {
        f"{record['Stock length (m)']:.3f}"
        for record in records(book, "Port map")
        if record["State"] == "used"
    }


def test_text_longer_than_a_cell_is_cut_with_a_mark() -> None:
    assert excel.clip("a" * 32_767) == "a" * 32_767
    assert excel.clip("a" * 32_768) == "a" * 32_766 + "…"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_every_sheet_and_prints_them(plan: Plan, tmp_path: Path) -> None:
    source = tmp_path / "workbook.xlsx"
    source.write_bytes(book_of(hostile(plan)))
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for target in (every_sheet, "pdf"):
        convert(source, target, tmp_path)
    assert (tmp_path / "workbook.pdf").read_bytes().startswith(b"%PDF")
    for name in SHEETS:
        assert (tmp_path / f"workbook-{name}.csv").exists(), name
    text = (tmp_path / "workbook-Findings.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Finding"] for row in rows] == list(HOSTILE)


def convert(source: Path, target: str, folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        target,
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=180)
