"""A layout and gear whose every free text is hostile: shown as it is, and harmless, in every output."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from planner.inputs.shipped import find_layout
from planner.model.names import printable
from planner.outputs.csv_text import csv_text
from tests.conftest import Planner
from tests.hostile import HOSTILE, HOSTILE_FILE, HOSTILE_TEXTS, write_hostile_layout

NAME = printable(HOSTILE_FILE)


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hostile_layout(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def folder(layout: Path, planner: Planner) -> Path:
    run = planner("plan", layout, "-o", layout.parent / "plan")
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == f"{NAME}: {HOSTILE}"
    return layout.parent / "plan"


@pytest.fixture(scope="module")
def others(layout: Path, folder: Path, planner: Planner) -> Path:
    """What further commands write from the plan, and from layout and plan anew."""
    out = layout.parent / "more"
    out.mkdir()
    plain = layout.with_name("hall.yaml")  # a study takes names of one line only
    plain.write_bytes(layout.read_bytes())
    study = out / "study.yaml"
    study.write_text(
        f"title: {json.dumps(HOSTILE)}\nlayout: {plain}\nvary: {{list: ["
        + ", ".join(f"{{name: {json.dumps(text)}}}" for text in HOSTILE_TEXTS)
        + "]}\n",
        encoding="utf-8",
    )
    for words in (
        ("compare", folder, layout, "--csv", out / "compare.csv", "--html", out / "compare.html"),
        ("diff", folder, folder, "-o", out / "order.csv"),
        ("sweep", study, "-o", out / "sweep", "--workers", "1"),
        ("labels", folder, "-o", out / "labels.pdf"),
        ("sheets", folder, "-o", out / "sheets.pdf"),
        ("sheets", folder, "--by", "crew", "-o", out / "crews.pdf"),
    ):
        run = planner(*words)
        assert run.returncode == 0, run.stderr
        assert_prints_plainly(run.stdout)
    return out


def assert_prints_plainly(text: str) -> None:
    assert text.replace("\n", "").isprintable()


def test_the_plan_says_what_the_user_said(folder: Path, planner_here: Planner) -> None:
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["layout"]["title"] == HOSTILE
    assert plan["layout"]["name"] == NAME
    assert {line["description"] for line in plan["bom"]} <= set(HOSTILE_TEXTS)
    check = planner_here("verify", folder)
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize(
    "words", [("explain", "A07"), ("explain", "A02"), ("rules",), ("sensitivity", "--part", "example-copper")]
)
def test_the_terminal_gets_nothing_that_it_obeys(
    words: tuple[str, ...], folder: Path, planner_here: Planner
) -> None:
    for more in ((), ("--json",)):
        run = planner_here(words[0], folder, *words[1:], *more)
        assert run.returncode == 0, run.stderr
        assert_prints_plainly(run.stdout)


def test_no_cell_of_a_csv_is_computed(folder: Path, others: Path) -> None:
    tables = [*folder.glob("*.csv"), *others.rglob("*.csv")]
    assert {path.name for path in tables} == {
        *("bom.csv", "cut-sheet.csv", "compare.csv", "order.csv", "scenarios.csv")
    }
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        computed = {cell for cell in cells if re.match(r"[=+@-]", cell) and not is_number(cell)}
        assert computed == set(), path.name
    with (folder / "bom.csv").open(encoding="utf-8", newline="") as file:
        told = {row["description"] for row in csv.DictReader(file)}
    assert {text[0] for text in told} == {"'"} and {text[1:] for text in told} <= set(HOSTILE_TEXTS)
    with (others / "sweep" / "scenarios.csv").open(encoding="utf-8", newline="") as file:
        assert [row["variation"] for row in csv.DictReader(file)] == [f"'{text}" for text in HOSTILE_TEXTS]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_what_a_cell_may_begin_with() -> None:
    kept = ["-1", "+1.5", "-0.25", "a=1", "'=1", "", " =1", 7, -7]
    changed = ["=1", "-x", "+1+1", "@a", "--1", "-", "\t=1", "\uff1d1", "-1 USD"]
    text = csv_text(["cell"], [[cell] for cell in (*kept, *changed)])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in rows[1:]] == [*map(str, kept), *(f"'{cell}" for cell in changed)]


def test_a_cell_that_is_computed_is_a_fault(folder: Path, planner: Planner, tmp_path: Path) -> None:
    for name in ("plan.json", "cut-sheet.csv", "bom.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("\"'=1+1", '"=1+1'), encoding="utf-8")
    check = planner("verify", tmp_path)
    assert check.returncode == 1
    assert "bom.csv, line 2, description: '=1+1" in check.stdout


def test_drawings_are_drawings(folder: Path) -> None:
    drawn = sorted(folder.glob("*.svg"))
    assert len(drawn) > 20
    for path in drawn:
        root = ElementTree.parse(path).getroot()
        assert not any(element.tag.endswith(("script", "foreignObject", "image")) for element in root.iter())
        keys = {key for element in root.iter() for key in element.attrib}
        assert not any(key.startswith("on") or key.endswith("href") for key in keys), path.name
        words = "".join(root.itertext())
        assert HOSTILE in words or path.name.startswith(("rack", "topology")), path.name
        assert NAME in words, path.name


def test_dot_is_read_as_it_is_meant(folder: Path) -> None:
    from pygraphviz import AGraph

    for path in sorted(folder.glob("*.gv")):
        graph = AGraph(string=path.read_text(encoding="utf-8"))
        if path.name == "topology.gv":
            assert graph.graph_attr["layout_name"].replace("\\\\", "\\") == NAME
            assert graph.number_of_edges() == 240


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(("page", "scripts"), [("compare", 0), ("sweep/sweep", 0), ("report", None)])
def test_pages_run_nothing_of_a_user(
    page: str, scripts: int | None, folder: Path, others: Path, small_plan: Path
) -> None:
    def tags_of(path: Path) -> _Tags:
        found = _Tags()
        found.feed(path.read_text(encoding="utf-8"))
        return found

    read = tags_of((folder if page == "report" else others) / f"{page}.html")
    expected = tags_of(small_plan / "report.html").tags.count("script") if scripts is None else scripts
    assert read.tags.count("script") == expected
    assert HOSTILE in read.texts or any(HOSTILE in text for text in read.texts)


def test_the_workbook_has_neither_formulas_nor_links(folder: Path) -> None:
    book = load_workbook(folder / "workbook.xlsx")
    values = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
                values.add(cell.value)
    assert {HOSTILE, NAME} <= values
    assert values & set(HOSTILE_TEXTS)


@pytest.mark.parametrize("name", ["labels", "sheets", "crews"])
def test_paper_does_nothing(name: str, others: Path) -> None:
    reader = PdfReader(others / f"{name}.pdf", strict=True)
    assert all("/Annots" not in page and "/AA" not in page for page in reader.pages)
    assert "/OpenAction" not in reader.trailer["/Root"] and "/Names" not in reader.trailer["/Root"]
    words = reader.pages[0].extract_text()
    assert "=1+1 " in words and "%s {{ 7 }}" in words


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text are a Linux matter")
def test_a_file_whose_name_is_no_text(layout: Path, planner: Planner, tmp_path: Path) -> None:
    strange = tmp_path / "\udcff\x1b]0;x\x07.yaml"
    strange.write_bytes(find_layout("nvl36x2").read_bytes())
    run = planner("plan", strange, "-o", tmp_path / "\udcfe", env={"PYTHONIOENCODING": "utf-8"})
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("\ufffd\ufffd]0;x\ufffd: NVL36x2")
    assert "\\udcfe" in run.stdout
    again = planner("compare", strange, tmp_path / "\udcfe", env={"PYTHONIOENCODING": "ascii"})
    assert again.returncode == 0 and "\\ufffd" in again.stdout
