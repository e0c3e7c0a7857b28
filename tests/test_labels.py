"""Labels: both ends of every run and cord, each saying where the other is, in print and as a code."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import segno

from planner.errors import PlannerError
from planner.inputs.labels import read_labels
from planner.model.labels import DeviceUnit, UnitOrder
from planner.model.plan import CableRun, Plan
from planner.outputs.label_names import EndNames, labels_of
from planner.outputs.label_sheet import label_count, label_sheet_pdf
from planner.outputs.pdf import further_font, one_line
from planner.outputs.typefaces import lacking_letters
from tests.conftest import Planner
from tests.pdf_text import codes, fonts, hostile, page_lines, reader
from tests.sample_plan import small_plan

LABELS = read_labels(None)
PLAIN = LABELS.schemes["rack-u-cage"]
STOCK = LABELS.stock["a4-65"]
CJK_FONT = Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


def pairs(run: CableRun) -> list[str]:
    if not run.cord_labels_a:
        return [run.label_a, run.label_b]
    return [text for cord in zip(run.cord_labels_a, run.cord_labels_b, strict=True) for text in cord]


def test_the_plain_scheme_says_what_the_cut_sheet_says(plan: Plan) -> None:
    in_order = sorted(plan.runs, key=lambda run: run.install_order)
    expected = [text for run in in_order for text in pairs(run)]
    assert [f"{label.near} / {label.far}" for label in labels_of(plan, PLAIN)] == expected
    assert label_count(plan) == len(expected)


def test_every_code_is_of_one_label(plan: Plan) -> None:
    found = [label.code for label in labels_of(plan, PLAIN)]
    assert len(set(found)) == len(found)
    assert f"{plan.runs[0].cable_id}/A" in found


def test_schemes_name_the_end_that_they_describe(plan: Plan) -> None:
    end = next(run.b for run in plan.runs if run.b.u == 3)  # a device of two U, in a rack of 48
    port = replace(end, port=2)
    schemes = LABELS.schemes
    said = {
        name: (EndNames(plan, scheme).of(end), EndNames(plan, scheme).of(port, 4))
        for name, scheme in schemes.items()
    }
    assert said == {
        "rack-u-cage": ("A02-U03-C01", "A02-U03-C01P2/4"),
        "rack-u-cage-top": ("A02-U04-C01", "A02-U04-C01P2/4"),
        "tia-606": ("A02-03:01", "A02-03:01.2/4"),
        "tia-606-top": ("A02-04:01", "A02-04:01.2/4"),
    }


def test_units_may_be_counted_from_the_top_and_cages_from_nothing(plan: Plan) -> None:
    end = next(run.b for run in plan.runs if run.b.u == 3)
    scheme = replace(PLAIN, u_from=UnitOrder.TOP, first_cage=0)
    assert EndNames(plan, scheme).of(end) == "A02-U46-C00"
    scheme = replace(scheme, device_u=DeviceUnit.UPPERMOST)
    assert EndNames(plan, scheme).of(end) == "A02-U45-C00"


@pytest.mark.parametrize("stock", LABELS.stock)
@pytest.mark.parametrize("scheme", LABELS.schemes)
def test_sheets_hold_every_label_of_any_stock_and_scheme(plan: Plan, stock: str, scheme: str) -> None:
    sheet = LABELS.stock[stock]
    content = label_sheet_pdf(plan, sheet, LABELS.schemes[scheme])
    pages = page_lines(content)
    on_sheet = sheet.columns * sheet.rows
    assert len(pages) == -(-label_count(plan) // on_sheet)
    text = "".join("".join(page) for page in pages)
    for label in labels_of(plan, LABELS.schemes[scheme]):
        assert f"{label.near}→ {label.far}" in text
    size = reader(content).pages[0].mediabox
    assert round(float(size.width) / 72 * 25400) == pytest.approx(sheet.sheet_width_um, abs=5)
    assert round(float(size.height) / 72 * 25400) == pytest.approx(sheet.sheet_height_um, abs=5)


def test_codes_are_drawn_as_they_are_made(plan: Plan) -> None:
    content = label_sheet_pdf(plan, STOCK, PLAIN)
    labels = list(labels_of(plan, PLAIN))[: STOCK.columns * STOCK.rows]
    expected = [tuple(map(tuple, segno.make_qr(label.code, error="m", mask=5).matrix)) for label in labels]
    assert codes(content) == expected


@pytest.mark.skipif(
    not (shutil.which("pdftoppm") and shutil.which("zbarimg")), reason="no reader of codes is installed"
)
def test_another_program_reads_the_codes(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "labels.pdf").write_bytes(label_sheet_pdf(plan, LABELS.stock["roll-50x25"], PLAIN))
    drawing = ["pdftoppm", "-r", "300", "-gray", "-f", "20", "-l", "31", "-png", "labels.pdf", "page"]
    subprocess.run(drawing, cwd=tmp_path, check=True)
    pictures = sorted(path.name for path in tmp_path.glob("page*.png"))
    reading = ["zbarimg", "-q", "--raw", *pictures]
    run = subprocess.run(reading, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert run.stdout.split() == [label.code for label in labels_of(plan, PLAIN)][19:31]


def test_the_shipped_font_is_in_the_file_and_nothing_names_the_time(plan: Plan) -> None:
    content = label_sheet_pdf(plan, STOCK, PLAIN)
    assert fonts(content) == {("DejaVuSans", True)}
    assert content == label_sheet_pdf(plan, STOCK, PLAIN)
    about = reader(content).metadata
    assert about is not None and about["/CreationDate"].startswith("D:2000")


def test_any_name_is_shown_and_harmless(plan: Plan) -> None:
    content = label_sheet_pdf(hostile(plan), STOCK, PLAIN)
    foot = page_lines(content)[0][-1]
    assert 'Hall "A" & <b>bold</b>, =1+1 (x) \\n %s {rack} ' in foot
    assert "שלום ﻋﺮﺑﻲ" in foot  # joined letters; the reader turns around what is drawn from the left
    assert foot.count("\N{REPLACEMENT CHARACTER}") == 2  # what the font does not have
    assert len(page_lines(content)) == len(page_lines(label_sheet_pdf(plan, STOCK, PLAIN)))


def test_arabic_letters_are_joined() -> None:
    drawn = one_line("لا ربع")
    assert drawn == "ﻊﺑﺭ ﻻ"  # from the left: end, middle and lone forms, and one sign for two letters
    assert unicodedata.normalize("NFKC", drawn[::-1]) == "لا ربع"
    assert one_line("الله") == "ﻪﻠﻟﺍ"  # letter by letter: the font has no sign for the whole word
    assert one_line("rack 7") == "rack 7"


def test_letters_that_no_font_has_are_named(planner_here: Planner, small_plan: Path, tmp_path: Path) -> None:
    text = (small_plan / "plan.json").read_text(encoding="utf-8")
    assert '"nvl144"' in text
    (tmp_path / "plan.json").write_text(text.replace('"nvl144"', '"機房 2"', 1), encoding="utf-8")
    output = tmp_path / "x.pdf"
    run = planner_here("labels", tmp_path, "-o", output)
    assert run.returncode == 0
    assert (
        "warning: the fonts have no 機 (U+6A5F), 房 (U+623F); a \N{REPLACEMENT CHARACTER} stands"
        in run.stdout
    )
    assert "--font FILE [letters-not-shown]" in run.stdout


@pytest.mark.skipif(not CJK_FONT.exists(), reason="no font with Chinese letters is installed")
def test_a_font_of_the_users_shows_what_the_shipped_one_lacks(plan: Plan) -> None:
    named = replace(plan, layout=replace(plan.layout, name="機房 A é"))
    with further_font(CJK_FONT):
        content = label_sheet_pdf(named, STOCK, PLAIN)
        assert lacking_letters() is None
        assert content == label_sheet_pdf(named, STOCK, PLAIN)
    assert "機房 A é" in "".join(page_lines(content)[0])
    assert len(fonts(content)) == 2 and all(is_embedded for _, is_embedded in fonts(content))
    assert len(content) < 2 * len(label_sheet_pdf(plan, STOCK, PLAIN))  # only the letters in use
    assert "機" not in "".join(page_lines(label_sheet_pdf(named, STOCK, PLAIN))[0])


def test_what_is_no_font_is_refused(planner_here: Planner, small_plan: Path, tmp_path: Path) -> None:
    bad = {"text.ttf": b"no font", "outlines.otf": b"OTTO" + bytes(60), "empty.ttf": b""}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    for name in (*bad, "none.ttf"):
        run = planner_here("labels", small_plan, "-o", tmp_path / "x.pdf", "--font", tmp_path / name)
        assert (run.returncode, run.stdout) == (1, ""), name
        assert "[bad-font]" in run.stderr and "Traceback" not in run.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_marks_stay_with_their_letters_read_from_the_right() -> None:
    assert one_line("e\u0301") == "é"
    assert one_line("\u05d0\u05b8\u05d1") == "\u05d1\u05d0\u05b8"


def test_stock_too_small_for_a_label_is_refused(plan: Plan) -> None:
    tiny = replace(STOCK, id="tiny", text=STOCK.text._replace(width_um=12_000))
    with pytest.raises(PlannerError, match=r"'tiny' is too small for '.+' of scheme 'rack-u-cage'"):
        label_sheet_pdf(plan, tiny, PLAIN)


def test_labels_of_a_plan_on_disk(planner: Planner, small_plan: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    run = planner("labels", small_plan, "-o", one)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"written to {one}: 1,296 labels on 20 sheets of a4-65; print at actual size\n"
    run = planner("labels", small_plan / "plan.json", "-o", other, env={"PYTHONHASHSEED": "7"})
    assert run.returncode == 0
    assert one.read_bytes() == other.read_bytes()
    run = planner("labels", small_plan, "-o", one, "--stock", "a4-21", "--scheme", "tia-606")
    assert run.stdout.startswith(f"written to {one}: 1,296 labels on 62 sheets of a4-21")
    assert sorted(tmp_path.iterdir()) == [one, other]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--stock", "a4-66"], "error: unknown label stock 'a4-66'; did you mean 'a4-65'? [unknown-stock]"),
        (["--scheme", "tia606"], "unknown label scheme 'tia606'; did you mean 'tia-606'? [unknown-scheme]"),
        (["--scheme", "{x.__class__}"], "unknown label scheme '{x.__class__}'; known: "),
        (["--catalog", "no.yaml"], "no.yaml: error: no such file [no-file]"),
    ],
)
def test_unknown_names_are_refused(
    planner_here: Planner, small_plan: Path, tmp_path: Path, options: list[str], says: str
) -> None:
    run = planner_here("labels", small_plan, "-o", tmp_path / "x.pdf", *options)
    assert (run.returncode, run.stdout) == (1, "")
    assert says in run.stderr and "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_plan_is_refused(planner_here: Planner, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    output = tmp_path / "x.pdf"
    for path, says in ((tmp_path, "[not-a-plan]"), (tmp_path / "none", "[no-plan]")):
        run = planner_here("labels", path, "-o", output)
        assert (run.returncode, run.stdout) == (1, "") and says in run.stderr
    (tmp_path / "plan.json").write_bytes(b"\xff\xfe")
    assert "[no-plan]" in planner_here("labels", tmp_path, "-o", output).stderr
    run = planner_here("labels", tmp_path)
    assert run.returncode == 2 and "-o/--output" in run.stderr
    assert not output.exists()


def test_a_plan_that_leaves_out_a_device_is_refused(
    planner_here: Planner, small_plan: Path, tmp_path: Path
) -> None:
    lines = (small_plan / "plan.json").read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(index for index, line in enumerate(lines) if '"name":"A01-U19"' in line)
    del lines[first]
    (tmp_path / "plan.json").write_text("".join(lines), encoding="utf-8")
    for command in ("labels", "sheets"):
        run = planner_here(command, tmp_path, "-o", tmp_path / "x.pdf")
        assert (run.returncode, run.stdout) == (1, "")
        assert "ends where no device stands; `planner verify` tells more [damaged-plan]" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
