"""The verifier reads a plan's files: each missing, damaged or differing one is a finding."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.outputs.write import write_plan
from planner.verify.check import verify_folder
from tests.faults.plans import base_plan

CUT, BOM, PLAN = "cut-sheet.csv", "bom.csv", "plan.json"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The three files of a good plan."""
    folder = tmp_path_factory.mktemp("good") / "plan"
    write_plan(base_plan("tiers"), folder)
    return {name: (folder / name).read_bytes() for name in (CUT, BOM, PLAN)}


@pytest.fixture
def folder(written: dict[str, bytes], tmp_path: Path) -> Path:
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def edit_rows(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    rows = rows_of(path)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def edit_json(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    value = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    change(value)
    (folder / PLAN).write_text(json.dumps(value), encoding="utf-8")


def said(folder: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in verify_folder(folder)]


def test_a_good_folder_has_no_findings(folder: Path) -> None:
    assert said(folder) == []


@pytest.mark.parametrize("name", [CUT, BOM, PLAN])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert [(code, name in message) for code, message in said(folder)] == [("missing-file", True)]


def test_a_missing_folder_is_one_finding(tmp_path: Path) -> None:
    assert [code for code, _ in said(tmp_path / "nowhere")] == ["missing-file"]


@pytest.mark.parametrize("name", [CUT, BOM, PLAN])
def test_a_file_that_is_not_text_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\xfe\x00")
    assert [(code, name in message) for code, message in said(folder)] == [("damaged-file", True)]


@pytest.mark.parametrize("name", [CUT, BOM])
def test_every_cell_is_compared(folder: Path, name: str) -> None:
    columns = len(rows_of(folder / name)[0])
    for column in range(columns):
        before = (folder / name).read_bytes()
        edit_rows(folder / name, lambda rows, at=column: rows[-1].__setitem__(at, rows[-1][at] + "9"))  # type: ignore[misc]
        findings = said(folder)
        title = rows_of(folder / name)[0][column]
        assert [code for code, _ in findings] == ["wrong-cell"], title
        assert f", {title}: " in findings[0][1]
        (folder / name).write_bytes(before)


TABLES: dict[str, tuple[str, Callable[[list[list[str]]], None]]] = {
    "row-lost": ("wrong-rows", lambda rows: rows.pop(2).clear()),
    "row-doubled": ("wrong-rows", lambda rows: rows.append(rows[-1])),
    "rows-exchanged": ("wrong-cell", lambda rows: rows.insert(1, rows.pop())),
    "column-renamed": ("wrong-columns", lambda rows: rows[0].__setitem__(0, "id")),
    "column-twice": ("wrong-columns", lambda rows: rows[0].append(rows[0][0])),
    "cell-lost": ("wrong-cell", lambda rows: rows[3].pop()),
    "empty": ("wrong-columns", lambda rows: rows.clear()),
}


@pytest.mark.parametrize("name", [CUT, BOM])
@pytest.mark.parametrize("damage", TABLES)
def test_damaged_tables_are_found(folder: Path, name: str, damage: str) -> None:
    code, change = TABLES[damage]
    edit_rows(folder / name, change)
    findings = said(folder)
    assert code in {found for found, _ in findings}
    assert all(name in message for _, message in findings)


def test_a_table_that_is_not_csv(folder: Path) -> None:
    (folder / BOM).write_text('"open', encoding="utf-8")
    assert [code for code, _ in said(folder)] == ["damaged-file"]


def test_many_differences_are_summed_up(folder: Path) -> None:
    edit_rows(folder / CUT, lambda rows: [row.__setitem__(-1, "EUR") for row in rows[1:]] and None)
    findings = said(folder)
    assert len(findings) == 11
    assert findings[-1] == ("wrong-cell", "cut-sheet.csv: 54 more cells differ from the plan")


JSONS: dict[str, tuple[str, str, Callable[[dict[str, object]], None]]] = {
    "version-next": ("wrong-version", "version 8", lambda plan: plan.update(format_version=8)),
    "version-lost": ("wrong-version", "version None", lambda plan: plan.pop("format_version") and None),
    "key-lost": ("damaged-file", "runs", lambda plan: plan.pop("runs") and None),
    "key-strange": ("damaged-file", "extra", lambda plan: plan.update(extra=1)),
    "number-as-text": ("damaged-file", "totals.runs", lambda plan: plan["totals"].update(runs="64")),  # type: ignore[attr-defined]
    "fraction": ("damaged-file", "totals.runs", lambda plan: plan["totals"].update(runs=64.5)),  # type: ignore[attr-defined]
    "cost-changed": ("wrong-run-cost", "cost 0.01", lambda plan: plan["runs"][0].update(cost_cents=1)),  # type: ignore[index]
}


@pytest.mark.parametrize("damage", JSONS)
def test_damaged_plans_are_found(folder: Path, damage: str) -> None:
    code, says, change = JSONS[damage]
    edit_json(folder, change)
    assert any(found == code and says in message for found, message in said(folder))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, '{"format_version": 1, "format_version": 1}']
)
def test_what_is_no_plan_is_one_finding(folder: Path, text: str) -> None:
    (folder / PLAN).write_text(text, encoding="utf-8")
    findings = said(folder)
    assert len(findings) == 1
    assert findings[0][0] in ("damaged-file", "wrong-version")
