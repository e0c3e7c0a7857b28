"""Trace sheets: every device and port of a rack, where it is cabled to, and along which way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.inputs.labels import read_labels
from planner.model.plan import Plan
from planner.outputs.plan_json import read_plan
from planner.outputs.rack_rows import RackBook, ranges
from planner.outputs.rack_sheet import rack_sheets_pdf
from planner.outputs.route_words import RouteWords
from tests.conftest import Planner
from tests.pdf_text import HOSTILE, fonts, hostile, page_lines, reader
from tests.sample_plan import small_plan as sample_plan

SCHEMES = read_labels(None).schemes
PLAIN = SCHEMES["rack-u-cage"]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def shipped(small_plan: Path) -> Plan:
    return read_plan((small_plan / "plan.json").read_text(encoding="utf-8"))


def test_every_end_has_a_row_on_the_sheets_of_its_rack(shipped: Plan) -> None:
    content, racks, pages = rack_sheets_pdf(shipped, PLAIN, None)
    texts = page_lines(content)
    assert len(texts) == pages
    said: dict[str, str] = {}
    for lines in texts:
        rack = next(line for line in lines if line.startswith("Rack ")).removeprefix("Rack ")
        said[rack] = said.get(rack, "") + "\n".join(lines)
    assert len(said) == racks == len({device.rack for device in shipped.devices})
    for run in shipped.runs:
        near, far = run.label_a.split(" / ")
        assert f"{near}\n→ {far}\n" in said[run.a.rack]
        assert f"{far}\n→ {near}\n" in said[run.b.rack]
    ends = sum(text.count("→ ") for text in said.values())
    assert ends == 2 * len(shipped.runs)


def test_a_page_says_what_it_is_of(plan: Plan) -> None:
    content, _, pages = rack_sheets_pdf(plan, PLAIN, None)
    for number, lines in enumerate(page_lines(content), start=1):
        assert f"sample: {plan.layout.title}" in lines
        assert any(
            re.match(rf"sheet \d+ of \d+, \d+ cable ends, inputs {'0' * 16}; ", line) for line in lines
        )
        assert any(line.startswith(f"page {number} of {pages};") for line in lines)
        assert {"cage", "label here", "cabled to", "cable, stock length", "route from here"} <= set(lines)
    assert [entry["/Title"] for entry in reader(content).outline] == [
        f"Rack {rack}" for rack in ("A01", "A02", "A03", "B01", "B03")
    ]


def test_free_cages_and_devices_without_runs_are_listed(plan: Plan, shipped: Plan) -> None:
    book = RackBook(plan, PLAIN)
    used = {run.b.cage for run in plan.runs if (run.b.rack, run.b.u) == ("A02", 3)}
    device = book.rack("A02").devices[0]
    assert device.heading == "A02 U03 to U04 upper-switch, 2 ASICs"
    assert device.free == ranges(set(range(1, 13)) - used)
    assert book.rack("A02").others == ""
    gpu_rack = RackBook(shipped, PLAIN).rack("A01")
    placed = {device.u for device in shipped.devices if device.rack == "A01"}
    kind = next(kind for kind in shipped.catalog.rack_types.values() if kind.mounts)
    assert ranges(mount.u for mount in kind.mounts if mount.u not in placed).split(", ")[0] in gpu_rack.others


def test_routes_are_told_from_the_end_that_is_looked_at(plan: Plan) -> None:
    words = RouteWords(plan)
    overhead = next(run for run in plan.runs if run.route_kind == "overhead")
    there, back = (words.of(overhead, from_a=from_a) for from_a in (True, False))
    riser = "(front|rear) (left|right)"
    for text, far in ((there, overhead.b.rack), (back, overhead.a.rack)):
        assert re.fullmatch(rf"{riser} up(, (cross )?tray \S+)+, {far} {riser} down", text)
    trays = re.findall(r"tray (\w+)", there)
    assert re.findall(r"tray (\w+)", back) == trays[::-1]


def test_ranges() -> None:
    assert [ranges(one) for one in ([], [3], [1, 2, 3], [9, 1, 2, 4, 5])] == ["", "3", "1-3", "1-2, 4-5, 9"]


def test_schemes_decide_the_labels(plan: Plan) -> None:
    text = str(page_lines(rack_sheets_pdf(plan, SCHEMES["tia-606-top"], ["A02"])[0]))
    assert "'A02-04:01', '→ A01-19:01'" in text


def test_the_shipped_font_is_in_the_file_and_nothing_names_the_time(plan: Plan) -> None:
    content = rack_sheets_pdf(plan, PLAIN, None)[0]
    assert fonts(content) == {("DejaVuSans", True)}
    assert content == rack_sheets_pdf(plan, PLAIN, None)[0]


def test_any_name_is_shown_and_harmless(plan: Plan) -> None:
    lines = page_lines(rack_sheets_pdf(hostile(plan), PLAIN, ["A02"])[0])[0]
    shown = [line for line in lines if 'Hall "A" & <b>bold</b>, =1+1 (x) \\n %s {rack}' in line]
    assert len(shown) >= 3  # layout, rack and device
    assert "\n" in HOSTILE


def test_some_racks_only_and_unknown_ones(plan: Plan) -> None:
    content, racks, _ = rack_sheets_pdf(plan, PLAIN, ["B01", "A02", "B01"])
    assert racks == 2
    assert [entry["/Title"] for entry in reader(content).outline] == ["Rack A02", "Rack B01"]
    with pytest.raises(PlannerError) as caught:
        rack_sheets_pdf(plan, PLAIN, ["A2", "zz\n", "A01"])
    first, second = str(caught.value).splitlines()
    assert first == "error: rack 'A2' holds nothing that the plan cables; did you mean 'A02'? [unknown-rack]"
    assert second.startswith("error: rack 'zz' holds nothing that the plan cables; the plan cables A01, A02")


def test_sheets_of_a_plan_on_disk(planner_here: Planner, small_plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "x.pdf"
    run = planner_here("sheets", small_plan, "-o", output, "--rack", "A01", "A03")
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(rf"written to {output}: 2 racks on \d+ pages, A4 across\n", run.stdout)
    before = output.read_bytes()
    again = planner_here("sheets", small_plan / "plan.json", "-o", output, "--rack", "A03", "A01")
    assert again.stdout == run.stdout and output.read_bytes() == before
    refused = planner_here("sheets", small_plan, "-o", output, "--rack", "Q9")
    assert (refused.returncode, refused.stdout) == (1, "") and "[unknown-rack]" in refused.stderr
    assert output.read_bytes() == before and list(tmp_path.iterdir()) == [output]
