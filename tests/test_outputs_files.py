"""What the files of a plan's folder say: columns, order, pictures, equal bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from planner.model.plan import Plan
from planner.outputs.bom import bom_text
from planner.outputs.cut_sheet import cut_sheet_parts
from planner.outputs.drawing import draw_svg
from planner.outputs.files import render_files
from planner.outputs.floor import floor_source
from planner.outputs.planes import plane_sources
from planner.units import format_m, format_money
from tests.golden_outputs import FOLDER, NAMES
from tests.sample_plan import big_plan, small_plan

SVG = "{http://www.w3.org/2000/svg}"
CUT_SHEET = (
    "cable_id, fabric, plane, medium, part_number, stock_length_m, routed_length_m, slack_m, reach_m, "
    "rate_gbps, links, a_row, a_rack, a_u, a_device, a_asic, a_cage, a_port, a_transceiver, "
    "b_row, b_rack, b_u, b_device, b_asic, b_cage, b_port, b_transceiver, "
    "route, bundle, install_order, label_a, label_b, cost, currency, cord_labels_a, cord_labels_b, "
    "phase, crew, minutes"
)
BOM = (
    "part_number, description, category, vendor, unit, quantity, spares, order_quantity, unit_price, "
    "extended_price, order_price, currency, basis, price_date, source, fabric, part_id, stock_length_m"
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, bytes]:
    return render_files(plan)


@pytest.fixture(scope="module")
def big_files() -> dict[str, bytes]:
    return render_files(big_plan())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def words(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_text_is_golden(files: dict[str, bytes], name: str) -> None:
    assert files[name].decode() == (FOLDER / name).read_text(encoding="utf-8")


def test_folder_holds_every_file(files: dict[str, bytes]) -> None:
    racks = ["A01", "A02", "A03", "B01", "B03"]
    pictures = ["floor", "topology-bundles", "topology-plane-00", "topology-plane-01"]
    pictures += [f"rack-{rack}" for rack in racks]
    drawn = [f"{stem}.{suffix}" for stem in pictures for suffix in ("gv", "svg")]
    drawn += [f"elevation-{rack}.svg" for rack in racks]
    texts = ["plan.json", "cut-sheet.csv", "bom.csv", "topology.gv", "report.html", "workbook.xlsx"]
    assert sorted(files) == sorted([*texts, *drawn])


def test_files_are_clean_utf8(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".xlsx"):
            continue
        text = content.decode("utf-8")
        assert "\r" not in text and text.endswith("\n"), name
        assert not re.search(r"/(tmp|home|usr|work|root)/", text), name


def test_cut_sheet_columns_and_order(plan: Plan) -> None:
    text = "".join(cut_sheet_parts(plan))
    assert text.split("\n")[0] == CUT_SHEET.replace(", ", ",")
    orders = [int(row["install_order"]) for row in rows(text)]
    assert orders == sorted(orders) and len(orders) == len(plan.runs)


def test_cut_sheet_follows_install_order_not_the_plans(plan: Plan) -> None:
    turned = replace(plan, runs=tuple(reversed(plan.runs)))
    assert "".join(cut_sheet_parts(turned)) == "".join(cut_sheet_parts(plan))


def test_cut_sheet_row_says_what_the_run_is(plan: Plan) -> None:
    run = plan.runs[-1]
    row = next(row for row in rows("".join(cut_sheet_parts(plan))) if row["cable_id"] == run.cable_id)
    assert row["route"].split(" > ") == list(run.segments)
    assert (row["medium"], row["part_number"]) == ("optics", "")
    assert (row["slack_m"], row["reach_m"]) == (format_m(run.slack_mm), format_m(run.reach_mm))
    assert (row["a_rack"], row["b_cage"], row["b_port"]) == (run.a.rack, str(run.b.cage), "")
    assert (row["cost"], row["currency"]) == (format_money(run.cost_cents), "USD")
    near, far = row["label_a"].split(" / ")
    assert row["cord_labels_a"] == f"{near}/1 / {far}/1; {near}/2 / {far}/2"
    assert row["cord_labels_b"] == f"{far}/1 / {near}/1; {far}/2 / {near}/2"


def test_bom_columns_and_prices(plan: Plan) -> None:
    text = bom_text(plan)
    assert text.split("\n")[0] == BOM.replace(", ", ",")
    for row, line in zip(rows(text), plan.bom, strict=True):
        assert row["description"] == line.description
        assert re.fullmatch(r"\d+\.\d\d", row["unit_price"])
        assert row["extended_price"] == format_money(line.quantity * line.unit_price_cents)
        assert row["stock_length_m"] == (
            "" if line.stock_length_mm is None else format_m(line.stock_length_mm)
        )


def test_svgs_are_xml_in_the_shipped_font(files: dict[str, bytes]) -> None:
    for name in (name for name in files if name.endswith(".svg") and not name.startswith("elevation")):
        fonts = {e.get("font-family") for e in ElementTree.fromstring(files[name]).iter(f"{SVG}text")}
        assert fonts == {"DejaVu Sans,sans-serif"}, name
        assert b"<!--" not in files[name], name


def test_floor_names_every_rack(plan: Plan, files: dict[str, bytes]) -> None:
    found = words(files["floor.svg"])
    for row in plan.layout.rows:
        for position in row.positions:
            assert position.address in found


def test_floor_tells_reserved_from_empty(plan: Plan) -> None:
    def floor(is_reserved: bool) -> list[str]:
        rows = tuple(
            replace(
                row,
                positions=tuple(
                    replace(position, is_reserved=is_reserved and not position.choices)
                    for position in row.positions
                ),
            )
            for row in plan.layout.rows
        )
        source = floor_source(replace(plan, layout=replace(plan.layout, rows=rows)))
        return words(draw_svg(source, "neato"))

    assert any(not position.choices for row in plan.layout.rows for position in row.positions)
    empty, reserved = floor(False), floor(True)
    assert "empty position" in empty and "reserved" not in empty
    assert "empty position" not in reserved
    assert {"reserved", "reserved, nothing of this plan"} <= set(reserved)


def test_floor_is_to_scale(plan: Plan, files: dict[str, bytes]) -> None:
    boxes = {}
    for group in ElementTree.fromstring(files["floor.svg"]).iter(f"{SVG}g"):
        polygon = group.find(f"{SVG}polygon")
        if polygon is not None and group.get("class") == "node":
            corners = [tuple(map(float, pair.split(","))) for pair in polygon.get("points", "").split()]
            xs, ys = zip(*corners, strict=True)
            boxes[group.findtext(f"{SVG}title")] = (min(xs), max(ys), max(xs) - min(xs), max(ys) - min(ys))
    points_per_mm = boxes["room"][2] / plan.layout.room.width_mm
    left, low = boxes["room"][:2]
    for row in plan.layout.rows:
        for position in row.positions:
            x, y, width, depth = boxes[position.address]
            assert x == pytest.approx(left + position.x_mm * points_per_mm, abs=0.1)
            assert y == pytest.approx(low - position.y_mm * points_per_mm, abs=0.1)
            assert (width, depth) == pytest.approx((600 * points_per_mm, 1068 * points_per_mm), abs=0.1)


def test_plane_picture_has_every_cage_and_run(plan: Plan, files: dict[str, bytes]) -> None:
    svg = ElementTree.fromstring(files["topology-plane-01.svg"])
    runs = [run for run in plan.runs if run.plane == 1]
    edges = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "edge"]
    assert len(edges) == len(runs)
    found = Counter(words(files["topology-plane-01.svg"]))
    for run in runs:
        for end in (run.a, run.b):
            assert found[f"{end.rack}-U{end.u:02d}-C{end.cage:02d}"] == 1
            assert found[f"C{end.cage:02d}"] >= 1


def test_plane_picture_shows_a_whole_device_as_one_unit(plan: Plan) -> None:
    whole = replace(plan, devices=tuple(replace(device, planes=(0,)) for device in plan.devices))
    assert "ASIC" not in next(source for _, source in plane_sources(whole))


def test_planes_of_several_fabrics_have_their_own_files(plan: Plan) -> None:
    other = replace(plan.fabrics[0], name="other")
    runs = (*plan.runs, *(replace(run, fabric="other") for run in plan.runs))
    stems = [stem for stem, _ in plane_sources(replace(plan, fabrics=(*plan.fabrics, other), runs=runs))]
    assert stems == [f"topology-{name}-plane-{plane:02d}" for name in ("fabric", "other") for plane in (0, 1)]


def test_bundles_are_counted_not_drawn_run_by_run(big_files: dict[str, bytes]) -> None:
    svg = big_files["topology-bundles.svg"]
    assert ElementTree.fromstring(svg).find(f".//{SVG}g[@class='edge']") is None
    found = words(svg)
    assert "fabric: 2,592 runs between 20 racks" in found
    assert {"54", "36", "648", "acc 3 m, optics 5 m"} <= set(found)


def test_pictures_of_a_large_plan_are_complete(big_files: dict[str, bytes]) -> None:
    planes = [name for name in big_files if name.startswith("topology-plane-") and name.endswith(".svg")]
    assert sorted(planes) == [f"topology-plane-{plane:02d}.svg" for plane in range(18)]


def test_overfull_segments_are_named_on_the_floor(big_files: dict[str, bytes]) -> None:
    found = words(big_files["floor.svg"])
    assert any(text.startswith("Fullest pathway segment: cross-1:") for text in found)
    assert "153 %" in found


def test_two_renders_have_the_same_bytes(files: dict[str, bytes]) -> None:
    assert render_files(small_plan()) == files


def test_another_process_has_the_same_bytes(files: dict[str, bytes], tmp_path: Path) -> None:
    script = (
        "import sys, hashlib; from planner.outputs.files import render_files; "
        "from tests.sample_plan import small_plan; "
        "[print(name, hashlib.sha256(data).hexdigest()) for name, data in render_files(small_plan()).items()]"
    )
    root = str(Path(__file__).parents[1])
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "PYTHONPATH": root,
        "FONTCONFIG_FILE": str(tmp_path / "no-fonts-here"),
    }
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, check=True
        ).stdout
        for folder in (root, str(tmp_path))
    ]
    assert outputs[0] == outputs[1]
    here = "".join(f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in files.items())
    assert outputs[0].decode() == here


def test_a_picture_that_cannot_be_drawn_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="Invalid"):
        draw_svg("graph {", "dot")
    assert capfd.readouterr().err == ""
